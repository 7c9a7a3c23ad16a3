"""How far a launch has come: runs done of those planned, the last one, the best point, how much time may be left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars

from laue_report.launches import Launch, counted
from laue_report.measurements import Measurements
from laue_report.members import Record
from laue_report.point_table import best_row
from laue_report.selection import measured
from laue_report.tables import number

#: A launch is not given up before so many seconds without a line, nor before so many times its longest run.
LEAST_SILENCE_S, SILENT_RUNS = 600.0, 5.0


@dataclass(frozen=True)
class Progress:
    done: int
    """Measured runs, failed ones included."""
    failed: int
    planned: int | None
    """None where the runs themselves tell how many are made."""
    warmups: int
    points_done: int
    points_planned: int

    @property
    def text(self) -> str:
        runs = counted(self.done, "run") if self.planned is None else f"{self.done} of {counted(self.planned, 'run')}"
        parts = [
            f"{runs} done" + (f" ({self.failed} failed)" if self.failed else ""),
            f"{self.points_done} of {counted(self.points_planned, 'point')} finished" if self.points_planned else "",
            f"{counted(self.warmups, 'warm-up')} besides" if self.warmups else "",
        ]
        return ", ".join(part for part in parts if part)

    @property
    def fraction(self) -> float | None:
        if self.planned:
            return min(1.0, self.done / self.planned)
        return self.points_done / self.points_planned if self.points_planned else None


def progress_of(launch: Launch, own: Measurements) -> Progress:
    """`own`: of this launch alone."""
    runs = measured(own)
    points = launch.planned_points()
    runs_of_each = None if launch.repeats_to_target() or launch.sustain_s() is not None else launch.planned_runs()
    return Progress(
        runs.height,
        runs.height - int(runs["success"].sum()),
        runs_of_each * len(points) if runs_of_each is not None and points else None,
        own.runs.height - runs.height,
        len(own.summaries),
        len(points),
    )


def name_of(row: Record, has_targets: bool) -> str:
    """Of a point, with its folder where the launch has several."""
    return f"{row['point_id']} in {row['staging_dir']}" if has_targets else str(row["point_id"])


def have_several_targets(launch: Launch, own: Measurements) -> bool:
    return len(launch.params.get("staging_dirs", [])) > 1 or own.runs["staging_dir"].n_unique() > 1


def last_run(own: Measurements, has_targets: bool) -> Record | None:
    """The run that was recorded last, warm-ups left out."""
    runs = measured(own)
    if not runs.height:
        return None
    row = runs.row(-1, named=True)
    return {
        "point": name_of(row, has_targets),
        "run": row["run_index"],
        "unix_time_s": row["unix_time_s"],
        "success": row["success"],
        "error": row["error"],
    }


def last_success(own: Measurements, has_targets: bool) -> Record | None:
    """What the last successful run told of speed."""
    runs = measured(own).filter("success")
    if not runs.height:
        return None
    row = runs.row(-1, named=True)
    return {
        "point": name_of(row, has_targets),
        "time_s": number(row["total_wall_s"]),
        "throughput_per_min": number(_throughput(row)),
    }


def _throughput(row: Record) -> float | None:
    """The predecessor's records do not tell; a time of 0 is one that the clock could not."""
    told: float | None = row["throughput_per_min"]
    if told is not None or not row["total_wall_s"]:
        return told
    return 60.0 * float(row["parallel"]) / float(row["total_wall_s"])


def best_point(points: polars.DataFrame, has_targets: bool) -> Record | None:
    """The most reconstructions per minute at the median so far."""
    row: dict[str, Any] | None = best_row(points)
    if row is None:
        return None
    return {"point": name_of(row, has_targets), "throughput_per_min": number(row["throughput_per_min"])}


def left_s(progress: Progress, launch: Launch, own: Measurements) -> float | None:
    """At the pace so far, by wall clock: for people who wait, no measurement. None where nothing tells yet."""
    times = own.runs.filter(polars.col("session_id") == launch.session_id)["unix_time_s"].drop_nulls()
    if launch.end or progress.planned is None or times.len() < 2:
        return None
    passed_s = float(times[-1]) - float(times[0])
    return max(0.0, passed_s / (times.len() - 1) * (progress.planned - progress.done))


def silence_s(own: Measurements) -> float:
    """Without a new line for so long, a launch that has no end may have been killed."""
    longest: Any = own.runs["total_wall_s"].max()
    return max(LEAST_SILENCE_S, SILENT_RUNS * float(longest or 0.0))


def newest_line_s(launch: Launch, own: Measurements) -> float | None:
    """When the launch's last record was made; its warm-ups and the like count too."""
    records = [launch.params, launch.end, *own.summaries, *own.ceilings, *own.stagings, *own.skips]
    told = [record.get("unix_time_s") for record in records if record.get("session_id") == launch.session_id]
    told += own.runs["unix_time_s"].drop_nulls().to_list()
    return max((float(value) for value in told if isinstance(value, int | float)), default=None)
