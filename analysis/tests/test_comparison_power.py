"""How often comparisons alarm in vain, and how often they find what is there: whole ones, of many points and all
metrics, simulated with fixed seeds. test_statistics.py has single ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from laue_report.comparing import Outcome, compare
from laue_report.evidence import CellEvidence, Evidence, LaunchSamples
from laue_report.facts import LaunchFacts
from laue_report.regressions import findings
from laue_report.statistics import Answer
from laue_report.thresholds import thresholds_from

COMPARISONS = 2000
CELLS = 8
LAUNCHES = 10
RUNS = 3
NOISE = 0.05
"""Of a launch; runs within it scatter less."""

LIMITS = thresholds_from()


def simulated(random: np.random.Generator, name: str, changes: list[float]) -> Evidence:
    """A cell for each change, all of them with the same noise of launches and runs."""
    sessions = [f"{name}{number}" for number in range(LAUNCHES)]

    def samples(session: str, change: float) -> LaunchSamples:
        of_launch = random.normal(np.log1p(change), NOISE)
        times = [float(time) for time in np.exp(random.normal(of_launch, NOISE / 5.0, RUNS))]
        memory = [1e9 * float(np.exp(random.normal(0.0, 0.01))) for _ in range(RUNS)]
        return LaunchSamples(session, times, [60.0 / time for time in times], memory)

    cells = {
        (0, f"cpu-p{place + 1}-t1"): CellEvidence([samples(session, change) for session in sessions], ["warm"])
        for place, change in enumerate(changes)
    }
    return Evidence(name, cells, {session: LaunchFacts(session, {}) for session in sessions})


def compared(random: np.random.Generator, changes: list[float]) -> Outcome:
    old = simulated(random, "old", [0.0] * len(changes))
    new = simulated(random, "new", changes)
    return compare(old, replace(new, name="new"), threshold=None, across=False)


@pytest.mark.slow
def test_no_more_than_one_comparison_in_a_hundred_alarms_in_vain() -> None:
    random = np.random.default_rng(20260201)
    alarms = verdicts = 0
    for _ in range(COMPARISONS):
        outcome = compared(random, [0.0] * CELLS)
        found = findings(outcome.cells, LIMITS)
        alarms += bool(found.regressions or found.alerts)
        verdicts += any(cell.verdict.answer in (Answer.SLOWER, Answer.FASTER) for cell in outcome.cells)
    assert alarms <= 0.01 * COMPARISONS
    assert verdicts <= 0.01 * COMPARISONS


@pytest.mark.slow
def test_a_fifth_slower_is_found_nine_times_in_ten_against_a_limit_of_a_tenth() -> None:
    """Among points that have not changed, and by that point's name alone."""
    random = np.random.default_rng(20260202)
    found_alone = others = 0
    for _ in range(COMPARISONS):
        outcome = compared(random, [0.2] + [0.0] * (CELLS - 1))
        latencies = [
            change.cell.name for change in findings(outcome.cells, LIMITS).regressions if change.metric == "latency"
        ]
        found_alone += "cpu-p1-t1" in latencies
        others += any(name != "cpu-p1-t1" for name in latencies)
    assert found_alone >= 0.9 * COMPARISONS
    assert others <= 0.01 * COMPARISONS


@pytest.mark.slow
def test_a_change_that_equals_the_limit_is_found_half_the_time_and_half_of_it_hardly_ever() -> None:
    random = np.random.default_rng(20260203)
    at_limit = below = 0
    for _ in range(COMPARISONS // 2):
        outcome = compared(random, [0.10, 0.05])
        names = {
            change.cell.name for change in findings(outcome.cells, LIMITS).regressions if change.metric == "latency"
        }
        at_limit += "cpu-p1-t1" in names
        below += "cpu-p2-t1" in names
    assert 0.4 <= at_limit / (COMPARISONS // 2) <= 0.55
    assert below <= 0.02 * COMPARISONS
