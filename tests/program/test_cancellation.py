"""Runs that last too long, fail, or lose a rank: what is recorded, how the launch ends, that the next one goes on."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from launching import ROWS, SOURCE, TIMEOUT_S, Case, find_rank, of_type, preloading, records_of, run, start, wait_for
from test_acceptance import violations


def options(case: Case, scan: Path, **more: str) -> list[Any]:
    """A scan of 10 frames and 4 depth images in 2 stripes, whose pieces a library makes slow."""
    inputs: dict[str, Any] = {
        "h5": scan,
        "geometry": SOURCE / "configs" / "geometry_34ide.xml",
        "depth_range": "0:3",
        "rows_per_stripe": str(ROWS),
        "cache": "none",
        "order": "grid",
    }
    return ["run", *case.inputs(**{**inputs, **more}), "--resume"]


#: Every piece of a frame that is read takes a second: 20 s a reconstruction.
SLOW = {"SLOW_READ_MS": "1000"}


def outcomes(case: Case) -> list[tuple[str, bool, list[int]]]:
    return [
        (record["point_id"], record["success"], [rank["return_code"] for rank in record["per_proc"]])
        for record in of_type(case.results, "run")
    ]


def assert_resumed(case: Case, arguments: list[Any], ranks: int | None) -> None:
    """The next launch makes what is missing, and nothing twice."""
    finished = run(*arguments, ranks=ranks)
    assert finished.returncode == 0, finished.stderr
    assert records_of(case.results)[-1]["status"] == "complete"
    made = [(r["point_id"], r["run_index"]) for r in of_type(case.results, "run") if r["success"]]
    assert len(made) == len(set(made)) == records_of(case.results)[-1]["runs_planned"]
    assert violations(case.results) == []


# ---- --fail-fast


@pytest.mark.parametrize("ranks", [None, 2])
def test_first_failure_ends_the_launch_where_it_is_asked_for(case: Case, ranks: int | None) -> None:
    without_replicas = case.inputs(
        runs="3", cpu_threads="1,2", order="grid", before_run=f"rm -f {case.staging}/input/*.h5"
    )
    finished = run("run", *without_replicas, "--fail-fast", ranks=ranks)
    assert finished.returncode == 1, finished.stderr
    assert [(point, success) for point, success, _ in outcomes(case)] == [("cpu-p1-t1", False)]
    assert [summary["stopped"] for summary in of_type(case.results, "summary")] == ["fail_fast", "fail_fast"]
    end = records_of(case.results)[-1]
    assert (end["type"], end["status"], end["runs_failed"], end["error"]) == ("end", "failed", 1, None)
    assert of_type(case.results, "params")[0]["fail_fast"] is True
    assert violations(case.results) == []


def test_the_grid_goes_on_where_it_is_not(case: Case) -> None:
    finished = run("run", *case.inputs(runs="2", before_run=f"rm -f {case.staging}/input/*.h5"))
    assert finished.returncode == 1
    assert [success for _, success, _ in outcomes(case)] == [False, False]


# ---- --reconstruction-timeout


def test_a_reconstruction_that_takes_too_long_is_cancelled_and_the_grid_goes_on(case: Case, scan: Path) -> None:
    """Rank 1's replica is slow: the point that needs it fails, run by run, and the other one is as ever."""
    arguments = options(case, scan, cpu_parallel="2,1", runs="2", reconstruction_timeout="2")
    slow = {**preloading("slow_io"), **SLOW, "SLOW_READ_IN": "scan_1.h5"}
    finished = run(*arguments, ranks=2, variables=slow)
    assert finished.returncode == 1, finished.stderr
    late, fine = ("cpu-p2-t1", False, [0, 5]), ("cpu-p1-t1", True, [0])
    assert outcomes(case) == [late, late, fine, fine]
    rank = of_type(case.results, "run")[0]["per_proc"][1]
    assert "cancelled (it took longer than the 2 s of --reconstruction-timeout)" in rank["error"]
    assert rank["elapsed_s"] >= 2
    assert list(case.staging.glob("output/run_*/proc_1/*")) == []
    assert_resumed(case, arguments, 2)


def test_writing_is_cancelled_too(case: Case, scan: Path) -> None:
    slow = {**preloading("slow_io"), "SLOW_WRITE_MS": "3000", "SLOW_WRITE_IN": "/proc_0/"}
    arguments = options(case, scan, reconstruction_timeout="2")
    assert run(*arguments, variables=slow).returncode == 1
    assert outcomes(case) == [("cpu-p1-t1", False, [5])]
    assert list(case.staging.glob("output/run_*/proc_0/*")) == []
    assert_resumed(case, arguments, None)


# ---- signals during a run that would last


def test_signal_cancels_a_run_that_would_last(case: Case, scan: Path) -> None:
    """Also the launch's last one: it is still to be made."""
    arguments = options(case, scan)
    launch = start(*arguments, variables={**preloading("slow_io"), **SLOW, "SLOW_READ_IN": "scan_0.h5"})
    wait_for(launch, case.staging, "output/run_*/proc_0/*.part")
    launch.send_signal(signal.SIGUSR1)
    _, errors = launch.communicate(timeout=TIMEOUT_S)
    assert launch.returncode == 130, errors
    assert outcomes(case) == [("cpu-p1-t1", False, [5])]
    assert "SIGUSR1 ended the launch before it was done" in of_type(case.results, "run")[0]["per_proc"][0]["error"]
    assert of_type(case.results, "summary")[0]["stopped"] == "interrupted"
    end = records_of(case.results)[-1]
    assert (end["type"], end["status"], end["signal"], end["runs_failed"]) == ("end", "interrupted", "SIGUSR1", 1)
    assert_resumed(case, arguments, None)


