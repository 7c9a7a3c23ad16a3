"""How log ratios are told to people."""

from __future__ import annotations

import math

from laue_report.statistics import Verdict


def percent(effect: float) -> float:
    """Of the old value."""
    return 100.0 * math.expm1(effect)


def signed(effect: float) -> str:
    return f"{percent(effect):+.2f} %"


def interval(verdict: Verdict) -> tuple[float, float] | None:
    """Of 95 %, as log ratios."""
    if verdict.estimate is None:
        return None
    half = verdict.estimate.half_width(0.95)
    return verdict.estimate.effect - half, verdict.estimate.effect + half


def interval_text(verdict: Verdict) -> str:
    ends = interval(verdict)
    return f"{signed(ends[0])} to {signed(ends[1])}" if ends else "-"
