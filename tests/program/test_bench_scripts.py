"""What .github/workflows/bench.yml calls, called here."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from launching import PROGRAM, SOURCE, TIMEOUT_S

SCRIPTS = SOURCE / ".github" / "scripts"

#: Of steps that are not of this project.
TOOLS = {"apt-get", "git", "gh"}


def workflow() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((SOURCE / ".github" / "workflows" / "bench.yml").read_text(encoding="utf-8"))
    return found


def call(*words: str | Path, cwd: Path = SOURCE) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(word) for word in words], cwd=cwd, capture_output=True, text=True, timeout=6 * TIMEOUT_S)


def executable(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_every_step_calls_a_script_of_the_repository() -> None:
    steps = [step["run"] for job in workflow()["jobs"].values() for step in job["steps"] if "run" in step]
    called = {shlex.split(re.sub(r"\$\{\{.*?\}\}", "x", step))[0] for step in steps}
    own = {word for word in called if word.startswith(".github/scripts/")}
    assert called - own <= TOOLS
    assert own == {f".github/scripts/{script.name}" for script in SCRIPTS.iterdir()}
    assert all(os.access(SOURCE / script, os.X_OK) for script in own)


@pytest.mark.parametrize("script", sorted(path.name for path in SCRIPTS.iterdir()))
def test_without_arguments_they_tell_their_usage(script: str) -> None:
    finished = call(SCRIPTS / script)
    assert finished.returncode == 2
    assert finished.stderr.startswith(f"usage: {script} ")


def test_a_revision_is_built_in_a_folder_of_its_own(tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    script = repository / ".github" / "scripts" / "build_revision"
    script.parent.mkdir(parents=True)
    shutil.copy(SCRIPTS / "build_revision", script)
    executable(repository / "bootstrap", 'echo "$@" > "$(dirname "$0")/built_with"')
    git = ["git", "-C", str(repository), "-c", "user.name=a", "-c", "user.email=a@b"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "first"]):
        subprocess.run([*git, *words], check=True)
    (repository / "bootstrap").write_text("no program", encoding="utf-8")
    finished = call(script, "HEAD", tmp_path / "old")
    assert finished.returncode == 0, finished.stderr
    assert (tmp_path / "old" / "built_with").read_text() == "build --cuda off\n"


def test_a_suite_keeps_its_verdict_and_the_history(tmp_path: Path) -> None:
    script = tmp_path / ".github" / "scripts" / "run_suite"
    script.parent.mkdir(parents=True)
    shutil.copy(SCRIPTS / "run_suite", script)
    executable(tmp_path / "bootstrap", "echo bootstrap $@; exit 3")
    executable(tmp_path / ".venv" / "bin" / "laue-report", "echo laue-report $@")
    finished = call(script, "full", "out", "--fail-on-regression")
    assert finished.returncode == 3
    assert finished.stdout.splitlines() == [
        "bootstrap bench --full --output-dir out --fail-on-regression",
        "laue-report history out -o out/history",
    ]


@pytest.mark.slow
def test_builds_are_compared_point_by_point(tmp_path: Path) -> None:
    if PROGRAM != SOURCE / "build" / "release" / "bin" / "laue-bench":
        pytest.skip("this is not the release build")
    finished = call(SCRIPTS / "compare_builds", SOURCE, SOURCE, tmp_path, "--pairs", "1", "--seed", "1")
    assert finished.returncode == 0, finished.stdout + finished.stderr
    comment = (tmp_path / "ab" / "verdicts.md").read_text(encoding="utf-8")
    rows = [line for line in comment.splitlines() if line.startswith("| cpu-")]
    assert len(rows) == 12
    assert all(row.endswith("| INSUFFICIENT |") for row in rows)
