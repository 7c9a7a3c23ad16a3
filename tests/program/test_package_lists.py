"""What is to be installed by Debian, Spack and modules, and what a bundle holds, are lists of the same libraries."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from launching import SOURCE

FOLDER = SOURCE / "cmake"
COLUMNS = ("use", "package", "module", "spec", "source")


def lines_of(path: Path) -> list[str]:
    return [line for line in path.read_text().splitlines() if line and not line.startswith("#")]


def build_column(name: str) -> list[str]:
    """Without repetitions and dashes."""
    rows = [dict(zip(COLUMNS, line.split(), strict=True)) for line in lines_of(FOLDER / "debian-packages.txt")]
    return list(dict.fromkeys(row[name] for row in rows if row["use"] == "build" and row[name] != "-"))


def test_spack_installs_the_listed_specs() -> None:
    specs = [line[4:].strip('"') for line in lines_of(FOLDER / "spack.yaml") if line.startswith("  - ")]
    assert specs == build_column("spec")
    assert "hdf5+mpi" in specs


def test_the_listed_modules_are_those_to_load() -> None:
    assert lines_of(FOLDER / "modules.txt") == build_column("module")


@pytest.mark.parametrize("how", build_column("source"))
def test_a_bundled_source_has_a_recipe(how: str) -> None:
    recipe, name = how.split(":")
    assert name
    assert recipe == "headers" or re.search(
        rf"^build_by_{recipe}\(\)", (FOLDER / "bundle.bash").read_text(), re.MULTILINE
    )
