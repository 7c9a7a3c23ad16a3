"""Every message for bad input: one line "problem (why): what to do", exit status 2, nothing written or deleted."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
from launching import Case, listing, run

#: "problem (why): what to do", with the program's name in front.
MESSAGE = re.compile(r"^laue-bench: error: .+ \(.+\): .+$")


def assert_refused(
    case: Case, finished: subprocess.CompletedProcess[str], before: dict[str, tuple[int, int]], *words: str
) -> None:
    lines = finished.stderr.splitlines()
    assert finished.returncode == 2, finished.stderr
    assert len(lines) == 1, finished.stderr
    assert MESSAGE.match(lines[0]), lines[0]
    for word in words:
        assert word in lines[0]
    assert finished.stdout == ""
    assert listing(case.folder) == before


def refuse(case: Case, *words: str, **changes: str | Path) -> None:
    before = listing(case.folder)
    assert_refused(case, run("run", *case.inputs(**changes)), before, *words)


# ---- the scan


def test_scan_missing(case: Case) -> None:
    refuse(case, "absent.h5", h5=case.folder / "absent.h5")


def test_scan_is_a_folder(case: Case) -> None:
    refuse(case, "in", h5=case.folder / "in")


def test_scan_is_not_hdf5(case: Case) -> None:
    case.scan.write_bytes(b"not an HDF5 file" * 64)
    refuse(case, "scan.h5", "HDF5")


def test_scan_is_empty(case: Case) -> None:
    case.scan.write_bytes(b"")
    refuse(case, "scan.h5")


def test_raw_reading_of_frames_that_need_hdf5(case: Case) -> None:
    with h5py.File(case.scan, "r+") as file:
        frames = file["/entry1/data/data"][:]
        del file["/entry1/data/data"]
        file.create_dataset("/entry1/data/data", data=frames, chunks=(1, *frames.shape[1:]), fletcher32=True)
    refuse(case, "scan.h5", "filters other than shuffle and gzip", "--io-path", io_path="raw")


def test_scan_is_truncated(case: Case) -> None:
    case.scan.write_bytes(case.scan.read_bytes()[: case.scan.stat().st_size // 2])
    refuse(case, "scan.h5")


def replace_frames(frames: np.ndarray) -> Callable[[h5py.File], None]:
    def change(file: h5py.File) -> None:
        del file["/entry1/data/data"]
        file["/entry1/data/data"] = frames

    return change


def replace_wire(name: str, values: Callable[[np.ndarray], np.ndarray]) -> Callable[[h5py.File], None]:
    def change(file: h5py.File) -> None:
        before = file[f"/entry1/wire/{name}"][...]
        del file[f"/entry1/wire/{name}"]
        file[f"/entry1/wire/{name}"] = values(before)

    return change


def remove_frames(file: h5py.File) -> None:
    del file["/entry1/data/data"]


def with_nan(values: np.ndarray) -> np.ndarray:
    changed = values.astype(np.float64)
    changed[len(changed) // 2] = np.nan
    return changed


SCAN_CHANGES = {
    "frames missing": (remove_frames, "/entry1/data/data"),
    "frames of rank 2": (replace_frames(np.zeros((48, 64), np.uint16)), "/entry1/data/data"),
    "frames of rank 4": (replace_frames(np.zeros((2, 9, 4, 4), np.uint16)), "/entry1/data/data"),
    "frames of unsupported type": (replace_frames(np.zeros((9, 4, 4), np.uint64)), "/entry1/data/data"),
    "frames of complex numbers": (replace_frames(np.zeros((9, 4, 4), np.complex64)), "/entry1/data/data"),
    "no frames": (replace_frames(np.zeros((0, 48, 64), np.uint16)), "/entry1/data/data"),
    "too few frames": (replace_frames(np.zeros((3, 48, 64), np.uint16)), "frames"),
    "wire vector too short": (replace_wire("wireY", lambda values: values[:-1]), "wireY"),
    "wire vector too long": (replace_wire("wireZ", lambda values: np.append(values, values[-1])), "wireZ"),
    "wire position not a number": (replace_wire("wireY", with_nan), "wireY"),
}


@pytest.mark.parametrize("name", SCAN_CHANGES)
def test_scan_lacks(case: Case, name: str) -> None:
    change, word = SCAN_CHANGES[name]
    with h5py.File(case.scan, "r+") as file:
        change(file)
    refuse(case, "scan.h5", word)


@pytest.mark.parametrize("path", ["/entry1/data/data", "/entry1/wire/wireY"])
def test_layout_of_a_later_hdf5(case: Case, path: str) -> None:
    """HDF5 1.10.8 crashed at the program's end, after its message."""
    with h5py.File(case.scan, "r+") as file:
        values = file[path][...]
        del file[path]
        chunk = (1, *values.shape[1:])
        file.create_dataset(path, data=values, chunks=chunk)
    # Version 3, chunked, number of sizes, address; then the sizes of a chunk and of a value.
    sizes = np.array([*chunk, values.itemsize], "<u4").tobytes()
    content = case.scan.read_bytes()
    begin = content.index(sizes) - 11
    assert content[begin : begin + 3] == bytes([3, 2, values.ndim + 1])
    case.scan.write_bytes(content[:begin] + bytes([77]) + content[begin + 1 :])
    refuse(case, "scan.h5", path, "bad version number for layout message")


