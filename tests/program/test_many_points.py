"""Many ranks and many points: what planning adds to a launch, and what rank 0 keeps."""

from __future__ import annotations

import os
import time

import pytest
from launching import Case, of_type, run

RANKS = 64

#: Of each launch that is timed; the shortest says what is needed, the others what else the machine did.
ATTEMPTS = 3


def seconds_of_dry_run(case: Case, **grid: str) -> tuple[float, str]:
    """Start to end of mpirun with RANKS ranks, and what rank 0 showed."""
    begin = time.monotonic()
    finished = run("run", *case.inputs(**grid), "--dry-run", ranks=RANKS)
    seconds = time.monotonic() - begin
    assert finished.returncode == 0, finished.stderr
    return seconds, finished.stdout


@pytest.mark.slow
def test_forty_points_are_planned_in_the_time_of_one(case: Case) -> None:
    """Each launch starts 64 processes on a few cores, some seconds; planning is rank 0's alone and takes milliseconds.
    A quarter more is beyond what launches differ by, and 40 points that were planned by communication (some
    milliseconds each with so many processes to a core) would exceed it."""
    grid = {"cpu_parallel": "1,2,4,8,16,32,48,64", "cpu_threads": "1,2,3,4,5"}
    attempts = [(seconds_of_dry_run(case), seconds_of_dry_run(case, **grid)) for _ in range(ATTEMPTS)]
    one, forty = (min(pair[k][0] for pair in attempts) for k in range(2))
    shown = attempts[0][1][1]
    print(f"\n{RANKS} ranks, dry run: one point {one:.2f} s, 40 points {forty:.2f} s")
    assert sum(line.startswith("cpu-p") for line in shown.splitlines()) == 40, shown
    assert forty <= 1.25 * one


def peak_of_rank_0(case: Case, points: int, **grid: str) -> int:
    """Bytes, of a launch of so many points."""
    results = case.folder / f"{points}.jsonl"
    finished = run("run", *case.inputs(results=results, cpu_parallel="1,2", **grid), ranks=2)
    assert finished.returncode == 0, finished.stderr
    runs = of_type(results, "run")
    assert len(runs) == points
    return max(int(run["per_proc"][0]["memory"]["peak_rss_bytes"]) for run in runs)


@pytest.mark.skipif("ASAN_OPTIONS" in os.environ, reason="a sanitizer holds memory of its own")
def test_memory_of_rank_0_does_not_grow_with_points(case: Case) -> None:
    """Both launches have the points with most threads, which need the most. Ten times the points may keep a few
    kilobytes each; a tenth of what a rank takes would be a hundred times that."""
    few = peak_of_rank_0(case, 4, cpu_threads="19,20")
    many = peak_of_rank_0(case, 40, cpu_threads=",".join(map(str, range(1, 21))))
    print(f"\npeak of rank 0: {few / 2**20:.1f} MiB with 4 points, {many / 2**20:.1f} MiB with 40")
    assert many <= 1.1 * few
