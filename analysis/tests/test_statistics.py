"""Verdicts on simulated times, with fixed seeds."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from laue_report.statistics import (
    Answer,
    Comparison,
    Verdict,
    holm,
    independent,
    judge,
    noise_floor,
    paired,
)
from scipy import stats

Times = list[float]


def simulated(random: np.random.Generator, samples: int, noise: float, change: float = 0.0) -> Times:
    return [float(time) for time in np.exp(random.normal(math.log1p(change), noise, samples))]


def judged(old: Times, new: Times, are_pairs: bool = True, threshold: float | None = None) -> Verdict:
    (verdict,) = judge([Comparison(old, new, are_pairs)], threshold)
    return verdict


def answers(samples: int, noise: float, change: float, times: int, are_pairs: bool = True) -> Counter[Answer]:
    random = np.random.default_rng(20260101)
    return Counter(
        judged(simulated(random, samples, noise), simulated(random, samples, noise, change), are_pairs).answer
        for _ in range(times)
    )


def test_paired_is_the_t_test_of_log_ratios() -> None:
    random = np.random.default_rng(1)
    old, new = simulated(random, 7, 0.05), simulated(random, 7, 0.05, 0.1)
    known = stats.ttest_rel(np.log(new), np.log(old))
    estimate = paired(old, new)
    assert estimate.p_value == pytest.approx(known.pvalue, rel=1e-9)
    assert estimate.effect - estimate.half_width(0.95) == pytest.approx(known.confidence_interval(0.95).low, rel=1e-9)


def test_independent_is_welchs_t_test() -> None:
    random = np.random.default_rng(2)
    old, new = simulated(random, 6, 0.02), simulated(random, 11, 0.09, 0.1)
    known = stats.ttest_ind(np.log(new), np.log(old), equal_var=False)
    estimate = independent(old, new)
    assert estimate.p_value == pytest.approx(known.pvalue, rel=1e-9)
    assert estimate.degrees == pytest.approx(known.df, rel=1e-9)


def test_no_more_than_one_false_alarm_in_a_hundred() -> None:
    for are_pairs in (True, False):
        found = answers(10, 0.02, 0.0, 500, are_pairs)
        assert found[Answer.FASTER] + found[Answer.SLOWER] <= 5


def test_five_per_cent_are_found_with_ten_pairs_at_two_per_cent_noise() -> None:
    assert answers(10, 0.02, 0.05, 500)[Answer.SLOWER] >= 450
    assert answers(10, 0.02, -0.05, 500)[Answer.FASTER] >= 450


def test_equal_sides_are_called_the_same_more_often_than_anything_else() -> None:
    found = answers(30, 0.02, 0.0, 200)
    assert found.most_common(1)[0][0] is Answer.SAME


def test_what_could_have_been_found_is_found_that_often() -> None:
    random = np.random.default_rng(3)
    threshold = 0.03

    def draw(change: float) -> Verdict:
        return judged(simulated(random, 10, 0.02), simulated(random, 10, 0.02, change), threshold=threshold)

    typical = float(np.median([draw(0.0).could_have_found or 0.0 for _ in range(200)]))
    found = Counter(draw(math.expm1(typical)).answer for _ in range(500))
    assert 0.9 * 500 <= found[Answer.SLOWER] < 0.98 * 500


def test_an_effect_below_the_threshold_is_no_change() -> None:
    old = [1.0, 1.001, 0.999, 1.002, 0.998, 1.0]
    new = [1.02 * time for time in reversed(old)]
    assert judged(old, new, threshold=0.01).answer is Answer.SLOWER
    assert judged(new, old, threshold=0.01).answer is Answer.FASTER
    assert judged(old, new, threshold=0.03).answer is Answer.SAME


def test_four_samples_are_insufficient() -> None:
    verdict = judged([1.0] * 4, [2.0, 2.1, 2.2, 2.1], threshold=0.01)
    assert (verdict.answer, verdict.further_samples, verdict.estimate) == (Answer.INSUFFICIENT, 1, None)


def test_without_noise_floor_or_threshold_nothing_is_settled() -> None:
    verdict = judged([1.0, 1.01, 0.99, 1.0, 1.02], [2.0, 2.01, 1.99, 2.0, 2.02])
    assert (verdict.answer, verdict.threshold, verdict.further_samples) == (Answer.AMBIGUOUS, None, 5)


def test_equal_times_without_any_noise() -> None:
    assert judged([1.0] * 10, [1.0] * 10).answer is Answer.SAME
    assert judged([1.0] * 10, [1.5] * 10).answer is Answer.SLOWER


def test_the_samples_that_are_missing_settle_it() -> None:
    """With the same scatter, so that the promise can be kept."""
    old = [1.0, 1.03, 0.97, 1.02, 0.98, 1.01]
    new = [1.015 * time for time in (0.97, 1.03, 1.0, 0.98, 1.02, 1.01)]
    verdict = judged(old, new, threshold=0.005)
    assert verdict.answer is Answer.AMBIGUOUS
    assert verdict.further_samples is not None and verdict.further_samples > 12
    copies = math.ceil((6 + verdict.further_samples) / 6)
    assert judged(old * copies, new * copies, threshold=0.005).answer is Answer.SLOWER
    assert judged(old * (copies // 2), new * (copies // 2), threshold=0.005).answer is Answer.AMBIGUOUS


def test_an_effect_at_the_threshold_is_never_settled() -> None:
    old = [1.0, 1.01, 0.99, 1.02, 0.98, 1.0]
    new = [math.exp(0.02) * time for time in reversed(old)]
    assert judged(old, new, threshold=0.02).further_samples is None


def test_noise_floor_is_the_interval_between_odd_and_even_samples() -> None:
    random = np.random.default_rng(4)
    times = simulated(random, 12, 0.03)
    known = stats.ttest_ind(np.log(times[1::2]), np.log(times[::2]), equal_var=False).confidence_interval(0.95)
    assert noise_floor(times) == pytest.approx((known.high - known.low) / 2, rel=1e-9)
    assert noise_floor(times[:9]) is None


def test_both_sides_make_the_floor_of_independent_samples() -> None:
    random = np.random.default_rng(5)
    calm, wild = simulated(random, 10, 0.01), simulated(random, 10, 0.1)
    floors = noise_floor(calm), noise_floor(wild)
    assert floors[0] is not None and floors[1] is not None
    assert judged(calm, wild, are_pairs=False).threshold.effect == pytest.approx(math.hypot(*floors) / math.sqrt(2))
    assert judged(calm, calm, are_pairs=False).threshold.effect == pytest.approx(floors[0])


def test_the_floor_of_pairs_is_that_of_one_side() -> None:
    """On average; what drifts meets both."""
    random = np.random.default_rng(8)
    found, alone = [], []
    for _ in range(300):
        old, new = simulated(random, 10, 0.02), simulated(random, 10, 0.02)
        drift = np.exp(np.linspace(0.0, 0.5, 10))
        alone.append(noise_floor(old))
        found.append(judged(list(old * drift), list(new * drift)).threshold.effect)
    assert np.mean(found) == pytest.approx(np.mean(alone), rel=0.05)


def test_drift_hides_no_change() -> None:
    drift = [1.1 + 0.1 * i for i in range(10)]
    wobble = [1.0, 1.01, 0.99, 1.0, 1.01, 0.99, 1.0, 1.01, 0.99, 1.0]
    slower = [1.05 * time * part for time, part in zip(drift, wobble, strict=True)]
    assert judged(drift, slower).answer is Answer.SLOWER
    assert judged([10.0 * drift[0], *drift[1:]], [10.0 * slower[0], *slower[1:]]).answer is Answer.SLOWER


@pytest.mark.parametrize("threshold", [1e-9, 0.01, 20.0, 700.0])
def test_next_to_no_scatter_and_any_threshold(threshold: float) -> None:
    old = [1.0 + 0.1 * i for i in range(10)]
    verdict = judged(old, [1.1 * time for time in old], threshold=threshold)
    assert verdict.could_have_found == pytest.approx(threshold)
    assert verdict.answer is (Answer.SLOWER if threshold < 0.09 else Answer.SAME)


def test_holm_multiplies_the_smallest_by_all_of_them() -> None:
    assert holm([0.01, 0.04, 0.03, 0.5]) == pytest.approx([0.04, 0.09, 0.09, 0.5])
    assert holm([]) == []


def test_cells_that_are_judged_together_need_more() -> None:
    random = np.random.default_rng(6)
    candidates = ((simulated(random, 6, 0.02), simulated(random, 6, 0.02, 0.05)) for _ in range(1000))
    old, new = next(pair for pair in candidates if 0.003 < paired(*pair).p_value < 0.009)
    assert judged(old, new, threshold=0.001).answer is Answer.SLOWER
    quiet = [Comparison(simulated(random, 6, 0.02), simulated(random, 6, 0.02), True) for _ in range(19)]
    first, *_ = judge([Comparison(old, new, True), *quiet], 0.001)
    assert first.answer is Answer.AMBIGUOUS
    assert first.p_value == pytest.approx(min(1.0, 20 * paired(old, new).p_value))


@pytest.mark.parametrize("time", [0.0, -1.0, math.inf, math.nan])
def test_times_that_have_no_logarithm(time: float) -> None:
    with pytest.raises(ValueError, match="positive and finite"):
        judged([1.0] * 5, [1.0] * 4 + [time], threshold=0.01)
