from __future__ import annotations

import numpy as np
import pytest
from laue_report.scaling_laws import amdahl_fit, knee_of
from scipy import stats


def amdahl(workers: int, serial: float) -> float:
    return 30.0 * workers / (1.0 + serial * (workers - 1))


def test_serial_share_is_found_exactly_without_scatter() -> None:
    counts = [1, 2, 4, 8]
    fit = amdahl_fit(counts, [amdahl(count, 0.1) for count in counts])
    assert fit is not None
    assert fit.serial == pytest.approx(0.1, abs=1e-6)
    assert fit.single == pytest.approx(30.0, rel=1e-6)
    assert fit.rate(16) == pytest.approx(amdahl(16, 0.1), rel=1e-5)
    assert fit.holds


def test_interval_holds_the_truth_as_often_as_it_says() -> None:
    """Of 400 intervals at 95 % those that miss are binomial; of 1e-3 of all such tests fewer hold."""
    random, counts = np.random.default_rng(7), [1, 2, 4, 8, 16]
    inside = 0
    for _ in range(400):
        fit = amdahl_fit(counts, [amdahl(count, 0.2) * random.lognormal(0.0, 0.03) for count in counts])
        assert fit is not None
        inside += fit.low <= 0.2 <= fit.high
    assert stats.binomtest(inside, 400, 0.95).pvalue > 1e-3


def test_two_points_have_no_law_and_no_knee() -> None:
    assert amdahl_fit([1, 2, 2], [1.0, 1.9, 1.8]) is None
    assert knee_of([1, 2, 2], [1.0, 1.9, 1.8]) is None


def test_a_law_that_does_not_hold_is_told() -> None:
    fit = amdahl_fit([1, 2, 4, 8], [10.0, 20.0, 38.0, 12.0])
    assert fit is not None
    assert not fit.holds


@pytest.mark.parametrize(
    ("rates", "workers", "is_reached"),
    [([10.0, 19.0, 20.0, 20.5], 2, True), ([10.0, 20.0, 38.0, 70.0], 8, False), ([10.0, 18.0, 30.0, 20.0], 4, True)],
)
def test_knee_is_the_fewest_with_nine_tenths_of_the_most(rates: list[float], workers: int, is_reached: bool) -> None:
    knee = knee_of([1, 2, 4, 8], rates)
    assert knee is not None
    assert (knee.workers, knee.is_reached) == (workers, is_reached)
