"""Why there is nothing to show, as the records have it."""

from __future__ import annotations

import polars

from laue_report.launches import counted
from laue_report.measurements import Measurements
from laue_report.members import Record
from laue_report.selection import measured
from laue_report.tables import shown

#: Of the reasons of failures, the most frequent ones.
MOST_REASONS = 3


def failure_reasons(measurements: Measurements) -> list[tuple[str, int]]:
    """With how many runs failed for each, the most frequent first."""
    reasons = (
        measured(measurements)
        .filter(~polars.col("success"))
        .group_by(polars.col("error").fill_null("its record gives no reason"), maintain_order=True)
        .len()
        .sort("len", descending=True, maintain_order=True)
    )
    return [(str(reason), int(count)) for reason, count in reasons.iter_rows()]


def skip_reasons(measurements: Measurements) -> dict[str, list[str]]:
    """Points that were left out, by reason."""
    points: dict[str, list[str]] = {}
    for skip in measurements.skips:
        name = str(skip.get("point_id") or f"{skip['mode']}-p{skip['parallel']}")
        named = points.setdefault(str(skip["reason"]), [])
        if name not in named:
            named.append(name)
    return points


def why_no_run_succeeded(measurements: Measurements) -> str:
    runs = measured(measurements).height
    if runs:
        reasons = "; ".join(shown(reason) for reason, _ in failure_reasons(measurements)[:MOST_REASONS])
        return f"{counted(runs, 'run')} made, and none succeeded: {reasons}"
    if skipped := skip_reasons(measurements):
        return "no run was made: " + "; ".join(
            f"{', '.join(map(shown, points))} skipped ({shown(reason)})" for reason, points in skipped.items()
        )
    return "no run was made"


def reason_in(records: list[Record], part: str, member: str) -> str | None:
    """Why records know nothing of `part.member`, the first one that says so."""
    for record in records:
        holder = record.get(part) or {}
        reason = (holder.get("unavailable") or {}).get(member)
        if reason:
            return shown(str(reason))
    return None


def setting(measurements: Measurements, name: str) -> object:
    """An option of the newest launch; None where no record tells."""
    launches = list(measurements.launches.values())
    return launches[-1].params.get(name) if launches else None