# ---- the geometry file


def test_geometry_missing(case: Case) -> None:
    refuse(case, "absent.xml", geometry=case.folder / "absent.xml")


GEOMETRY_CHANGES = {
    "malformed": (lambda text: text[: len(text) // 2], "geometry.xml"),
    "no wire diameter": (lambda text: re.sub(r"<dia.*?</dia>", "", text), "dia"),
    "no detector size": (lambda text: re.sub(r"<size.*?</size>", "", text), "size"),
    "number unparsable": (lambda text: re.sub(r"(<dia[^>]*>)[^<]*", r"\1fifty", text), "fifty"),
    "too few numbers": (lambda text: re.sub(r"(<Origin[^>]*>)[^<]*", r"\g<1>1 2", text), "Origin"),
}


@pytest.mark.parametrize("name", GEOMETRY_CHANGES)
def test_geometry_lacks(case: Case, name: str) -> None:
    change, word = GEOMETRY_CHANGES[name]
    before = case.geometry.read_text()
    after = change(before)
    assert after != before
    case.geometry.write_text(after)
    refuse(case, "geometry.xml", word)


def test_detector_absent(case: Case) -> None:
    text = re.sub(r'<Detector N="2".*?</Detector>', "", case.geometry.read_text(), flags=re.DOTALL)
    case.geometry.write_text(text)
    refuse(case, "geometry.xml", "detector", "2", detector="2")


# ---- parameters


def test_depth_range_reversed(case: Case) -> None:
    refuse(case, "40:0", depth_range="40:0")


@pytest.mark.parametrize("text", ["40", "a:b", "0:", "0:nan"])
def test_depth_range_malformed(case: Case, text: str) -> None:
    refuse(case, "--depth-range", text, depth_range=text)


@pytest.mark.parametrize("text", ["0", "-1", "fine"])
def test_resolution_not_positive(case: Case, text: str) -> None:
    refuse(case, "--resolution", text, resolution=text)


def test_more_depths_than_memory_holds(case: Case) -> None:
    refuse(case, "MiB", depth_range="0:100000", memory_limit_mb="16")


def test_more_depths_than_can_be_counted(case: Case) -> None:
    refuse(case, "depth", depth_range="0:1e12", resolution="1e-6")


@pytest.mark.parametrize("text", ["0", "1,0", "1,-2", "two", "1,,2", ""])
def test_list_entries(case: Case, text: str) -> None:
    refuse(case, "--cpu-threads", cpu_threads=text)


def test_unknown_option_names_the_nearest(case: Case) -> None:
    before = listing(case.folder)
    assert_refused(case, run("run", *case.inputs(), "--run", "2"), before, "--run", "--runs")


def test_unknown_subcommand(case: Case) -> None:
    before = listing(case.folder)
    assert_refused(case, run("rum"), before, "rum", "run")


def test_required_option_missing(case: Case) -> None:
    before = listing(case.folder)
    assert_refused(case, run("run", "--h5", case.scan), before, "missing --staging-dir")


@pytest.mark.parametrize("option", ["threads", "backend", "output"])
def test_options_of_reconstruct_are_refused(case: Case, option: str) -> None:
    refuse(case, f"--{option}", "reconstruct", **{option: "2"})


def test_configuration_with_an_unknown_key(case: Case) -> None:
    config = case.folder / "grid.json"
    config.write_text('{"cpu_paralel": [1]}')
    refuse(case, "cpu_paralel", "cpu_parallel", "grid.json", config=config)


def test_configuration_that_is_no_json(case: Case) -> None:
    config = case.folder / "grid.json"
    config.write_text("{")
    refuse(case, "grid.json", config=config)


def test_only_with_an_unknown_point(case: Case) -> None:
    refuse(case, "cpu-p1-t9", only="cpu-p1-t9")


# ---- folders


def test_staging_below_a_file(case: Case) -> None:
    refuse(case, "geometry.xml", staging_dir=case.geometry / "stage")


def test_staging_is_a_file(case: Case) -> None:
    refuse(case, "geometry.xml", "--staging-dir", staging_dir=case.geometry)


def test_staging_is_read_only(case: Case, make_tmpfs: Callable[[str], Path]) -> None:
    folder = make_tmpfs("64m,ro")
    refuse(case, str(folder), "Read-only file system", "--staging-dir", staging_dir=folder)


def test_staging_is_the_root(case: Case) -> None:
    refuse(case, "root of all files", "--staging-dir", staging_dir="/")


def test_staging_in_the_folders_of_another_staging_folder(case: Case) -> None:
    assert run("run", *case.inputs()).returncode == 0
    for place in ("output", "output/inner", "input", "input/inner/deep"):
        refuse(case, "belongs to the staging folder above it", "--staging-dir", staging_dir=case.staging / place)


def test_staging_on_a_filesystem_that_cannot_be_written(case: Case) -> None:
    refuse(case, "/proc/lauebench", "type proc, which stores no files", "--staging-dir", staging_dir="/proc/lauebench")


def test_staging_equal_to_the_folder_of_the_scan(case: Case) -> None:
    refuse(case, str(case.scan.parent), staging_dir=case.scan.parent)


def test_staging_equal_to_the_folder_of_the_scan_by_another_name(case: Case) -> None:
    (case.folder / "link").symlink_to(case.scan.parent)
    refuse(case, "the folder of the input", str(case.scan.parent), staging_dir=case.folder / "link")


def test_staging_too_small(case: Case, make_tmpfs: Callable[[str], Path]) -> None:
    folder = make_tmpfs("1m")
    refuse(case, str(folder), "bytes", "free", staging_dir=folder)


def test_more_depths_than_the_disk_holds(case: Case, make_tmpfs: Callable[[str], Path]) -> None:
    folder = make_tmpfs("8m")
    refuse(case, str(folder), "bytes", "free", staging_dir=folder, resolution="0.05")
    finished = run("run", *case.inputs(staging_dir=folder))
    assert finished.returncode == 0, finished.stderr


def test_more_depths_than_files_have_room(case: Case, make_tmpfs: Callable[[str], Path]) -> None:
    folder = make_tmpfs("64m,nr_inodes=60")
    refuse(case, str(folder), "files", "free", staging_dir=folder, resolution="0.5")


def test_results_in_a_folder_that_does_not_exist(case: Case) -> None:
    refuse(case, "absent", "--results", results=case.folder / "absent" / "results.jsonl")


def test_results_is_a_folder(case: Case) -> None:
    refuse(case, "--results", results=case.folder / "in")


def test_results_is_the_scan(case: Case) -> None:
    refuse(case, "--results", "it is the scan", results=case.scan)


def test_results_is_the_geometry_file(case: Case) -> None:
    refuse(case, "--results", "it is the geometry file", results=case.geometry)


def test_results_is_the_configuration_file(case: Case) -> None:
    config = case.folder / "grid.json"
    config.write_text('{"runs": 1}')
    refuse(case, "--results", "configuration file", config=config, results=config)


def test_results_is_a_file_of_another_kind(case: Case) -> None:
    thesis = case.folder / "thesis.txt"
    thesis.write_text("years of work")
    refuse(case, "--results", "thesis.txt", results=thesis)


def test_results_in_the_folders_of_replicas_and_outputs(case: Case) -> None:
    assert run("run", *case.inputs()).returncode == 0
    (case.folder / "link").symlink_to(case.staging / "input")
    for folder in (case.staging / "input", case.staging / "output", case.folder / "link"):
        refuse(case, "--results", "belongs to the launch", results=folder / "results.jsonl")
    refuse(case, "--results", "belongs to the launch", results=case.staging / "input" / "scan_0.h5")


def test_results_named_as_a_lock(case: Case) -> None:
    for name in (".laue-bench.lock", "results.jsonl.lock"):
        refuse(case, "--results", "locks", results=case.folder / name)


def test_results_whose_lock_is_the_scan(case: Case) -> None:
    scan = case.scan.rename(case.folder / "a.lock")
    refuse(case, "--results", "the name of its lock", h5=scan, results=case.folder / "a")


def test_users_own_file_in_the_place_of_a_lock(case: Case) -> None:
    """Nothing is staged before the results file's lock is held."""
    own = case.folder / "mine.jsonl.lock"
    own.write_text("years of work")
    refuse(case, str(own), "move it away", results=case.folder / "mine.jsonl")
    assert own.read_text() == "years of work"
    case.staging.mkdir()
    staging_lock = own.rename(case.staging / ".laue-bench.lock")
    refuse(case, str(staging_lock), "move it away")
    assert staging_lock.read_text() == "years of work"


def test_users_own_file_in_the_place_of_a_replica(case: Case) -> None:
    own = case.staging / "input" / "scan_0.h5"
    own.parent.mkdir(parents=True)
    own.write_text("years of work")
    refuse(case, str(own), "move it away")
    assert own.read_text() == "years of work"


def test_working_folder_that_was_removed(case: Case) -> None:
    def enter_removed_folder() -> None:
        gone = case.folder / "gone"
        gone.mkdir()
        os.chdir(gone)
        gone.rmdir()

    for relative in ({"h5": "scan.h5"}, {"geometry": "geometry.xml"}, {"staging_dir": "stage"}, {"results": "r.jsonl"}):
        before = listing(case.folder)
        finished = run("run", *case.inputs(**relative), before=enter_removed_folder)
        assert_refused(case, finished, before, "the working folder cannot be used")


def test_on_two_ranks_the_message_comes_once(case: Case) -> None:
    before = listing(case.folder)
    finished = run("run", *case.inputs(h5=case.folder / "absent.h5", cpu_parallel="2"), ranks=2)
    ours = [line for line in finished.stderr.splitlines() if line.startswith("laue-bench: ")]
    assert finished.returncode == 2
    assert len(ours) == 1, finished.stderr
    assert listing(case.folder) == before


def test_unknown_option_on_two_ranks_comes_once(case: Case) -> None:
    finished = run("run", *case.inputs(), "--run", "2", ranks=2)
    assert finished.returncode == 2
    assert sum(line.startswith("laue-bench: ") for line in finished.stderr.splitlines()) == 1, finished.stderr