def test_run_is_cancelled_at_once_where_mpirun_leaves_no_time(case: Case, scan: Path) -> None:
    arguments = options(case, scan, cpu_parallel="2")
    # of the three seconds until it kills them the ranks spend none on the run
    leaving = {"OMPI_MCA_odls_base_sigkill_timeout": "3", "SLOW_READ_IN": "scan_"}
    launch = start(*arguments, ranks=2, variables={**preloading("slow_io"), **SLOW, **leaving})
    wait_for(launch, case.staging, "output/run_*/proc_0/*.part")
    launch.send_signal(signal.SIGTERM)
    launch.communicate(timeout=TIMEOUT_S)
    assert outcomes(case) == [("cpu-p2-t1", False, [5, 5])]
    end = records_of(case.results)[-1]
    assert (end["type"], end["status"], end["signal"]) == ("end", "interrupted", "SIGTERM")
    assert_resumed(case, arguments, 2)


@pytest.mark.parametrize("ranks", [None, 2])
def test_second_signal_stops_at_once(case: Case, scan: Path, ranks: int | None) -> None:
    arguments = options(case, scan, cpu_parallel=str(ranks or 1))
    launch = start(*arguments, ranks=ranks, variables={**preloading("slow_io"), **SLOW, "SLOW_READ_IN": "scan_"})
    wait_for(launch, case.staging, "output/run_*/proc_0/*.part")
    for _ in range(2):
        launch.send_signal(signal.SIGUSR1)
        time.sleep(1.2)  # what comes within a second is the same request
    launch.communicate(timeout=TIMEOUT_S)
    assert launch.returncode == (-signal.SIGUSR1 if ranks is None else 128 + signal.SIGUSR1)
    assert of_type(case.results, "end") == of_type(case.results, "run") == []
    assert_resumed(case, arguments, ranks)


# ---- ranks that are lost


def start_with_rank_in_second_point(case: Case, arguments: list[Any]) -> tuple[subprocess.Popen[str], list[int]]:
    """Both ranks are in a run that lasts, after one that is done; their processes."""
    launch = start(*arguments, ranks=2, variables={**preloading("slow_io"), **SLOW, "SLOW_READ_IN": "scan_1.h5"})
    wait_for(launch, case.staging, "output/run_*/proc_1/*.part")
    ranks = [find_rank(launch.pid, rank) for rank in range(2)]
    assert outcomes(case) == [("cpu-p1-t1", True, [0])]
    return launch, [rank for rank in ranks if rank is not None]


def test_killed_rank_ends_the_launch(case: Case, scan: Path) -> None:
    arguments = options(case, scan, cpu_parallel="1,2")
    launch, ranks = start_with_rank_in_second_point(case, arguments)
    os.kill(ranks[1], signal.SIGKILL)
    launch.communicate(timeout=TIMEOUT_S)
    assert launch.returncode == 128 + signal.SIGKILL
    assert_resumed(case, arguments, 2)


@pytest.mark.slow
@pytest.mark.parametrize("stopped", [0, 1])
def test_rank_that_answers_no_more_ends_the_launch(case: Case, scan: Path, stopped: int) -> None:
    """Half a minute after the timeout; a rank 0 that waits tells the file."""
    arguments = options(case, scan, cpu_parallel="1,2", reconstruction_timeout="4")
    launch, ranks = start_with_rank_in_second_point(case, arguments)
    os.kill(ranks[stopped], signal.SIGSTOP)
    _, errors = launch.communicate(timeout=TIMEOUT_S)
    assert launch.returncode == 1, errors
    seconds = 34 if stopped == 1 else 43
    hangs = f"the launch hangs: rank {1 - stopped} has waited {seconds} s for other ranks in run 0 of cpu-p2-t1"
    assert hangs in errors
    if stopped == 1:
        end = records_of(case.results)[-1]
        assert (end["type"], end["status"]) == ("end", "failed")
        assert hangs in end["error"]
    assert_resumed(case, arguments, 2)


@pytest.mark.slow
def test_rank_that_never_becomes_ready_ends_the_launch(case: Case, scan: Path) -> None:
    """It is stopped while it reads its replica into memory, before the start line; others wait for half a minute more
    than the launch has."""
    arguments = options(case, scan, cpu_parallel="1,2", time_limit="15", cache="warm")
    slow = {**preloading("slow_io"), "SLOW_READ_MS": "20000", "SLOW_READ_IN": "input/scan_1.h5"}
    launch = start(*arguments, ranks=2, variables=slow)
    deadline = time.monotonic() + TIMEOUT_S
    while not (case.results.exists() and outcomes(case)):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    time.sleep(1.0)
    ranks = [find_rank(launch.pid, rank) for rank in range(2)]
    assert ranks[1] is not None
    os.kill(ranks[1], signal.SIGSTOP)
    _, errors = launch.communicate(timeout=TIMEOUT_S)
    assert launch.returncode == 1, errors
    assert re.search(r"the launch hangs: rank 0 has waited \d+ s for other ranks in the preparation of run 0", errors)
    assert records_of(case.results)[-1]["status"] == "failed"
    assert_resumed(case, arguments, 2)
