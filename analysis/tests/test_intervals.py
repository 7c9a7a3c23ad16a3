from __future__ import annotations

import numpy as np
import pytest
from laue_report.intervals import Interval, mean_of
from scipy import stats


def test_mean_and_interval_are_those_of_the_logarithms() -> None:
    times = [2.0, 2.5, 1.9, 2.2, 2.1]
    mean = mean_of(times)
    logs = np.log(times)
    low, high = stats.t.interval(0.95, len(times) - 1, loc=logs.mean(), scale=stats.sem(logs))
    assert mean.value == pytest.approx(stats.gmean(times))
    assert mean.interval is not None
    assert (mean.interval.low, mean.interval.high) == pytest.approx((np.exp(low), np.exp(high)))


def test_one_time_has_no_interval() -> None:
    mean = mean_of([2.0])
    assert (mean.value, mean.interval) == (pytest.approx(2.0), None)
    assert mean.scaled(3.0, 1.0).value == pytest.approx(7.0)


def test_scaling_takes_the_ends_along() -> None:
    mean = mean_of([2.0, 2.0]).scaled(10.0, 5.0)
    assert mean.interval is not None
    assert (mean.interval.low, mean.value, mean.interval.high) == pytest.approx((25.0, 25.0, 25.0))


def test_intervals_overlap_where_they_share_a_point() -> None:
    assert Interval(1.0, 2.0).overlaps(Interval(2.0, 3.0))
    assert not Interval(1.0, 2.0).overlaps(Interval(2.1, 3.0))
