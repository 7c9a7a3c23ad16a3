"""Many launches in one table, a row for each of their points on each target, kept as a Parquet file that grows."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import polars as pl

from laue_report.collecting import measured_runs, places_of_targets
from laue_report.launches import Launch
from laue_report.measurements import Measurements, load
from laue_report.members import Record

_TEXT, _WHOLE, _NUMBER = pl.String(), pl.Int64(), pl.Float64()

#: Columns of the table. A row is a launch's point on a target.
SCHEMA: dict[str, Any] = {
    "session_id": _TEXT,
    "source": _TEXT,  # results file
    "launched": pl.Datetime("us", "UTC"),
    "host": _TEXT,
    "program_version": _TEXT,
    "git_sha": _TEXT,
    "tag": _TEXT,
    "target": _WHOLE,  # place of the staging folder, from 1
    "staging_dir": _TEXT,
    "filesystem": _TEXT,
    "point_id": _TEXT,
    "mode": _TEXT,
    "parallel": _WHOLE,
    "threads": _WHOLE,
    "precision": _TEXT,
    "images": _WHOLE,
    "rows": _WHOLE,
    "columns": _WHOLE,
    "depths": _WHOLE,
    "runs": _WHOLE,  # successful ones, which all that follows is of
    "runs_failed": _WHOLE,
    "time_p50_s": _NUMBER,
    "time_p95_s": _NUMBER,
    "throughput_per_min": _NUMBER,
    "peak_memory_bytes": _NUMBER,
    "gpu_peak_memory_bytes": _NUMBER,
    "energy_j_per_reconstruction": _NUMBER,
    "depth_error_um_rms": _NUMBER,
    "intensity_recovered": _NUMBER,
    "cache_state": _TEXT,
}

#: What makes a row the same one.
_KEY = ("session_id", "source", "staging_dir", "point_id")

#: Of runs.
_GROUP = ["launch_id", "path", "staging_dir", "point_id"]


class UnusableHistoryError(Exception):
    """A table that cannot be extended, or a folder in which there is nothing for one."""


@dataclass(frozen=True)
class Extension:
    table: pl.DataFrame
    launches_read: int
    rows_kept: int
    """Of launches whose files are no longer there."""
    warnings: list[str]


def results_below(folder: Path) -> list[Path]:
    """Files of JSON lines; whether they are of laue-bench shows when they are read."""
    return sorted(path for path in folder.rglob("*.jsonl") if path.is_file())


def _launched(params: Record) -> datetime | None:
    unix_time_s = params.get("unix_time_s")
    if isinstance(unix_time_s, int | float):
        return datetime.fromtimestamp(unix_time_s, timezone.utc)
    try:
        return datetime.strptime(str(params.get("ts")), "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
    except ValueError:
        return None


def _launch_cells(launch: Launch) -> Record:
    params = launch.params
    scan = params.get("scan") or {}
    program = (params.get("environment") or {}).get("program") or {}
    return {
        "launched": _launched(params),
        "host": (params.get("host") or {}).get("hostname"),
        "program_version": program.get("version"),
        "git_sha": (params.get("git") or {}).get("sha"),
        "tag": params.get("tag") or None,
        **{name: scan.get(name) for name in ("images", "rows", "columns", "depths")},
    }


def _states(group: Iterable[str]) -> str | None:
    """`warm`, or `partial, warm` where a point's runs differ."""
    return ", ".join(sorted(set(group))) or None


