from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from launching import GOLDEN, IMAGES, PROGRAM, ROWS, SOURCE, STRIPES, Case, run
from markers import register


def pytest_configure(config: pytest.Config) -> None:
    register(config)


@pytest.fixture(scope="session", autouse=True)
def program_is_built() -> None:
    assert PROGRAM.is_file(), f"{PROGRAM} is missing: build it, or set LAUEBENCH_PROGRAM"


@pytest.fixture
def make_case(tmp_path: Path) -> Callable[[str], Case]:
    def make(name: str) -> Case:
        shutil.copytree(GOLDEN / name, tmp_path / "in")
        return Case(tmp_path)

    return make


@pytest.fixture
def case(make_case: Callable[[str], Case]) -> Case:
    return make_case("leading_u16")


@pytest.fixture(scope="session")
def scan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of STRIPES stripes, whose pieces tests/program/slow_io can make slow."""
    scan = tmp_path_factory.mktemp("scan") / "scan.h5"
    geometry = SOURCE / "configs" / "geometry_34ide.xml"
    sizes = ["--rows", str(STRIPES * ROWS), "--columns", "256", "--images", str(IMAGES)]
    made = run("generate", "--output", scan, "--geometry", geometry, *sizes)
    assert made.returncode == 0, made.stderr
    return scan


@pytest.fixture
def make_tmpfs(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mounts small filesystems ("1m")."""
    mounted: list[Path] = []

    def make(size: str) -> Path:
        folder = tmp_path / f"tmpfs{len(mounted)}"
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
        attempt = subprocess.run(command, capture_output=True, text=True, check=False)
        if attempt.returncode != 0:
            pytest.skip(f"no tmpfs can be mounted here: {attempt.stderr.strip()}")
        mounted.append(folder)
        return folder

    yield make
    for folder in mounted:
        subprocess.run(["umount", str(folder)], check=True)
