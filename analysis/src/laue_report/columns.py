"""Columns of the tables of runs and ranks, and the members of records that they hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import polars

Record = dict[str, Any]
Cells = list[Any]

#: Members of `per_proc[].phases`: what the pipeline thread did, which adds up to `elapsed_s`, and what kept it or
#: others busy meanwhile. The predecessor's records have none.
PIPELINE_PHASES = ("open_s", "wait_read_s", "compute_s", "wait_write_s", "fsync_s", "close_s", "other_s")
BUSY_PHASES = (
    "read_s",
    "decompress_s",
    "copy_to_device_s",
    "kernel_s",
    "convert_s",
    "copy_to_host_s",
    "compress_s",
    "write_s",
)

TEXT, WHOLE, NUMBER, TRUTH, TEXTS = (
    polars.String(),
    polars.Int64(),
    polars.Float64(),
    polars.Boolean(),
    polars.List(polars.String()),
)

#: What a member must be in JSON, so that a column can hold it.
_JSON_TYPES: dict[polars.DataType, list[str]] = {
    TEXT: ["string", "null"],
    WHOLE: ["integer", "null"],
    NUMBER: ["number", "null"],
    TRUTH: ["boolean", "null"],
}


@dataclass(frozen=True)
class Column:
    name: str
    kind: polars.DataType
    part: str
    """Object of the record that has the member; empty where the record has it itself."""
    member: str


def _columns(kind: polars.DataType, part: str, *members: str, **renamed: str) -> list[Column]:
    """`renamed`: columns by member."""
    own = [Column(member, kind, part, member) for member in members]
    return own + [Column(name, kind, part, member) for member, name in renamed.items()]


#: Of runs, what stands in the record as it is; other columns are worked out.
RUN_COLUMNS = [
    *_columns(TEXT, "", "mode", "precision", "output_layout", "output_compression", "run_id"),
    *_columns(WHOLE, "", "parallel", "threads", "run_index", "order_index"),
    *_columns(NUMBER, "", "unix_time_s", "start_skew_s", "throughput_per_min", "pixel_steps_per_s"),
    *_columns(NUMBER, "", "depth_voxels_per_s", "bytes_per_s", "imbalance"),
    *_columns(TEXT, "cache", state="cache_state"),
    *_columns(NUMBER, "cache", "from_device_fraction"),
    *_columns(NUMBER, "energy", "cpu_j", "gpu_j", "total_j"),
]

RANK_COLUMNS = [
    *_columns(WHOLE, "", "i", "rank", "return_code", "threads_asked", "threads_counted"),
    *_columns(TEXT, "", "host", "error", "read_path", "write_path"),
    *_columns(NUMBER, "", "start_s", "end_s", "elapsed_s", "digest_s", "read_back_s"),
    *_columns(TRUTH, "", "success"),
    *_columns(TEXT, "gpu", uuid="gpu_uuid"),
    *_columns(WHOLE, "gpu", index="gpu_index", peak_memory_used_bytes="gpu_peak_memory_bytes"),
    *_columns(NUMBER, "phases", *PIPELINE_PHASES, *BUSY_PHASES),
    *_columns(WHOLE, "io", "bytes_read", "bytes_written", "files_written"),
    *_columns(WHOLE, "memory", "limit_bytes", "peak_rss_bytes", "device_bytes"),
    *_columns(NUMBER, "cache", "resident_before"),
    *_columns(NUMBER, "usage", "user_s", "system_s"),
    *_columns(WHOLE, "usage", "voluntary_switches", "involuntary_switches"),
    *_columns(WHOLE, "usage", "read_from_device_bytes", "written_to_device_bytes"),
    *_columns(NUMBER, "accuracy", "depth_error_um_rms", "depth_error_um_max", "intensity_recovered"),
    *_columns(WHOLE, "accuracy", "grains_judged", "grains_left_out"),
    *_columns(TEXT, "unavailable", accuracy="accuracy_unknown_why"),
]


def _by_part(columns: Sequence[Column]) -> Iterator[tuple[str, list[Column]]]:
    for part, group in groupby(sorted(columns, key=lambda column: column.part), key=lambda column: column.part):
        yield part, list(group)


def wanted_properties(columns: Sequence[Column]) -> dict[str, Any]:
    """JSON Schema of the members; a part that is no object at all, as the predecessor may have it, tells nothing."""
    found: dict[str, Any] = {}
    for part, members in _by_part(columns):
        properties = {column.member: {"type": _JSON_TYPES[column.kind]} for column in members}
        found |= {part: {"properties": properties}} if part else properties
    return found


class CellReader:
    """Takes the cells of one row after the other out of records."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._parts = [(part, [column.member for column in members]) for part, members in _by_part(columns)]
        ordered = [column for _, members in _by_part(columns) for column in members]
        self.schema = {column.name: column.kind for column in ordered}
        """Names and types of the cells, in their order."""

    def cells(self, record: Record) -> Cells:
        """None where the record does not tell."""
        found: Cells = []
        for part, members in self._parts:
            holder = record.get(part) if part else record
            found += map(holder.get, members) if isinstance(holder, dict) else [None] * len(members)
        return found


class TableBuilder:
    """Puts rows into a table, a chunk at a time: Python's own objects take several times as much memory."""

    CHUNK_ROWS = 10_000

    #: A table of a file that grows is asked for every few rows; its chunks are joined when they have become so many.
    MOST_CHUNKS = 64

    def __init__(self, schema: dict[str, polars.DataType]) -> None:
        self._schema = schema
        self._rows: list[Cells] = []
        self._chunks = [polars.DataFrame(schema=schema)]

    def add(self, row: Cells) -> None:
        """Cells in the order of the schema."""
        self._rows.append(row)
        if len(self._rows) >= self.CHUNK_ROWS:
            self._close_chunk()

    def table(self) -> polars.DataFrame:
        self._close_chunk()
        if len(self._chunks) > self.MOST_CHUNKS:
            self._chunks = [polars.concat(self._chunks, rechunk=True)]
        return polars.concat(self._chunks, rechunk=False)

    def _close_chunk(self) -> None:
        if not self._rows:
            return
        cells_by_column = zip(*self._rows, strict=True)
        # not strict: a whole number may be written as 4.0, and one that no column can hold is left out
        self._chunks.append(
            polars.DataFrame(
                [
                    polars.Series(name, cells, dtype=kind, strict=False)
                    for (name, kind), cells in zip(self._schema.items(), cells_by_column, strict=True)
                ]
            )
        )
        self._rows = []
