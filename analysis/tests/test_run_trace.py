"""Timelines of single runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from laue_report.cli import app
from sample_records import SESSION, params_record, run_record, write_lines
from typer.testing import CliRunner

OTHER_SESSION = "9b241101-e2bb-4255-8caf-4136c566a962"
RUNS = 2  # process of the trace that holds the runs


def trace(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["trace", *map(str, arguments)])
    return result.exit_code, result.output


def event(name: str, process: int, track: int, begin_us: float, **about: Any) -> dict[str, Any]:
    found = {"name": name, "ph": "X", "pid": process, "tid": track, "ts": begin_us, "dur": 5.0}
    return {**found, "args": about} if about else found


def named(kind: str, process: int, track: int, name: str) -> dict[str, Any]:
    return {"name": kind, "ph": "M", "pid": process, "tid": track, "args": {"name": name}}


def events_of_a_launch(session: str = SESSION) -> list[dict[str, Any]]:
    """As laue-bench lays them out: names where they are first needed, a run and then its phases."""
    return [
        {"name": "laue_bench_trace", "ph": "M", "pid": RUNS, "args": {"session_id": session}},
        named("process_name", 0, 0, "node 0: a"),
        named("process_name", 1, 0, "node 1: b"),
        named("process_name", RUNS, 0, "runs"),
        event("cpu-p1-t1", RUNS, 0, 0.0, run_id="r-0"),
        named("thread_name", 0, 0, "rank 0"),
        event("open", 0, 0, 1.0),
        event("cpu-p2-t1", RUNS, 0, 100.0, run_id="r-1"),
        event("open", 0, 0, 101.0),
        named("thread_name", 1, 1, "rank 1"),
        event("open", 1, 1, 102.0),
        event("cpu-p1-t1", RUNS, 0, 200.0, run_id="r-2"),
        event("open", 0, 0, 201.0),
    ]


def write_trace(path: Path, events: list[dict[str, Any]]) -> Path:
    path.write_text("[\n" + ",\n".join(map(json.dumps, events)) + "\n]\n", encoding="utf-8")
    return path


def launch_with_trace(results: Path, path: Path | None) -> Path:
    params = {**params_record(["cpu-p2-t1"]), "trace": None if path is None else str(path)}
    ranks = [
        {"host": host, "rank": rank, "start_s": 0.5 * rank, "elapsed_s": 2.0, "phases": {"open_s": 0.25}}
        for rank, host in enumerate(("a", "b"))
    ]
    runs = [{**run_record(), "run_id": f"r-{place}", "per_proc": ranks} for place in range(3)]
    return write_lines(results, params, *runs, {**run_record(success=False), "run_id": "r-3"})


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "run.json"


def found_in(out: Path) -> list[tuple[str, int, Any]]:
    return [(found["name"], found["pid"], found.get("ts")) for found in json.loads(out.read_text())]


def test_trace_of_a_run_is_its_part_of_the_launchs(results_path: Path, out: Path) -> None:
    path = write_trace(results_path.with_name("trace.json"), events_of_a_launch())
    launch_with_trace(results_path, path)
    assert trace(results_path, "--run", "r-1", "-o", out) == (0, f"wrote {out}\n")
    assert found_in(out) == [
        ("laue_bench_trace", RUNS, None),
        ("process_name", 0, None),
        ("process_name", 1, None),
        ("process_name", RUNS, None),
        ("thread_name", 0, None),
        ("thread_name", 1, None),
        ("cpu-p2-t1", RUNS, 100.0),
        ("open", 0, 101.0),
        ("open", 1, 102.0),
    ]


def test_tracks_of_other_ranks_are_left_out(results_path: Path, out: Path) -> None:
    path = write_trace(results_path.with_name("trace.json"), events_of_a_launch())
    launch_with_trace(results_path, path)
    assert trace(results_path, "--run", "r-0", "-o", out)[0] == 0
    assert {process for _, process, _ in found_in(out)} == {0, RUNS}


def test_without_a_run_it_is_the_last_one_that_succeeded(results_path: Path, out: Path) -> None:
    path = write_trace(results_path.with_name("trace.json"), events_of_a_launch())
    launch_with_trace(results_path, path)
    assert trace(results_path, "-o", out)[0] == 0
    assert found_in(out)[-2:] == [("cpu-p1-t1", RUNS, 200.0), ("open", 0, 201.0)]


def test_trace_that_was_moved_with_its_results_is_found(results_path: Path, out: Path) -> None:
    launch_with_trace(results_path, Path("/nowhere/trace.json"))
    write_trace(results_path.with_name("trace.json"), events_of_a_launch())
    assert trace(results_path, "-o", out) == (0, f"wrote {out}\n")


def test_trace_of_a_killed_launch_serves_too(results_path: Path, out: Path) -> None:
    path = write_trace(results_path.with_name("trace.json"), events_of_a_launch())
    path.write_text(path.read_text()[:-20])
    launch_with_trace(results_path, path)
    assert trace(results_path, "--run", "r-1", "-o", out) == (0, f"wrote {out}\n")


def ranks_alone(reason: str) -> str:
    return (
        f"{reason}: ranks alone stand there, with the seconds of their phases; when these were at work, a trace tells "
        "(laue-bench run --trace FILE)\n"
    )


def test_without_a_trace_ranks_stand_there_alone(results_path: Path, out: Path) -> None:
    launch_with_trace(results_path, None)
    assert trace(results_path, "-o", out) == (0, ranks_alone("the launch wrote no trace") + f"wrote {out}\n")
    assert found_in(out) == [
        ("process_name", 0, None),
        ("process_name", 1, None),
        ("thread_name", 0, None),
        ("reconstruction", 0, 0.0),
        ("thread_name", 1, None),
        ("reconstruction", 1, 0.5e6),
    ]
    assert json.loads(out.read_text())[3] | {"args": {}} == event("reconstruction", 0, 0, 0.0) | {
        "dur": 2e6,
        "args": {},
    }
    assert json.loads(out.read_text())[3]["args"] == {"open_s": 0.25}


@pytest.mark.parametrize(
    ("events", "why"),
    [
        (events_of_a_launch(OTHER_SESSION), "it is of launch 9b241101"),
        (events_of_a_launch()[:7], "it does not have run r-1"),
        (None, "No such file or directory"),
    ],
)
def test_trace_of_another_launch_or_run_is_not_used(
    results_path: Path, out: Path, events: list[dict[str, Any]] | None, why: str
) -> None:
    path = results_path.with_name("trace.json")
    if events:
        write_trace(path, events)
    launch_with_trace(results_path, path)
    reason = f"cannot use trace {path} ({why})"
    assert trace(results_path, "--run", "r-1", "-o", out) == (0, ranks_alone(reason) + f"wrote {out}\n")
    assert trace(results_path, "--run", "r-1", "--trace", path, "-o", out, "--force") == (
        2,
        f"{reason}: give that of the run's launch\n",
    )


def test_run_that_tells_no_times_has_no_timeline(results_path: Path, out: Path) -> None:
    write_lines(results_path, {**run_record(), "run_id": "r-0"})
    status, said = trace(results_path, "-o", out)
    assert (status, out.exists()) == (2, False)
    assert said.startswith("there is no timeline (the launch wrote no trace, and the run's ranks tell no times): ")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--run", "r-9"], "there is no run r-9"),
        (["--launch", "ffff"], "no launch 'ffff' has runs there"),
    ],
)
def test_run_that_is_not_there_is_a_usage_error(results_path: Path, out: Path, arguments: list[str], why: str) -> None:
    launch_with_trace(results_path, None)
    status, said = trace(results_path, *arguments, "-o", out)
    assert (status, out.exists()) == (2, False)
    assert said.startswith(f"cannot show a run of {results_path} ({why}): ")


def test_run_of_the_same_name_in_two_launches_wants_the_launch(results_path: Path, out: Path) -> None:
    ranks = [{"host": "a", "rank": 0, "start_s": 0.0, "elapsed_s": 1.0}]
    twice = [
        {**run_record(session=session), "run_id": "r-0", "per_proc": ranks} for session in (SESSION, OTHER_SESSION)
    ]
    write_lines(results_path, *twice)
    status, said = trace(results_path, "--run", "r-0", "-o", out)
    assert (status, "2 launches have a run r-0" in said) == (2, True)
    assert trace(results_path, "--run", "r-0", "--launch", "9b24", "-o", out)[0] == 0


def test_runs_that_all_failed_have_no_timeline(results_path: Path, out: Path) -> None:
    write_lines(results_path, run_record(success=False))
    status, said = trace(results_path, "-o", out)
    assert (status, "(no run succeeded)" in said) == (2, True)
