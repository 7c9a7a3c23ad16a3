"""How a rate grows with what works on it: where it stops to grow, and what Amdahl's law says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

#: Different numbers of workers below which no law is fitted and no knee looked for.
LEAST_POINTS = 3

#: Of the largest rate; the knee has at least that much.
KNEE_SHARE = 0.90

#: Of the fitted interval.
CONFIDENCE = 0.95

#: What a measured rate may differ from the fitted one by, before the law is said not to hold.
LARGEST_MISFIT = 0.20

Values = np.ndarray[tuple[int], np.dtype[np.float64]]


@dataclass(frozen=True)
class AmdahlFit:
    """rate(n) = single * n / (1 + serial * (n - 1)), fitted to the logarithms."""

    single: float
    """Rate of one worker."""
    serial: float
    """The share of the work that does not gain from more workers, 0 to 1."""
    low: float
    high: float
    """The interval of CONFIDENCE around it, cut at 0 and 1."""
    misfit: float
    """The largest ratio between measured and fitted rate, less 1."""

    def rate(self, workers: float) -> float:
        return self.single * workers / (1.0 + self.serial * (workers - 1.0))

    @property
    def holds(self) -> bool:
        return self.misfit <= LARGEST_MISFIT


def _log_rate(workers: Values, log_single: float, serial: float) -> Values:
    result: Values = log_single + np.log(workers) - np.log1p(serial * (workers - 1.0))
    return result


def amdahl_fit(workers: Sequence[float], rates: Sequence[float]) -> AmdahlFit | None:
    """None below LEAST_POINTS different numbers of workers."""
    if len(set(workers)) < LEAST_POINTS:
        return None
    counts, logs = np.asarray(workers, dtype=np.float64), np.log(np.asarray(rates, dtype=np.float64))
    start = (float(logs[0] - np.log(counts[0])), 0.1)
    found, covariance = optimize.curve_fit(
        _log_rate, counts, logs, p0=start, bounds=((-np.inf, 0.0), (np.inf, 1.0)), x_scale=(1.0, 0.1)
    )
    log_single, serial = float(found[0]), float(found[1])
    half = float(stats.t.ppf(0.5 + CONFIDENCE / 2.0, len(counts) - 2)) * float(np.sqrt(covariance[1][1]))
    misfit = float(np.exp(np.abs(_log_rate(counts, log_single, serial) - logs).max())) - 1.0
    return AmdahlFit(float(np.exp(log_single)), serial, max(0.0, serial - half), min(1.0, serial + half), misfit)


@dataclass(frozen=True)
class Knee:
    workers: float
    is_reached: bool
    """False where the rate still grew at the largest number of workers measured."""


def knee_of(workers: Sequence[float], rates: Sequence[float]) -> Knee | None:
    """The fewest workers with KNEE_SHARE of the largest measured rate; None below LEAST_POINTS."""
    if len(set(workers)) < LEAST_POINTS:
        return None
    enough = min(count for count, rate in zip(workers, rates, strict=True) if rate >= KNEE_SHARE * max(rates))
    return Knee(enough, enough < max(workers))
