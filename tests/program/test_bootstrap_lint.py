"""What ./bootstrap lint finds in Python sources: a tree of its own, with programs that find nothing in the place of the
others and of the build."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from bootstrap_tree import bootstrap, make_tree, program

FORMATTED = 'print("text")\n'
MISFORMATTED = "print( 'text' )\n"
UNUSED = "import sys\n"
PROGRAM = "#!/usr/bin/env python3\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    tree = make_tree(tmp_path)
    for file in (
        "analysis/module.py",
        "configs/reframe/module.py",
        "tests/program/module.py",
        "tests/performance/module.py",
        "tests/trust/module.py",
        "tests/fuzz/module.py",
    ):
        program(tree / file, FORMATTED)
    for name in ("clang-format-16", "clang-tidy-16", "shellcheck"):
        program(tmp_path / "bin" / name, "#!/bin/sh\n")
    subprocess.run(["git", "init", "--quiet", tree], check=True)
    return tree


def lint(tree: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return bootstrap(tree, "lint", **variables)


def test_sources_as_they_should_be_pass(tree: Path) -> None:
    done = lint(tree)
    assert (done.returncode, done.stderr) == (0, "6 files already formatted\n")
    assert "==> ruff\nAll checks passed!\n" in done.stdout
    assert f"==> mypy\n{tree / 'analysis'}\n" in done.stdout


@pytest.mark.parametrize(
    ("file", "text", "found"),
    [
        ("analysis/module.py", MISFORMATTED, '+print("text")'),
        ("configs/reframe/module.py", UNUSED, "F401"),
        ("tests/program/module.py", UNUSED, "F401"),
        ("tests/performance/module.py", UNUSED, "F401"),
        ("tests/trust/module.py", UNUSED, "F401"),
        ("tests/fuzz/module.py", UNUSED, "F401"),
        ("tests/performance/table", PROGRAM + MISFORMATTED, '+print("text")'),
        ("tests/performance/table", PROGRAM + UNUSED, "F401"),
    ],
    ids=[
        "format",
        "check of the suite for ReFrame",
        "check",
        "check of measurements",
        "check of experiments",
        "check of fuzzing",
        "format of a program",
        "check of a program",
    ],
)
def test_python_that_is_to_be_mended_fails(tree: Path, file: str, text: str, found: str) -> None:
    program(tree / file, text)
    done = lint(tree)
    assert done.returncode == 1
    assert file in done.stdout + done.stderr
    assert found in done.stdout
    assert done.stderr.endswith("bootstrap: lint found something to mend\n")


def test_types_that_do_not_fit_fail(tree: Path) -> None:
    done = lint(tree, MYPY_STATUS="1")
    assert done.returncode == 1
    assert done.stderr.endswith("bootstrap: lint found something to mend\n")
