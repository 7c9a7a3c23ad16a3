"""How often a point runs, and why no more."""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import Any

import pytest
from launching import Case, environment, listing, of_type, preloading, records_of, run, start
from test_acceptance import violations
from test_interruption import MANY, wait_for_first_run

#: An interval that wide is reached by the fewest runs.
GENEROUS = "90%"
#: And that narrow by no number of runs.
UNREACHABLE = "0.000001"


def summaries(case: Case) -> dict[str, dict[str, Any]]:
    return {record["point_id"]: record for record in of_type(case.results, "summary")}


def stopped(case: Case) -> dict[str, tuple[int, str]]:
    """By point: successful runs, and why no more."""
    return {point: (record["n"], record["stopped"]) for point, record in summaries(case).items()}


def end_of(case: Case) -> dict[str, Any]:
    end = records_of(case.results)[-1]
    assert end["type"] == "end"
    return end


@pytest.mark.parametrize(("ranks", "order"), [(1, "random"), (2, "grid")])
def test_target_is_reached_by_six_runs_at_least(case: Case, ranks: int, order: str) -> None:
    grid = {"cpu_parallel": "1", "cpu_threads": "1,2"} if ranks == 1 else {"cpu_parallel": "1,2"}
    finished = run("run", *case.inputs(target_ci=GENEROUS, order=order, **grid), ranks=ranks)
    assert finished.returncode == 0, finished.stderr
    assert violations(case.results) == []
    for summary in summaries(case).values():
        assert summary["stopped"] == "target_ci"
        assert summary["n"] >= 6
        assert summary["confidence_interval"]["relative_half_width"] <= 0.9
        assert (summary["n"] >= 10) == (summary["noise_floor"] is not None)
        assert isinstance(summary["outliers"], list)
    assert len(summaries(case)) == 2
    end = end_of(case)
    assert (end["status"], end["runs_planned"], end["stopped"]) == ("complete", None, None)
    assert [record["order_index"] for record in of_type(case.results, "run")] == list(range(end["runs_done"]))
    points = [record["point_id"] for record in of_type(case.results, "run")]
    if order == "grid":
        assert len({*points[:6]}) == 1
    else:
        assert all(len({*points[i : i + 2]}) == 2 for i in range(0, 12, 2)), "rounds over both points"
    (params,) = of_type(case.results, "params")
    assert (params["target_ci"], params["max_runs"], params["runs"]) == (90.0, 100, None)
    assert " finished" in finished.stderr


def test_most_runs_are_made_where_the_target_is_not_reached(case: Case) -> None:
    finished = run("run", *case.inputs(target_ci=UNREACHABLE, max_runs="7"))
    assert finished.returncode == 0, finished.stderr
    assert violations(case.results) == []
    assert stopped(case) == {"cpu-p1-t1": (7, "max_runs")}
    assert "max_runs (the 95 % interval is still wider than --target-ci): cpu-p1-t1 (after 7 runs)" in finished.stdout
    (row,) = (line.split() for line in finished.stdout.splitlines() if line.startswith("cpu-p1-t1"))
    assert row[1] == "7"


def test_point_that_only_fails_ends(case: Case) -> None:
    golden = case.folder / "golden"
    golden.write_text("0" * 32)
    finished = run("run", *case.inputs(target_ci="5", verify="golden", golden_digest=golden))
    assert finished.returncode == 1
    assert violations(case.results) == []
    (summary,) = summaries(case).values()
    assert (summary["n"], summary["failed"], summary["stopped"]) == (0, 3, "only_failures")
    assert end_of(case)["status"] == "failed"


# ---- time


def test_time_limit_ends_repetition_and_is_no_failure(case: Case) -> None:
    finished = run("run", *case.inputs(runs=MANY, cpu_threads="1,2", time_limit="3s"))
    assert finished.returncode == 0, finished.stderr
    assert violations(case.results) == []
    end = end_of(case)
    assert (end["status"], end["stopped"], end["error"], end["signal"]) == ("complete", "time_limit", None, None)
    for count, reason in stopped(case).values():
        assert reason == "time_limit"
        assert 1 <= count < int(MANY)
    assert len(stopped(case)) == 2
    assert end["runs_done"] == sum(count for count, _ in stopped(case).values()) < end["runs_planned"]
    assert "time_limit (the next run would not have ended within --time-limit): cpu-p1-t1 (after" in finished.stdout


