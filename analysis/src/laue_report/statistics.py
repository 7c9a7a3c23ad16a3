"""Whether times have changed: estimates of log ratios, their noise, and what may be said of them.

All effects are natural logarithms of new over old time: 0 is no change, positive is slower. A sample is what one launch
(or, inside one launch, one run) took, never one rank.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from scipy import optimize, stats

#: Of both sides; below that nothing is said.
LEAST_SAMPLES = 5

#: Below that many samples of a side its noise is not known.
LEAST_FOR_NOISE = 10

#: Of a false alarm, in one comparison or (by Holm's correction) in all that are made together.
SIGNIFICANCE = 0.01

#: Of the interval that must lie inside the detection threshold before two sides are called the same.
SAME_CONFIDENCE = 0.90

#: How often a change of the size that "could have been found" would be.
POWER = 0.90

#: Of a log ratio, against itself and 1: what rounding leaves of times without scatter.
NEGLIGIBLE_ERROR = 1e-12

#: Where no number of samples up to this one would settle a question, none is named.
MOST_SAMPLES = 1000


class Answer(Enum):
    FASTER = "FASTER"
    SLOWER = "SLOWER"
    SAME = "SAME"
    AMBIGUOUS = "AMBIGUOUS"
    INSUFFICIENT = "INSUFFICIENT"


class ThresholdSource(Enum):
    GIVEN = "given"
    NOISE_FLOOR = "noise-floor"


@dataclass(frozen=True)
class Threshold:
    """What an effect must exceed to be called a change."""

    effect: float
    source: ThresholdSource

    def after(self, factor: float) -> Threshold:
        """With `factor` times as many samples of the same kind: the noise floor is an interval's width and shrinks as
        they do."""
        measured = self.source is ThresholdSource.NOISE_FLOOR
        return Threshold(self.effect / math.sqrt(factor), self.source) if measured else self


@dataclass(frozen=True)
class Estimate:
    """A log ratio as measured, for Student's t-distribution."""

    effect: float
    standard_error: float
    degrees: float
    """Of freedom."""

    @property
    def p_value(self) -> float:
        """Two-sided, that there is no difference."""
        if self.standard_error == 0.0:
            return 1.0 if self.effect == 0.0 else 0.0
        return float(2.0 * stats.t.sf(abs(self.effect) / self.standard_error, self.degrees))

    def half_width(self, confidence: float) -> float:
        """Of the interval around the effect."""
        return float(stats.t.ppf(0.5 + confidence / 2.0, self.degrees)) * self.standard_error

    def after(self, factor: float) -> Estimate:
        """What `factor` times as many samples of the same kind would give."""
        degrees = (self.degrees + 1.0) * factor - 1.0
        return Estimate(self.effect, self.standard_error / math.sqrt(factor), degrees)


Logs = np.ndarray[tuple[int], np.dtype[np.float64]]


def _logs(times: Sequence[float]) -> Logs:
    values = np.asarray(times, dtype=np.float64)
    if not ((values > 0.0) & np.isfinite(values)).all():
        raise ValueError("times must be positive and finite")
    return np.log(values)


def _log_ratios(old: Sequence[float], new: Sequence[float]) -> Logs:
    """Of pairs."""
    return _logs(new) - _logs(old)


def paired(old: Sequence[float], new: Sequence[float]) -> Estimate:
    """Of launches that alternated: old[i] and new[i] ran beside each other. At least two pairs."""
    ratios = _log_ratios(old, new)
    return Estimate(float(ratios.mean()), float(ratios.std(ddof=1)) / math.sqrt(len(ratios)), len(ratios) - 1.0)


def independent(old: Sequence[float], new: Sequence[float]) -> Estimate:
    """Of samples that have nothing to do with each other, by Welch (Biometrika 34, 28, 1947). At least two a side."""
    olds, news = _logs(old), _logs(new)
    of_old, of_new = float(olds.var(ddof=1)) / len(olds), float(news.var(ddof=1)) / len(news)
    both = of_old + of_new
    spread = of_old**2 / (len(olds) - 1) + of_new**2 / (len(news) - 1)
    degrees = both**2 / spread if spread > 0.0 else len(olds) + len(news) - 2.0
    return Estimate(float(news.mean() - olds.mean()), math.sqrt(both), degrees)


def noise_floor(times: Sequence[float]) -> float | None:
    """Half the width of the 95 % interval of the log ratio between odd and even samples of the same thing; None below
    LEAST_FOR_NOISE of them."""
    if len(times) < LEAST_FOR_NOISE:
        return None
    return independent(times[::2], times[1::2]).half_width(0.95)


@dataclass(frozen=True)
class Comparison:
    """Times of one thing on both sides, s, in the order in which they were taken."""

    old: Sequence[float]
    new: Sequence[float]
    are_pairs: bool
    """old[i] and new[i] were taken beside each other."""

    @property
    def samples(self) -> int:
        """Of the side that has fewer."""
        return min(len(self.old), len(self.new))

    def estimate(self) -> Estimate | None:
        """None below LEAST_SAMPLES."""
        if self.samples < LEAST_SAMPLES:
            return None
        return paired(self.old, self.new) if self.are_pairs else independent(self.old, self.new)

    def noise_floor(self) -> float | None:
        """Of one side, as if nothing had drifted; None where it is not known. In pairs, drift is what both have in
        common, and their ratio scatters sqrt(2) times as much as each. Else the root mean square of both sides'."""
        if self.are_pairs:
            return noise_floor(np.exp(_log_ratios(self.old, self.new) / math.sqrt(2.0)).tolist())
        old, new = noise_floor(self.old), noise_floor(self.new)
        return None if old is None or new is None else math.hypot(old, new) / math.sqrt(2.0)


