"""Records that several lines or files tell."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from laue_report.cli import app
from laue_report.duplicates import ContradictoryRunsError
from laue_report.measurements import load
from laue_report.summary import summarise
from sample_records import SESSION, end_record, params_record, run_record, write_lines
from typer.testing import CliRunner

OTHER_SESSION = "9b241101-e2bb-4255-8caf-4136c566a962"


def named_run(run_id: str, wall_s: float, **more: Any) -> dict[str, Any]:
    return {**run_record(wall_s=wall_s, **more), "run_id": run_id}


def launch_records() -> list[dict[str, Any]]:
    staging = {"type": "staging", "session_id": SESSION, "staging_dir": "/stage"}
    staging["replicas"] = [{"action": "copied", "seconds": 1.0}]
    runs = [named_run("20250812T150102Z-0", 2.0), named_run("20250812T150104Z-1", 4.0)]
    return [params_record(["cpu-p2-t1"]), staging, *runs, end_record()]


def times(*paths: Path) -> list[list[float]]:
    return [point.wall_s for point in summarise(load(paths))]


def summary_of(*paths: Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["summary", *map(str, paths)])
    return result.exit_code, result.output


def test_launch_that_stands_twice_in_a_file_counts_once(results_path: Path) -> None:
    write_lines(results_path, *launch_records(), *launch_records())
    assert times(results_path) == [[2.0, 4.0]]
    status, output = summary_of(results_path)
    assert status == 0
    assert "2/2" in output
    assert "staging: 1 replica copied in 1 s\n" in output
    assert output.count("counted once") == 1
    assert output.endswith(f"{results_path}: 5 lines (6, 7, 8, 9, 10) are repeated from other lines and counted once\n")


def test_file_and_its_copy_count_once(results_path: Path) -> None:
    write_lines(results_path, *launch_records())
    copy = results_path.with_name("copy.jsonl")
    shutil.copy(results_path, copy)
    for second in (copy, results_path):
        assert times(results_path, second) == [[2.0, 4.0]]
        status, output = summary_of(results_path, second)
        assert (status, output.count("launch 3b241101")) == (0, 1)
        assert f"{second}: 5 lines (1, 2, 3, 4, 5) are repeated" in output


def test_launch_whose_copy_was_made_too_early_is_put_together(results_path: Path) -> None:
    early = write_lines(results_path.with_name("early.jsonl"), *launch_records()[:3])
    other = named_run("20250812T150102Z-0", 8.0, session=OTHER_SESSION)
    write_lines(results_path, *launch_records(), other)
    assert times(early, results_path) == [[2.0, 4.0], [8.0]]
    _, output = summary_of(early, results_path)
    assert "no end" not in output


def test_runs_of_one_identity_that_differ_are_refused(results_path: Path) -> None:
    altered = write_lines(results_path.with_name("altered.jsonl"), named_run("20250812T150102Z-0", 3.0))
    write_lines(results_path, *launch_records())
    with pytest.raises(ContradictoryRunsError):
        times(results_path, altered)
    assert summary_of(results_path, altered) == (
        2,
        f"cannot count run 20250812T150102Z-0 of launch {SESSION} ({results_path}, line 3, and {altered}, line 1, "
        "differ in it): give the file that laue-bench wrote, without altered copies\n",
    )


def test_runs_that_nothing_identifies_all_count(results_path: Path) -> None:
    old = {"type": "run", "mode": "cpu", "parallel": 4, "threads": 2, "total_wall_s": 12.0, "success": True}
    write_lines(results_path, old, old, run_record(wall_s=2.0), run_record(wall_s=2.0))
    assert times(results_path) == [[12.0, 12.0], [2.0, 2.0]]


def test_warm_ups_have_identities_too(results_path: Path) -> None:
    write_lines(results_path, *(named_run("a-0", wall_s, kind="warmup") for wall_s in (1.0, 2.0)))
    with pytest.raises(ContradictoryRunsError):
        times(results_path)


def test_copy_in_a_pipe_counts_once_too(results_path: Path) -> None:
    """What was read from a pipe cannot be read again."""
    write_lines(results_path, *launch_records())
    text = results_path.read_bytes()
    pipes = []
    for _ in range(2):
        reading, writing = os.pipe()
        os.write(writing, text)
        os.close(writing)
        pipes.append(reading)
    try:
        assert times(*(Path(f"/dev/fd/{pipe}") for pipe in pipes)) == [[2.0, 4.0]]
    finally:
        for pipe in pipes:
            os.close(pipe)
