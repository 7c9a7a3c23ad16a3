"""Time and throughput of each point's runs as they come, and the points as a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars

from laue_report.launches import Launch, counted
from laue_report.measurements import Measurements
from laue_report.members import Record
from laue_report.selection import measured
from laue_report.serving.progress import name_of
from laue_report.tables import number

#: Drawn are the last ones: a page is no place for a hundred thousand, and a browser would be busy with nothing else.
MOST_RUNS = 2000

POINT_HEADINGS = ["point", "runs", "median s", "min-max s", "reconstructions/min"]

_WALL_S = polars.col("total_wall_s")


def trends_of(own: Measurements, has_targets: bool, baseline_s: Mapping[str, float]) -> Record:
    """`baseline_s`: median seconds by the points' names."""
    runs = measured(own).with_columns(place=polars.int_range(1, polars.len() + 1))
    drawn = runs.tail(MOST_RUNS).filter(polars.col("success") & (_WALL_S > 0.0))
    series = [
        _series(frame, has_targets, baseline_s)
        for _, frame in drawn.group_by("staging_dir", "point_id", maintain_order=True)
    ]
    left_out = runs.height - MOST_RUNS
    note = f"the last {MOST_RUNS} of {counted(runs.height, 'run')} are drawn" if left_out > 0 else ""
    return {"series": sorted(series, key=lambda entry: str(entry["name"])), "note": note}


def _series(runs: polars.DataFrame, has_targets: bool, baseline_s: Mapping[str, float]) -> Record:
    throughput = polars.col("throughput_per_min").fill_null(60.0 * polars.col("parallel") / _WALL_S)
    row = runs.row(0, named=True)
    name = name_of(row, has_targets)
    time_s = baseline_s.get(name)
    return {
        "name": name,
        "place": runs["place"].to_list(),
        "time_s": runs["total_wall_s"].to_list(),
        "throughput_per_min": runs.select(throughput)["throughput_per_min"].to_list(),
        "baseline_s": time_s,
        "baseline_per_min": 60.0 * float(row["parallel"]) / time_s if time_s else None,
    }


def point_rows(launch: Launch, points: polars.DataFrame, has_targets: bool) -> list[list[str]]:
    """In the order of the grid, points that have not run yet included; `points` as point_table has them."""
    found: dict[tuple[str, str], dict[str, Any]] = {
        (row["staging_dir"], row["point_id"]): row for row in points.iter_rows(named=True)
    }
    planned = launch.planned_points()
    keys = [*planned, *(key for key in found if key not in set(planned))]
    return [_row(launch, key, found.get(key), has_targets) for key in keys]


def _row(launch: Launch, key: tuple[str, str], point: dict[str, Any] | None, has_targets: bool) -> list[str]:
    name = name_of({"staging_dir": key[0], "point_id": key[1]}, has_targets)
    is_planned = not launch.repeats_to_target() and launch.sustain_s() is None and launch.planned_runs() is not None
    of = f"/{launch.planned_runs()}" if is_planned else ""
    if point is None:
        return [name, f"0{of}", "-", "-", "-"]
    failed = f" ({point['failed']} failed)" if point["failed"] else ""
    spread = f"{number(point['min_s'])}-{number(point['max_s'])}" if point["runs"] > 1 else "-"
    return [
        name,
        f"{point['runs']}{of}{failed}",
        number(point["p50_s"]),
        spread,
        number(point["throughput_per_min"]),
    ]
