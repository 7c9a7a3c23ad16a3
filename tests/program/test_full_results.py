"""A disk that is full when a record is to be written: what was measured is not lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from launching import Case, of_type, preloading, records_of, run
from test_acceptance import violations
from test_interruption import MANY


def shown_lines(finished: CompletedProcess[str]) -> list[str]:
    return [line for line in finished.stderr.splitlines() if line.startswith("{")]


def check_nothing_is_lost(finished: CompletedProcess[str], results: Path, room: int) -> None:
    """What is missing in the file is in the messages, and belongs behind what is there."""
    assert finished.returncode == 1
    assert results.stat().st_size <= room
    written = [record["run_index"] for record in of_type(results, "run")]
    assert written == list(range(len(written))) != []
    shown: list[dict[str, Any]] = [json.loads(line) for line in shown_lines(finished)]
    runs = [record for record in shown if record["type"] == "run"]
    assert [record["run_index"] for record in runs] == [len(written)]
    assert runs[0]["success"] is True
    assert f"the line below could not be written to {results} and can be appended there by hand (" in finished.stderr
    assert "No space left on device" in finished.stderr


@pytest.mark.parametrize("ranks", [None, 2])
def test_run_that_the_disk_refuses_is_shown_and_can_be_appended(case: Case, ranks: int | None) -> None:
    room = 60_000
    full = preloading("no_room", LAUEBENCH_ROOM_BYTES=str(room))
    finished = run("run", *case.inputs(runs=MANY), ranks=ranks, variables=full)
    check_nothing_is_lost(finished, case.results, room)
    with case.results.open("a") as file:
        file.writelines(f"{line}\n" for line in shown_lines(finished))
    assert violations(case.results) == []
    kinds = [record["type"] for record in records_of(case.results)]
    assert sorted(kinds[-3:]) == ["end", "run", "summary"], "in whatever order there was room for them"
    (summary,) = of_type(case.results, "summary")
    (end,) = of_type(case.results, "end")
    assert (summary["stopped"], end["status"]) == ("error", "failed")
    assert "No space left on device" in end["error"]
    assert summary["n"] == end["runs_done"] == kinds.count("run") - 1, "without the one that was appended"
    assert run("run", *case.inputs()).returncode == 0, "the file goes on"


def test_full_filesystem_leaves_whole_lines(case: Case, make_tmpfs: Callable[[str], Path]) -> None:
    results = make_tmpfs("64k") / "results.jsonl"
    finished = run("run", *case.inputs(runs=MANY, results=results))
    check_nothing_is_lost(finished, results, room=64 * 1024)
    assert all(record["type"] for record in records_of(results))
