"""laue-bench-kernels: what it lists, refuses, measures and records."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from launching import PROGRAM, SOURCE, environment, listing, records_of
from test_acceptance import violations

KERNELS = PROGRAM.with_name("laue-bench-kernels")
BENCH = SOURCE / "kokkos_kernels" / "bench"
SMALL = {"kernel_both_edges": {"sizes": [[16, 16, 101, 41]], "iterations": 4, "warmup": 0}}


def start(*arguments: str | Path, program: Path = KERNELS) -> subprocess.CompletedProcess[str]:
    assert program.is_file(), f"{program} is missing: build it"
    return subprocess.run(
        [str(program), *map(str, arguments)],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def listed(*arguments: str | Path, program: Path = KERNELS) -> dict[str, dict[str, Any]]:
    finished = start("--list", "--json", *arguments, program=program)
    assert finished.returncode == 0, finished.stderr
    return {entry["benchmark_id"]: entry for entry in json.loads(finished.stdout)}


def settings_file(folder: Path, settings: Any) -> Path:
    file = folder / "settings.json"
    file.write_text(json.dumps(settings), encoding="utf-8")
    return file


def one_kernel(tmp_path: Path, settings: Any = None, *more: str) -> tuple[subprocess.CompletedProcess[str], list[Any]]:
    """A run of one kernel in double precision, and the records of what ran: of the levels that were built."""
    file = settings_file(tmp_path, SMALL if settings is None else settings)
    options = ("--settings", file, "--filter", "kernel_both_edges/openmp-[^/]*/double", "--output", tmp_path / "out")
    finished = start(*options, *more)
    records = records_of(tmp_path / "out" / "results.jsonl")
    return finished, [record for record in records if record["skip_reason"] is None]


def test_every_case_is_listed_with_what_it_holds() -> None:
    entries = listed()
    cases = sorted((BENCH / "cases").glob("*.cpp"))
    assert [entry["source"] for entry in entries.values()] == [str(case.relative_to(SOURCE)) for case in cases]
    assert sorted(entries) == [case.stem for case in cases]
    kernel = entries["kernel_main_detector"]
    assert kernel["category"] == "kernel"
    assert kernel["backends"] == ["openmp", "cuda"]
    assert kernel["precisions"] == ["double", "single"]
    assert len(kernel["sizes"]) == 3
    assert kernel["tolerances"]["double"]["relative"] < kernel["tolerances"]["single"]["relative"]
    assert [runner["name"] for runner in kernel["runners"]][-1] == "cuda"
    assert all(runner["skip_reason"] != "" for runner in kernel["runners"])
    assert entries["scan_reading"]["backends"] == ["host"]


def test_choices_narrow_the_list() -> None:
    assert set(listed("--backends", "host", "--filter", "^command_line")) == {
        "command_line_dry_run",
        "command_line_help",
    }
    assert listed("--precisions", "single", "--filter", "kernel_conserving")["kernel_conserving"]["precisions"] == [
        "single"
    ]
    assert "geometry_parsing" not in listed("--precisions", "single")


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (["--itrations", "3"], "did you mean --iterations?"),
        (["--iterations", "0"], "--iterations"),
        (["--backends", "opnmp"], "did you mean openmp?"),
        (["--filter", "("], "--filter '('"),
        (["--filter", "no_such_benchmark"], "--list"),
        (["--settings", "/nowhere.json"], "cannot read settings file '/nowhere.json'"),
    ],
)
def test_mistyped_options_are_refused(arguments: list[str], advice: str, tmp_path: Path) -> None:
    finished = start(*arguments, "--output", tmp_path / "out")
    assert finished.returncode == 2
    assert advice in finished.stderr
    assert finished.stdout == ""


@pytest.mark.parametrize(
    ("settings", "advice"),
    [
        ({"kernel_both_edge": {}}, "did you mean kernel_both_edges?"),
        ({"cutoff": {"iteration": 3}}, "did you mean iterations?"),
        ({"cutoff": {"tolerances": {"duoble": {}}}}, "did you mean double?"),
        ({"cutoff": {"tolerances": {"double": {"rmes": 1}}}}, "did you mean rmse?"),
        ({"cutoff": {"sizes": [[1, 2, 3]]}}, "cutoff.sizes"),
        ({"cutoff": {"sizes": []}}, "cutoff.sizes"),
        ({"cutoff": {"backends": ["gpu"]}}, "host|openmp|cuda"),
        ({"cutoff": 3}, "expected an object"),
    ],
)
def test_mistyped_settings_are_refused(settings: Any, advice: str, tmp_path: Path) -> None:
    before = listing(tmp_path)
    finished = start("--list", "--settings", settings_file(tmp_path, settings))
    assert finished.returncode == 2
    assert advice in finished.stderr
    assert listing(tmp_path).keys() == before.keys() | {"settings.json"}


def test_settings_override_and_the_command_line_wins(tmp_path: Path) -> None:
    settings = {
        "//": "a comment",
        "cutoff": {"iterations": 7, "warmup": 2, "sizes": [[8, 8, 20, 4]]},
        "conversion": {"tolerances": {"double": {"rmse": 0.5}}},
    }
    file = settings_file(tmp_path, settings)
    entries = listed("--settings", file, "--warmup", "5")
    assert (entries["cutoff"]["iterations"], entries["cutoff"]["warmup"]) == (7, 5)
    assert entries["cutoff"]["sizes"] == [[8, 8, 20, 4]]
    assert entries["conversion"]["tolerances"]["double"] == {"rmse": 0.5, "max_error": 0.0, "relative": None}
    assert entries["scan_reading"]["sizes"] == listed()["scan_reading"]["sizes"]


def test_record_of_a_kernel(tmp_path: Path) -> None:
    finished, records = one_kernel(tmp_path)
    assert finished.returncode == 0, finished.stderr + finished.stdout
    assert violations(tmp_path / "out" / "results.jsonl") == []
    runners = listed()["kernel_both_edges"]["runners"]
    levels = [runner["name"] for runner in runners if "openmp" in runner["name"] and runner["skip_reason"] is None]
    assert levels
    assert [f"openmp-{record['architecture']}" for record in records] == levels
    for record in records:
        assert (record["backend"], record["precision"], record["success"]) == ("openmp", "double", True)
        assert record["size"] == {"rows": 16, "columns": 16, "images": 101, "depths": 41}
        assert len(record["seconds"]) == 4
        assert min(record["seconds"]) <= record["p50_s"] <= record["p99_s"] <= max(record["seconds"])
        assert record["pixel_steps_per_s"] == pytest.approx(16 * 16 * 101 / record["p50_s"])
        assert record["bytes_per_s"] == pytest.approx(16 * 16 * (101 * 2 + 41 * 4) / record["p50_s"])
        ceilings = record["ceilings"]
        assert record["triad_fraction"] == pytest.approx(record["bytes_per_s"] / ceilings["triad_bytes_per_s"])
        assert record["fma_fraction"] == pytest.approx(record["flop_per_s"] / ceilings["fma_flop_per_s"])
        assert 0 < record["fma_fraction"] < 1
        assert record["memory"]["device_allocated_bytes"] == 0
        assert 0 < record["accuracy"]["rmse"] <= record["accuracy"]["max_error"] < 1e-5
    google = json.loads((tmp_path / "out" / "benchmarks.json").read_text(encoding="utf-8"))
    assert [entry["p50_s"] for entry in google["benchmarks"]] == pytest.approx([r["p50_s"] for r in records])
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"benchmarks.json", "results.jsonl"}


def test_seed_makes_the_scan(tmp_path: Path) -> None:
    errors = []
    for seed in ("1", "1", "2"):
        (tmp_path / "out").mkdir(exist_ok=True)
        (tmp_path / "out" / "results.jsonl").unlink(missing_ok=True)
        _, records = one_kernel(tmp_path, None, "--seed", seed, "--iterations", "1")
        assert records[0]["seed"] == int(seed)
        assert records[0]["unavailable"]["stddev_s"] == "one execution has no deviation"
        errors.append(records[0]["accuracy"]["rmse"])
    assert errors[0] == errors[1] != errors[2]


def test_broken_tolerance_fails(tmp_path: Path) -> None:
    settings = {"kernel_both_edges": {**SMALL["kernel_both_edges"], "tolerances": {"double": {"rmse": 1e-300}}}}
    finished, records = one_kernel(tmp_path, settings)
    assert finished.returncode == 1
    assert "above its tolerance 1e-300" in finished.stderr
    assert violations(tmp_path / "out" / "results.jsonl") == []
    for record in records:
        assert record["success"] is False
        assert record["error"].startswith("rmse is ")
        assert record["tolerance"]["rmse"] == 1e-300
        assert record["p50_s"] > 0


def test_missing_gpu_is_a_skip_with_its_reason(tmp_path: Path) -> None:
    runner = listed()["host_device_transfer"]["runners"][0]
    if runner["skip_reason"] is None:
        pytest.skip("a GPU can be used here")
    finished = start("--filter", "^host_device_transfer", "--output", tmp_path / "out")
    assert finished.returncode == 0, finished.stderr
    records = records_of(tmp_path / "out" / "results.jsonl")
    assert [record["skip_reason"] for record in records] == [runner["skip_reason"]] * 2
    assert [record["success"] for record in records] == [None, None]
    assert violations(tmp_path / "out" / "results.jsonl") == []


def test_components_run_small(tmp_path: Path) -> None:
    entries = listed("--filter", "^(?!kernel_)")
    small = {
        name: {"sizes": [[16, 16, 101, 41]]} for name, entry in entries.items() if entry["sizes"] != [[1, 1, 1, 1]]
    }
    file = settings_file(tmp_path, small)
    finished = start(
        "--settings", file, "--filter", "^(?!kernel_)", "--iterations", "2", "--json", "--output", tmp_path / "out"
    )
    assert finished.returncode == 0, finished.stderr
    records = [json.loads(line) for line in finished.stdout.splitlines()]
    assert records == records_of(tmp_path / "out" / "results.jsonl")
    assert violations(tmp_path / "out" / "results.jsonl") == []
    ran = {record["benchmark_id"] for record in records if record["success"]}
    assert ran == set(entries) - {"host_device_transfer"} or ran == set(entries)
    assert all(record["p50_s"] > 0 for record in records if record["success"])


NEW_CASE = """
#include "kokkos_kernels/bench/component_case.hpp"

