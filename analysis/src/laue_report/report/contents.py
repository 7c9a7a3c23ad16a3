"""Everything that a report says, before it becomes a page or Markdown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars

from laue_report.ceilings import ceiling_cells
from laue_report.launches import counted
from laue_report.plots.filesystems import ceilings_table, filesystem_types
from laue_report.point_table import best_row, point_table
from laue_report.report.card import Card, card_of
from laue_report.report.comparison import Comparison
from laue_report.report.figures import FigureGroup, figure_groups
from laue_report.report.pipeline import Diagram, diagram_of
from laue_report.report.reproduce import Commands, commands_of
from laue_report.report.subject import Subject
from laue_report.report.tables import Table
from laue_report.run_reasons import failure_reasons, skip_reasons
from laue_report.selection import launch_keys
from laue_report.tables import number, shown

#: Rows of a table; summary.json has all points.
MOST_ROWS = 40


@dataclass(frozen=True)
class Contents:
    subject: Subject
    card: Card
    groups: list[FigureGroup]
    points: Table
    targets: Table | None
    """Of the staging folders; None where records tell nothing of them."""
    launches: Table | None
    """Of the files, where there are several."""
    not_done: list[str]
    """Failures, skipped points and lines that were left out."""
    commands: Commands
    diagram: Diagram
    comparison: Comparison | None
    """None where no base was given."""


def contents_of(subject: Subject, comparison: Comparison | None = None) -> Contents:
    return Contents(
        subject=subject,
        card=card_of(subject),
        groups=figure_groups(subject),
        points=_points_table(subject),
        targets=_targets_table(subject),
        launches=_launches_table(subject),
        not_done=_not_done(subject),
        commands=commands_of(subject),
        diagram=diagram_of(subject),
        comparison=comparison,
    )


def _points_table(subject: Subject) -> Table:
    """By throughput, the most first."""
    ordered = subject.points.sort("throughput_per_min", descending=True, nulls_last=True, maintain_order=True)
    attained = {
        (str(record.get("staging_dir", "")), record.get("point_id")): record.get("ceilings")
        for record in subject.measurements.summaries
    }
    rows = []
    for row in ordered.head(MOST_ROWS).iter_rows(named=True):
        steps = row["pixel_steps_per_s"]
        rows.append(
            [
                shown(subject.name_of(row)),
                str(row["runs"]) + (f" ({row['failed']} failed)" if row["failed"] else ""),
                *(number(row[name]) for name in ("p50_s", "p95_s", "p99_s", "throughput_per_min")),
                number(None if steps is None else 1e-6 * steps),
                *ceiling_cells(attained.get((row["staging_dir"], row["point_id"]))),
            ]
        )
    headings = (
        "point",
        "runs",
        "p50 s",
        "p95 s",
        "p99 s",
        "per minute",
        "Mpixel-steps/s",
        "of attainable",
        "bottleneck",
    )
    return Table(headings, rows, _rows_note(ordered.height, "summary.json has all"))


def _rows_note(rows: int, where: str) -> str:
    return f"{MOST_ROWS} of {rows} rows; {where}" if rows > MOST_ROWS else ""


def _targets_table(subject: Subject) -> Table | None:
    """The fastest of what was measured of each before the first run."""
    ceilings = ceilings_table(subject.measurements).group_by("staging_dir").max()
    rates = {str(row["staging_dir"]): row for row in ceilings.iter_rows(named=True)}
    types = filesystem_types(subject.measurements)
    folders = [str(record.get("staging_dir", "")) for record in subject.measurements.stagings]
    rows = []
    for folder in dict.fromkeys(folders):
        own = rates.get(folder, {})
        best = best_row(subject.points.filter(polars.col("staging_dir") == folder))
        rows.append(
            [
                shown(folder),
                types.get(folder, "-"),
                *(_scaled(own.get(name), 1e-6) for name in ("read_bytes_per_s", "write_bytes_per_s")),
                _scaled(own.get("created_files_per_s"), 1.0),
                "-" if best is None else shown(str(best["point_id"])),
                _scaled(None if best is None else best["throughput_per_min"], 1.0),
            ]
        )
    headings = (
        "staging folder",
        "filesystem",
        "plain reading MB/s",
        "plain writing MB/s",
        "files made per s",
        "best point",
        "per minute",
    )
    return Table(headings, rows, left=2) if rows else None


def _scaled(value: Any, factor: float) -> str:
    return number(None if value is None else factor * float(value))


def _launches_table(subject: Subject) -> Table | None:
    keys = launch_keys(subject.everything)
    if len(keys) < 2:
        return None
    points = point_table(subject.everything)
    rows = []
    for key in keys[-MOST_ROWS:]:
        own = points.filter(polars.col("launch_key") == key)
        best, launch = best_row(own), subject.everything.launches.get(key)
        rows.append(
            [
                shown(launch.title() if launch else key),
                str(own["runs"].sum()),
                "-" if best is None else shown(str(best["point_id"])),
                _scaled(None if best is None else best["throughput_per_min"], 1.0),
            ]
        )
    note = (
        f"this report is of one of {len(keys)} launches, --launch takes another; launches are never averaged together"
    )
    return Table(("launch", "successful runs", "best point", "per minute"), rows, note)


def _not_done(subject: Subject) -> list[str]:
    failed = [
        f"{counted(count, 'run')} failed: {shown(reason)}" for reason, count in failure_reasons(subject.measurements)
    ]
    skipped = [
        f"{shown(', '.join(points))} skipped: {shown(reason)}"
        for reason, points in skip_reasons(subject.measurements).items()
    ]
    return failed[:MOST_ROWS] + skipped[:MOST_ROWS] + [shown(warning) for warning in subject.everything.warnings]
