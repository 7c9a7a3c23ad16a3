"""tests/performance/extremes on small scans."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import h5py
import pytest
from measuring.launches import generate
from measuring.scans import look_at

HERE = Path(__file__).resolve().parent
GEOMETRY = HERE.parents[1] / "configs" / "geometry_34ide.xml"

#: Edge in pixels, amplitude in counts; 40 images each.
SCANS = {"small": (24, 1000), "middle": (32, 1000), "bright": (32, 60000), "large": (48, 1000), "huge": (64, 1000)}


def extremes(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(HERE / "extremes"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("scans")
    for name, (edge, amplitude) in SCANS.items():
        extents = ("--rows", str(edge), "--columns", str(edge), "--images", "40")
        light = ("--amplitude", str(amplitude), "--background", str(amplitude // 50))
        generate(made / f"{name}.h5", GEOMETRY, *extents, *light)
    (made / "notes.txt").write_text("no scan\n", encoding="utf-8")
    return made


def figures(folder: Path, *more: str | Path) -> tuple[subprocess.CompletedProcess[str], dict[str, Any]]:
    json_file = folder / "figures.json"
    options = ("--count", "1", "--runs", "1", "--threads", "1", "--resolution", "5", "--json", json_file)
    finished = extremes(folder, *options, *more)
    found = json.loads(json_file.read_text(encoding="utf-8"))
    json_file.unlink()
    return finished, found


def test_largest_brightest_and_ordinary_are_reconstructed(folder: Path, tmp_path: Path) -> None:
    finished, found = figures(folder, "--work", tmp_path)
    assert finished.returncode == 0, finished.stderr
    chosen = {Path(scan["path"]).stem: scan for scan in found["scans"]}
    # of five sizes the third is the ordinary one; of two equal ones the first name counts as smaller
    assert {name: scan["chosen_as"] for name, scan in chosen.items()} == {
        "bright": ["brightest 1"],
        "middle": ["ordinary"],
        "huge": ["largest 1"],
    }
    assert found["failed"] == {}
    for name, scan in chosen.items():
        edge = SCANS[name][0]
        assert (scan["images"], scan["rows"], scan["columns"], scan["depths"]) == (40, edge, edge, 21)
        assert scan["pixel_steps"] == 40 * edge * edge
        assert scan["pixel_steps_per_s"] == pytest.approx(scan["pixel_steps"] / scan["seconds"])
        assert scan["peak_rss_bytes"] > 1 << 20
    ordinary = chosen["middle"]["pixel_steps_per_s"]
    assert chosen["middle"]["rate_of_ordinary"] == 1.0
    assert chosen["huge"]["rate_of_ordinary"] == pytest.approx(chosen["huge"]["pixel_steps_per_s"] / ordinary)
    assert chosen["bright"]["mean_counts"] > 20 * chosen["middle"]["mean_counts"]
    assert finished.stdout.count("\n") == 2 + 3
    assert list(tmp_path.iterdir()) == [], "replicas and depth images are deleted"


def test_brightness_is_that_of_used_images(folder: Path) -> None:
    """40 images: 16 of them, spread evenly; a generated scan's brightness changes little from image to image."""
    scan = look_at(folder / "bright.h5")
    assert (scan.images, scan.rows, scan.columns) == (40, 32, 32)
    assert scan.mean_counts == pytest.approx(mean_of_all(folder / "bright.h5"), rel=0.1)


def mean_of_all(scan: Path) -> float:
    with h5py.File(scan) as file:
        return float(file["/entry1/data/data"][1:].mean())


def test_what_cannot_be_reconstructed_does_not_end_the_others(folder: Path, tmp_path: Path) -> None:
    torn = folder / "torn.h5"
    torn.write_bytes((folder / "huge.h5").read_bytes()[:5000])
    try:
        finished, found = figures(folder, "--work", tmp_path)
    finally:
        torn.unlink()
    assert finished.returncode == 1
    assert list(found["failed"]) == [str(torn)]
    assert "cannot be read" in found["failed"][str(torn)]
    assert f"extremes: {torn} cannot be read" in finished.stderr
    assert [Path(scan["path"]).stem for scan in found["scans"]] == ["bright", "middle", "huge"]


def test_reason_of_the_program_is_passed_on(folder: Path, tmp_path: Path) -> None:
    finished, found = figures(folder, "--work", tmp_path, "--memory-limit-mb", "1")
    assert finished.returncode == 1
    assert found["scans"] == []
    assert len(found["failed"]) == 3
    for reason in found["failed"].values():
        assert reason.startswith("cannot be reconstructed (")
        assert "1 MiB allowed" in reason


def test_generated_ladder_is_compared_and_deleted(tmp_path: Path) -> None:
    finished = extremes("--generate", "1", "--count", "1", "--runs", "1", "--resolution", "5", "--work", tmp_path)
    assert finished.returncode == 0, finished.stderr
    assert "amplitude_60000.h5" in finished.stdout
    assert "brightest 1" in finished.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "no scans to look at (one of both is wanted): give FOLDER or --generate STEPS"),
        (("{folder}",), "no scans in {folder} (it is empty): "),
        (("{folder}/none",), "no scans in {folder}/none (it is no folder): "),
        (("{folder}", "--geometry", "{folder}/none.xml"), "no geometry file {folder}/none.xml (it does not exist): "),
        (("{folder}", "--count", "0"), "--count and --runs must be at least 1"),
        (("--generate", "99"), "--generate 99 (1 to 7 are possible): "),
    ],
)
def test_bad_input_is_told_in_one_line(tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    finished = extremes(*(argument.format(folder=tmp_path) for argument in arguments))
    assert finished.returncode == 2
    assert finished.stderr.startswith("extremes: error: " + message.format(folder=tmp_path))
    assert finished.stderr.count("\n") == 1
    assert finished.stdout == ""


def test_folder_without_hdf5_files_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no scan\n", encoding="utf-8")
    finished = extremes(tmp_path)
    assert finished.returncode == 2
    assert f"no scans in {tmp_path} (none of its 1 files ends in .h5, " in finished.stderr.replace(".hdf, .hdf5, ", "")
