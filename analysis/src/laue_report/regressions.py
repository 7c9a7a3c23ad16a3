"""Whether changes that were found are regressions, or worth an alert: a second question, with limits of its own.

A change counts where it is significant, corrected over all cells and metrics together, and measured beyond the limit;
one that equals the limit is so found half the time.
"""

from __future__ import annotations

import math
import statistics as averages
from collections.abc import Sequence
from dataclasses import dataclass

from laue_report.comparing import ComparedCell
from laue_report.effects import percent
from laue_report.evidence import ACCURACY, Metric
from laue_report.statistics import SIGNIFICANCE, Comparison, holm
from laue_report.tables import number
from laue_report.thresholds import Levels, Thresholds

#: What people call the metrics, and in which unit they read them: its name, and how many of the recorded one it is.
METRIC_NAMES = {
    Metric.TIME: "latency",
    Metric.THROUGHPUT: "throughput",
    Metric.MEMORY: "peak memory",
    Metric.GPU_MEMORY: "peak GPU memory",
    Metric.ENERGY_EFFICIENCY: "energy efficiency",
}
_UNITS = {
    Metric.TIME: ("s", 1.0),
    Metric.THROUGHPUT: ("reconstructions/min", 1.0),
    Metric.MEMORY: ("MB", 1e6),
    Metric.GPU_MEMORY: ("MB", 1e6),
    Metric.ENERGY_EFFICIENCY: ("reconstructions/kJ", 1e-3),
}

_ACCURACY_NAMES = dict(zip(ACCURACY, ("depth error, RMS", "depth error, largest", "recovered intensity"), strict=True))
_ACCURACY_UNITS = dict(zip(ACCURACY, ("um", "um", "of the true one"), strict=True))


@dataclass(frozen=True)
class Change:
    """Of one metric of one cell, beyond a limit."""

    cell: ComparedCell
    metric: str
    old: str
    """Median, with its unit; and the next."""
    new: str
    change_percent: float
    """Of the old value; of times and the like the ratio of geometric means, less 1."""
    limit: str


@dataclass(frozen=True)
class Alert:
    change: Change
    level: str
    """`warning` or `critical`."""


@dataclass(frozen=True)
class Findings:
    regressions: list[Change]
    alerts: list[Alert]
    unknown: list[str]
    """Metrics that no cell tells on both sides."""


@dataclass(frozen=True)
class _Measured:
    cell: ComparedCell
    metric: Metric
    effect: float
    is_significant: bool
    old: float
    """Median of the samples, and the next."""
    new: float

    def change(self, limit: str) -> Change:
        unit, factor = _UNITS[self.metric]
        old, new = (f"{number(value / factor)} {unit}" for value in (self.old, self.new))
        return Change(self.cell, METRIC_NAMES[self.metric], old, new, percent(self.effect), limit)


def _measured(cells: Sequence[ComparedCell]) -> list[_Measured]:
    """What both sides have samples enough of."""
    compared: list[tuple[ComparedCell, Metric, Comparison]] = [
        (cell, metric, comparison) for cell in cells for metric in Metric if (comparison := cell.comparison(metric))
    ]
    estimates = [(entry, estimate) for entry in compared if (estimate := entry[2].estimate())]
    corrected = holm([estimate.p_value for _, estimate in estimates])
    return [
        _Measured(
            cell,
            metric,
            estimate.effect,
            p_value < SIGNIFICANCE,
            averages.median(comparison.old),
            averages.median(comparison.new),
        )
        for ((cell, metric, comparison), estimate), p_value in zip(estimates, corrected, strict=True)
    ]


def _limits_percent(thresholds: Thresholds) -> dict[Metric, float]:
    return {
        Metric.TIME: thresholds.latency_percent,
        Metric.THROUGHPUT: thresholds.throughput_percent,
        Metric.MEMORY: thresholds.memory_percent,
        Metric.GPU_MEMORY: thresholds.memory_percent,
    }


def _is_beyond(effect: float, limit_percent: float) -> bool:
    limit = math.log1p(limit_percent / 100.0)
    return effect > limit if limit > 0.0 else effect < limit


def _regressions(measured: Sequence[_Measured], thresholds: Thresholds) -> list[Change]:
    limits = _limits_percent(thresholds)
    return [
        entry.change(f"{limits[entry.metric]:+g} %")
        for entry in measured
        if entry.is_significant and entry.metric in limits and _is_beyond(entry.effect, limits[entry.metric])
    ]


def _drifts(cells: Sequence[ComparedCell], thresholds: Thresholds) -> list[Change]:
    """Depth images do not scatter: any change beyond the limit is one."""
    found = []
    for cell in cells:
        for name in ACCURACY:
            old, new = cell.old.accuracy.get(name), cell.new.accuracy.get(name)
            if old is None or new is None:
                continue
            drift = (new - old) / (abs(old) or 1.0)
            if abs(drift) > thresholds.accuracy_drift:
                texts = [f"{number(value)} {_ACCURACY_UNITS[name]}" for value in (old, new)]
                limit = f"+-{100.0 * thresholds.accuracy_drift:g} %"
                found.append(Change(cell, _ACCURACY_NAMES[name], texts[0], texts[1], 100.0 * drift, limit))
    return found


def _alert(entry: _Measured, levels: Levels, change: float, unit: str, factor: float) -> Alert | None:
    """`change` in the unit of `levels`, which people read in one that is `factor` times as large."""
    level = levels.reached(change)
    if level is None:
        return None
    limit: float = getattr(levels, level)
    return Alert(entry.change(f"{limit / factor:+g} {unit}"), level)


def _alerts(measured: Sequence[_Measured], thresholds: Thresholds) -> list[Alert]:
    found: list[Alert | None] = []
    for entry in measured:
        change_percent = percent(entry.effect)
        if not entry.is_significant:
            continue
        if entry.metric is Metric.TIME:
            found.append(_alert(entry, thresholds.time_percent, change_percent, "%", 1.0))
        elif entry.metric in (Metric.MEMORY, Metric.GPU_MEMORY):
            found.append(_alert(entry, thresholds.memory_bytes, entry.new - entry.old, "MB", 1e6))
        elif entry.metric is Metric.ENERGY_EFFICIENCY:
            found.append(_alert(entry, thresholds.energy_efficiency_percent, change_percent, "%", 1.0))
    return [alert for alert in found if alert]


def _unknown(cells: Sequence[ComparedCell]) -> list[str]:
    """GPU memory of points on CPUs is not missed."""
    missed = (metric for metric in Metric if metric is not Metric.GPU_MEMORY)
    names = [
        METRIC_NAMES[metric]
        for metric in missed
        if cells and not any(cell.old.median(metric) and cell.new.median(metric) for cell in cells)
    ]
    return names + (["accuracy"] if cells and not any(c.old.accuracy and c.new.accuracy for c in cells) else [])


def findings(cells: Sequence[ComparedCell], thresholds: Thresholds) -> Findings:
    measured = _measured(cells)
    changes = _regressions(measured, thresholds) + _drifts(cells, thresholds)
    return Findings(changes, _alerts(measured, thresholds), _unknown(cells))