def test_time_limit_ends_repetition_up_to_a_target(case: Case) -> None:
    finished = run("run", *case.inputs(target_ci=UNREACHABLE, max_runs=MANY, cpu_parallel="2", time_limit="3"), ranks=2)
    assert finished.returncode == 0, finished.stderr
    assert [reason for _, reason in stopped(case).values()] == ["time_limit"]


def test_time_limit_before_any_run_is_told(case: Case) -> None:
    finished = run("run", *case.inputs(runs="2", cpu_parallel="1,2", time_limit="0.000001"), ranks=2)
    assert finished.returncode == 1
    assert "some points have not run" in finished.stderr
    assert violations(case.results) == []
    assert stopped(case) == {"cpu-p1-t1": (0, "time_limit"), "cpu-p2-t1": (0, "time_limit")}
    end = end_of(case)
    assert (end["status"], end["stopped"], end["signal"], end["runs_done"]) == ("interrupted", "time_limit", None, 0)


def with_allocation(seconds: float) -> dict[str, str]:
    return {**environment(), "SLURM_JOB_END_TIME": str(int(time.time() + seconds))}


def test_end_of_the_allocation_ends_repetition(case: Case) -> None:
    finished = run("run", *case.inputs(runs=MANY, time_limit="1h"), variables=with_allocation(5))
    assert finished.returncode == 0, finished.stderr
    assert violations(case.results) == []
    ((count, reason),) = stopped(case).values()
    assert reason == "allocation_end"
    assert 1 <= count < int(MANY)
    assert end_of(case)["stopped"] == "allocation_end"


def test_allocation_that_is_over_allows_no_run(case: Case) -> None:
    finished = run("run", *case.inputs(), variables=with_allocation(-60))
    assert finished.returncode == 1
    assert stopped(case) == {"cpu-p1-t1": (0, "allocation_end")}


def test_end_of_an_allocation_that_is_no_moment_is_told(case: Case) -> None:
    finished = run("run", *case.inputs(), variables={**environment(), "SLURM_JOB_END_TIME": "Unknown"})
    assert finished.returncode == 0
    assert "SLURM_JOB_END_TIME 'Unknown' is no moment" in finished.stderr
    assert stopped(case) == {"cpu-p1-t1": (1, "runs")}


def test_signal_is_why_points_stopped(case: Case) -> None:
    launch = start("run", *case.inputs(runs=MANY, cpu_threads="1,2", order="grid"))
    wait_for_first_run(case)
    launch.terminate()
    launch.communicate(timeout=60)
    assert launch.returncode == 130
    assert violations(case.results) == []
    (first, second) = stopped(case).items()
    assert (first[0], first[1][1]) == ("cpu-p1-t1", "interrupted")
    assert first[1][0] >= 1
    assert second == ("cpu-p1-t2", (0, "interrupted"))


# ---- flags


@pytest.mark.alone
def test_slow_first_run_and_outlier_are_flagged_and_kept(case: Case) -> None:
    """A library makes two runs of ten slower than all others are apart."""
    slow = preloading("spin", LAUEBENCH_SPIN_S="2", LAUEBENCH_SPIN_RUNS="0,4")
    finished = run("run", *case.inputs(runs="10", verify="none"), variables=slow)
    assert finished.returncode == 0, finished.stderr
    assert violations(case.results) == []
    (summary,) = summaries(case).values()
    assert summary["slow_first"] is True
    assert {0, 4} <= set(summary["outliers"])
    assert summary["n"] == 10
    assert summary["max"] > 2
    assert summary["noise_floor"] > 0
    assert "slow_first (the first run is slow against the others" in finished.stdout
    assert "MAD, run_index): cpu-p1-t1 (runs 0, " in finished.stdout


def test_few_runs_have_no_flags_and_say_why(case: Case) -> None:
    assert run("run", *case.inputs(runs="5")).returncode == 0
    (summary,) = summaries(case).values()
    assert [summary[name] for name in ("outliers", "slow_first", "noise_floor")] == [None] * 3
    assert summary["unavailable"] == {
        "outliers": "5 successful runs, it takes 6",
        "slow_first": "5 successful runs, it takes 6",
        "noise_floor": "5 successful runs, it takes 10",
        "sustained_s": "--sustain was not given",
        "sustained": "--sustain was not given",
        "ceilings": "--ceilings was not given",
    }


