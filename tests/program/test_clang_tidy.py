"""cmake/clang_tidy: sources of a folder read as one, with a clang-tidy that finds what they say in comments."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from bootstrap_tree import program
from launching import SOURCE

#: `defines NAME` is wrong where two sources of a batch say so, `has FINDING` always. Writes down each batch.
CLANG_TIDY = """#!/usr/bin/env python3
import re, sys
from pathlib import Path
together = Path(sys.argv[-1])
sources = re.findall(r'#include "(.*?)"', together.read_text())
with (Path(__file__).parent / "batches").open("a") as batches:
    batches.write(" ".join(Path(source).name for source in sources) + chr(10))
defined, wrong = set(), False
for source in sources:
    for kind, name in re.findall(r"(defines|has) (\\w+)", Path(source).read_text()):
        if kind == "has" or name in defined:
            check = "bugprone-thing" if kind == "has" else "clang-diagnostic-error"
            print(f"{source}:1:1: error: {name} [{check},-warnings-as-errors]")
            wrong = True
        defined.add(name)
print("7 warnings generated.", file=sys.stderr)
sys.exit(wrong)
"""


class Tree:
    """Sources, and what was read as one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        program(folder / "bin" / "clang-tidy-16", CLANG_TIDY)

    def check(self, sources: dict[str, str]) -> subprocess.CompletedProcess[str]:
        build = self.folder / "build"
        build.mkdir()
        entries = []
        for name, comment in sources.items():
            source = self.folder / name
            source.parent.mkdir(parents=True, exist_ok=True)
            source.write_text(f"// {comment}\n", encoding="utf-8")
            entries.append({"directory": str(build), "command": f"c++ -o x.o -c {source}", "file": str(source)})
        (build / "compile_commands.json").write_text(json.dumps(entries), encoding="utf-8")
        return subprocess.run(
            [SOURCE / "cmake" / "clang_tidy", build, "1", *(self.folder / name for name in sources)],
            env=os.environ | {"PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=False,
        )

    def batches(self) -> list[str]:
        return (self.folder / "bin" / "batches").read_text(encoding="utf-8").splitlines()


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def test_sources_of_a_folder_are_read_as_one(tree: Tree) -> None:
    done = tree.check({"a/1.cpp": "", "b/2.cpp": "", "a/3.cpp": ""})
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert tree.batches() == ["1.cpp 3.cpp", "2.cpp"]


def test_a_finding_is_told_and_fails(tree: Tree) -> None:
    done = tree.check({"a/1.cpp": "", "a/2.cpp": "has FINDING", "a/3.cpp": ""})
    assert done.returncode == 1
    assert done.stdout == f"{tree.folder}/a/2.cpp:1:1: error: FINDING [bugprone-thing,-warnings-as-errors]\n"


def test_sources_that_do_not_get_on_are_read_apart(tree: Tree) -> None:
    done = tree.check({"a/1.cpp": "defines f", "a/2.cpp": "", "a/3.cpp": "defines f", "a/4.cpp": "defines f"})
    assert (done.returncode, done.stdout) == (0, "")
    assert tree.batches() == ["1.cpp 2.cpp 3.cpp 4.cpp", "1.cpp 2.cpp", "3.cpp 4.cpp", "3.cpp", "4.cpp"]


def test_a_finding_beside_sources_that_do_not_get_on_is_told_once(tree: Tree) -> None:
    done = tree.check({"a/1.cpp": "defines f, has FINDING", "a/2.cpp": "defines f"})
    assert done.returncode == 1
    assert done.stdout.count("FINDING") == 1
    assert "clang-diagnostic-error" not in done.stdout


def test_an_error_of_a_source_alone_is_told(tree: Tree) -> None:
    done = tree.check({"a/1.cpp": "defines f, defines f", "a/2.cpp": ""})
    assert done.returncode == 1
    assert done.stdout == f"{tree.folder}/a/1.cpp:1:1: error: f [clang-diagnostic-error,-warnings-as-errors]\n"


def test_a_source_that_is_not_built_is_refused(tree: Tree) -> None:
    build = tree.folder / "build"
    tree.check({"a/1.cpp": ""})
    done = subprocess.run(
        [SOURCE / "cmake" / "clang_tidy", build, "1", tree.folder / "a" / "absent.cpp"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "absent.cpp is not built" in done.stderr
