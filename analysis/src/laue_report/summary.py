"""Points of results files in short: how many runs, how long, how many reconstructions per minute."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from rich.table import Table
from rich.text import Text

from laue_report.records import Record, ResultsFile


@dataclass(frozen=True)
class PointKey:
    """What must be equal for runs to be repetitions of each other: launches, targets and grids are never mixed."""

    path: Path
    session_id: str
    staging_dir: str
    point_id: str


@dataclass
class PointSummary:
    key: PointKey
    parallel: int
    wall_s: list[float] = field(default_factory=list)
    pixel_steps: float | None = None
    failed: int = 0
    attained: Record | None = None
    """What its runs made of its ceilings, as the program's summary tells; None where none were measured."""

    @property
    def median_s(self) -> float | None:
        return statistics.median(self.wall_s) if self.wall_s else None

    @property
    def throughput_per_min(self) -> float | None:
        """Reconstructions per minute at the median time."""
        return 60.0 * self.parallel / self.median_s if self.median_s else None

    @property
    def pixel_steps_per_s(self) -> float | None:
        return self.pixel_steps / self.median_s if self.pixel_steps and self.median_s else None


def _key(path: Path, record: Record) -> PointKey:
    threads = f"-t{record['threads']}" if "threads" in record else ""
    point = record.get("point_id", f"{record['mode']}-p{record['parallel']}{threads}")
    return PointKey(path, str(record.get("session_id", "")), str(record.get("staging_dir", "")), point)


def summarise(files: Iterable[ResultsFile]) -> list[PointSummary]:
    """One entry per file, session, target and point, in the order of their first run. Warm-ups are left out."""
    points: dict[PointKey, PointSummary] = {}
    for file in files:
        for record in file.of_type("run"):
            key = _key(file.path, record)
            point = points.setdefault(key, PointSummary(key, int(record["parallel"])))
            if not record["success"]:
                point.failed += 1
                continue
            wall_s = float(record["total_wall_s"])
            point.wall_s.append(wall_s)
            if record.get("pixel_steps_per_s") is not None:
                point.pixel_steps = float(record["pixel_steps_per_s"]) * wall_s
        for record in file.of_type("summary"):
            if (key := _key(file.path, record)) in points:
                points[key].attained = record.get("ceilings")
    return list(points.values())


def best_of(points: Iterable[PointSummary]) -> PointSummary | None:
    """The point with the most reconstructions per minute."""
    measured = [point for point in points if point.throughput_per_min is not None]
    return max(measured, key=lambda point: point.throughput_per_min or 0.0, default=None)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"


def _ceiling_cells(point: PointSummary) -> tuple[str, str]:
    """How much of the attainable speed the point had, and what limits it."""
    attained = point.attained or {}
    whole = attained.get("whole_fraction")
    return "-" if whole is None else f"{100 * whole:.0f} %", attained.get("bottleneck") or "-"


def summary_tables(points: Iterable[PointSummary]) -> list[Table]:
    """A table per file, session and target; the best point of each is marked."""
    groups: dict[tuple[Path, str, str], list[PointSummary]] = {}
    for point in points:
        groups.setdefault((point.key.path, point.key.session_id, point.key.staging_dir), []).append(point)
    tables = []
    for (path, session_id, staging_dir), members in groups.items():
        title = (
            f"{path}"
            + (f"  session {session_id}" if session_id else "")
            + (f"  on {staging_dir}" if staging_dir else "")
        )
        table = Table(title=Text(title), title_justify="left")
        table.add_column("point")
        for heading in ("runs", "failed", "median s", "per minute", "Mpixel-steps/s"):
            table.add_column(heading, justify="right")
        with_ceilings = any(point.attained for point in members)
        for heading in ("of attainable", "bottleneck") if with_ceilings else ():
            table.add_column(heading, justify="right")
        table.add_column("best", justify="center")
        best = best_of(members)
        for point in members:
            steps = point.pixel_steps_per_s
            table.add_row(
                point.key.point_id,
                str(len(point.wall_s) + point.failed),
                str(point.failed),
                _number(point.median_s),
                _number(point.throughput_per_min),
                _number(None if steps is None else steps * 1e-6),
                *(_ceiling_cells(point) if with_ceilings else ()),
                "*" if point is best else "",
            )
        tables.append(table)
    return tables


def skipped_lines(files: Iterable[ResultsFile]) -> list[str]:
    return [
        f"skipped {_key(file.path, record).point_id}: {record['reason']}"
        for file in files
        for record in file.of_type("skip")
    ]
