"""Output folders that cannot be made ready: the run fails and says why, the grid goes on."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from launching import Case, of_type, run
from test_acceptance import violations
from test_trace import runs_of


def by_turns(folder: Path, first: str, second: str) -> str:
    """As a command before runs: `first` before the first run, `second` before the second one, nothing after that."""
    once, twice = folder / "once", folder / "twice"
    return f"if [ ! -e {once} ]; then touch {once}; {first}; elif [ ! -e {twice} ]; then touch {twice}; {second}; fi"


def records_of(case: Case, staging: Path, status: int, *options: str) -> list[dict[str, Any]]:
    results = case.folder / "results.jsonl"
    inputs = case.inputs(cpu_parallel="2", runs="3", staging_dir=staging, results=results)
    finished = run("run", *inputs, *options, ranks=2)
    assert finished.returncode == status, finished.stderr
    assert violations(results) == []
    return of_type(results, "run") + of_type(results, "end")


def errors(record: dict[str, Any]) -> list[str]:
    return [rank["error"] for rank in record["per_proc"]]


def test_foreign_file_fails_the_runs_that_it_is_in_the_way_of(case: Case) -> None:
    staging = case.folder / "staging"
    foreign = staging / "output" / "notes.txt"
    command = by_turns(case.folder, f"echo mine > {foreign}", f"mv {foreign} {case.folder}/taken_away")
    trace = case.folder / "trace.json"
    before, meanwhile, after, end = records_of(case, staging, 1, "--before-run", command, "--trace", str(trace))
    assert [event["args"]["success"] for event in runs_of(json.loads(trace.read_text()))] == [True, False, True]
    assert (before["success"], meanwhile["success"], after["success"]) == (True, False, True)
    assert [rank["return_code"] for rank in meanwhile["per_proc"]] == [3, 3]
    assert all("foreign entry" in error and "notes.txt" in error for error in errors(meanwhile))
    assert (case.folder / "taken_away").read_text() == "mine\n"
    assert (end["status"], end["runs_done"]) == ("failed", 3)


def test_link_in_the_place_of_a_ranks_folder_is_not_followed(case: Case) -> None:
    """The folder that it leads to holds what a run would replace."""
    staging, mine = case.folder / "staging", case.folder / "mine"
    mine.mkdir()
    (mine / "out0.h5").write_text("mine")
    link = f"for d in {staging}/output/run_*/proc_0; do rmdir $d; ln -s {mine} $d; done"
    back = f"rm {staging}/output/run_*/proc_0"
    command = by_turns(case.folder, link, back)
    linked, *others, end = records_of(case, staging, 1, "--before-run", command, "--sync", "none")
    assert [rank["return_code"] for rank in linked["per_proc"]] == [3, 0]
    assert "it is not the folder that was made for the run" in errors(linked)[0]
    assert [path.name for path in mine.iterdir()] == ["out0.h5"]
    assert (mine / "out0.h5").read_text() == "mine"
    assert not others[0]["success"], "the link is foreign, and in the way of the next run"
    assert end["runs_done"] == 3


def test_fail_fast_ends_with_the_first_of_them(case: Case) -> None:
    staging = case.folder / "staging"
    foreign = staging / "output" / "notes.txt"
    command = by_turns(case.folder, f"touch {foreign}", "true")
    *runs, end = records_of(case, staging, 1, "--before-run", command, "--fail-fast")
    assert [record["success"] for record in runs] == [True, False]
    assert end["status"] != "complete"
    assert foreign.exists()


@pytest.fixture
def output_folder(case: Case) -> Iterator[Path]:
    """The folder `output` of a staging folder, that may be made immutable: root heeds no permissions."""
    output = case.folder / "staging" / "output"
    output.mkdir(parents=True)
    for change in ("+i", "-i"):
        attempt = subprocess.run(["chattr", change, output], capture_output=True, text=True, check=False)
        if attempt.returncode != 0:
            pytest.skip(f"no folder can be made immutable here: {attempt.stderr.strip()}")
    yield output
    subprocess.run(["chattr", "-i", output], check=True)


def test_folder_that_becomes_read_only(case: Case, output_folder: Path) -> None:
    command = by_turns(case.folder, f"chattr +i {output_folder}", f"chattr -i {output_folder}")
    before, meanwhile, after, end = records_of(case, case.folder / "staging", 1, "--before-run", command)
    assert (before["success"], meanwhile["success"], after["success"]) == (True, False, True)
    assert [rank["return_code"] for rank in meanwhile["per_proc"]] == [3, 3]
    assert all("Operation not permitted" in error for error in errors(meanwhile)), errors(meanwhile)
    assert (end["status"], end["runs_done"]) == ("failed", 3)
