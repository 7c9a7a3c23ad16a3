"""What points made of their ceilings, as the program's summaries tell."""

from __future__ import annotations

from collections.abc import Mapping

from laue_report.members import Record

CEILING_HEADINGS = ("of attainable", "bottleneck")

ABOVE = (
    "above 100 % of the attainable (ceilings are measured apart, before the runs: the machine may have been slower "
    "then, or have read from disk what the runs found in memory, and runs may read less than the whole file)"
)


def _percent(attained: Record) -> int | None:
    whole = attained.get("whole_fraction")
    return None if whole is None else round(100 * whole)


def ceiling_cells(attained: Record | None) -> tuple[str, str]:
    """How much of the attainable speed a point had, and what limits it."""
    percent = _percent(attained or {})
    return "-" if percent is None else f"{percent} %", (attained or {}).get("bottleneck") or "-"


def above_ceilings_note(attained: Mapping[str, Record | None]) -> str | None:
    """How a run can be faster than what it could attain. `attained` are by point."""
    above = [point for point, found in attained.items() if (_percent(found or {}) or 0) > 100]
    return f"{ABOVE}: {', '.join(above)}" if above else None


def without_ceilings_notes(attained: Mapping[str, Record | None]) -> list[str]:
    """Why a point's share of the attainable is not known, a line for each reason. `attained` are by point."""
    points: dict[str, list[str]] = {}
    for point, found in attained.items():
        reason = ((found or {}).get("unavailable") or {}).get("whole_fraction")
        if reason:
            points.setdefault(reason, []).append(point)
    return [f"share of the attainable not known ({reason}): {', '.join(named)}" for reason, named in points.items()]
