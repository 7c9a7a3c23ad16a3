"""`laue-bench reconstruct`, `info` and `generate`."""

from __future__ import annotations

import json
import re
import resource
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
from launching import SOURCE, Case, listing, run
from test_acceptance import differing_pixels
from test_bad_input import GEOMETRY_CHANGES, MESSAGE, SCAN_CHANGES


def reconstruct(case: Case, output: Path, *more: str) -> tuple[int, str, str]:
    inputs = ("--h5", case.scan, "--geometry", case.geometry, "--depth-range", "0:40")
    finished = run("reconstruct", *inputs, "--output", output, *more)
    return finished.returncode, finished.stdout, finished.stderr


def assert_refused(case: Case, *words: str) -> None:
    before = listing(case.folder)
    status, output, errors = reconstruct(case, case.folder / "out")
    assert (status, output) == (2, ""), errors
    assert len(errors.splitlines()) == 1, errors
    assert MESSAGE.match(errors.strip()), errors
    for word in words:
        assert word in errors
    assert listing(case.folder) == before


def test_writes_the_expected_images_and_one_line(case: Case) -> None:
    folder = case.folder / "depths"
    folder.mkdir()
    status, output, errors = reconstruct(case, folder / "out", "--threads", "2")
    assert (status, errors) == (0, "")
    assert len(output.splitlines()) == 1
    for word in ("41 files", "pixel-steps/s", "2 threads", "compute"):
        assert word in output
    differing, largest, pixels = differing_pixels(folder, case.expected)
    assert differing <= 1e-4 * pixels
    assert largest <= 1


def test_output_folder_that_does_not_exist_is_refused(case: Case) -> None:
    before = listing(case.folder)
    status, output, errors = reconstruct(case, case.folder / "absent" / "out")
    assert (status, output) == (2, "")
    assert "absent" in errors
    assert "does not exist" in errors
    assert len(errors.splitlines()) == 1
    assert listing(case.folder) == before


def test_output_that_would_replace_the_scan_is_refused(case: Case) -> None:
    scan = case.scan.rename(case.scan.with_name("scan3.h5"))
    before = listing(case.folder)
    finished = run(
        "reconstruct",
        "--h5",
        scan,
        "--geometry",
        case.geometry,
        "--depth-range",
        "0:40",
        "--output",
        scan.parent / "scan",
    )
    assert finished.returncode == 2
    assert len(finished.stderr.splitlines()) == 1
    assert listing(case.folder) == before


def test_output_that_would_replace_the_geometry_file_is_refused(case: Case) -> None:
    for name in ("out3.h5", "outsummary.txt"):
        geometry = case.geometry.with_name(name)
        geometry.write_bytes(case.geometry.read_bytes())
        (case.folder / name).symlink_to(geometry)
        before = listing(case.folder)
        for given in (geometry, case.folder / name):
            arguments = ("--h5", case.scan, "--geometry", given, "--depth-range", "0:40")
            finished = run("reconstruct", *arguments, "--output", geometry.parent / "out")
            assert finished.returncode == 2, finished.stderr
            assert f"geometry file {geometry}" in finished.stderr
            assert listing(case.folder) == before


def test_more_is_said_when_asked(case: Case) -> None:
    said = {}
    for verbose in "0123":
        status, output, errors = reconstruct(case, case.folder / "out", "--verbose", verbose)
        assert status == 0
        assert len(output.splitlines()) == min(int(verbose), 1)
        said[verbose] = errors.splitlines()
    assert said["0"] == said["1"] == []
    assert any("41 depth images" in line for line in said["2"])
    assert any("3 stripes of 16 rows" in line for line in said["2"])
    phases = [line for line in said["3"] if "laue-bench: trace: " in line]
    assert len(phases) == 14
    assert sum(line.startswith("laue-bench: trace: compute: ") for line in phases) == 1


def test_output_base_equal_to_the_scan_is_refused(case: Case) -> None:
    before = listing(case.folder)
    status, _, errors = reconstruct(case, case.scan)
    assert status == 2
    assert len(errors.splitlines()) == 1
    assert listing(case.folder) == before


def test_missing_scan_is_refused(case: Case) -> None:
    case.scan.unlink()
    assert_refused(case, "scan.h5")


def test_scan_that_is_not_hdf5_is_refused(case: Case) -> None:
    case.scan.write_bytes(b"not an HDF5 file" * 64)
    assert_refused(case, "scan.h5", "HDF5")


@pytest.mark.parametrize("name", ["frames missing", "frames of unsupported type", "too few frames"])
def test_scan_lacks(case: Case, name: str) -> None:
    change, word = SCAN_CHANGES[name]
    with h5py.File(case.scan, "r+") as file:
        change(file)
    assert_refused(case, "scan.h5", word)


