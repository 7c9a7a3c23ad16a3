"""configs/reframe: ReFrame runs the smoke suite and takes its figures."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from launching import PROGRAM, SOURCE, TIMEOUT_S

FOLDER = SOURCE / "configs" / "reframe"


def reframe(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("reframe")
    settings = ["-C", str(FOLDER / "local_settings.py"), "-c", str(FOLDER / "laue_bench.py")]
    return subprocess.run(
        [str(program), "--nocolor", *settings, "--prefix", str(folder), *options],
        cwd=folder,
        env={**os.environ, "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=5 * TIMEOUT_S,
    )


def test_the_check_passes_and_tells_throughput_of_each_point(tmp_path: Path) -> None:
    pytest.importorskip("reframe", reason="ReFrame is not installed")
    finished = reframe(tmp_path, "-r", "--performance-report", "-S", f"program={PROGRAM}", "-S", "rows=64")
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert "Ran 1/1 test case(s) from 1 check(s) (0 failure(s)" in finished.stdout
    for point in ("cpu-p1-t1", "cpu-p4-t2-single"):
        assert f"{point}_wall" in finished.stdout
        assert f"{point}_throughput" in finished.stdout


def test_a_launch_that_fails_fails_the_check(tmp_path: Path) -> None:
    pytest.importorskip("reframe", reason="ReFrame is not installed")
    finished = reframe(tmp_path, "-r", "-S", f"program={PROGRAM}", "-S", "geometry=/nowhere.xml")
    assert finished.returncode != 0
    assert "1 failure(s)" in finished.stdout
