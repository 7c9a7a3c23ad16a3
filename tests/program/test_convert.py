"""`laue-bench convert`: the same depth images in another layout, or an error that names what is wrong."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
from launching import Case, listing, run
from test_layouts import DEPTH, IMAGES, contents, reconstruct

COUNT = 41


def convert(source: Path, target: Path, layout: str, *more: str) -> subprocess.CompletedProcess[str]:
    return run("convert", "--input", source, "--output", target, "--output-layout", layout, *more)


def digest_told(finished: subprocess.CompletedProcess[str]) -> str:
    assert finished.returncode == 0, finished.stderr
    (digest,) = re.findall(r"digest ([0-9a-f]{32})\n", finished.stdout)
    return digest


def refuse(finished: subprocess.CompletedProcess[str], *words: str, status: int = 2) -> None:
    assert finished.returncode == status, finished.stdout
    assert len(finished.stderr.splitlines()) == 1, finished.stderr
    for word in words:
        assert word in finished.stderr


@pytest.fixture
def images(case: Case, tmp_path: Path) -> Path:
    """Base of depth files with depths that no binary fraction holds."""
    base = tmp_path / "d"
    finished = run(*reconstruct(case, base, "per-depth", "0.3:28.3"), "--resolution", "0.7")
    assert finished.returncode == 0, finished.stderr
    assert not (tmp_path / f"d{COUNT}.h5").exists()
    return base


def test_there_and_back_gives_the_same_files(images: Path, tmp_path: Path) -> None:
    told = {
        digest_told(convert(images, tmp_path / "s", "per-rank")),
        digest_told(convert(tmp_path / "s", tmp_path / "c", "per-rank", "--output-compression", "gzip:3")),
        digest_told(convert(tmp_path / "c", tmp_path / "b", "per-depth", "--threads", "2")),
    }
    assert len(told) == 1
    assert contents(tmp_path / "s.h5") == contents(tmp_path / "d0.h5")
    with h5py.File(tmp_path / "s.h5") as plain, h5py.File(tmp_path / "c.h5") as compressed:
        assert compressed[IMAGES].compression == "gzip"
        assert np.array_equal(plain[IMAGES][...], compressed[IMAGES][...])
        assert np.array_equal(plain[DEPTH][...], compressed[DEPTH][...])
    for depth in range(COUNT):
        with h5py.File(f"{images}{depth}.h5") as before, h5py.File(tmp_path / f"b{depth}.h5") as after:
            assert np.array_equal(before[IMAGES][...], after[IMAGES][...])
            assert before[DEPTH][0] == after[DEPTH][0]
    assert contents(tmp_path / "b7.h5") == contents(tmp_path / "d7.h5")
    for base in "scb":
        assert (tmp_path / f"{base}summary.txt").read_text() == (tmp_path / "dsummary.txt").read_text()
    assert not list(tmp_path.glob("*.part"))


def test_images_of_a_run_have_the_digest_of_its_records(case: Case, tmp_path: Path) -> None:
    assert run("run", *case.inputs(output_layout="per-rank")).returncode == 0
    (stack,) = case.staging.rglob("out.h5")
    digest = digest_told(convert(stack.with_suffix(""), tmp_path / "d", "per-depth"))
    assert f'"digest":"{digest}"' in case.results.read_text()


def test_files_that_an_earlier_reconstruction_left_are_no_images_of_the_later_one(case: Case, tmp_path: Path) -> None:
    base = tmp_path / "d"
    for depth_range in ("0:40", "0:20"):
        finished = run(*reconstruct(case, base, "per-depth", depth_range))
        assert finished.returncode == 0, finished.stderr
    refuse(convert(base, tmp_path / "t", "per-rank"), "there are 41 files, and their summary is of 21")
    for depth in range(21, 41):
        (tmp_path / f"d{depth}.h5").unlink()
    digest_told(convert(base, tmp_path / "t", "per-rank"))


def test_summary_of_other_images_is_not_left_beside_them(images: Path, tmp_path: Path) -> None:
    Path(f"{images}summary.txt").unlink()
    (tmp_path / "tsummary.txt").write_text("of others")
    refuse(convert(images, tmp_path / "t", "per-rank"), f"'{tmp_path}/tsummary.txt' is of other images")
    digest_told(convert(images, tmp_path / "u", "per-rank"))
    assert not (tmp_path / "usummary.txt").exists()


def test_images_that_are_not_whole_are_refused(images: Path, tmp_path: Path) -> None:
    target = tmp_path / "t"
    part = tmp_path / "d0.h5.part"
    part.touch()
    refuse(convert(images, target, "per-rank"), f"'{part}' says that they are not complete")
    part.unlink()
    (tmp_path / "d5.h5").rename(tmp_path / "five")
    refuse(convert(images, target, "per-rank"), "d40.h5', and 'd5.h5' is missing")
    (tmp_path / "five").rename(tmp_path / "d5.h5")
    for depth in range(COUNT):
        (tmp_path / f"d{depth}.h5").rename(tmp_path / f"d{depth}.h5.part")
    refuse(convert(images, target, "per-rank"), "d0.h5' a depth image nor 'd.h5'")
    assert not list(tmp_path.glob("t*"))


def test_which_images_are_meant_has_to_be_clear(images: Path, tmp_path: Path) -> None:
    assert convert(images, tmp_path / "d", "per-rank").returncode == 0, "names do not meet"
    before = listing(tmp_path)
    refuse(convert(images, tmp_path / "t", "per-rank"), "d0.h5' and 'd.h5'", "--input-layout")
    refuse(convert(images, images, "per-rank", "--input-layout", "per-rank"), "would replace", "d.h5")
    refuse(convert(images, images, "per-depth", "--input-layout", "per-depth"), "would replace", "d0.h5")
    refuse(convert(tmp_path / "none", tmp_path / "t", "per-rank"), "none0.h5", "none.h5")
    refuse(
        convert(images, tmp_path / "t", "per-rank", "--input-layout", "shared"), "is not a file of several ranks' depth"
    )
    refuse(convert(images, tmp_path / "t", "per-rank", "--input-layout", "one"), "per-depth|per-rank|shared")
    assert listing(tmp_path) == before
    assert convert(images, tmp_path / "t", "per-rank", "--input-layout", "per-rank").returncode == 0


def test_depths_that_no_reconstruction_makes_are_refused(images: Path, tmp_path: Path) -> None:
    with h5py.File(tmp_path / "d7.h5", "r+") as file:
        file[DEPTH][0] += 0.01
    refuse(convert(images, tmp_path / "t", "per-rank"), "not evenly spaced")


def test_full_disk_is_told_and_leaves_nothing(images: Path, make_tmpfs: Callable[[str], Path]) -> None:
    folder = make_tmpfs("256k")
    compressed = ["--output-compression", "gzip:1"]
    for layout in (["per-depth"], ["per-rank"], ["per-rank", *compressed], ["shared"], ["shared", *compressed]):
        refuse(convert(images, folder / "t", *layout), "no room for", "bytes needed")
        assert list(folder.iterdir()) == []
