"""What a launch records of the machine, and what its runs took: present or null with a reason."""

from __future__ import annotations

import json
import os
import re
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from launching import Case, command_line, environment, of_type, records_of, run
from test_acceptance import SCHEMA, violations

MICROJOULES_PER_S = 50e6


def gaps(definition: dict[str, Any], value: Any, path: str, definitions: dict[str, Any]) -> Iterator[str]:
    """Where a value lacks a member that the schema lists, or has a null without a reason."""
    if "$ref" in definition:
        definition = definitions[definition["$ref"].rsplit("/", 1)[1]]
    if "oneOf" in definition:
        definition = next(choice for choice in definition["oneOf"] if choice.get("type") != "null")
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from gaps(definition.get("items", {}), item, f"{path}[{index}]", definitions)
    if not isinstance(value, dict):
        return
    reasons = value.get("unavailable", {})
    for name, member in definition.get("properties", {}).items():
        if name == "unavailable" or (name not in value and is_of_other_backends(name, value)):
            continue
        if name not in value:
            yield f"{path}.{name} is missing"
        elif value[name] is None and not reasons.get(name):
            yield f"{path}.{name} is null without a reason"
        else:
            yield from gaps(member, value[name], f"{path}.{name}", definitions)
    yield from (f"{path}.{name} has a reason and a value" for name in reasons if value.get(name) is not None)


#: Null where nothing of the kind happened or was asked for: the absence is the value.
NOTHING_HAPPENED = re.compile(r"\.(error|gpu|stopped|slow_first|unavailable)$")


def gaps_of_record(record: dict[str, Any]) -> list[str]:
    definitions = json.loads(SCHEMA.read_text(encoding="utf-8"))["$defs"]
    kind = record["type"]
    found = gaps(definitions[kind], record, kind, definitions)
    return [gap for gap in found if not NOTHING_HAPPENED.search(gap.split()[0])]


@pytest.mark.parametrize("verify", ["first", "none"])
def test_runs_and_summaries_have_a_reason_for_what_is_null(case: Case, verify: str) -> None:
    options = case.inputs(runs="2", warmup="1", verify=verify)
    assert run("run", *options).returncode == 0
    assert run("run", *options, "--reconstruction-timeout", "0.0001").returncode == 1
    records = [record for record in records_of(case.results) if record["type"] in ("run", "warmup", "summary")]
    assert {record["type"] for record in records} == {"run", "warmup", "summary"}
    assert [gap for record in records for gap in gaps_of_record(record)] == []


def is_of_other_backends(name: str, value: dict[str, Any]) -> bool:
    """A backend that cannot be used has the reason and nothing else; one that can has all else."""
    return "usable" in value and (name == "reason") == value["usable"]


@pytest.mark.parametrize("ranks", [None, 2])
def test_every_field_of_the_environment_is_there_or_has_a_reason(case: Case, ranks: int | None) -> None:
    finished = run("run", *case.inputs(mode="both", gpu_parallel="1"), ranks=ranks)
    assert finished.returncode == 0, finished.stderr
    (params,) = of_type(case.results, "params")
    (staging,) = of_type(case.results, "staging")
    definitions = json.loads(SCHEMA.read_text(encoding="utf-8"))["$defs"]
    filesystem = definitions["staging"]["properties"]["filesystem"]
    assert list(gaps(definitions["environment"], params["environment"], "environment", definitions)) == []
    assert list(gaps(filesystem, staging["filesystem"], "filesystem", definitions)) == []
    for record in of_type(case.results, "run"):
        for name in ("nodes", "energy"):
            assert list(gaps(definitions["run"]["properties"][name], record[name], name, definitions)) == []
    assert violations(case.results) == []


def test_nodes_tell_what_the_kernel_tells(case: Case) -> None:
    assert run("run", *case.inputs(), ranks=2).returncode == 0
    (params,) = of_type(case.results, "params")
    (node,) = params["environment"]["nodes"]
    assert node["logical_cpus"] == os.sysconf("SC_NPROCESSORS_ONLN")
    assert set(os.sched_getaffinity(0)) <= set(node["allowed_cpus"])
    assert [rank["rank"] for rank in node["ranks"]] == [0, 1]
    for rank in node["ranks"]:
        assert set(rank["launcher_cpus"]) <= set(rank["cpus"])
        assert rank["affinity"] == "widened"


def test_mpi_names_the_component_that_opens_files(case: Case) -> None:
    if "Open MPI" not in run("info").stdout:
        pytest.skip("another MPI library has other components")
    variables = {**environment(), "OMPI_MCA_io": "romio321"}
    assert run("run", *case.inputs(), ranks=1, variables=variables).returncode == 0
    assert run("run", *case.inputs(), ranks=1).returncode == 0
    assert run("run", *case.inputs()).returncode == 0
    asked, default, alone = (record["environment"] for record in of_type(case.results, "params"))
    assert (asked["mpi_io"], default["mpi_io"]) == ("romio321", "ompio")
    assert alone["mpi_io"] is None
    assert "MPI is not started" in alone["unavailable"]["mpi_io"]


