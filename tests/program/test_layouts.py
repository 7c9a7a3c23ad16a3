"""The same depth images in every layout of their files, whole or not at all."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from launching import TIMEOUT_S, Case, listing, of_type, run, start
from test_acceptance import violations

IMAGES, DEPTH = "entry1/data/data", "entry1/depth"


def reconstruct(case: Case, output: Path, layout: str, depths: str = "0:40") -> list[str | Path]:
    inputs = ("--h5", case.scan, "--geometry", case.geometry, "--depth-range", depths)
    return ["reconstruct", *inputs, "--output", output, "--output-layout", layout]


def ranks_of(results: Path) -> list[dict[str, Any]]:
    return [rank for record in of_type(results, "run") for rank in record["per_proc"]]


def contents(file: Path) -> dict[str, Any]:
    """Every object with its attributes, and the values of datasets, but for images and depths."""
    found: dict[str, Any] = {}

    def look_at(name: str, item: h5py.Group | h5py.Dataset) -> None:
        attributes = {key: str(value) for key, value in item.attrs.items()}
        is_ours = isinstance(item, h5py.Group) or name in (IMAGES, DEPTH)
        found[name] = (attributes, None if is_ours else np.array(item[()]).tobytes())

    with h5py.File(file) as opened:
        found["/"] = ({key: str(value) for key, value in opened.attrs.items()}, None)
        opened.visititems(look_at)
    return found


@pytest.mark.parametrize("io_path", ["auto", "hdf5"])
def test_one_file_per_rank_has_the_digest_of_depth_files(case: Case, io_path: str) -> None:
    inputs = case.inputs(cpu_parallel="2", io_path=io_path, rows_per_stripe="7")
    for layout in ("per-depth", "per-rank"):
        finished = run("run", *inputs, "--output-layout", layout, "--read-back", ranks=2)
        assert finished.returncode == 0, finished.stderr
    assert violations(case.results) == []
    assert [params["output_layout"] for params in of_type(case.results, "params")] == [["per-depth"], ["per-rank"]]
    depth_files, stacks = of_type(case.results, "run")
    assert len({rank["digest"] for rank in ranks_of(case.results)}) == 1
    assert [rank["io"]["files_written"] for rank in depth_files["per_proc"]] == [41, 41]
    folder = case.staging / "output" / f"run_{stacks['run_id']}"
    for rank in stacks["per_proc"]:
        proc = folder / f"proc_{rank['i']}"
        assert sorted(path.name for path in proc.iterdir()) == ["out.h5", "outsummary.txt"]
        assert rank["io"]["files_written"] == 1
        assert rank["io"]["bytes_written"] == (proc / "out.h5").stat().st_size
    first, second = of_type(case.results, "params")
    assert first["plan_id"] != second["plan_id"]


@pytest.mark.parametrize("io_path", ["auto", "hdf5"])
def test_compressed_images_have_the_digest_of_plain_ones(case: Case, io_path: str) -> None:
    inputs = case.inputs(cpu_parallel="2", cpu_threads="2", io_path=io_path, output_layout="per-rank")
    for compression in ("none", "gzip:1", "gzip:9"):
        finished = run("run", *inputs, "--output-compression", compression, ranks=2)
        assert finished.returncode == 0, finished.stderr
    assert violations(case.results) == []
    plain, fast, dense = of_type(case.results, "run")
    assert len({rank["digest"] for rank in ranks_of(case.results)}) == 1
    for rank in dense["per_proc"]:
        file = case.staging / "output" / f"run_{dense['run_id']}" / f"proc_{rank['i']}" / "out.h5"
        assert rank["io"]["bytes_written"] == file.stat().st_size
        assert rank["write_path"] == ("hdf5" if io_path == "hdf5" else "chunks")
        assert (rank["phases"]["compress_s"] > 0.001) == (io_path == "auto")
        with h5py.File(file) as opened:
            images = opened[IMAGES]
            assert (images.compression, images.compression_opts) == ("gzip", 9)
            assert images.chunks == (1, rank["rows_per_stripe"], images.shape[2])
    sizes = [made["per_proc"][0]["io"]["bytes_written"] for made in (plain, fast, dense)]
    assert sizes[0] > sizes[1] > sizes[2]
    assert plain["per_proc"][0]["phases"]["compress_s"] == 0


def test_layouts_are_an_axis_of_the_grid(case: Case) -> None:
    options = case.inputs(output_layout="per-depth,per-rank", output_compression="none,gzip:1")
    finished = run("run", *options, "--ceilings")
    assert finished.returncode == 0, finished.stderr
    assert violations(case.results) == []
    stored = {"cpu-p1-t1": ("per-depth", "none"), "cpu-p1-t1-per-rank": ("per-rank", "none")}
    stored["cpu-p1-t1-per-rank-gzip1"] = ("per-rank", "gzip:1")
    runs, ceilings = of_type(case.results, "run"), of_type(case.results, "ceiling")
    for records in (runs, ceilings):
        found = {record["point_id"]: (record["output_layout"], record["output_compression"]) for record in records}
        assert found == stored
    assert len({rank["digest"] for rank in ranks_of(case.results)}) == 1
    files = {record["point_id"]: record["per_proc"][0]["io"]["files_written"] for record in runs}
    assert files == {"cpu-p1-t1": 41, "cpu-p1-t1-per-rank": 1, "cpu-p1-t1-per-rank-gzip1": 1}
    written = {record["point_id"]: record["per_proc"][0]["io"]["bytes_written"] for record in runs}
    at_start = {record["point_id"]: record["write"] for record in ceilings if record["moment"] == "start"}
    for point in ("cpu-p1-t1", "cpu-p1-t1-per-rank"):
        assert at_start[point]["bytes"] == written[point], "a ceiling is that of the point's own files"
    (params,) = of_type(case.results, "params")
    assert params["scan"]["output_bytes"] == max(written.values())


def test_compression_has_no_ceiling_yet(case: Case) -> None:
    finished = run("run", *case.inputs(output_layout="per-rank", output_compression="gzip:1"), "--ceilings")
    assert finished.returncode == 0, finished.stderr
    assert violations(case.results) == []
    for ceilings in of_type(case.results, "ceiling"):
        assert ceilings["write"] is None
        assert "compressed" in ceilings["unavailable"]["write"]


def test_one_file_per_rank_holds_what_depth_files_hold(case: Case, tmp_path: Path) -> None:
    with h5py.File(case.scan, "r+") as file:
        file["/entry1/notes"] = "what somebody wrote"
        file["/frames"] = h5py.SoftLink("/entry1/data/data")
        file.attrs["operator"] = "nobody"
    assert run(*reconstruct(case, tmp_path / "d", "per-depth")).returncode == 0
    assert run(*reconstruct(case, tmp_path / "s", "per-rank")).returncode == 0
    assert contents(tmp_path / "s.h5") == contents(tmp_path / "d0.h5")
    with h5py.File(tmp_path / "s.h5") as stack:
        assert stack[IMAGES].chunks is None
        for depth in range(41):
            with h5py.File(tmp_path / f"d{depth}.h5") as file:
                assert np.array_equal(stack[IMAGES][depth], file[IMAGES][...])
                assert stack[DEPTH][depth] == file[DEPTH][0]
    compressed = reconstruct(case, tmp_path / "c", "per-rank")
    assert run(*compressed, "--output-compression", "gzip:5").returncode == 0
    assert contents(tmp_path / "c.h5") == contents(tmp_path / "s.h5")
    assert (tmp_path / "ssummary.txt").read_text() == (tmp_path / "dsummary.txt").read_text()


def test_dry_run_tells_the_files_of_the_layout(case: Case) -> None:
    finished = run("run", *case.inputs(output_layout="per-rank"), "--dry-run")
    assert finished.returncode == 0, finished.stderr
    assert "depth images of 1 reconstruction at a time, each 1 file in " in finished.stdout


def kill_while_writing(case: Case, output: Path, compression: str) -> None:
    """Ends a reconstruction that has laid out its one file."""
    inputs = reconstruct(case, output, "per-rank", "0:2000")
    process = start(*inputs, "--rows-per-stripe", "1", "--output-compression", compression)
    part = output.with_name(f"{output.name}.h5.part")
    deadline = time.monotonic() + TIMEOUT_S
    while not part.exists() or part.stat().st_size == 0:
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < deadline
    process.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT)
    process.kill()
    process.communicate()


@pytest.mark.parametrize("compression", ["none", "gzip:1"])
def test_what_a_killed_reconstruction_left_is_not_taken_for_its_images(
    case: Case, tmp_path: Path, compression: str
) -> None:
    output = tmp_path / "out" / "d"
    output.parent.mkdir()
    kill_while_writing(case, output, compression)
    assert [path.name for path in output.parent.iterdir()] == ["d.h5.part"]
    assert run(*reconstruct(case, output, "per-rank")).returncode == 0
    assert sorted(path.name for path in output.parent.iterdir()) == ["d.h5", "dsummary.txt"]
    before = listing(output.parent)
    kill_while_writing(case, output, compression)
    left = listing(output.parent)
    assert left.pop("d.h5.part")
    assert left == before, "the earlier images stay"


def test_other_files_of_the_name_stay(case: Case, tmp_path: Path) -> None:
    assert run(*reconstruct(case, tmp_path / "d", "per-depth")).returncode == 0
    before = listing(tmp_path)
    finished = run(*reconstruct(case, tmp_path / "d1", "per-rank"))
    assert finished.returncode == 2
    assert "d1.h5' is in the way (it is not a stack of depth images)" in finished.stderr
    assert listing(tmp_path) == before
    scan = tmp_path / "scan.h5"
    scan.write_bytes(case.scan.read_bytes())
    own = [text if text != case.scan else scan for text in reconstruct(case, tmp_path / "scan", "per-rank")]
    finished = run(*own)
    assert finished.returncode == 2
    assert "the output would replace the scan" in finished.stderr
    assert scan.read_bytes() == case.scan.read_bytes()


def test_a_layout_that_does_not_exist_is_refused(case: Case) -> None:
    finished = run("run", *case.inputs(output_layout="per-rnak"))
    assert finished.returncode == 2
    assert "did you mean per-rank?" in finished.stderr
