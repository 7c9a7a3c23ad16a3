"""What results files hold, as tables: one row per run and one per rank of a run.

Files are read line by line. Run records, which make up nearly all of a file, are not kept: a file of 100,000 of them,
1 GB, would take ten times as much as Python's objects.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars

from laue_report.clocks import clock_cells
from laue_report.columns import (
    NUMBER,
    RANK_COLUMNS,
    RUN_COLUMNS,
    TEXT,
    TEXTS,
    TRUTH,
    WHOLE,
    CellReader,
    Cells,
    TableBuilder,
)
from laue_report.duplicates import Duplicates
from laue_report.launches import Launch, resumed_by
from laue_report.members import Record
from laue_report.points import point_id_of
from laue_report.records import RUN_TYPES, LastLine, ResultsFile, WrongLine, lines_of
from laue_report.run_notes import failure_reason


@dataclass(frozen=True)
class Measurements:
    """All that reports need of results files, each record once."""

    launches: dict[str, Launch]
    """By session, in the order of their first records; `kernel` records are no launches."""
    runs: polars.DataFrame
    """One row per `run` or `warmup` record."""
    ranks: polars.DataFrame
    """One row per entry of `per_proc`; `run` is the row of its run."""
    summaries: list[Record]
    ceilings: list[Record]
    stagings: list[Record]
    skips: list[Record]
    kernels: list[Record]
    files: list[ResultsFile]
    """Without their records."""

    @property
    def warnings(self) -> list[str]:
        """What a reader of figures from these files should know, one sentence each."""
        return [warning for file in self.files for warning in file.warnings()]


_RUN_CELLS = CellReader(RUN_COLUMNS)
_RANK_CELLS = CellReader(RANK_COLUMNS)

#: Worked out of the record, in front of the cells that stand in it.
_RUN_HEAD = {
    "run": WHOLE,
    "path": TEXT,
    "session_id": TEXT,
    "staging_dir": TEXT,
    "point_id": TEXT,
    "nodes": WHOLE,
    "is_warmup": TRUTH,
    "success": TRUTH,
    "total_wall_s": NUMBER,
    "flags": TEXTS,
    "error": TEXT,
    "cpu_clock_end_mhz": NUMBER,
    "gpu_clock_end_mhz": NUMBER,
    "gpu_throttle_reasons": TEXTS,
}
_RANK_HEAD = {"run": WHOLE, "cpus": WHOLE}


def _as_number(value: Any) -> float | None:
    """Of a failed run's time, which may be anything."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _node_count(record: Record) -> int | None:
    ranks_on_nodes = record.get("ranks_on_nodes")
    if isinstance(ranks_on_nodes, list):
        return sum(1 for ranks in ranks_on_nodes if ranks)
    hosts = {rank.get("host") for rank in record.get("per_proc", [])}
    return len(hosts) if hosts and None not in hosts else None


def _run_head(run: int, path: Path, record: Record) -> Cells:
    return [
        run,
        str(path),
        str(record.get("session_id", "")),
        str(record.get("staging_dir", "")),
        point_id_of(record),
        _node_count(record),
        record["type"] == "warmup",
        record["success"],
        _as_number(record.get("total_wall_s")),
        record.get("flags", []),
        None if record["success"] else failure_reason(record),
        *clock_cells(record),
    ]


def _rank_head(run: int, rank: Record) -> Cells:
    cpus = rank.get("cpus")
    return [run, len(cpus) if isinstance(cpus, list) else None]


class Loader:
    """Reads files into tables; files that grow may be read on."""

    def __init__(self) -> None:
        self._files: list[ResultsFile] = []
        self._duplicates = Duplicates()
        self._launches: dict[str, Launch] = {}
        self._others: dict[str, list[Record]] = {}
        self._run_count = 0
        self._runs = TableBuilder(_RUN_HEAD | _RUN_CELLS.schema)
        self._ranks = TableBuilder(_RANK_HEAD | _RANK_CELLS.schema)

    def add(self, path: Path) -> ResultsFile:
        """A file to read."""
        self._files.append(ResultsFile(path))
        return self._files[-1]

    def read(self, file: ResultsFile, last_line: LastLine = LastLine.WHOLE, most_bytes: int | None = None) -> int:
        """What is new in a file that was added; the number of its records. Stops behind the line with which
        `most_bytes` are reached. Raises UnusableResultsError and OSError."""
        before = file.record_count
        end_bytes = math.inf if most_bytes is None else file.read_bytes + most_bytes
        for line in lines_of(file, last_line):
            if isinstance(line, WrongLine):
                file.wrong_lines.append(replace(line, record={}))
            elif self._duplicates.is_known(file.path, line):
                file.repeated_lines.append(line.number)
            else:
                self._add(file.path, line.record)
                file.record_count += 1
            if file.read_bytes >= end_bytes:
                break
        return file.record_count - before

    def measurements(self) -> Measurements:
        return Measurements(
            launches=dict(self._launches),
            runs=_with_launch_ids(self._runs.table(), self._launches),
            ranks=self._ranks.table(),
            summaries=list(self._others.get("summary", [])),
            ceilings=list(self._others.get("ceiling", [])),
            stagings=list(self._others.get("staging", [])),
            skips=list(self._others.get("skip", [])),
            kernels=list(self._others.get("kernel", [])),
            files=list(self._files),
        )

    def _add(self, path: Path, record: Record) -> None:
        kind = record["type"]
        if kind == "kernel":
            self._others.setdefault(kind, []).append(record)
            return
        session_id = str(record.get("session_id", ""))
        launch = self._launches.setdefault(session_id, Launch(path, session_id))
        if kind in RUN_TYPES:
            # without a session nothing tells launches apart, but files do
            self._add_run(launch.path if session_id else path, record)
        elif kind in ("params", "end"):
            launch.tell(record)
        else:
            self._others.setdefault(kind, []).append(record)

    def _add_run(self, path: Path, record: Record) -> None:
        self._runs.add(_run_head(self._run_count, path, record) + _RUN_CELLS.cells(record))
        for rank in record.get("per_proc", []):
            self._ranks.add(_rank_head(self._run_count, rank) + _RANK_CELLS.cells(rank))
        self._run_count += 1


def _with_launch_ids(runs: polars.DataFrame, launches: dict[str, Launch]) -> polars.DataFrame:
    """A successful run also counts for the launches that went on with its own; a failed one they made again."""
    last = {session_id: later[-1] for session_id, later in resumed_by(launches).items()}
    session_id = polars.col("session_id")
    launch_id = polars.when("success").then(session_id.replace(last)).otherwise(session_id)
    return runs.with_columns(launch_id=launch_id)


def load(paths: Sequence[Path]) -> Measurements:
    """Each record once, however many of the files have it. Raises UnusableResultsError and OSError."""
    loader = Loader()
    for path in paths:
        loader.read(loader.add(path))
    return loader.measurements()
