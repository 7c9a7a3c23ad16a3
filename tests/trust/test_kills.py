"""Launches that are killed at any moment, each followed at once by the next: nothing finished is lost, nothing is done
twice, nothing is damaged."""

from __future__ import annotations

import collections
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from launching import GOLDEN, TIMEOUT_S, Case, find_rank, records_of, run, start
from test_acceptance import violations

KILLS = 50
POINTS = ("cpu-p1-t1", "cpu-p2-t1")
#: Measured runs of each point that a launch is asked for beyond those that are there: more than it makes until it dies.
AHEAD = 200
#: Every so many launches the replicas are gone, so that kills hit staging too.
STAGE_AGAIN = 4

Record = dict[str, Any]
Victim = int | None  # a rank; None: mpirun


def records(case: Case) -> list[Record]:
    """Every line of the results file is whole."""
    return [json.loads(line) for line in case.results.read_text().splitlines()] if case.results.exists() else []


def successes(found: list[Record]) -> collections.Counter[tuple[str, int]]:
    return collections.Counter((r["point_id"], r["run_index"]) for r in found if r["type"] == "run" and r["success"])


def arguments(case: Case, runs: int) -> list[Any]:
    return ["run", *case.inputs(cpu_parallel="1,2", runs=str(runs)), "--resume"]


def wait_for_kill(launch: subprocess.Popen[str], case: Case, chance: random.Random) -> None:
    """Until any moment of the start, or of the runs."""
    deadline = time.monotonic() + TIMEOUT_S
    if chance.random() < 0.5:
        before = len(records(case))
        while len(records(case)) <= before + 3 and launch.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 1))
    else:
        time.sleep(chance.uniform(0, 2.5))


def kill(launch: subprocess.Popen[str], victim: Victim) -> Victim:
    """Returns who was killed: mpirun where the rank is not there."""
    rank = None if victim is None else find_rank(launch.pid, victim)
    try:
        os.kill(launch.pid if rank is None else rank, signal.SIGKILL)
    except ProcessLookupError:
        return kill(launch, None)
    return None if rank is None else victim


def assert_nothing_lost(case: Case) -> None:
    """A run's folder is made when the one before is on file: its number says how many there are."""
    begun = [int(folder.name.rpartition("-")[2]) for folder in case.staging.glob("output/run_*")]
    found = records(case)
    if not found:
        return
    for session in {record["session_id"] for record in found}:
        runs = [r["order_index"] for r in found if r["type"] == "run" and r["session_id"] == session]
        assert runs == list(range(len(runs)))
    last = [r for r in found if r["session_id"] == found[-1]["session_id"] and r["type"] == "run"]
    if len(begun) == 1 and last:  # else it may be of the launch before
        assert begun[0] <= len(last)
    assert all(count == 1 for count in successes(found).values())


def assert_replicas_whole(case: Case) -> None:
    right = hashlib.sha256(case.scan.read_bytes()).hexdigest()
    for replica in case.staging.glob("input/scan_*.h5"):
        assert hashlib.sha256(replica.read_bytes()).hexdigest() == right, replica


def is_alive(pid: int | None) -> bool:
    """Nobody may have taken note of its end."""
    try:
        return pid is not None and Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.slow
def test_fifty_kills_lose_nothing(tmp_path: Path) -> None:
    shutil.copytree(GOLDEN / "leading_u16", tmp_path / "in")
    case = Case(tmp_path)
    chance = random.Random(20260101)
    killed: collections.Counter[str] = collections.Counter()
    runs = AHEAD
    overlapping = launches = 0
    while sum(killed.values()) < KILLS:
        if launches % STAGE_AGAIN == 0 and case.staging.exists():
            shutil.rmtree(case.staging / "input", ignore_errors=True)
        launch = start(*arguments(case, runs), ranks=2)
        launches += 1
        wait_for_kill(launch, case, chance)
        assert launch.poll() is None, launch.communicate()[1]
        pids = [find_rank(launch.pid, rank) for rank in range(2)]
        victim = kill(launch, chance.choice([None, 0, 1]))
        _, errors = launch.communicate(timeout=TIMEOUT_S)
        assert "laue-bench: error" not in errors, errors
        killed["mpirun" if victim is None else f"rank {victim}"] += 1
        overlapping += any(map(is_alive, pids))
        assert_nothing_lost(case)
        assert_replicas_whole(case)
        runs = AHEAD + max((index for _, index in successes(records(case))), default=0)
    runs -= AHEAD - 1
    finished = run(*arguments(case, runs), ranks=2, timeout_s=600)
    assert finished.returncode == 0, finished.stderr
    assert_nothing_lost(case)
    assert_replicas_whole(case)
    found = records_of(case.results)
    assert successes(found) == collections.Counter((point, index) for point in POINTS for index in range(runs))
    assert (found[-1]["type"], found[-1]["status"]) == ("end", "complete")
    assert violations(case.results) == []
    sessions = collections.Counter(r["session_id"] for r in found if r["type"] == "run")
    print(
        f"\n{KILLS} kills ({dict(killed)}): {launches + 1} launches, "
        f"{len({r['session_id'] for r in found})} with records, "
        f"{len(sessions)} with runs, {sum(sessions.values())} runs in {len(found)} whole lines, "
        f"{overlapping} next launches began while ranks of the last still lived"
    )