namespace lauebench::kernel_bench {
namespace {

Registration const registration({.id = "example",
                                 .task = "nothing at all",
                                 .settings = {.backends = {Place::host, Place::openmp},
                                              .precisions = {Precision::single_precision},
                                              .sizes = {{2, 3, 5, 7}},
                                              .tolerances = {.for_single = {.rmse = 0.25}}},
                                 .skip_reason = [](Variant const&) { return "it is an example"; },
                                 .prepare = [](Variant const&, Workplace&) { return Measurement{}; }});

}  // namespace
}  // namespace lauebench::kernel_bench
"""


def cached(build: Path, variable: str) -> str:
    found = re.search(
        rf"^{variable}:[A-Z]*=(.*)$", (build / "CMakeCache.txt").read_text(encoding="utf-8"), re.MULTILINE
    )
    return found[1] if found else ""


@pytest.mark.slow
def test_new_file_is_a_new_benchmark(tmp_path: Path) -> None:
    """In a scratch build of this program alone, against the installed package."""

    def cmake(*arguments: str | Path) -> None:
        command = [cached(build, "CMAKE_COMMAND"), *map(str, arguments)]
        finished = subprocess.run(command, capture_output=True, text=True, check=False)
        assert finished.returncode == 0, finished.stdout + finished.stderr

    build = PROGRAM.parents[1]
    sanitize = cached(build, "LAUEBENCH_SANITIZE")
    cases = tmp_path / "cases"
    cases.mkdir()
    shutil.copy(BENCH / "cases" / "geometry_parsing.cpp", cases)
    cmake("--install", build, "--prefix", tmp_path / "prefix")
    (package,) = (tmp_path / "prefix").rglob("lauebenchConfig.cmake")
    cmake(
        *("-S", BENCH, "-B", tmp_path / "build", f"-Dlauebench_DIR={package.parent}"),
        *(f"-DLAUEBENCH_BENCH_CASES={cases}", "-DCMAKE_BUILD_TYPE=Debug"),
        *([f"-DCMAKE_CXX_FLAGS=-fsanitize={sanitize}"] if sanitize else []),
    )
    jobs = str(min(8, os.cpu_count() or 1))
    cmake("--build", tmp_path / "build", "--parallel", jobs)
    program = tmp_path / "build" / "bin" / "laue-bench-kernels"
    assert set(listed(program=program)) == {"geometry_parsing"}

    (cases / "example.cpp").write_text(NEW_CASE, encoding="utf-8")
    cmake("--build", tmp_path / "build", "--parallel", jobs)
    entries = listed(program=program)
    assert set(entries) == {"geometry_parsing", "example"}
    example = entries["example"]
    assert example["source"] == str(cases / "example.cpp")
    assert (example["category"], example["task"]) == ("component", "nothing at all")
    assert (example["backends"], example["precisions"]) == (["host", "openmp"], ["single"])
    assert example["sizes"] == [[2, 3, 5, 7]]
    assert example["tolerances"]["single"] == {"rmse": 0.25, "max_error": None, "relative": None}
    assert example["runners"][0] == {"name": "host", "skip_reason": "it is an example"}
