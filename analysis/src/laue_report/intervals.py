"""Means of times with the interval that repetitions leave."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from scipy import stats

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Interval:
    low: float
    high: float

    def scaled(self, factor: float, added: float = 0.0) -> Interval:
        return Interval(self.low * factor + added, self.high * factor + added)

    def overlaps(self, other: Interval) -> bool:
        return self.low <= other.high and other.low <= self.high


@dataclass(frozen=True)
class Mean:
    """Geometric mean, and its 95 % t-interval (of the mean logarithm), None where too few times tell it."""

    value: float
    interval: Interval | None

    def scaled(self, factor: float, added: float = 0.0) -> Mean:
        """`added` is known without scatter."""
        return Mean(self.value * factor + added, self.interval.scaled(factor, added) if self.interval else None)


def mean_of(times: Sequence[float]) -> Mean:
    """At least one time, all of them above 0."""
    logs = [math.log(time) for time in times]
    middle = statistics.fmean(logs)
    if len(logs) < 2:
        return Mean(math.exp(middle), None)
    error = statistics.stdev(logs) / math.sqrt(len(logs))
    half = float(stats.t.ppf(0.5 + CONFIDENCE / 2.0, len(logs) - 1)) * error
    return Mean(math.exp(middle), Interval(math.exp(middle - half), math.exp(middle + half)))


def relative_half_width(mean: Mean) -> float | None:
    """As summaries have it."""
    return None if mean.interval is None else (mean.interval.high - mean.interval.low) / (2.0 * mean.value)
