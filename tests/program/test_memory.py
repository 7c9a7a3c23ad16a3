"""The memory limit: refused before anything is written, or kept by every run."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from launching import SOURCE, Case, listing, of_type, run

MIB = 1 << 20

#: Sanitizers keep freed memory and add to what is touched, as much as they like.
exact = pytest.mark.skipif("ASAN_OPTIONS" in os.environ, reason="a sanitizer holds memory of its own")

#: "70 MiB needed, 64 MiB allowed"
FIGURES = re.compile(r"\((\d+) MiB needed, (\d+) MiB allowed")


def run_with_limit(case: Case, limit_mib: int, ranks: int | None = None, **changes: str | Path) -> tuple[int, str]:
    finished = run("run", *case.inputs(memory_limit_mb=str(limit_mib), **changes), ranks=ranks)
    return finished.returncode, finished.stderr


def needed_mib(errors: str) -> int:
    (line,) = errors.splitlines()
    figures = FIGURES.search(line)
    assert figures, line
    assert int(figures[1]) > int(figures[2])
    return int(figures[1])


def is_refused(case: Case, limit_mib: int, ranks: int | None = None, **changes: str | Path) -> bool:
    """Refused without a trace; otherwise all runs have to succeed."""
    before = listing(case.folder)
    status, errors = run_with_limit(case, limit_mib, ranks, **changes)
    if status == 2:
        needed_mib(errors)
        assert listing(case.folder) == before
        return True
    assert status == 0, errors
    results = Path(changes.get("results", case.results))
    assert all(record["success"] for record in of_type(results, "run"))
    return False


@pytest.mark.parametrize("limit_mib", [8, 16, 24, 32, 40, 48, 64])
def test_limit_is_refused_before_staging_or_every_run_succeeds(case: Case, limit_mib: int) -> None:
    is_refused(case, limit_mib, cpu_threads="1,2", runs="3")


@exact
def test_least_limit_that_is_accepted_is_enough_for_every_run(case: Case) -> None:
    """At the edge itself, where a difference between check and runs would show."""
    _, errors = run_with_limit(case, 1, cpu_threads="1,2")
    least = needed_mib(errors)
    refused = [
        is_refused(case, limit, cpu_threads="1,2", runs="3", results=case.folder / f"{limit}.jsonl")
        for limit in range(least - 2, least + 3)
    ]
    assert refused[0]
    assert not refused[-1]


@exact
def test_least_limit_is_enough_on_every_rank(case: Case) -> None:
    _, errors = run_with_limit(case, 1, ranks=2, cpu_parallel="1,2")
    ours = "\n".join(line for line in errors.splitlines() if line.startswith("laue-bench: "))
    assert not is_refused(case, needed_mib(ours) + 1, ranks=2, cpu_parallel="1,2", runs="3")


GENERATED = {"contiguous": (), "gzip": ("--compression", "gzip:1")}


def only_run(results: Path) -> dict[str, Any]:
    (record,) = of_type(results, "run")
    assert record["success"] is True
    (process,) = record["per_proc"]
    return process


def depth_images(case: Case) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (case.staging / "output").rglob("out*.h5")}


def generated_case(folder: Path, layout: str) -> tuple[Case, dict[str, str | Path]]:
    """200 images of 256 x 256 pixels, and the options for 101 depth images of them."""
    case = Case(folder)
    case.scan.parent.mkdir()
    (geometry,) = sorted((SOURCE / "tests" / "data" / "geometries").glob("geoN_2023*.xml"))
    size = ("--rows", "256", "--columns", "256", "--images", "200")
    grid = ("--geometry", geometry, "--depth-range", "0:100")
    generated = run("generate", "--output", case.scan, *grid, *size, *GENERATED[layout])
    assert generated.returncode == 0, generated.stderr
    return case, {"geometry": geometry, "depth_range": "0:100"}


@exact
@pytest.mark.parametrize("layout", GENERATED)
def test_stripes_keep_the_limit_and_change_no_byte(tmp_path: Path, layout: str) -> None:
    case, options = generated_case(tmp_path, layout)

    status, errors = run_with_limit(case, 8192, results=tmp_path / "whole.jsonl", rows_per_stripe=256, **options)
    assert status == 0, errors
    assert only_run(tmp_path / "whole.jsonl")["stripes"] == 1
    whole = depth_images(case)
    assert len(whole) == 101

    _, errors = run_with_limit(case, 1, **options)
    limit_mib = needed_mib(errors) + 2
    status, errors = run_with_limit(case, limit_mib, results=tmp_path / "striped.jsonl", **options)
    assert status == 0, errors
    process = only_run(tmp_path / "striped.jsonl")
    memory = process["memory"]
    assert process["stripes"] >= 3
    assert memory["limit_bytes"] == limit_mib * MIB
    assert memory["peak_rss_bytes"] <= limit_mib * MIB
    assert depth_images(case) == whole


@exact
def test_peak_is_that_of_each_run(tmp_path: Path) -> None:
    """A large footprint, then a small one in the same process: a peak of the process could never become smaller. Each
    thread has room of its own, of which it touches as much as there is work for it."""
    case, options = generated_case(tmp_path, "contiguous")
    finished = run("run", *case.inputs(cpu_threads="256,1", order="grid", runs="2", **options))
    assert finished.returncode == 0, finished.stderr
    records = of_type(case.results, "run")
    assert [record["threads"] for record in records] == [256, 256, 1, 1]
    memories = [record["per_proc"][0]["memory"] for record in records]
    if not all(memory["peak_is_of_run"] for memory in memories):
        pytest.skip("/proc/self/clear_refs cannot be written here: the peak is the process's, and says so")
    peaks = [memory["peak_rss_bytes"] for memory in memories]
    assert max(peaks[2:]) < max(peaks[:2])


def device_options(limit_mib: int) -> dict[str, str]:
    """A CPU in the place of a GPU, with as much memory."""
    return {"kernel_loop": "pixels", "gpu_memory_limit_mb": str(limit_mib)}


def test_device_memory_keeps_its_limit_and_changes_no_byte(case: Case) -> None:
    status, errors = run_with_limit(case, 8192, results=case.folder / "whole.jsonl", kernel_loop="pixels")
    assert status == 0, errors
    in_place = only_run(case.folder / "whole.jsonl")["memory"]
    assert (in_place["device_limit_bytes"], in_place["device_bytes"]) == (0, 0)
    whole = depth_images(case)
    assert len(whole) == 41

    status, errors = run_with_limit(case, 8192, rows_per_stripe="48", **device_options(1))
    assert status == 0, errors
    process = only_run(case.results)
    assert process["stripes"] == 1
    assert process["memory"]["device_limit_bytes"] == MIB
    assert 0 < process["memory"]["device_bytes"] <= MIB
    assert process["memory"]["page_locked_bytes"] == 0
    assert process["phases"]["copy_to_device_s"] > 0
    assert process["phases"]["copy_to_host_s"] > 0
    assert depth_images(case) == whole
    (params,) = of_type(case.results, "params")
    assert params["gpu_memory_limit_mb"] == 1


def test_row_that_no_device_memory_holds_is_refused_with_figures(case: Case) -> None:
    before = listing(case.folder)
    status, errors = run_with_limit(case, 8192, depth_range="0:100000", **device_options(1))
    assert status == 2
    assert needed_mib(errors) > 1
    assert "does not fit the GPU's memory limit" in errors
    assert "--gpu-memory-limit-mb" in errors
    assert listing(case.folder) == before


@exact
def test_whole_frame_chunks_keep_the_limit_and_are_read_once_where_they_fit(tmp_path: Path) -> None:
    case, options = generated_case(tmp_path, "gzip")
    image_bytes = 256 * 256 * 2
    _, errors = run_with_limit(case, 1, cpu_threads="2", **options)
    least = needed_mib(errors)
    ways = set()
    images = None
    for limit_mib in [least + 2, *range(least + 8, least + 56, 8)]:
        results = tmp_path / f"{limit_mib}.jsonl"
        status, errors = run_with_limit(case, limit_mib, results=results, cpu_threads="2", **options)
        assert status == 0, errors
        process = only_run(results)
        assert process["read_path"] == "chunks"
        assert process["memory"]["peak_rss_bytes"] <= limit_mib * MIB
        bytes_read = process["io"]["bytes_read"]
        # Where the frames of all stripes come at once, the first image is among them.
        assert bytes_read in (200 * image_bytes, 201 * image_bytes)
        ways.add((bytes_read == 200 * image_bytes, process["stripes"] > 1))
        images = images or depth_images(case)
        assert depth_images(case) == images
    assert (False, True) in ways, "too large: the first image apart, each stripe by itself"
    assert (True, True) in ways, "read once, computed and written stripe by stripe"


def add_dark_frames(scan: Path, mib: int) -> None:
    with h5py.File(scan, "r+") as file:
        file["/entry1/detector/dark"] = np.ones(mib * MIB // 8)


@pytest.mark.parametrize("command", ["run", "reconstruct"])
def test_large_dataset_beside_the_frames_is_refused_with_figures(case: Case, command: str) -> None:
    add_dark_frames(case.scan, 60)
    before = listing(case.folder)
    arguments = case.inputs(memory_limit_mb="128")
    if command == "reconstruct":
        common = ("--h5", case.scan, "--geometry", case.geometry, "--depth-range", "0:40")
        arguments = [*common, "--memory-limit-mb", "128", "--output", case.folder / "out"]
    finished = run(command, *arguments)
    assert finished.returncode == 2, finished.stderr
    assert needed_mib(finished.stderr) > 128
    assert "scan.h5" in finished.stderr
    assert listing(case.folder) == before


def test_large_dataset_is_copied_where_the_limit_allows_it(case: Case) -> None:
    add_dark_frames(case.scan, 4)
    status, errors = run_with_limit(case, 8192)
    assert status == 0, errors
    (image,) = (case.staging / "output").rglob("out7.h5")
    with h5py.File(image) as file:
        assert file["/entry1/detector/dark"].shape == (4 * MIB // 8,)


@pytest.fixture
def make_memory_group() -> Iterator[Callable[[int], Path]]:
    """Makes a control group whose processes share so many MiB; returns the file that a process joins it by."""
    made: list[Path] = []

    def make(limit_mib: int) -> Path:
        version_1 = Path("/sys/fs/cgroup/memory")
        group = (version_1 if version_1.is_dir() else Path("/sys/fs/cgroup")) / f"laue-bench-{os.getpid()}"
        try:
            group.mkdir()
            made.append(group)
            limit = "memory.limit_in_bytes" if version_1.is_dir() else "memory.max"
            (group / limit).write_text(str(limit_mib * MIB))
        except OSError as reason:
            pytest.skip(f"no control group can be made here: {reason}")
        return group / "cgroup.procs"

    yield make
    for group in made:
        group.rmdir()


def run_and_skip(case: Case, group: Path, **changes: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Of a launch in the control group with points of one rank and four: the run of one, the skip of the other."""
    finished = run(
        "run",
        *case.inputs(cpu_parallel="1,4", **changes),
        ranks=4,
        before=lambda: print(os.getpid(), file=group.open("w"), flush=True),
    )
    assert finished.returncode == 0, finished.stderr
    (record,) = of_type(case.results, "run")
    assert (record["point_id"], record["success"]) == ("cpu-p1-t1", True)
    (skip,) = of_type(case.results, "skip")
    assert skip["point_id"] == "cpu-p4-t1"
    return record, skip


