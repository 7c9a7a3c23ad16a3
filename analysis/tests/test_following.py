"""Results files of launches that are under way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from laue_report.following import follow
from laue_report.records import UnusableResultsError
from sample_records import end_record, params_record, run_record, write_lines


def append(path: Path, *records: dict[str, Any]) -> None:
    with path.open("a", encoding="utf-8") as stream:
        stream.writelines(json.dumps(record) + "\n" for record in records)


def test_each_growth_is_told_until_the_launch_ends(results_path: Path) -> None:
    write_lines(results_path, params_record(["cpu-p2-t1"]), run_record(wall_s=1.0))
    snapshots = follow([results_path], pause_s=0.0)
    assert next(snapshots).runs["total_wall_s"].to_list() == [1.0]
    append(results_path, run_record(wall_s=2.0))
    assert next(snapshots).runs["total_wall_s"].to_list() == [1.0, 2.0]
    append(results_path, end_record())
    (last,) = snapshots
    assert [launch.end["status"] for launch in last.launches.values()] == ["complete"]


def test_empty_file_is_waited_for(results_path: Path) -> None:
    results_path.touch()
    snapshots = follow([results_path], pause_s=0.0)
    assert next(snapshots).runs.height == 0
    append(results_path, params_record([]), run_record(), end_record())
    assert [found.runs.height for found in snapshots] == [1]


def test_launch_that_has_ended_is_shown_once(results_path: Path) -> None:
    write_lines(results_path, params_record([]), run_record(), end_record())
    assert len(list(follow([results_path], pause_s=0.0))) == 1


def test_file_that_shrinks_is_told(results_path: Path) -> None:
    write_lines(results_path, params_record([]), run_record())
    snapshots = follow([results_path], pause_s=0.0)
    next(snapshots)
    write_lines(results_path, params_record([]))
    with pytest.raises(UnusableResultsError, match=r"it has become shorter\): start again"):
        next(snapshots)


def started(*arguments: str | Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "laue_report", "summary", "--follow", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ)


def read_until(process: subprocess.Popen[str], text: str) -> str:
    """All that it printed up to the line that has the text."""
    assert process.stdout is not None
    found = ""
    while text not in found:
        line = process.stdout.readline()
        assert line, f"ended without '{text}': {found}"
        found += line
    return found


def test_summary_follows_to_the_end_of_the_launch(results_path: Path) -> None:
    write_lines(results_path, params_record(["cpu-p2-t1"]), run_record(wall_s=2.0))
    process = started(results_path)
    assert "1/2" in read_until(process, "1 planned run not made")
    append(results_path, run_record(wall_s=2.0))
    read_until(process, "2/2")
    append(results_path, end_record())
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    assert "2/2" in output
    assert "no end" not in output.split("\n\n")[-1]


def test_interrupt_ends_it_without_a_word(results_path: Path) -> None:
    write_lines(results_path, params_record(["cpu-p2-t1"]), run_record())
    process = started(results_path)
    read_until(process, "1 planned run not made")
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (130, "")


def test_missing_file_is_a_usage_error(results_path: Path) -> None:
    process = started(results_path)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 2
    assert errors == f"cannot read {results_path} (No such file or directory): give a results file of laue-bench\n"
