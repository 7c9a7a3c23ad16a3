"""./bootstrap works alone in a build folder."""

from __future__ import annotations

import fcntl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from bootstrap_tree import bootstrap, environment, make_tree, program

# Where asked to: leaves a process behind, says that the build has begun and waits for its end, which is that of a pipe.
CMAKE = """#!/bin/sh
case "$*" in
  *--version) echo cmake version 3.30.0 ;;
  --build*) [ -z "$LEFT_BEHIND" ] || { sleep 60 >/dev/null 2>&1 & echo $! >"$LEFT_BEHIND"; }
            [ -z "$WAITING" ] || { echo begun; cat "$WAITING"; } ;;
esac
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    tree = make_tree(tmp_path)
    program(tmp_path / "bin" / "cmake", CMAKE)
    return tree


@pytest.fixture
def one_at_work(tree: Path) -> Iterator[subprocess.Popen[str]]:
    """It ends when its stdin is closed."""
    with subprocess.Popen(
        [tree / "bootstrap", "build", "--no-packages", "--cuda", "off"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment(tree, WAITING="/dev/stdin"),
    ) as process:
        assert process.stdout is not None
        assert "begun\n" in iter(process.stdout.readline, "")
        yield process


@pytest.mark.parametrize("command", ["build", "test", "demo"])
def test_second_in_a_build_folder_ends_at_once(tree: Path, one_at_work: object, command: str) -> None:
    done = bootstrap(tree, command, "--cuda", "off")
    assert (done.returncode, done.stdout, done.stderr) == (
        1,
        "",
        "bootstrap: another bootstrap is at work in build/release: wait until it has ended\n",
    )


def test_another_build_folder_is_free(tree: Path, one_at_work: object) -> None:
    assert bootstrap(tree, "build", "--cuda", "off", "--preset", "debug").returncode == 0


def test_one_python_environment_is_made_at_a_time(tree: Path) -> None:
    """Two build folders share it."""
    (tree / "build").mkdir()
    with (tree / "build" / ".venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with subprocess.Popen(
            [tree / "bootstrap", "build", "--no-packages", "--cuda", "off"],
            stdout=subprocess.PIPE,
            text=True,
            env=environment(tree),
        ) as waiting:
            assert waiting.stdout is not None
            assert waiting.stdout.readline() == "==> waiting for another bootstrap that makes .venv\n"
            fcntl.flock(lock, fcntl.LOCK_UN)
            waiting.communicate()
        assert waiting.returncode == 0


def test_build_folder_is_free_after_the_first_has_ended(tree: Path, one_at_work: subprocess.Popen[str]) -> None:
    one_at_work.communicate()
    assert one_at_work.returncode == 0
    assert bootstrap(tree, "build", "--cuda", "off").returncode == 0


def test_process_that_is_left_behind_does_not_keep_the_build_folder(tree: Path) -> None:
    left_behind = tree.parent / "left_behind"
    assert bootstrap(tree, "build", "--cuda", "off", LEFT_BEHIND=str(left_behind)).returncode == 0
    try:
        assert bootstrap(tree, "build", "--cuda", "off").returncode == 0
    finally:
        subprocess.run(["kill", left_behind.read_text().strip()], check=True)


def test_filesystem_without_locks_does_not_matter(tree: Path, one_at_work: object) -> None:
    program(tree.parent / "bin" / "flock", "#!/bin/sh\nexit 69\n")
    assert bootstrap(tree, "build", "--cuda", "off").returncode == 0
