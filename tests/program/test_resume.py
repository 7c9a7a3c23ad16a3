"""Launches that go on where another stopped: no finished run is lost, and none is made twice."""

from __future__ import annotations

import collections
import json
import os
import signal
import time
from typing import Any

import h5py
import pytest
from launching import TIMEOUT_S, Case, of_type, records_of, run, start
from test_acceptance import violations

RUNS = 30


def options(case: Case, **more: str) -> list[Any]:
    return ["run", *case.inputs(cpu_parallel="1,2", runs=str(RUNS), **more), "--resume"]


def wait_for_runs(case: Case, count: int) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while not case.results.exists() or case.results.read_text().count('"type":"run"') < count:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def whole_records(case: Case) -> list[dict[str, Any]]:
    return [json.loads(line) for line in case.results.read_text().splitlines()]


def successes(case: Case) -> collections.Counter[tuple[str, int]]:
    """How often each repetition succeeded, over all launches."""
    return collections.Counter(
        (record["point_id"], record["run_index"])
        for record in whole_records(case)
        if record["type"] == "run" and record["success"]
    )


PLAN = collections.Counter((point, index) for point in ("cpu-p1-t1", "cpu-p2-t1") for index in range(RUNS))


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGTERM])
def test_killed_launch_is_completed_by_the_next_one_at_once(case: Case, blow: signal.Signals) -> None:
    launches = 1
    for wanted in (3, 11, 25):
        launch = start(*options(case), ranks=2)
        wait_for_runs(case, wanted)
        os.kill(launch.pid, blow)
        launch.communicate(timeout=TIMEOUT_S)
        launches += 1
    finished = run(*options(case), ranks=2)
    assert finished.returncode == 0, finished.stderr
    assert successes(case) == PLAN
    params = of_type(case.results, "params")
    assert [record["resumes"] for record in params] == [None, *[record["session_id"] for record in params[:-1]]]
    assert len({record["seed"] for record in params}) == 1
    end = records_of(case.results)[-1]
    assert (end["type"], end["status"]) == ("end", "complete")
    assert end["runs_resumed"] + end["runs_succeeded"] == 2 * RUNS
    for summary in of_type(case.results, "summary")[-2:]:
        assert summary["n"] == RUNS
        assert summary["session_id"] == end["session_id"]
        assert 0 < summary["resumed"] < RUNS
    assert violations(case.results) == []


def test_nothing_is_left_to_do_after_a_complete_launch(case: Case) -> None:
    assert run(*options(case), ranks=2).returncode == 0
    finished = run(*options(case), ranks=2)
    assert finished.returncode == 0, finished.stderr
    assert successes(case) == PLAN
    end = records_of(case.results)[-1]
    assert (end["status"], end["runs_done"], end["runs_resumed"]) == ("complete", 0, 2 * RUNS)
    more = run("run", *case.inputs(cpu_parallel="1,2", runs=str(RUNS + 1)), "--resume", ranks=2)
    assert more.returncode == 0, more.stderr
    assert records_of(case.results)[-1]["runs_done"] == 2


def test_failed_runs_are_made_again(case: Case) -> None:
    flag = case.folder / "replicas-stay"
    plain = case.inputs(runs="3", before_run=f"test -e {flag} || rm -f {case.staging}/input/*.h5")
    failing = run("run", *plain, "--resume")
    assert failing.returncode == 1
    assert all(not record["success"] for record in of_type(case.results, "run"))
    flag.touch()
    finished = run("run", *plain, "--resume")
    assert finished.returncode == 0, finished.stderr
    assert [key for key, count in successes(case).items() if count == 1] == [("cpu-p1-t1", i) for i in range(3)]


def test_another_plan_is_refused_with_the_difference(case: Case) -> None:
    assert run("run", *case.inputs(runs="2")).returncode == 0
    before = case.results.read_bytes()
    finished = run("run", *case.inputs(runs="2", resolution="2"), "--resume")
    assert finished.returncode == 2
    assert "its last launch had another plan: resolution is 1.0 there and 2.0 here" in finished.stderr
    finished = run("run", *case.inputs(runs="2", cpu_threads="1,2"), "--resume")
    assert finished.returncode == 2
    assert "its points are cpu-p1-t1 there and cpu-p1-t1, cpu-p1-t2 here" in finished.stderr
    assert case.results.read_bytes() == before
    assert run("run", *case.inputs(resolution="2")).returncode == 0, "without --resume a launch appends"


def test_fewer_runs_than_were_made_are_refused(case: Case) -> None:
    assert run("run", *case.inputs(runs="3")).returncode == 0
    finished = run("run", *case.inputs(runs="2"), "--resume")
    assert finished.returncode == 2
    assert "cannot resume" in finished.stderr
    assert "(it has run 2 of cpu-p1-t1 already, and --runs is 2)" in finished.stderr
    assert len(of_type(case.results, "params")) == 1


def test_changed_inputs_are_refused(case: Case) -> None:
    arguments = ["run", *case.inputs(runs="2"), "--resume"]
    assert run(*arguments).returncode == 0
    geometry = case.geometry.read_text()
    case.geometry.write_text(geometry + "\n")
    finished = run(*arguments)
    assert finished.returncode == 2
    assert "the geometry file has another content since its last launch" in finished.stderr
    case.geometry.write_text(geometry)
    with h5py.File(case.scan, "r+") as scan:
        scan.attrs["changed"] = 1
    finished = run(*arguments)
    assert finished.returncode == 2
    assert "a scan has another content since its last launch" in finished.stderr
    assert len(of_type(case.results, "run")) == 2


def test_a_launch_without_resume_begins_anew_in_the_same_file(case: Case) -> None:
    for _ in range(2):
        assert run("run", *case.inputs(runs="2")).returncode == 0
    assert run("run", *case.inputs(runs="3"), "--resume").returncode == 0
    first, second, third = (record["session_id"] for record in of_type(case.results, "params"))
    assert of_type(case.results, "params")[-1]["resumes"] == second
    by_session = collections.Counter(record["session_id"] for record in of_type(case.results, "run"))
    assert by_session == {first: 2, second: 2, third: 1}
