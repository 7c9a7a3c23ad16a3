"""What somebody who watches a launch should know at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from enum import Enum

from laue_report.findings import Severity, findings_of
from laue_report.launches import Launch, counted
from laue_report.measurements import Measurements
from laue_report.members import Record
from laue_report.run_reasons import failure_reasons
from laue_report.serving.progress import Progress, progress_of


class Level(Enum):
    """Values are known to the page and to configs/thresholds.json."""

    CRITICAL = "critical"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Alert:
    level: Level
    text: str


def alerts_of(launch: Launch, own: Measurements, warnings: Iterable[str]) -> list[Alert]:
    """Of the launch itself, whatever a baseline says."""
    found = [
        Alert(Level.CRITICAL, f"{counted(count, 'run')} failed: {reason}") for reason, count in failure_reasons(own)
    ]
    found += _ending(launch, progress_of(launch, own))
    found += [
        Alert(Level.WARNING, finding.text)
        for finding in findings_of(own, launch.session_id)
        if finding.severity is Severity.WARNING
    ]
    return found + [Alert(Level.NOTE, warning) for warning in warnings]


def in_order(alerts: Sequence[Alert]) -> list[Alert]:
    """The gravest first."""
    order = list(Level)
    return sorted(alerts, key=lambda alert: order.index(alert.level))


def _ending(launch: Launch, progress: Progress) -> list[Alert]:
    """How it ended, where that is not as planned."""
    if not launch.end:
        return []
    not_made = 0 if progress.planned is None else max(0, progress.planned - progress.done)
    text = launch.ending(not_made)
    level = Level.CRITICAL if launch.end.get("status") == "failed" else Level.WARNING
    return [Alert(level, text)] if text else []


def throttled_gpus(hardware: Record | None) -> list[Alert]:
    """By the newest line of telemetry."""
    if not hardware or not hardware["gpus"]:
        return []
    when = f"{datetime.fromtimestamp(hardware['unix_time_s'] or 0.0, timezone.utc):%H:%M:%S} UTC"
    return [
        Alert(Level.WARNING, f"GPU {gpu['uuid']} held back its clocks at {when} ({gpu['cells'][-1]})")
        for gpu in hardware["gpus"]
        if gpu["is_throttled"]
    ]
