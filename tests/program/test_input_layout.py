"""All ranks reading one replica of each scan."""

from __future__ import annotations

import json
import shutil
import zlib
from pathlib import Path

import h5py
import pytest
from launching import ROWS, SOURCE, Case, of_type, preloading, run
from test_acceptance import violations


def test_shared_replica_is_read_by_all_ranks(case: Case) -> None:
    finished = run("run", *case.inputs(cpu_parallel="1,3", input_layout="shared", runs="2", cache="cold"), ranks=3)
    assert finished.returncode == 0, finished.stderr
    assert violations(case.results) == []
    assert [path.name for path in (case.staging / "input").glob("*.h5")] == ["scan_0.h5"]
    (staging,) = of_type(case.results, "staging")
    assert len(staging["replicas"]) == 1
    digests = set()
    for record in of_type(case.results, "run"):
        assert record["input_replicas"] == 1
        assert {rank["replica"] for rank in record["per_proc"]} == {0}
        digests |= {rank["digest"] for rank in record["per_proc"]}
    assert len(digests) == 1


def test_ranks_take_the_scans_in_turn(case: Case) -> None:
    other = case.scan.with_name("other.h5")
    shutil.copy(case.scan, other)
    options = case.inputs(cpu_parallel="3", input_layout="shared")
    finished = run("run", *options, "--h5", other, ranks=3)
    assert finished.returncode == 0, finished.stderr
    (record,) = of_type(case.results, "run")
    assert [rank["replica"] for rank in record["per_proc"]] == [0, 1, 0]
    assert record["input_replicas"] == 2


def test_replica_that_is_changed_meanwhile_fails_every_rank(case: Case) -> None:
    replica = case.staging / "input" / "scan_0.h5"
    finished = run(
        "run", *case.inputs(cpu_parallel="2", input_layout="shared", before_run=f"echo >> {replica}"), ranks=2
    )
    assert finished.returncode == 1, finished.stderr
    (record,) = of_type(case.results, "run")
    assert [rank["return_code"] for rank in record["per_proc"]] == [3, 3]


@pytest.mark.parametrize("access", ["independent", "collective"])
@pytest.mark.parametrize("rows_per_stripe", ["7", "1000"])
def test_shared_replica_is_read_through_mpi_io(case: Case, access: str, rows_per_stripe: str) -> None:
    inputs = case.inputs(input_layout="shared", rows_per_stripe=rows_per_stripe)
    assert run("run", *inputs).returncode == 0
    inputs = case.inputs(
        cpu_parallel="1,3", input_layout="shared", rows_per_stripe=rows_per_stripe, input_access=access, runs="2"
    )
    finished = run("run", *inputs, "--mpi-hint", "cb_nodes=1", ranks=3)
    assert finished.returncode == 0, finished.stderr
    assert violations(case.results) == []
    plain, *records = of_type(case.results, "run")
    assert len(records) == 4
    for rank in (rank for record in records for rank in record["per_proc"]):
        assert rank["read_path"] == f"mpi-{access}"
        assert rank["mpi_hints"]
        assert rank["digest"] == plain["per_proc"][0]["digest"]
    _, params = of_type(case.results, "params")
    assert params["input_access"] == access


def test_ranks_read_each_scan_together(case: Case) -> None:
    """Two read the first, one the second: no group waits for the other."""
    other = case.scan.with_name("other.h5")
    shutil.copy(case.scan, other)
    options = case.inputs(cpu_parallel="3", input_layout="shared", input_access="collective")
    finished = run("run", *options, "--h5", other, ranks=3)
    assert finished.returncode == 0, finished.stderr
    (record,) = of_type(case.results, "run")
    assert [rank["read_path"] for rank in record["per_proc"]] == ["mpi-collective"] * 3


@pytest.mark.parametrize("access", ["independent", "collective"])
def test_a_rank_that_cannot_write_fails_who_reads_with_it(case: Case, access: str) -> None:
    """In the first run rank 1's folder is not there any more: its failure is that of all, since none had begun."""
    once = case.folder / "once"
    spoil = f"if [ ! -e {once} ]; then touch {once}; rm -r {case.staging}/output/run_*/proc_1; fi"
    inputs = case.inputs(
        cpu_parallel="2", input_layout="shared", input_access=access, runs="2", rows_per_stripe="7", before_run=spoil
    )
    finished = run("run", *inputs, ranks=2, timeout_s=60)
    assert finished.returncode == 1, finished.stderr
    failed, well = of_type(case.results, "run")
    assert not failed["success"]
    assert failed["per_proc"][1]["return_code"] == 3
    assert well["success"], finished.stderr
    assert violations(case.results) == []


