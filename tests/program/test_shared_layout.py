"""One file of all ranks of a run: the same depth images, agreed on by all of them or not there at all."""

from __future__ import annotations

import os
import re
import signal
import time
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from launching import ROWS, SOURCE, TIMEOUT_S, Case, find_rank, listing, of_type, preloading, run, start, wait_for
from test_acceptance import violations
from test_convert import convert, digest_told, refuse
from test_layouts import DEPTH, IMAGES, contents, ranks_of

SHARED = {"output_layout": "shared", "cpu_parallel": "2"}

#: Options of a way to write, and what is recorded of it.
WAYS: dict[str, tuple[dict[str, str], str]] = {
    "together": ({}, "mpi-io"),
    "alone": ({"collective": "off"}, "mpi-io"),
    "hdf5": ({"io_path": "hdf5"}, "hdf5"),
    "hdf5 alone": ({"io_path": "hdf5", "collective": "off", "collective_metadata": "off"}, "hdf5"),
    "gzip": ({"output_compression": "gzip:3"}, "hdf5"),
    "gzip, aligned": ({"output_compression": "gzip:3", "output_alignment": "512"}, "hdf5"),
}


def shared_file(case: Case, record: dict[str, Any]) -> Path:
    return case.staging / "output" / f"run_{record['run_id']}" / "proc_0" / "out.h5"


@pytest.mark.parametrize("way", WAYS)
def test_one_file_of_all_ranks_has_the_digest_of_depth_files(case: Case, way: str) -> None:
    options, path = WAYS[way]
    assert run("run", *case.inputs(cpu_parallel="2", rows_per_stripe="7"), ranks=2).returncode == 0
    inputs = case.inputs(rows_per_stripe="7", **SHARED, **options)
    finished = run("run", *inputs, "--read-back", "--mpi-hint", "cb_nodes=1", ranks=2)
    assert finished.returncode == 0, finished.stderr
    assert violations(case.results) == []
    assert len({rank["digest"] for rank in ranks_of(case.results)}) == 1
    _, record = of_type(case.results, "run")
    assert [rank["write_path"] for rank in record["per_proc"]] == [path, path]
    assert [rank["io"]["files_written"] for rank in record["per_proc"]] == [1, 0]
    file = shared_file(case, record)
    assert sum(rank["io"]["bytes_written"] for rank in record["per_proc"]) == file.stat().st_size
    assert sorted(path.name for path in file.parent.iterdir()) == ["out.h5", "outsummary.txt"]
    assert [path.name for path in (file.parents[1] / "proc_1").iterdir()] == ["outsummary.txt"]
    with h5py.File(file) as opened, h5py.File(case.expected) as expected:
        images = opened[IMAGES]
        assert images.shape[:2] == (2, len(opened[DEPTH]))
        assert np.array_equal(images[0], images[1])
        assert images[0].any() == any(dataset[...].any() for dataset in expected.values() if dataset.ndim > 1)
        if "gzip" in way:
            assert (images.compression, images.compression_opts) == ("gzip", 3)
            assert images.chunks == (1, 1, 7, images.shape[3])


def test_what_was_asked_for_and_what_mpi_made_of_it_is_recorded(case: Case) -> None:
    inputs = case.inputs(**SHARED, output_alignment="4096")
    hints = ("--mpi-hint", "cb_nodes=1", "--mpi-hint", "cb_buffer_size=1048576")
    assert run("run", *inputs, *hints, ranks=2).returncode == 0
    (params,) = of_type(case.results, "params")
    assert params["mpi_hint"] == ["cb_nodes=1", "cb_buffer_size=1048576"]
    assert (params["collective"], params["output_alignment"], params["collective_metadata"]) == ("on", 4096, None)
    assert params["environment"]["mpi_io"]
    (record,) = of_type(case.results, "run")
    for rank in record["per_proc"]:
        assert rank["mpi_hints"]["cb_nodes"] == "1"
    with h5py.File(shared_file(case, record)) as opened:
        assert opened[IMAGES].id.get_offset() % 4096 == 0


def test_other_layouts_have_no_hints(case: Case) -> None:
    assert run("run", *case.inputs(), ranks=1).returncode == 0
    (params,) = of_type(case.results, "params")
    names = ("collective", "output_alignment", "collective_metadata", "mpi_hint")
    assert [params[name] for name in names] == [None, None, None, []]
    assert [rank["mpi_hints"] for rank in ranks_of(case.results)] == [None]


