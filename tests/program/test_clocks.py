"""Ranks on nodes whose clocks differ: they start together, and the records have them on one timeline.

Emulated nodes share one clock, so a preloaded library sets one of them ahead and lets it run away.
"""

from __future__ import annotations

import json
import shlex
import statistics
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from emulated_cluster import EmulatedCluster, emulated
from launching import LAUNCHER, PROGRAM, TIMEOUT_S, Case, environment, of_type, preloading
from test_acceptance import violations
from test_profile import TOOL

pytestmark = pytest.mark.alone

OFFSET_S = 5.0
#: A hundred times what quartz does, so that a launch of a second shows it.
DRIFT = 1e-3
RUNS = 20
ALLOWED_S = 1e-3


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[EmulatedCluster]:
    yield from emulated(lambda: EmulatedCluster(tmp_path / "cluster", nodes=2))


def launch(case: Case, cluster: EmulatedCluster, drift: float, *more: str | Path) -> float:
    """Rank 0 on n1, ranks 1 and 2 on n2, whose clock is wrong; returns the moment from which on it drifts."""
    began_s = time.monotonic()
    clock = {"SHIFT_CLOCK_S": OFFSET_S, "SHIFT_CLOCK_DRIFT": drift, "SHIFT_CLOCK_FROM": began_s}
    shifted = preloading("shift_clock", **{name: str(value) for name, value in clock.items()})
    set_there = [f"{name}={value}" for name, value in shifted.items() if environment().get(name) != value]
    options = case.inputs(cpu_parallel="3", runs=str(RUNS), rows_per_stripe="8", results=case.results)
    # each rank's tool has a file of its own
    own_file = f"LAUEBENCH_TEST_TOOL_FILE={case.folder}/kernels.$OMPI_COMM_WORLD_RANK exec "
    program = ["sh", "-c", own_file + shlex.join(map(str, [PROGRAM, "run", *options, *more]))]
    ranks = ["-n", "1", "--host", "n1:1", *program, ":", "-n", "2", "--host", "n2:2", "env", *set_there, *program]
    finished = subprocess.run(
        cluster.command("n0", *LAUNCHER, *ranks),
        env={**environment(), **cluster.variables()},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return began_s


def clock_of_the_other_node(case: Case) -> dict[str, Any]:
    (end,) = of_type(case.results, "end")
    (clock,) = end["clocks"]
    assert isinstance(clock, dict)
    return clock


def test_the_offset_is_recorded_and_no_duration_knows_of_it(case: Case, cluster: EmulatedCluster) -> None:
    launch(case, cluster, drift=0.0)
    clock = clock_of_the_other_node(case)
    assert (clock["node"], clock["host"]) == (1, "n2")
    assert clock["offset_before_s"] == pytest.approx(OFFSET_S, abs=ALLOWED_S)
    assert clock["offset_after_s"] == pytest.approx(OFFSET_S, abs=ALLOWED_S)
    for moment in ("before", "after"):
        error_s = abs(clock[f"offset_{moment}_s"] - OFFSET_S)
        assert error_s <= clock[f"round_trip_{moment}_s"] / 2
    assert abs(clock["drift"]) <= clock["drift_uncertainty"]
    differences_s = []
    for record in of_type(case.results, "run"):
        assert [rank["host"] for rank in record["per_proc"]] == ["n1", "n2", "n2"]
        for rank in record["per_proc"]:
            differences_s.append(abs(rank["end_s"] - rank["start_s"] - rank["elapsed_s"]))
            assert 0 < rank["elapsed_s"] < OFFSET_S
        assert record["total_wall_s"] < OFFSET_S
    # the clock was as wrong after a run as before; on a busy machine now and then a reading is less sure than others
    assert statistics.median(differences_s) < ALLOWED_S / 10
    assert violations(case.results) == []


def test_ranks_start_together_and_lie_on_one_timeline_while_the_clock_drifts(
    case: Case, cluster: EmulatedCluster, tmp_path: Path
) -> None:
    trace = tmp_path / "trace.json"
    began_s = launch(case, cluster, DRIFT, "--trace", trace, "--profile", f"kokkos:{TOOL}")
    records = of_type(case.results, "run")
    for i in range(3):
        starts = [record["per_proc"][i]["start_s"] for record in records]
        # nobody starts too early; how much too late, where more ranks wait than there are cores, is the machine's doing
        assert -ALLOWED_S < min(starts) < 20 * ALLOWED_S
    clock = clock_of_the_other_node(case)
    assert clock["drift"] == pytest.approx(DRIFT, abs=clock["drift_uncertainty"])
    assert clock["drift_uncertainty"] < DRIFT / 2
    grown_s = clock["offset_after_s"] - clock["offset_before_s"]
    assert grown_s == pytest.approx(DRIFT * clock["between_s"], abs=ALLOWED_S)
    assert OFFSET_S < clock["offset_before_s"] < OFFSET_S + DRIFT * (time.monotonic() - began_s)
    check_trace(json.loads(trace.read_text(encoding="utf-8")), records, case.folder)


def check_trace(events: list[dict[str, Any]], records: list[dict[str, Any]], folder: Path) -> None:
    nodes = {event["pid"]: event["args"]["name"] for event in events if event["name"] == "process_name"}
    assert nodes == {0: "node 0: n1", 1: "node 1: n2", 2: "runs"}
    runs = sorted((event for event in events if event["pid"] == 2 and event["ph"] == "X"), key=lambda run: run["ts"])
    assert [run["dur"] for run in runs] == pytest.approx([1e6 * record["total_wall_s"] for record in records], abs=1e-3)
    lags_s = [least_lag_s(events, folder, rank) for rank in range(3)]
    # rank 0's clock was right
    assert lags_s[1:] == pytest.approx([lags_s[0]] * 2, abs=ALLOWED_S)


def least_lag_s(events: list[dict[str, Any]], folder: Path, rank: int) -> float:
    """The shortest time from the beginning of a compute phase to that of its kernel, which a clock that nobody has
    tampered with was looked at for."""
    words = [line.split() for line in (folder / f"kernels.{rank}").read_text().splitlines()]
    pairs = zip(words, words[1:], strict=False)
    kernels_s = [float(at[1]) for kernel, at in pairs if kernel == ["kernel", "lauebench::depth_resolve::tiles"]]
    zero_s = events[0]["args"]["zero_monotonic_s"]
    phases = [event for event in events if event["name"] == "compute" and event["tid"] == rank]
    assert {event["pid"] for event in phases} == {0 if rank == 0 else 1}
    begins_s = sorted(zero_s + 1e-6 * event["ts"] for event in phases)
    assert len(begins_s) > RUNS
    return min(kernel - begin for kernel, begin in zip(kernels_s, begins_s, strict=True))