@pytest.mark.parametrize("access", ["independent", "collective"])
def test_cancelled_while_reading_through_mpi_io(case: Case, scan: Path, access: str) -> None:
    inputs = case.inputs(
        h5=scan,
        geometry=SOURCE / "configs" / "geometry_34ide.xml",
        depth_range="0:3",
        rows_per_stripe=str(ROWS),
        cpu_parallel="2",
        input_layout="shared",
        input_access=access,
        cache="none",
        reconstruction_timeout="1",
    )
    slow = preloading("slow_io", SLOW_READ_IN="input/scan_0.h5", SLOW_READ_MS="1500")
    finished = run("run", *inputs, ranks=2, variables=slow, timeout_s=60)
    assert finished.returncode == 1, finished.stderr
    (record,) = of_type(case.results, "run")
    assert {rank["return_code"] for rank in record["per_proc"]} == {5}
    assert violations(case.results) == []


@pytest.mark.parametrize("at", ["0", "1", "2"])
def test_reads_that_fail_behind_mpi_io_are_no_success(case: Case, scan: Path, at: str) -> None:
    """OMPIO's collective reads say nothing when the system refuses them. ROMIO's fail on one rank and keep the others:
    the launch ends."""
    inputs = case.inputs(
        h5=scan,
        geometry=SOURCE / "configs" / "geometry_34ide.xml",
        depth_range="0:3",
        rows_per_stripe=str(ROWS),
        cpu_parallel="2",
        input_layout="shared",
        input_access="collective",
        cache="none",
    )
    failing = preloading("slow_io", FAIL_READ_IN="input/scan_0.h5", FAIL_READ_AT=at)
    finished = run("run", *inputs, ranks=2, variables=failing, timeout_s=60)
    # mpiexec of MPICH hands on what the launch was aborted with
    assert finished.returncode in (1, 3), finished.stderr
    records = of_type(case.results, "run")
    assert not any(record["success"] for record in records)
    errors = [rank["error"] for record in records for rank in record["per_proc"] if rank["return_code"] == 3]
    errors += [end["error"] for end in of_type(case.results, "end") if not records]
    assert any("through MPI-IO" in error or "cannot read frames" in error for error in errors)


def test_chunks_without_their_filters_are_not_read_collectively(case: Case) -> None:
    with h5py.File(case.scan, "r+") as file:
        frames = file["entry1/data/data"][...]
        del file["entry1/data/data"]
        stack = file.create_dataset(
            "entry1/data/data",
            frames.shape,
            frames.dtype,
            chunks=(1, *frames.shape[1:]),
            compression="gzip",
            shuffle=True,
        )
        stack[...] = frames
        stack.id.write_direct_chunk((1, 0, 0), zlib.compress(frames[1].tobytes()), filter_mask=1)
    digests = set()
    for access in ("posix", "independent"):
        inputs = case.inputs(input_layout="shared", input_access=access, results=case.folder / f"{access}.jsonl")
        finished = run("run", *inputs)
        assert finished.returncode == 0, finished.stderr
        (record,) = of_type(case.folder / f"{access}.jsonl", "run")
        digests.add(record["per_proc"][0]["digest"])
    assert len(digests) == 1
    finished = run("run", *case.inputs(input_layout="shared", input_access="collective"))
    assert finished.returncode == 2
    assert "filters were left out" in finished.stderr


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"input_access": "collective"}, "--input-access without --input-layout shared"),
        ({"input_layout": "shared", "input_access": "collective", "io_path": "raw"}, "with --io-path raw"),
        (
            {"input_layout": "shared", "input_access": "independent", "output_layout": "shared"},
            "with --output-layout shared",
        ),
        ({"input_layout": "shared", "input_access": "collective", "verify": "none"}, "with --verify none"),
        ({"input_layout": "shared", "mpi_hint": "a=b"}, "--mpi-hint where nothing goes through MPI-IO"),
        ({"input_layout": "shared", "input_access": "mpi"}, "--input-access"),
    ],
)
def test_what_does_not_go_together_is_refused(case: Case, options: dict[str, str], words: str) -> None:
    finished = run("run", *case.inputs(**options))
    assert finished.returncode == 2
    assert words in finished.stderr
    assert not case.staging.exists()


@pytest.mark.parametrize("resumed_with", ["replicas", "shared"])
def test_layout_is_part_of_the_plan(case: Case, resumed_with: str, tmp_path: Path) -> None:
    options = [*case.inputs(runs="2"), "--results", tmp_path / "r.jsonl"]
    assert run("run", *options, "--input-layout", "shared").returncode == 0
    finished = run("run", *options, "--input-layout", resumed_with, "--resume")
    assert finished.returncode == (0 if resumed_with == "shared" else 2), finished.stderr
    last = json.loads((tmp_path / "r.jsonl").read_text().splitlines()[-1])
    assert last["type"] == "end"
    assert ("input_layout is" in finished.stderr) == (resumed_with == "replicas")