def test_one_run_has_no_spread_and_says_why(case: Case) -> None:
    assert run("run", *case.inputs(runs="1")).returncode == 0
    assert violations(case.results) == []
    (summary,) = summaries(case).values()
    for name in ("stddev", "confidence_interval"):
        assert (summary[name], summary["unavailable"][name]) == (None, "1 successful run, it takes 2")


# ---- one point for a long time


@pytest.mark.alone
def test_sustained_point_is_repeated_for_its_time_and_its_end_compared(case: Case) -> None:
    """Every run from the tenth on loses a quarter of a second, as if a processor had become hot."""
    hot = preloading("spin", LAUEBENCH_SPIN_S="0.25", LAUEBENCH_SPIN_RUNS=",".join(map(str, range(10, 1000))))
    options = case.inputs(sustain="12", cpu_threads="1,2", only="cpu-p1-t2", warmup="1")
    finished = run("run", *options, variables=hot)
    assert finished.returncode == 0, finished.stderr
    assert violations(case.results) == []
    (summary,) = summaries(case).values()
    assert (summary["stopped"], summary["failed"]) == ("sustained", 0)
    assert [record["run_index"] for record in of_type(case.results, "run")] == list(range(summary["n"]))
    assert 12.0 <= summary["sustained_s"] < of_type(case.results, "end")[0]["elapsed_s"]
    found = summary["sustained"]
    assert (found["asked_s"], found["throughput_fell"]) == (12.0, True)
    walls = [record["total_wall_s"] for record in of_type(case.results, "run")]
    assert found["last_tenth_s"] == pytest.approx(statistics.median(walls[-(len(walls) // 10) :]))
    assert found["change"] == pytest.approx(found["last_tenth_s"] / found["first_tenth_s"] - 1)
    began = [record["unix_time_s"] - record["total_wall_s"] for record in of_type(case.results, "run")]
    assert began[-1] - began[0] < 12.0 < of_type(case.results, "end")[0]["elapsed_s"]
    assert "throughput_fell (the last tenth of the runs took over 20 % longer than the first): cpu-p1-t2 (+" in (
        finished.stdout
    )


# ---- options


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"target_ci": "0"}, "--target-ci '0' (not above 0)"),
        ({"target_ci": "100"}, "--target-ci '100' (not below 100)"),
        ({"target_ci": "two"}, "--target-ci 'two' (not a number of percent)"),
        ({"target_ci": "2", "runs": "5"}, "--runs with --target-ci (both say how often a point runs)"),
        ({"max_runs": "50"}, "--max-runs without --target-ci"),
        ({"target_ci": "2", "max_runs": "5"}, "--max-runs '5' (below 6)"),
        ({"sustain": "60", "runs": "5"}, "--runs with --sustain (both say how often a point runs)"),
        ({"sustain": "60", "cpu_threads": "1,2"}, "--sustain with 2 points (it repeats one of them)"),
        ({"sustain": "-1"}, "--sustain '-1' (not above 0)"),
        ({"time_limit": "soon"}, "--time-limit 'soon' (not a duration)"),
        ({"time_limit": "0"}, "--time-limit '0' (not above 0)"),
    ],
)
def test_senseless_values_are_refused(case: Case, options: dict[str, str | Path], reason: str) -> None:
    before = listing(case.folder)
    finished = run("run", *case.inputs(**options))
    assert finished.returncode == 2
    assert reason in finished.stderr
    assert listing(case.folder) == before


def test_dry_run_shows_how_long_a_point_is_sustained(case: Case) -> None:
    finished = run("run", *case.inputs(sustain="2m"), "--dry-run")
    assert finished.returncode == 0, finished.stderr
    assert "cpu-p1-t1  for 120 s\n" in finished.stdout
    assert "runs for 120 s, point after point" in finished.stdout


def test_dry_run_shows_how_many_runs_there_may_be(case: Case) -> None:
    finished = run("run", *case.inputs(target_ci="2", max_runs="40", cpu_threads="1,2"), "--dry-run")
    assert finished.returncode == 0, finished.stderr
    assert "cpu-p1-t2  6 to 40\n" in finished.stdout
    assert "at most 80 runs, in random order" in finished.stdout