@pytest.mark.parametrize("name", ["malformed", "no wire diameter", "number unparsable"])
def test_geometry_lacks(case: Case, name: str) -> None:
    change, word = GEOMETRY_CHANGES[name]
    case.geometry.write_text(change(case.geometry.read_text()))
    assert_refused(case, "geometry.xml", word)


def test_generate_says_the_same_of_a_disk_that_is_too_small(case: Case, make_tmpfs: Callable[[str], Path]) -> None:
    folder = make_tmpfs("512k")
    finished = run("generate", "--output", folder / "scan.h5", "--geometry", case.geometry, "--verbose", "2")
    assert finished.returncode == 2, finished.stderr
    assert "bytes are free" in finished.stderr.splitlines()[-1]
    assert any("debug: 12 grains" in line for line in finished.stderr.splitlines())
    assert list(folder.iterdir()) == []


def test_disk_that_is_too_small_is_refused_before_anything_is_written(
    case: Case, make_tmpfs: Callable[[str], Path]
) -> None:
    folder = make_tmpfs("512k")
    status, _, errors = reconstruct(case, folder / "out")
    assert status == 2
    assert len(errors.splitlines()) == 1
    assert "bytes" in errors
    assert list(folder.iterdir()) == []


def test_failing_write_ends_with_its_return_code_and_leaves_nothing(case: Case) -> None:
    def limit_files_to_8_kib() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))

    folder = case.folder / "depths"
    folder.mkdir()
    arguments = ("--h5", case.scan, "--geometry", case.geometry, "--depth-range", "0:40", "--output", folder / "out")
    finished = run("reconstruct", *arguments, before=limit_files_to_8_kib)
    assert finished.returncode == 3, finished.stderr
    assert len(finished.stderr.splitlines()) == 1
    assert list(folder.iterdir()) == []


def test_several_ranks_are_sent_to_run(case: Case) -> None:
    arguments = ("--h5", case.scan, "--geometry", case.geometry, "--depth-range", "0:40")
    finished = run("reconstruct", *arguments, "--output", case.folder / "out", ranks=2)
    assert finished.returncode == 2
    assert sum(line.startswith("laue-bench: ") for line in finished.stderr.splitlines()) == 1
    assert not list(case.folder.glob("out*"))


def test_info_names_backends_and_libraries() -> None:
    finished = run("info")
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.startswith("laue-bench ")
    assert re.search(r"^openmp: \S+, Kokkos \d+\.\d+", finished.stdout, re.MULTILINE)
    assert re.search(r"^cuda: ", finished.stdout, re.MULTILINE)
    assert re.search(r"^HDF5: [\d.]+, parallel$", finished.stdout, re.MULTILINE)
    assert re.search(r"^MPI: .+", finished.stdout, re.MULTILINE)


def test_info_says_why_cuda_cannot_be_used() -> None:
    backends = {entry["name"]: entry for entry in json.loads(run("info", "--json").stdout)["backends"]}
    assert backends["openmp"]["usable"] is True
    assert Path(backends["openmp"]["module"]).is_file()
    if not backends["cuda"]["usable"]:
        assert backends["cuda"]["reason"]


def test_version_help_and_all_help_end_well() -> None:
    for option, word in (("--version", "laue-bench"), ("--help", "--h5"), ("--help-all", "--rows-per-stripe")):
        finished = run(option)
        assert (finished.returncode, finished.stderr) == (0, "")
        assert word in finished.stdout
    assert "--rows-per-stripe" not in run("--help").stdout


def test_generated_scan_can_be_reconstructed(tmp_path: Path) -> None:
    (geometry,) = sorted((SOURCE / "tests" / "data" / "geometries").glob("geoN_2023*.xml"))
    scan = tmp_path / "scan.h5"
    arguments = ("--geometry", geometry, "--depth-range", "0:30")
    generated = run(
        "generate", "--output", scan, *arguments, "--rows", "32", "--columns", "48", "--images", "61", "--seed", "3"
    )
    assert generated.returncode == 0, generated.stderr
    with h5py.File(scan) as file:
        assert file["/entry1/data/data"].shape == (62, 32, 48)
        starts_um, ends_um = (file[f"/entry1/simulation/depth_{end}_um"][...] for end in ("start", "end"))
    finished = run("reconstruct", "--h5", scan, *arguments, "--output", tmp_path / "out", "--area-rule", "conserving")
    assert finished.returncode == 0, finished.stderr
    totals = []
    for depth in range(31):
        with h5py.File(tmp_path / f"out{depth}.h5") as file:
            totals.append(int(np.sum(file["/entry1/data/data"][...], dtype=np.int64)))
    brightest_um = int(np.argmax(totals))  # depth images lie 1 um apart, from 0 on
    assert totals[brightest_um] > 0
    assert np.any((starts_um - 0.5 <= brightest_um) & (brightest_um <= ends_um + 0.5)), (starts_um, ends_um, totals)