def _aggregated(measurements: Measurements) -> pl.DataFrame:
    """By _GROUP; figures are of the successful runs."""
    accuracy = measurements.ranks.group_by("run").agg(
        pl.col("depth_error_um_rms").max(), pl.col("intensity_recovered").median()
    )
    runs = measured_runs(measurements).join(accuracy, on="run", how="left", maintain_order="left")
    good = pl.col("success")

    def of_good(name: str) -> pl.Expr:
        return pl.col(name).filter(good)

    return runs.group_by(_GROUP, maintain_order=True).agg(
        *(pl.col(name).first() for name in ("mode", "parallel", "threads", "precision")),
        good.sum().alias("runs"),
        (~good).sum().alias("runs_failed"),
        of_good("total_wall_s").median().alias("time_p50_s"),
        of_good("total_wall_s").quantile(0.95, interpolation="linear").alias("time_p95_s"),
        of_good("throughput_per_min").median(),
        of_good("peak_rss_bytes").median().alias("peak_memory_bytes"),
        of_good("gpu_peak_memory_bytes").median(),
        (of_good("total_j") / of_good("parallel")).median().alias("energy_j_per_reconstruction"),
        of_good("depth_error_um_rms").median(),
        of_good("intensity_recovered").median(),
        of_good("cache_state").drop_nulls().alias("cache_states"),
    )


def table_of(measurements: Measurements) -> pl.DataFrame:
    launches = measurements.launches
    places = places_of_targets(launches.values(), measured_runs(measurements))
    filesystems = {
        (staging.get("session_id", ""), staging.get("staging_dir")): (staging.get("filesystem") or {}).get("type")
        for staging in measurements.stagings
    }
    cells_of = {session_id: _launch_cells(launch) for session_id, launch in launches.items()}
    rows = []
    for row in _aggregated(measurements).iter_rows(named=True):
        session_id = row.pop("launch_id")
        place = session_id, row["staging_dir"]
        more = {"target": places[place] + 1, "filesystem": filesystems.get(place), "session_id": session_id}
        more |= {"source": row.pop("path"), "cache_state": _states(row.pop("cache_states"))}
        rows.append(row | cells_of[session_id] | more)
    return pl.DataFrame(rows, schema=SCHEMA, strict=False)


def read_table(path: Path) -> pl.DataFrame:
    """Empty where there is none. Raises UnusableHistoryError."""
    if not path.exists():
        return pl.DataFrame(schema=SCHEMA)
    try:
        table = pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise UnusableHistoryError(f"cannot use {path} ({str(error).splitlines()[0]}): {_EXPECTED}") from error
    wrong = [name for name, kind in SCHEMA.items() if name in table.columns and table.schema[name] != kind]
    missing = [name for name in _KEY if name not in table.columns]
    if wrong or missing:
        raise UnusableHistoryError(f"cannot use {path} (column {(wrong + missing)[0]} is not as expected): {_EXPECTED}")
    return table


_EXPECTED = "give a folder with a table that laue-report history made, or a new one"


def _without_those_of(table: pl.DataFrame, found: pl.DataFrame, launches: Sequence[str]) -> pl.DataFrame:
    """Rows that `found` does not tell anew: of other launches or, where no launch is named, of other files."""
    is_named = pl.col("session_id") != ""
    is_told = pl.col("session_id").is_in(list(launches)) & is_named
    is_read_again = pl.col("source").is_in(found["source"].unique().to_list()) & ~is_named
    return table.filter(~(is_told | is_read_again))


def extended(table: pl.DataFrame, folder: Path) -> Extension:
    """With the launches of all results files below `folder`. Raises UnusableHistoryError, UnusableResultsError and
    OSError."""
    measurements = load(results_below(folder))
    found = table_of(measurements)
    kept = _without_those_of(table, found, list(measurements.launches))
    if not len(found) and not len(kept):
        raise UnusableHistoryError(
            f"nothing to show (no results file below {folder} has a run): give the folder that holds results files"
        )
    joined = pl.concat([kept, found], how="diagonal").sort(
        "launched", "session_id", "target", nulls_last=True, maintain_order=True
    )
    return Extension(joined, found["session_id"].n_unique(), len(kept), measurements.warnings)


def write_table(path: Path, table: pl.DataFrame) -> None:
    """Whole or not at all. Raises OSError."""
    half_made = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        table.write_parquet(half_made)
        half_made.replace(path)
    finally:
        half_made.unlink(missing_ok=True)
