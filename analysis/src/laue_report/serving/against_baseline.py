"""The launch that is followed, held against a baseline as ``laue-report compare`` does it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from laue_report.collecting import evidence_of
from laue_report.compare_report import Part, conclusion_of, parts_of
from laue_report.comparing import Outcome, UnusableComparisonError, compare
from laue_report.evidence import Evidence, Metric
from laue_report.launches import Launch, counted
from laue_report.measurements import Measurements
from laue_report.regressions import Change, Findings, findings
from laue_report.serving.alerts import Alert, Level
from laue_report.serving.subject import Baseline

#: Parts of a comparison that stand elsewhere on the page, or are about the files.
_ELSEWHERE = ("alerts", "warnings")


@dataclass(frozen=True)
class Against:
    """`problem` says why there is nothing else."""

    problem: str
    conclusion: str = ""
    parts: Sequence[Part] = ()
    alerts: Sequence[Alert] = ()


def against(baseline: Baseline, launch: Launch, own: Measurements) -> Against:
    """`own`: of this launch alone."""
    try:
        outcome = compare(baseline.evidence, evidence_of(str(launch.path), own), None, across=False)
    except UnusableComparisonError as error:
        return Against(str(error))
    outcome, to_come = _without_points_to_come(outcome, launch, own)
    found = findings(outcome.cells, baseline.thresholds)
    parts = [part for part in parts_of(outcome, found) if not part.is_empty and part.title not in _ELSEWHERE]
    conclusion = conclusion_of(outcome, found) + (f"; {to_come}" if to_come else "")
    return Against("", conclusion, parts, _alerts(found))


def baseline_medians_s(base: Evidence, launch: Launch) -> dict[str, float]:
    """By the names that points have on the page."""
    targets = [str(target) for target in launch.params.get("staging_dirs", [])]
    found = {}
    for (place, point_id), evidence in base.cells.items():
        median_s = evidence.median(Metric.TIME)
        if median_s is not None and (place < len(targets) or place == 0):
            found[f"{point_id} in {targets[place]}" if len(targets) > 1 else point_id] = median_s
    return found


def _without_points_to_come(outcome: Outcome, launch: Launch, own: Measurements) -> tuple[Outcome, str]:
    """While a launch is under way, a point that it has planned and not run is not missing."""
    planned = {point for _, point in launch.planned_points()}
    skipped = {str(skip.get("point_id")) for skip in own.skips}
    names = {outcome.name(cell): cell for cell in outcome.old.cells}
    to_come = {
        name
        for name in outcome.missing
        if not launch.end and names[name][1] in planned - skipped and _has_not_run(names[name], own)
    }
    missing = {name: reason for name, reason in outcome.missing.items() if name not in to_come}
    text = f"{counted(len(to_come), 'point')} of the baseline still to come" if to_come else ""
    return replace(outcome, missing=missing), text


def _has_not_run(cell: tuple[int, str], own: Measurements) -> bool:
    return cell[1] not in own.runs["point_id"]


def _alerts(found: Findings) -> list[Alert]:
    """A regression that is an alert as well is named once."""
    alerts = [Alert(Level(alert.level), _text(alert.change)) for alert in found.alerts]
    told = {(alert.change.cell.name, alert.change.metric) for alert in found.alerts}
    alerts += [
        Alert(Level.WARNING, f"regression: {_text(change)}")
        for change in found.regressions
        if (change.cell.name, change.metric) not in told
    ]
    return alerts


def _text(change: Change) -> str:
    return (
        f"{change.cell.name}: {change.metric} {change.new} against {change.old} of the baseline "
        f"({change.change_percent:+.1f} %, limit {change.limit})"
    )
