"""Runs and ranks as tables for other programs."""

from __future__ import annotations

from enum import Enum
from io import BytesIO

import polars

from laue_report.measurements import Measurements

#: Of a run, what tells in the table of ranks which one it was.
_RUN_NAMES = ["run", "session_id", "launch_id", "staging_dir", "point_id", "run_index", "run_id", "is_warmup"]

#: Between the flags of a run in a cell: none of them has it.
LIST_SEPARATOR = ";"


class Rows(Enum):
    """What each row of an exported table is."""

    RUNS = "runs"
    RANKS = "ranks"


def exported_table(measurements: Measurements, rows: Rows, sessions: list[str]) -> polars.DataFrame:
    """Of these launches; warm-ups and failed runs are rows like others, which is_warmup and success tell."""
    runs = measurements.runs.filter(polars.col("session_id").is_in(sessions))
    if rows is Rows.RUNS:
        return runs
    return runs.select(_RUN_NAMES).join(measurements.ranks, on="run", maintain_order="right")


def csv_of(table: polars.DataFrame) -> bytes:
    """With a line of headings; what is not known is empty."""
    lists = [name for name, kind in table.schema.items() if isinstance(kind, polars.List)]
    flat = table.with_columns(polars.col(name).list.join(LIST_SEPARATOR) for name in lists)
    return flat.write_csv().encode("utf-8")


def parquet_of(table: polars.DataFrame) -> bytes:
    buffer = BytesIO()
    table.write_parquet(buffer)
    return buffer.getvalue()