def test_a_launch_without_mpi_writes_the_file_of_one_rank(case: Case) -> None:
    for compression in ("none", "gzip:1"):
        inputs = case.inputs(output_layout="shared", output_compression=compression)
        finished = run("run", *inputs)
        assert finished.returncode == 0, finished.stderr
    assert run("run", *case.inputs()).returncode == 0
    assert len({rank["digest"] for rank in ranks_of(case.results)}) == 1
    assert violations(case.results) == []


def test_the_file_holds_what_depth_files_hold_and_converts_to_them(case: Case, tmp_path: Path) -> None:
    with h5py.File(case.scan, "r+") as file:
        file["/entry1/notes"] = "what somebody wrote"
        file.attrs["operator"] = "nobody"
    assert run("run", *case.inputs(**SHARED), ranks=2).returncode == 0
    (record,) = of_type(case.results, "run")
    base = shared_file(case, record).with_suffix("")
    told = {digest_told(convert(base, tmp_path / f"d{rank}_", "per-depth", "--rank", str(rank))) for rank in range(2)}
    assert told == {rank["digest"] for rank in record["per_proc"]}
    assert (tmp_path / "d0_summary.txt").read_text() == Path(f"{base}summary.txt").read_text()
    assert not (tmp_path / "d1_summary.txt").exists(), "the summary beside the file is its first rank's"
    assert contents(shared_file(case, record)) == contents(tmp_path / "d0_0.h5")
    for layout, more in (("shared", ()), ("shared", ("--output-compression", "gzip:2")), ("per-rank", ())):
        target = tmp_path / f"t{len(more)}{layout}"
        told.add(digest_told(convert(tmp_path / "d0_", target, layout, *more)))
        with h5py.File(f"{target}.h5") as file:
            assert file[IMAGES].ndim == (4 if layout == "shared" else 3)
    assert len(told) == 1
    refuse(convert(base, tmp_path / "x", "per-depth", "--rank", "2"), "has 2 ranks, and none is 2")
    refuse(convert(tmp_path / "d0_", tmp_path / "x", "per-rank", "--rank", "0"), "they are of one reconstruction")
    assert not list(tmp_path.glob("x*"))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"collective": "off"}, "--collective without --output-layout shared"),
        ({"mpi_hint": "a=b", "output_layout": "per-rank"}, "--mpi-hint where nothing goes through MPI-IO"),
        ({**SHARED, "mpi_hint": "cb_nodes"}, "it is no key with a value"),
        ({**SHARED, "collective_metadata": "on"}, "where HDF5 does not write the images"),
        ({**SHARED, "collective": "off", "output_compression": "gzip:1"}, "--collective off"),
        ({**SHARED, "io_path": "raw", "output_compression": "gzip:1"}, "HDF5 itself has to compress"),
        ({**SHARED, "output_alignment": "0"}, "--output-alignment"),
    ],
)
def test_what_does_not_go_together_is_refused(case: Case, options: dict[str, str], words: str) -> None:
    finished = run("run", *case.inputs(**options))
    assert finished.returncode == 2
    assert words in finished.stderr
    assert not case.staging.exists()


def test_a_hint_given_twice_is_refused(case: Case) -> None:
    finished = run("run", *case.inputs(**SHARED), "--mpi-hint", "a=1", "--mpi-hint", "a=2")
    assert finished.returncode == 2
    assert "the key is given twice" in finished.stderr


def test_one_reconstruction_has_nobody_to_share_with(case: Case, tmp_path: Path) -> None:
    inputs = ("--h5", case.scan, "--geometry", case.geometry, "--depth-range", "0:40")
    refuse(run("reconstruct", *inputs, "--output", tmp_path / "d", "--output-layout", "shared"), "no other ranks")


@pytest.mark.parametrize("way", ["together", "alone", "gzip"])
def test_a_rank_that_fails_fails_the_run_of_all_and_the_next_one_is_whole(case: Case, way: str) -> None:
    """Rank 1 finds no replica in the first run."""
    replica = case.staging / "input" / "scan_1.h5"
    once = case.folder / "once"
    lose = (
        f"if [ ! -e {once} ]; then touch {once}; mv {replica} {once}; else mv {once} {replica}; fi 2> /dev/null; true"
    )
    inputs = case.inputs(**SHARED, **WAYS[way][0], runs="2", before_run=lose)
    finished = run("run", *inputs, ranks=2, timeout_s=60)
    assert finished.returncode == 1, finished.stderr
    failed, _ = of_type(case.results, "run")
    assert not failed["success"]
    assert all(rank["return_code"] != 0 for rank in failed["per_proc"])
    assert "rank 1 of those that use a file together gave up: " in failed["per_proc"][0]["error"]
    assert not shared_file(case, failed).exists()
    assert violations(case.results) == []


