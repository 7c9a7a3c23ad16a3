"""A filesystem of 16 MiB that is full in each phase of a launch: an error that says so within a minute, no success."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from launching import TIMEOUT_S, Case, of_type, preloading, run, start, wait_for

LIMIT_S = 60.0
FULL = "No space left on device"


@pytest.fixture
def disk(make_tmpfs: Callable[[str], Path]) -> Path:
    return make_tmpfs("16m")


@pytest.fixture
def large(case: Case) -> Path:
    """Two replicas and their depth images have room on the disk, if nothing else is there."""
    scan = case.folder / "large.h5"
    sizes = ("--images", "10", "--rows", "400", "--columns", "512", "--depth-range", "0:3")
    assert run("generate", "--output", scan, "--geometry", case.geometry, *sizes).returncode == 0
    return scan


def arguments_of(case: Case, scan: Path, **others: str | Path) -> list[str | Path]:
    return ["run", *case.inputs(h5=scan, depth_range="0:3", cpu_parallel="2", **others)]


def fill(disk: Path) -> Path:
    hog = disk / "hog"
    with pytest.raises(OSError, match=FULL), hog.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    return hog


def fill_and_free_by_turns(disk: Path) -> str:
    """As a command before runs: full for the first, free again for the second."""
    hog = disk / "hog"
    return f"if [ -e {hog} ]; then rm {hog}; else cat /dev/zero > {hog}; fi 2> /dev/null; true"


def runs_timed(*arguments: str | Path) -> CompletedProcess[str]:
    return run(*arguments, ranks=2, timeout_s=LIMIT_S)


def wait_for_first_copy(disk: Path) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while not any(copy.stat().st_blocks for copy in disk.glob("stage/input/.*laue-bench-tmp-*")):
        assert time.monotonic() < deadline, "nothing is copied"
        time.sleep(0.01)


def test_disk_that_fills_up_while_replicas_are_copied(case: Case, large: Path, disk: Path) -> None:
    results = case.folder / "results.jsonl"
    arguments = arguments_of(case, large, staging_dir=disk / "stage", results=results, stage_copies="1")
    slow = preloading("slow_io", SLOW_READ_IN="large.h5", SLOW_READ_MS="500")
    launch = start(*arguments, ranks=2, variables=slow)
    wait_for_first_copy(disk)
    hog = fill(disk)
    _, errors = launch.communicate(timeout=LIMIT_S)
    assert launch.returncode == 3, errors
    assert FULL in errors
    assert not results.exists(), "nothing was run"
    hog.unlink()
    assert runs_timed(*arguments).returncode == 0, "what was copied does no harm"


LAYOUTS = {
    "per-depth": ("4 depth files", {}),
    "per-rank": ("1 depth file", {"output_layout": "per-rank"}),
    "compressed": ("1 depth file", {"output_layout": "per-rank", "output_compression": "gzip:1"}),
    "shared": ("1 depth file", {"output_layout": "shared", "collective": "on"}),
    "shared, each by itself": ("1 depth file", {"output_layout": "shared", "collective": "off"}),
    "shared, by HDF5": ("1 depth file", {"output_layout": "shared", "io_path": "hdf5"}),
    "shared, compressed": ("1 depth file", {"output_layout": "shared", "output_compression": "gzip:1"}),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_disk_that_is_full_for_the_depth_images(case: Case, large: Path, disk: Path, layout: str) -> None:
    files, layouts = LAYOUTS[layout]
    results = case.folder / "results.jsonl"
    arguments = arguments_of(case, large, staging_dir=disk / "stage", results=results, runs="2", **layouts)
    finished = runs_timed(*arguments, "--before-run", fill_and_free_by_turns(disk))
    assert finished.returncode == 1, finished.stderr
    failed, succeeded = of_type(results, "run")
    assert (failed["success"], succeeded["success"]) == (False, True)
    for rank in failed["per_proc"]:
        assert rank["return_code"] != 0
        assert f"no room for {files}" in rank["error"]
        assert ", 0 free): free space" in rank["error"]


@pytest.mark.parametrize("layout", [name for name in LAYOUTS if name.startswith("shared")])
def test_disk_that_fills_up_after_a_shared_file_was_laid_out(case: Case, large: Path, disk: Path, layout: str) -> None:
    """Where no room can be reserved: neither MPI-IO nor HDF5 may hang, crash, or call lost images written."""
    results = case.folder / "results.jsonl"
    arguments = arguments_of(
        case,
        large,
        staging_dir=disk / "stage",
        results=results,
        rows_per_stripe="50",
        cache="none",
        **LAYOUTS[layout][1],
    )
    variables = preloading("slow_io", SLOW_READ_IN="input/large_1", SLOW_READ_MS="100", LAUEBENCH_NO_RESERVING="1")
    variables["LD_PRELOAD"] += f":{preloading('no_room')['LD_PRELOAD']}"
    launch = start(*arguments, ranks=2, variables=variables)
    wait_for(launch, disk, "stage/output/run_*/proc_0/out.h5.part")
    fill(disk)
    _, errors = launch.communicate(timeout=LIMIT_S)
    assert launch.returncode == 1, errors
    (failed,) = of_type(results, "run")
    assert not failed["success"]
    assert [rank["return_code"] for rank in failed["per_proc"]] == [3, 3]
    assert not list(disk.rglob("out.h5*"))


def test_disk_that_is_full_for_the_results(case: Case, large: Path, disk: Path) -> None:
    results = disk / "results.jsonl"
    finished = runs_timed(*arguments_of(case, large, results=results, before_run=fill_and_free_by_turns(disk)))
    assert finished.returncode == 1, finished.stderr
    assert of_type(results, "run") == []
    assert FULL in finished.stderr
    assert '"type":"run"' in finished.stderr, "the run is shown, to be appended by hand"
