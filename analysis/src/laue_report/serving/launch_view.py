"""The newest launch of a results file, as the page shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace

import polars

from laue_report.compare_report import Part
from laue_report.launches import Launch
from laue_report.measurements import Measurements
from laue_report.members import Record
from laue_report.point_table import point_table
from laue_report.selection import of_launch
from laue_report.serving.against_baseline import Against, against, baseline_medians_s
from laue_report.serving.alerts import Alert, alerts_of
from laue_report.serving.earlier import earlier_launches
from laue_report.serving.progress import (
    best_point,
    have_several_targets,
    last_run,
    last_success,
    left_s,
    newest_line_s,
    progress_of,
    silence_s,
)
from laue_report.serving.subject import Subject
from laue_report.serving.trends import POINT_HEADINGS, point_rows, trends_of


@dataclass(frozen=True)
class LaunchView:
    launch: Launch
    record: Record
    """For the page."""
    alerts: list[Alert] = field(default_factory=list)


def newest_launch(measurements: Measurements) -> Launch | None:
    return next(reversed(measurements.launches.values()), None)


def launch_view(subject: Subject, measurements: Measurements, launch: Launch) -> LaunchView:
    own = _of_one(measurements, launch)
    compared = against(subject.baseline, launch, own) if subject.baseline else None
    alerts = alerts_of(launch, own, measurements.warnings) + list(compared.alerts if compared else [])
    record = (
        _head(launch, own)
        | _speed(subject, launch, own)
        | {
            "comparison": _comparison(subject, compared),
            "history": _history(subject, measurements, launch),
        }
    )
    return LaunchView(launch, record, alerts)


def _of_one(measurements: Measurements, launch: Launch) -> Measurements:
    runs = measurements.runs.filter(polars.col("launch_id") == launch.session_id)
    ranks = measurements.ranks.join(runs.select("run"), on="run", how="semi")
    return of_launch(replace(measurements, runs=runs, ranks=ranks), launch.session_id)


def _head(launch: Launch, own: Measurements) -> Record:
    """What it is, and how far it has come."""
    progress = progress_of(launch, own)
    return {
        "title": str(launch.params.get("tag") or "") or launch.path.name,
        "launch": launch.title().removeprefix(f"{launch.path}: "),
        "work": launch.work(),
        "status": launch.end.get("status"),
        "newest_line_s": newest_line_s(launch, own),
        "silence_s": silence_s(own),
        "progress": {"text": progress.text, "fraction": progress.fraction},
        "left_s": left_s(progress, launch, own),
    }


def _speed(subject: Subject, launch: Launch, own: Measurements) -> Record:
    has_targets = have_several_targets(launch, own)
    points = point_table(own)
    baseline_s = baseline_medians_s(subject.baseline.evidence, launch) if subject.baseline else {}
    return {
        "last_run": last_run(own, has_targets),
        "last_success": last_success(own, has_targets),
        "best": best_point(points, has_targets),
        "trends": trends_of(own, has_targets, baseline_s),
        "points": {"headings": POINT_HEADINGS, "rows": point_rows(launch, points, has_targets), "note": ""},
    }


def _comparison(subject: Subject, compared: Against | None) -> Record | None:
    if subject.baseline is None or compared is None:
        return None
    return {
        "base": subject.baseline.evidence.name,
        "problem": compared.problem,
        "conclusion": compared.conclusion,
        "parts": _part_records(compared.parts),
    }


def _part_records(parts: Sequence[Part]) -> list[Record]:
    return [asdict(part) | {"headings": ["point", *part.headings]} for part in parts]


def _history(subject: Subject, measurements: Measurements, launch: Launch) -> Record | None:
    return None if subject.history is None else earlier_launches(subject.history, measurements, launch)