def test_slurm_job_is_recorded_with_its_time_limit(case: Case) -> None:
    start_s = int(time.time())
    times = {"JOB_START_TIME": str(start_s), "JOB_END_TIME": str(start_s + 3600)}
    job = {"JOB_ID": "4711", "JOB_PARTITION": "debug", **times}
    variables = {**environment(), **{f"SLURM_{name}": value for name, value in job.items()}}
    finished = run("run", *case.inputs(results=case.results), variables=variables)
    assert finished.returncode == 0, finished.stderr
    (params,) = of_type(case.results, "params")
    slurm = params["environment"]["slurm"]
    assert (slurm["job_id"], slurm["partition"], slurm["time_limit_s"]) == ("4711", "debug", 3600)
    assert slurm["unavailable"]["node_list"] == "SLURM_JOB_NODELIST is not set"
    assert violations(case.results) == []


def test_gpus_are_those_of_the_management_library(case: Case) -> None:
    """Through the real loader, from a library that stands in for NVIDIA's."""
    built = Path(os.environ["LAUEBENCH_TEST_FAKE_NVML"])
    assert (built / "libnvidia-ml.so.1").is_file()
    finished = run("run", *case.inputs(), variables={**environment(), "LD_LIBRARY_PATH": str(built)})
    assert finished.returncode == 0, finished.stderr
    (params,) = of_type(case.results, "params")
    (gpu,) = params["environment"]["nodes"][0]["gpus"]
    assert (gpu["name"], gpu["power_limit_w"], gpu["memory_bytes"]) == ("Fake GPU", 450.5, 64 << 30)
    assert gpu["unavailable"] == {"ecc": "nvmlDeviceGetEccMode: Not Supported"}
    assert violations(case.results) == []


@contextmanager
def counting(zone: Path) -> Iterator[None]:
    """A package's energy counter that runs, as powercap shows it."""
    zone.mkdir(parents=True)
    (zone / "name").write_text("package-0\n")
    (zone / "max_energy_range_uj").write_text("262143328850\n")
    begin = time.monotonic()
    ended = threading.Event()

    def count_once() -> None:
        (zone / "next").write_text(f"{int(MICROJOULES_PER_S * (time.monotonic() - begin))}\n")
        (zone / "next").replace(zone / "energy_uj")

    def count() -> None:
        while not ended.wait(0.0005):
            count_once()

    count_once()
    counter = threading.Thread(target=count)
    counter.start()
    yield
    ended.set()
    counter.join()


def test_energy_of_a_run_is_what_the_packages_counted(case: Case) -> None:
    """The node's lowest rank reads counters, the point's one rank reconstructs: the same rank, and the other idle."""
    classes = case.folder / "class"
    arguments = ("run", *case.inputs(runs="3", cpu_parallel="1,2"))
    # nothing but this process and its ranks sees the folder in the kernel's place
    behind = ["unshare", "--mount", "sh", "-c", 'mount --bind "$0" /sys/class && exec "$@"', str(classes)]
    with counting(classes / "powercap" / "intel-rapl:0"):
        if subprocess.run([*behind, "true"], capture_output=True, check=False).returncode != 0:
            pytest.skip("no mount namespace can be made here")
        finished = subprocess.run(
            [*behind, *command_line(arguments, ranks=2)],
            env=environment(),
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
    assert finished.returncode == 0, finished.stderr
    assert violations(case.results) == []
    runs = of_type(case.results, "run")
    for record in runs:
        (node,) = record["nodes"]
        energy = record["energy"]
        assert 0 < energy["cpu_j"] == node["cpu_package_j"] == energy["total_j"]
        assert energy["unavailable"] == {"gpu_j": "a CPU point uses no GPU"}
        assert node["seconds"] >= record["total_wall_s"]
        assert energy["mean_w"] == pytest.approx(energy["total_j"] / node["seconds"])
        assert energy["j_per_reconstruction"] == pytest.approx(energy["total_j"] / record["parallel"])
        steps = record["pixel_steps_per_s"] * record["total_wall_s"]
        assert energy["nj_per_pixel_step"] == pytest.approx(1e9 * energy["total_j"] / steps)
    for summary in of_type(case.results, "summary"):
        joules = sorted(run["energy"]["total_j"] for run in runs if run["point_id"] == summary["point_id"])
        assert summary["energy"]["total_j"] == pytest.approx(joules[1])
        assert summary["energy"]["gpu_j"] is None