@dataclass(frozen=True)
class Verdict:
    answer: Answer
    estimate: Estimate | None
    p_value: float | None
    """Corrected by Holm for all comparisons that were made together."""
    threshold: Threshold | None
    could_have_found: float | None
    """Smallest effect that would have been found in POWER of all cases, had it been there."""
    further_samples: int | None
    """Of each side, beyond those taken, that would settle it if all went on as it did; None where it is settled or
    MOST_SAMPLES would not settle it."""


def holm(p_values: Sequence[float]) -> list[float]:
    """Corrected for being made together (Holm, Scandinavian Journal of Statistics 6, 65, 1979)."""
    corrected = [0.0] * len(p_values)
    largest = 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[index]))
        corrected[index] = largest
    return corrected


def _answer(estimate: Estimate, p_value: float, threshold: Threshold | None) -> Answer:
    if threshold is None:
        return Answer.AMBIGUOUS
    if p_value < SIGNIFICANCE and abs(estimate.effect) > threshold.effect:
        return Answer.SLOWER if estimate.effect > 0.0 else Answer.FASTER
    inside = abs(estimate.effect) + estimate.half_width(SAME_CONFIDENCE) <= threshold.effect
    return Answer.SAME if inside else Answer.AMBIGUOUS


def _could_have_found(estimate: Estimate, threshold: float, comparisons: int) -> float:
    """A change is missed where it is not significant (noncentral t-distribution; Holm asks the most of the first of
    `comparisons`) or measured below the threshold; the two are added up, though many are missed for both."""
    error = estimate.standard_error
    if error < NEGLIGIBLE_ERROR * (1.0 + threshold):
        return threshold
    critical = float(stats.t.ppf(1.0 - SIGNIFICANCE / comparisons / 2.0, estimate.degrees))
    certain = 2.0 * critical + 10.0

    def missed_too_often(effect: float) -> float:
        shift = min(effect / error, certain)  # beyond, the distribution function ends in NaN
        insignificant = float(stats.nct.cdf(critical, estimate.degrees, shift))
        return insignificant + float(stats.norm.cdf((threshold - effect) / error)) - (1.0 - POWER)

    return float(optimize.brentq(missed_too_often, 0.0, threshold + certain * error))


def _further_samples(taken: int, estimate: Estimate, threshold: Threshold | None, *, share: float) -> int | None:
    """`share` is how much stricter Holm is with this comparison than with one alone. A threshold that is not known
    comes with LEAST_FOR_NOISE samples."""
    if threshold is None:
        return LEAST_FOR_NOISE - taken
    for samples in range(taken + 1, MOST_SAMPLES + 1):
        factor = samples / taken
        then = estimate.after(factor)
        if _answer(then, min(1.0, then.p_value * share), threshold.after(factor)) is not Answer.AMBIGUOUS:
            return samples - taken
    return None


def judge(comparisons: Sequence[Comparison], threshold: float | None = None) -> list[Verdict]:
    """What may be said of comparisons that are made together. An effect counts beyond `threshold`, or the measured
    noise floor where that is None: below LEAST_FOR_NOISE samples there is none, and nothing is settled."""
    estimates = [comparison.estimate() for comparison in comparisons]
    judged = [index for index, estimate in enumerate(estimates) if estimate]
    corrected = dict(zip(judged, holm([e.p_value for e in estimates if e]), strict=True))
    given = None if threshold is None else Threshold(threshold, ThresholdSource.GIVEN)
    verdicts = []
    for index, (comparison, estimate) in enumerate(zip(comparisons, estimates, strict=True)):
        if estimate is None:
            missing = LEAST_SAMPLES - comparison.samples
            verdicts.append(Verdict(Answer.INSUFFICIENT, None, None, given, None, missing))
        else:
            verdicts.append(_verdict(comparison, estimate, corrected[index], given, len(judged)))
    return verdicts


def _measured_threshold(comparison: Comparison) -> Threshold | None:
    noise = comparison.noise_floor()
    return None if noise is None else Threshold(noise, ThresholdSource.NOISE_FLOOR)


def _verdict(
    comparison: Comparison, estimate: Estimate, p_value: float, given: Threshold | None, comparisons: int
) -> Verdict:
    threshold = given or _measured_threshold(comparison)
    answer = _answer(estimate, p_value, threshold)
    further = None
    if answer is Answer.AMBIGUOUS:
        share = p_value / estimate.p_value if 0.0 < p_value < 1.0 else float(comparisons)
        further = _further_samples(comparison.samples, estimate, threshold, share=share)
    found = None if threshold is None else _could_have_found(estimate, threshold.effect, comparisons)
    return Verdict(answer, estimate, p_value, threshold, found, further)
