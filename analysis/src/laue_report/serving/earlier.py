"""Earlier launches as a table, a row each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars

from laue_report.history import read_table, results_below, table_of
from laue_report.launches import SHORT_COMMIT, Launch
from laue_report.measurements import Measurements, load
from laue_report.members import Record
from laue_report.tables import number

#: As `laue-report history` names it.
TABLE_NAME = "history.parquet"

#: Rows; the newest.
MOST_LAUNCHES = 50

HEADINGS = [
    "launched (UTC)",
    "host",
    "version",
    "tag",
    "points",
    "runs",
    "best point",
    "reconstructions/min",
    "median s",
    "file",
]


def history_of(folder: Path) -> polars.DataFrame:
    """A row per launch and point of all results files below the folder, and of a table there what they do not tell.
    Raises UnusableHistoryError, UnusableResultsError and OSError."""
    return _joined(read_table(folder / TABLE_NAME), table_of(load(results_below(folder))))


def earlier_launches(history: polars.DataFrame, live: Measurements, newest: Launch) -> Record:
    """`live`: what is followed; its newest launch comes first, marked as such."""
    rows = _joined(history, table_of(live)).sort("launched", descending=True, nulls_last=True, maintain_order=True)
    # as it is everywhere else: by the median time, not the median of the runs' own
    rows = rows.with_columns(throughput_per_min=60.0 * polars.col("parallel") / polars.col("time_p50_s"))
    launches = rows.partition_by("session_id", "source", maintain_order=True)
    launches.sort(key=lambda launch: not _is_of(newest, launch))
    is_cut = len(launches) > MOST_LAUNCHES
    return {
        "headings": HEADINGS,
        "rows": [_row(launch, _is_of(newest, launch)) for launch in launches[:MOST_LAUNCHES]],
        "note": f"{MOST_LAUNCHES} of {len(launches)} launches, the newest" if is_cut else "",
    }


def _joined(earlier: polars.DataFrame, newer: polars.DataFrame) -> polars.DataFrame:
    """Launches that both tell are taken from `newer`; those without a name go by their files."""
    is_named = polars.col("session_id") != ""
    is_told = polars.col("session_id").is_in(newer["session_id"].implode()) & is_named
    is_read_again = polars.col("source").is_in(newer["source"].implode()) & ~is_named
    return polars.concat([earlier.filter(~(is_told | is_read_again)), newer], how="diagonal")


def _is_of(launch: Launch, points: polars.DataFrame) -> bool:
    return (points["session_id"][0], points["source"][0]) == (launch.session_id, str(launch.path))


def _row(points: polars.DataFrame, is_newest: bool) -> list[str]:
    first = points.row(0, named=True)
    timed = points.filter(polars.col("throughput_per_min").is_not_null())
    best: dict[str, Any] = timed.row(int(timed["throughput_per_min"].arg_max() or 0), named=True) if len(timed) else {}
    launched = f"{first['launched']:%Y-%m-%d %H:%M}" if first["launched"] else "not recorded"
    failed = int(points["runs_failed"].sum())
    several_targets = points["target"].n_unique() > 1
    point = str(best.get("point_id", "-")) + (f" in {best['staging_dir']}" if best and several_targets else "")
    return [
        f"{launched}, this one" if is_newest else launched,
        first["host"] or "not recorded",
        _version(first),
        first["tag"] or "",
        str(points.select("staging_dir", "point_id").unique().height),
        f"{int(points['runs'].sum())}" + (f" ({failed} failed)" if failed else ""),
        point,
        number(best.get("throughput_per_min")),
        number(best.get("time_p50_s")),
        str(first["source"]),
    ]


def _version(row: Record) -> str:
    parts = [row["program_version"] or "", str(row["git_sha"] or "")[:SHORT_COMMIT]]
    return " ".join(part for part in parts if part) or "not recorded"
