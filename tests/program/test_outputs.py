"""Where `reconstruct` and `generate` write: several at once, what killed runs left, what is in the way, full disks."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
from launching import GOLDEN, SOURCE, Case, listing, run, start

(GEOMETRY,) = sorted((SOURCE / "tests" / "data" / "geometries").glob("geoN_2023*.xml"))


def inputs(case: Case, output: Path, depths: str = "0:40") -> list[str | Path]:
    return [
        *("reconstruct", "--h5", case.scan, "--geometry", case.geometry),
        *("--depth-range", depths, "--output", output),
    ]


def assert_refused(finished: subprocess.CompletedProcess[str], status: int, *words: str) -> None:
    assert finished.returncode == status, finished.stderr
    assert len(finished.stderr.splitlines()) == 1, finished.stderr
    for word in words:
        assert word in finished.stderr


def images(base: Path, count: int = 41) -> list[bytes]:
    found = []
    for depth in range(count):
        with h5py.File(f"{base}{depth}.h5") as file:
            found.append(file["/entry1/data/data"][...].tobytes())
    return found


@pytest.fixture
def stopped(case: Case, tmp_path: Path) -> Callable[[], subprocess.Popen[str]]:
    """A reconstruction that has begun to write and is stopped there."""

    def make() -> subprocess.Popen[str]:
        process = start(*inputs(case, tmp_path / "out" / "d", "0:2000"), "--rows-per-stripe", "1")
        while not (tmp_path / "out" / "d60.h5.part").exists():
            assert process.poll() is None, process.communicate()[1]
        process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT)  # until its last thread has stopped
        return process

    (tmp_path / "out").mkdir()
    return make


def test_second_reconstruction_is_refused_and_changes_nothing(
    case: Case, tmp_path: Path, stopped: Callable[[], subprocess.Popen[str]]
) -> None:
    first = stopped()
    before = listing(tmp_path / "out")
    assert_refused(run(*inputs(case, tmp_path / "out" / "d")), 2, "is being written by another", "--output")
    assert listing(tmp_path / "out") == before
    first.send_signal(signal.SIGCONT)
    _, errors = first.communicate(timeout=100)
    assert first.returncode == 0, errors
    assert not list((tmp_path / "out").glob("*.part"))
    assert len(list((tmp_path / "out").glob("d*.h5"))) == 2001


def test_parts_of_a_killed_reconstruction_are_swept(
    case: Case, tmp_path: Path, stopped: Callable[[], subprocess.Popen[str]]
) -> None:
    first = stopped()
    first.kill()
    first.communicate()
    assert len(list((tmp_path / "out").glob("*.part"))) > 41
    finished = run(*inputs(case, tmp_path / "out" / "d"))
    assert finished.returncode == 0
    assert f"unfinished depth files that a killed reconstruction left as '{tmp_path}/out/d*.h5.part'" in finished.stderr
    assert not list((tmp_path / "out").glob("*.part"))
    (tmp_path / "plain").mkdir()
    assert run(*inputs(case, tmp_path / "plain" / "d")).returncode == 0
    assert images(tmp_path / "out" / "d") == images(tmp_path / "plain" / "d")


def test_older_depth_files_stay_with_a_warning(case: Case, tmp_path: Path) -> None:
    assert run(*inputs(case, tmp_path / "d")).returncode == 0
    finished = run(*inputs(case, tmp_path / "d", "0:20"))
    assert_refused(finished, 0, "warning", "20 files", "d21.h5", "d40.h5")
    assert (tmp_path / "d40.h5").exists()


@pytest.mark.parametrize("name", ["d40.h5", "d40.h5.part", "dsummary.txt"])
def test_folder_in_the_way_is_refused(case: Case, tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    before = listing(tmp_path)
    assert_refused(run(*inputs(case, tmp_path / "d")), 2, name, "it is a folder")
    assert listing(tmp_path) == before


def test_only_depth_images_are_replaced(case: Case, tmp_path: Path) -> None:
    assert run(*inputs(case, tmp_path / "d")).returncode == 0
    (tmp_path / "d33.h5").write_bytes(case.scan.read_bytes())
    before = listing(tmp_path)
    finished = run(*inputs(case, tmp_path / "d"))
    assert_refused(finished, 2, "d33.h5' is in the way", "not a depth image", "another output")
    assert listing(tmp_path) == before
    (tmp_path / "d33.h5").unlink()
    assert run(*inputs(case, tmp_path / "d")).returncode == 0


def test_summary_and_parts_of_others_stay(case: Case, tmp_path: Path) -> None:
    for name in ("dsummary.txt", "dsummary.txt.part", "d40.h5.part"):
        (tmp_path / name).write_text("my notes")
        before = listing(tmp_path)
        assert_refused(run(*inputs(case, tmp_path / "d")), 2, f"{name}' is in the way (it ", "choose another output")
        assert listing(tmp_path) == before
        (tmp_path / name).unlink()
    (tmp_path / "d41.h5.part").write_text("my notes")
    for _ in range(2):  # the second replaces the first one's summary
        finished = run(*inputs(case, tmp_path / "d"))
        assert (finished.returncode, finished.stderr) == (0, "")
    assert (tmp_path / "d41.h5.part").read_text() == "my notes"
    assert (tmp_path / "dsummary.txt").read_text().startswith("scan:  ")


@pytest.mark.parametrize("length", [240, 252])
def test_output_name_that_is_too_long(case: Case, tmp_path: Path, length: int) -> None:
    before = listing(tmp_path)
    assert_refused(run(*inputs(case, tmp_path / ("x" * length))), 2, "File name too long")
    assert listing(tmp_path) == before


def test_output_folder_that_cannot_be_written(case: Case, make_tmpfs: Callable[[str], Path]) -> None:
    folder = make_tmpfs("64m,ro")
    assert_refused(run(*inputs(case, folder / "d")), 2, f"{folder}/d0.h5", "Read-only file system")
    assert_refused(run(*generate(folder / "scan.h5")), 2, f"{folder}/scan.h5", "Read-only file system")


def test_working_folder_that_was_removed(case: Case, tmp_path: Path) -> None:
    def enter_removed_folder() -> None:
        gone = tmp_path / "gone"
        gone.mkdir()
        os.chdir(gone)
        gone.rmdir()

    assert_refused(run(*inputs(case, Path("d")), before=enter_removed_folder), 2, "working folder")


def test_empty_images_are_told(case: Case, tmp_path: Path) -> None:
    finished = run(*inputs(case, tmp_path / "d", "9000:9010"))
    assert_refused(finished, 0, "all depth images are empty", "depth range")
    assert all(not any(image) for image in images(tmp_path / "d", 11))


def test_frames_in_another_file_are_refused(case: Case, tmp_path: Path) -> None:
    with h5py.File(case.scan, "r+") as file:
        stack = file["/entry1/data/data"]
        layout = h5py.VirtualLayout(shape=stack.shape, dtype=stack.dtype)
        layout[...] = h5py.VirtualSource("elsewhere.h5", "d", shape=stack.shape)
        del file["/entry1/data/data"]
        file.create_virtual_dataset("/entry1/data/data", layout)
    assert_refused(run(*inputs(case, tmp_path / "d")), 2, "virtual dataset", "plain copy")
    assert_refused(run("run", *case.inputs()), 2, "virtual dataset", "plain copy")


def generate(output: Path, *more: str) -> list[str | Path]:
    size = ("--rows", "256", "--columns", "256", "--images", "61", "--seed", "3")
    return ["generate", "--output", output, "--geometry", GEOMETRY, *size, *more]


def test_second_generate_is_refused_and_the_first_is_whole(tmp_path: Path) -> None:
    output = tmp_path / "scan.h5"
    first = start(*generate(output, "--threads", "1"))
    part = tmp_path / "scan.h5.part"
    while not part.exists() or part.stat().st_size == 0:  # it is locked before anything is written
        assert first.poll() is None
    first.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, first.pid, os.WSTOPPED | os.WNOWAIT)  # until its last thread has stopped
    assert_refused(run(*generate(output)), 2, "scan.h5' is being written by another")
    first.send_signal(signal.SIGCONT)
    _, errors = first.communicate(timeout=100)
    assert first.returncode == 0, errors
    assert run(*generate(tmp_path / "plain.h5")).returncode == 0
    with h5py.File(output) as one, h5py.File(tmp_path / "plain.h5") as other:
        assert np.array_equal(one["/entry1/data/data"][...], other["/entry1/data/data"][...])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plain.h5", "scan.h5"]


@pytest.mark.parametrize("layout", [(), ("--compression", "gzip:1"), ("--chunk", "1,16,16")])
@pytest.mark.parametrize("kib", [2, 10, 100, 1000])
def test_write_that_fails_ends_generate_with_one_line(tmp_path: Path, kib: int, layout: tuple[str, ...]) -> None:
    def limit_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (kib * 1024, kib * 1024))

    finished = run(*generate(tmp_path / "scan.h5", *layout), before=limit_files)
    assert_refused(finished, 3, "scan.h5", "File too large")
    assert list(tmp_path.iterdir()) == []


def test_generate_says_what_it_replaces_and_replaces_nothing_else(tmp_path: Path) -> None:
    replaced = "it replaced a scan of the same name that was generated earlier"
    output = tmp_path / "scan.h5"
    assert replaced not in run(*generate(output)).stdout
    again = run(*generate(output))
    assert (again.returncode, again.stdout.splitlines()[1:]) == (0, [replaced])
    measured = tmp_path / "measured.h5"
    measured.write_bytes((GOLDEN / "leading_u16" / "scan.h5").read_bytes())
    parameters = ("--h5", output, "--geometry", GEOMETRY, "--depth-range", "50:50.5")
    assert run("reconstruct", *parameters, "--output", tmp_path / "depth").returncode == 0
    depth_image = tmp_path / "depth0.h5"
    with h5py.File(depth_image) as file:
        assert "/entry1/simulation" in file
    before = listing(tmp_path)
    for other in (measured, depth_image):
        assert_refused(run(*generate(other)), 2, other.name, "was not generated by this program", "it is not replaced")
    assert listing(tmp_path) == before


def add_dataset(file: h5py.File) -> None:
    file["/entry1/sample/notes"] = "precious"


def add_link(file: h5py.File) -> None:
    file["elsewhere"] = h5py.SoftLink("/entry1/data")


def add_attribute(file: h5py.File) -> None:
    file["/entry1/data/data"].attrs["comment"] = "precious"


def replace_by_link(file: h5py.File) -> None:
    del file["/entry1/title"]
    file["/entry1/title"] = h5py.ExternalLink("titles.h5", "/title")


def take_mark(file: h5py.File) -> None:
    del file["/entry1/simulation"].attrs["generator"]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (add_dataset, "/entry1/sample/notes"),
        (add_link, "/elsewhere (a link)"),
        (add_attribute, "/entry1/data/data@comment"),
        (replace_by_link, "/entry1/title (a link)"),
        (take_mark, "was not generated by this program)"),
    ],
)
def test_generated_scan_that_was_changed_is_not_replaced(
    tmp_path: Path, change: Callable[[h5py.File], None], word: str
) -> None:
    output = tmp_path / "scan.h5"
    assert run(*generate(output)).returncode == 0
    with h5py.File(output, "r+") as file:
        change(file)
    before = listing(tmp_path)
    assert_refused(run(*generate(output)), 2, "scan.h5", "it is not replaced", word, "another name")
    assert listing(tmp_path) == before


def test_foreign_part_of_generate_stays(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "scan.h5.part", "w") as file:
        file["precious"] = 1
    before = listing(tmp_path)
    assert_refused(run(*generate(tmp_path / "scan.h5")), 2, "scan.h5.part", "in the way")
    assert listing(tmp_path) == before


def test_tiny_wire_step_makes_a_short_message(tmp_path: Path) -> None:
    finished = run(*generate(tmp_path / "scan.h5", "--wire-step", "1e-300"))
    assert_refused(finished, 2, "1e-300")
    assert len(finished.stderr) < 400