@pytest.mark.parametrize("way", ["together", "alone", "gzip"])
def test_a_rank_that_takes_too_long_is_cancelled_and_nobody_waits_for_it(case: Case, scan: Path, way: str) -> None:
    inputs = case.inputs(
        h5=scan,
        geometry=SOURCE / "configs" / "geometry_34ide.xml",
        depth_range="0:3",
        rows_per_stripe=str(ROWS),
        cache="none",
        reconstruction_timeout="2",
        **SHARED,
        **WAYS[way][0],
    )
    slow = preloading("slow_io", SLOW_READ_IN="scan_1.h5", SLOW_READ_MS="1000")
    finished = run("run", *inputs, ranks=2, variables=slow, timeout_s=60)
    assert finished.returncode == 1, finished.stderr
    (record,) = of_type(case.results, "run")
    assert [rank["return_code"] for rank in record["per_proc"]] == [5, 5]
    assert not list((case.staging / "output").rglob("*.h5*"))
    assert violations(case.results) == []


@pytest.mark.slow
def test_a_rank_that_answers_no_more_ends_the_launch(case: Case, scan: Path) -> None:
    """Rank 1 is stopped while both write; waiting for it ends after half a minute at least."""
    inputs = case.inputs(
        h5=scan,
        geometry=SOURCE / "configs" / "geometry_34ide.xml",
        depth_range="0:3",
        rows_per_stripe="8",
        reconstruction_timeout="1",
        cache="none",
        **SHARED,
    )
    slow = preloading("slow_io", SLOW_READ_IN="input/scan_1.h5", SLOW_READ_MS="100")
    launch = start("run", *inputs, ranks=2, variables=slow)
    wait_for(launch, case.staging, "output/run_*/proc_0/out.h5.part")
    stopped = find_rank(launch.pid, 1)
    assert stopped
    os.kill(stopped, signal.SIGSTOP)
    try:
        _, errors = launch.communicate(timeout=TIMEOUT_S)
    finally:
        launch.kill()
    assert launch.returncode == 1
    (end,) = of_type(case.results, "end")
    assert (end["status"], end["runs_done"]) == ("failed", 0)
    assert "the launch hangs" in end["error"]
    # it waits for the other to come to a step, or within one
    assert re.search(
        "the launch hangs: rank 0 has (waited|been in a call for) 31 s .*in run 0 of cpu-p2-t1-shared", errors
    )
    assert of_type(case.results, "run") == []
    assert not list((case.staging / "output").rglob("out.h5"))


@pytest.mark.parametrize("compression", ["none", "gzip:1"])
def test_what_a_killed_run_left_is_not_taken_for_its_images(case: Case, scan: Path, compression: str) -> None:
    inputs = case.inputs(
        h5=scan,
        geometry=SOURCE / "configs" / "geometry_34ide.xml",
        depth_range="0:3",
        rows_per_stripe="8",
        output_compression=compression,
        **SHARED,
    )
    slow = preloading("slow_io", SLOW_READ_IN="input/scan_1.h5", SLOW_READ_MS="200")
    launch = start("run", *inputs, "--cache", "none", ranks=2, variables=slow)
    wait_for(launch, case.staging, "output/run_*/proc_0/out.h5.part")
    ranks = [find_rank(launch.pid, rank) for rank in range(2)]
    assert None not in ranks
    for process in [*ranks, launch.pid]:
        os.kill(process or 0, signal.SIGKILL)
    launch.communicate()
    (part,) = case.staging.glob("output/run_*/proc_0/*")
    assert part.name == "out.h5.part"
    refuse(convert(part.with_name("out"), case.folder / "t", "per-rank"), "out0.h5' a depth image nor 'out.h5'")
    wait_until_ended([rank for rank in ranks if rank is not None])
    finished = run("run", *inputs, ranks=2)
    assert finished.returncode == 0, finished.stderr
    names = {Path(name).name for name in listing(case.staging / "output")}
    assert "out.h5" in names
    assert "out.h5.part" not in names


def wait_until_ended(processes: list[int]) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while any(Path(f"/proc/{process}").exists() for process in processes):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_dry_run_tells_of_one_file(case: Case) -> None:
    finished = run("run", *case.inputs(**SHARED), "--dry-run", ranks=2)
    assert finished.returncode == 0, finished.stderr
    assert " each, in one file of a run" in finished.stdout
