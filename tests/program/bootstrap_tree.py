"""A tree of its own for ./bootstrap, with programs that take the place of those that it starts."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).parents[2]


def program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


def copy(tree: Path, *files: str) -> None:
    for file in files:
        (tree / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(SOURCE / file, tree / file)


def python_environment(tree: Path) -> None:
    """As ./bootstrap has made it, so that it does not make it again."""
    ruff = tree / ".venv" / "bin" / "ruff"
    ruff.parent.mkdir(parents=True)
    ruff.symlink_to(Path(sys.executable).parent / "ruff")
    program(tree / ".venv" / "bin" / "mypy", '#!/bin/sh\npwd\nexit "${MYPY_STATUS:-0}"\n')
    version = subprocess.run(["python3", "--version"], capture_output=True, check=True).stdout
    made_from = (tree / "analysis" / "pyproject.toml").read_bytes() + version
    (tree / ".venv" / ".lauebench").write_text(f"{hashlib.sha256(made_from).hexdigest()}  -\n")


def make_tree(folder: Path) -> Path:
    """The programs that are found first lie beside it, in the folder bin."""
    tree = folder / "tree"
    copy(tree, "bootstrap", "analysis/pyproject.toml", "cmake/debian-packages.txt", "CMakePresets.json", ".gitignore")
    program(tree / "kokkos_kernels" / "provide_kokkos", "#!/bin/sh\necho /kokkos\n")
    program(folder / "bin" / "cmake", "#!/bin/sh\necho cmake version 3.30.0\n")
    python_environment(tree)
    return tree


def environment(tree: Path, **variables: str) -> dict[str, str]:
    return {**os.environ, "PATH": f"{tree.parent / 'bin'}:{os.environ['PATH']}", **variables}


def bootstrap(tree: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [tree / "bootstrap", *arguments, "--no-packages"],
        capture_output=True,
        text=True,
        timeout=60,
        env=environment(tree, **variables),
    )
