"""What ./bootstrap lint finds in Python sources: a tree of its own, with programs that find nothing in the place of the
others and of the build."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2]
FORMATTED = 'print("text")\n'
MISFORMATTED = "print( 'text' )\n"
UNUSED = "import sys\n"
PROGRAM = "#!/usr/bin/env python3\n"


def program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


def python_environment(tree: Path) -> None:
    """As ./bootstrap has made it, so that it does not make it again."""
    ruff = tree / ".venv" / "bin" / "ruff"
    ruff.parent.mkdir(parents=True)
    ruff.symlink_to(Path(sys.executable).parent / "ruff")
    program(tree / ".venv" / "bin" / "mypy", '#!/bin/sh\npwd\nexit "${MYPY_STATUS:-0}"\n')
    version = subprocess.run(["python3", "--version"], capture_output=True, check=True).stdout
    made_from = (tree / "analysis" / "pyproject.toml").read_bytes() + version
    (tree / ".venv" / ".lauebench").write_text(f"{hashlib.sha256(made_from).hexdigest()}  -\n")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    tree = tmp_path / "tree"
    for file in ("bootstrap", "analysis/pyproject.toml", "cmake/debian-packages.txt", ".gitignore"):
        (tree / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(SOURCE / file, tree / file)
    for file in ("analysis/module.py", "tests/program/module.py", "tests/performance/module.py"):
        program(tree / file, FORMATTED)
    program(tree / "kokkos_kernels" / "provide_kokkos", "#!/bin/sh\necho /kokkos\n")
    for name in ("clang-format-16", "clang-tidy-16", "shellcheck"):
        program(tmp_path / "bin" / name, "#!/bin/sh\n")
    program(tmp_path / "bin" / "cmake", "#!/bin/sh\necho cmake version 3.30.0\n")
    python_environment(tree)
    subprocess.run(["git", "init", "--quiet", tree], check=True)
    return tree


def lint(tree: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    path = f"{tree.parent / 'bin'}:{os.environ['PATH']}"
    return subprocess.run(
        [tree / "bootstrap", "lint", "--no-packages"],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PATH": path, **environment},
    )


def test_sources_as_they_should_be_pass(tree: Path) -> None:
    done = lint(tree)
    assert (done.returncode, done.stderr) == (0, "3 files already formatted\n")
    assert "==> ruff\nAll checks passed!\n" in done.stdout
    assert f"==> mypy\n{tree / 'analysis'}\n" in done.stdout


@pytest.mark.parametrize(
    ("file", "text", "found"),
    [
        ("analysis/module.py", MISFORMATTED, '+print("text")'),
        ("tests/program/module.py", UNUSED, "F401"),
        ("tests/performance/module.py", UNUSED, "F401"),
        ("tests/performance/table", PROGRAM + MISFORMATTED, '+print("text")'),
        ("tests/performance/table", PROGRAM + UNUSED, "F401"),
    ],
    ids=["format", "check", "check of measurements", "format of a program", "check of a program"],
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
