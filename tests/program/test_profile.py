"""`--profile kokkos:LIBRARY`: a Kokkos Tools library sees the module's kernels and phases."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from launching import SOURCE, Case, listing, of_type, run

TOOL = Path(
    os.environ.get("LAUEBENCH_TEST_TOOL", SOURCE / "build" / "release" / "tests" / "liblauebench_test_kokkos_tool.so")
)


@pytest.fixture
def seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "seen.txt"
    monkeypatch.setenv("LAUEBENCH_TEST_TOOL_FILE", str(file))
    return file


def reconstruct(case: Case, *more: str) -> tuple[int, str]:
    inputs = ("--h5", case.scan, "--geometry", case.geometry, "--depth-range", "0:40", "--backend", "openmp")
    finished = run("reconstruct", *inputs, "--output", case.folder / "out", *more)
    return finished.returncode, finished.stderr


def test_tool_sees_kernels_and_phases_from_begin_to_end(case: Case, seen: Path) -> None:
    assert reconstruct(case, "--profile", f"kokkos:{TOOL}") == (0, "")
    lines = seen.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "init library"
    assert lines[-1] == "finalize library"
    assert "region lauebench::compute" in lines
    assert "kernel lauebench::depth_resolve::tiles" in lines[lines.index("region lauebench::compute") :]


def test_tool_sees_the_copies_of_a_device(case: Case, seen: Path) -> None:
    blocks = ("--kernel-loop", "pixels", "--gpu-memory-limit-mb", "1")
    assert reconstruct(case, "--profile", f"kokkos:{TOOL}", *blocks) == (0, "")
    lines = seen.read_text(encoding="utf-8").splitlines()
    names = ["region lauebench::copy_to_device", "kernel lauebench::depth_resolve::pixels"]
    names += ["kernel lauebench::depth_resolve::sums", "region lauebench::copy_to_host"]
    places = [lines.index(name) for name in names]
    assert places == sorted(places)


def test_every_rank_of_a_benchmark_loads_its_tool(case: Case, seen: Path) -> None:
    finished = run("run", *case.inputs(profile=f"kokkos:{TOOL}", cpu_parallel="2"), ranks=2)
    assert finished.returncode == 0, finished.stderr
    lines = seen.read_text(encoding="utf-8").splitlines()
    assert lines.count("init library") == 2
    assert lines.count("finalize library") == 2
    (params,) = of_type(case.results, "params")
    assert params["profile"] == f"kokkos:{TOOL}"


@pytest.mark.parametrize(
    ("profile", "words"),
    [
        ("foo", "not of the form kokkos:LIBRARY"),
        ("kokkos:", "not of the form kokkos:LIBRARY"),
        ("kokkos:/a.so;/b.so", "not of the form kokkos:LIBRARY"),
        ("kokkos:/absent/libtool.so", "cannot open shared object file"),
        (f"kokkos:{SOURCE / 'README.md'}", "invalid ELF header"),
        ("kokkos:libm.so.6", "none of the functions of a Kokkos Tools library"),
    ],
)
@pytest.mark.parametrize("command", ["reconstruct", "run"])
def test_what_is_no_tool_is_refused_before_anything_is_written(
    case: Case, command: str, profile: str, words: str
) -> None:
    before = listing(case.folder)
    if command == "run":
        finished = run("run", *case.inputs(profile=profile))
        status, errors = finished.returncode, finished.stderr
    else:
        status, errors = reconstruct(case, "--profile", profile)
    assert status == 2
    assert len(errors.splitlines()) == 1, errors
    assert "--profile" in errors
    assert words in errors
    assert listing(case.folder) == before