@exact
def test_points_whose_ranks_are_too_much_for_a_node_are_skipped_with_figures(
    case: Case, make_memory_group: Callable[[int], Path]
) -> None:
    """4000 depth images take some 140 MiB: one rank has them, four do not, beside what all four hold already."""
    fine = {"resolution": "0.01", "output_type": "float64", "rows_per_stripe": "48", "sync": "none"}
    assert 100 < needed_mib(run_with_limit(case, 64, **fine)[1]) < 200
    _, skip = run_and_skip(case, make_memory_group(500), **fine)
    assert skip["reason"].startswith("4 ranks of a node share its memory: ")
    assert 100 < needed_mib(skip["reason"]) < 200


@exact
def test_points_that_do_not_have_the_memory_asked_for_are_skipped_with_figures(
    case: Case, make_memory_group: Callable[[int], Path]
) -> None:
    record, skip = run_and_skip(case, make_memory_group(500), memory_limit_mb="110")
    assert "memory_limit_lowered" not in record["flags"]
    found = re.fullmatch(
        r"4 times 110 MiB \(--memory-limit-mb\) are more than the (\d+) MiB that (\S+) has for them "
        r"\(0.8 of what is available\)",
        skip["reason"],
    )
    assert found, skip["reason"]
    assert 110 <= int(found[1]) < 440
    assert found[2] == record["per_proc"][0]["host"]


def test_limit_that_no_point_has_is_refused(case: Case) -> None:
    status, errors = run_with_limit(case, 1 << 30)
    assert status == 2
    assert "1 times 1073741824 MiB (--memory-limit-mb) are more than" in errors
    assert not case.staging.exists()
