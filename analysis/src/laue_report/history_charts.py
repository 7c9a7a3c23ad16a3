"""What a history is drawn from: time, memory and energy by date, host and version, and time by size."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

import polars as pl

from laue_report.launches import SHORT_COMMIT, counted
from laue_report.tables import shown

NOT_RECORDED = "not recorded"

#: Ratio of values beyond which an axis is logarithmic.
WIDE_RANGE = 20.0


class Axis(Enum):
    DATE = "date"
    CATEGORY = "category"
    LOG = "log"


@dataclass(frozen=True)
class Quantity:
    """What is drawn upwards."""

    name: str
    column: str
    title: str
    factor: float = 1.0
    """From the column's unit to that of the title."""
    upper_column: str | None = None
    """Where a bar above each value ends."""
    note: str = ""


QUANTITIES = (
    Quantity(
        "time",
        "time_p50_s",
        "time of a run, s",
        upper_column="time_p95_s",
        note="Median of a launch's successful runs; the bar above it ends at their 95th percentile.",
    ),
    Quantity(
        "memory",
        "peak_memory_bytes",
        "peak memory, MB",
        1e-6,
        note="Largest peak of a run's ranks, median of a launch's successful runs; 1 MB is 10^6 bytes.",
    ),
    Quantity(
        "gpu_memory",
        "gpu_peak_memory_bytes",
        "peak GPU memory, MB",
        1e-6,
        note="Largest peak of a run's GPUs, median of a launch's successful runs; 1 MB is 10^6 bytes.",
    ),
    Quantity(
        "energy",
        "energy_j_per_reconstruction",
        "energy of a reconstruction, J",
        note="Processor packages and GPUs of a run, over its reconstructions; median of a launch's successful runs.",
    ),
)

_LEGEND_NOTE = "All charts of it have the colours and signs of the first."

SIZE_NOTE = "Median time of a run over the size of one reconstruction: pixels x images x depth images."


@dataclass(frozen=True)
class Series:
    """Values that belong together, in the order of their launches."""

    name: str
    point: str
    xs: list[Any]
    ys: list[float]
    uppers: list[float] | None
    labels: list[str]
    """Of each value, for who looks closer."""


@dataclass(frozen=True)
class Chart:
    name: str
    axis: Axis
    x_title: str
    y_title: str
    categories: list[str]
    """In their order, of a CATEGORY axis."""
    series: list[Series]

    @property
    def has_log_y(self) -> bool:
        """Where the small would lie on the ground beside the large."""
        ys = [y for series in self.series for y in series.ys if y > 0.0]
        return self.axis is Axis.LOG or (bool(ys) and max(ys) > WIDE_RANGE * min(ys))


@dataclass(frozen=True)
class Section:
    """Charts of one quantity; none where no launch tells it."""

    name: str
    title: str
    note: str
    charts: list[Chart]


Row = dict[str, Any]


def _version(row: Row) -> str:
    sha = (row["git_sha"] or "")[:SHORT_COMMIT]
    return " ".join(text for text in (row["program_version"], sha) if text) or NOT_RECORDED


def _host(row: Row) -> str:
    return row["host"] or NOT_RECORDED


def _work(row: Row) -> str:
    sizes = [row[name] for name in ("rows", "columns", "images", "depths")]
    if None in sizes:
        return f"size {NOT_RECORDED}"
    return f"{sizes[0]} x {sizes[1]} x {sizes[2]} to {sizes[3]}"


def _voxels(row: Row) -> float | None:
    """Pixels x images x depths."""
    product = 1.0
    for name in ("rows", "columns", "images", "depths"):
        if not row[name]:
            return None
        product *= row[name]
    return product


def _cache(row: Row) -> str:
    return f"cache {row['cache_state'] or NOT_RECORDED}"


def _target(row: Row) -> str:
    return f"target {row['target']} ({row['filesystem'] or NOT_RECORDED})"


#: What keeps runs of one point apart, besides the point.
_DISTINCTIONS: tuple[Callable[[Row], str], ...] = (_target, _work, _cache, _host)


def _label(row: Row) -> str:
    launched: datetime | None = row["launched"]
    date = f"{launched:%Y-%m-%d %H:%M} UTC" if launched else f"date {NOT_RECORDED}"
    parts = [date, _host(row), _version(row), _work(row), _target(row), _cache(row)]
    parts += [f"{row['runs']} runs"] + ([f"tag {row['tag']}"] if row["tag"] else [])
    return shown(", ".join(parts))


def _names(rows: Sequence[Row], distinctions: Sequence[Callable[[Row], str]]) -> list[str]:
    """Of the series that each row belongs to: its point and what differs among the rows."""
    telling = [tell for tell in distinctions if len({tell(row) for row in rows}) > 1]
    return [shown(", ".join([row["point_id"], *(tell(row) for tell in telling)])) for row in rows]


def _series(
    rows: Sequence[Row], quantity: Quantity, x_of: Callable[[Row], Any], distinctions: Sequence[Callable[[Row], str]]
) -> list[Series]:
    """Rows that tell both; those without a date have no place on an axis of dates."""
    told = [row for row in rows if row[quantity.column] is not None and x_of(row) is not None]
    grouped: dict[str, list[Row]] = {}
    for name, row in zip(_names(told, distinctions), told, strict=True):
        grouped.setdefault(name, []).append(row)
    upper = quantity.upper_column
    return [
        Series(
            name,
            shown(group[0]["point_id"]),
            [x_of(row) for row in group],
            [row[quantity.column] * quantity.factor for row in group],
            [row[upper] * quantity.factor for row in group] if upper else None,
            [_label(row) for row in group],
        )
        for name, group in sorted(grouped.items())
    ]


def _charts(rows: Sequence[Row], quantity: Quantity) -> list[Chart]:
    """By date, host and version; hosts stand in the order of the alphabet, versions in that of their first launch."""
    hosts = sorted({_host(row) for row in rows})
    versions = list(dict.fromkeys(_version(row) for row in rows))
    y_title, name = quantity.title, quantity.name
    by_date = _series(rows, quantity, lambda row: row["launched"], _DISTINCTIONS)
    by_host = _series(rows, quantity, lambda row: shown(_host(row)), _DISTINCTIONS)
    by_version = _series(rows, quantity, lambda row: shown(_version(row)), _DISTINCTIONS)
    return [
        Chart(f"{name}_by_date", Axis.DATE, "launched, UTC", y_title, [], by_date),
        Chart(f"{name}_by_host", Axis.CATEGORY, "host", y_title, [shown(host) for host in hosts], by_host),
        Chart(
            f"{name}_by_version",
            Axis.CATEGORY,
            "program version and commit",
            y_title,
            [shown(version) for version in versions],
            by_version,
        ),
    ]


def _size_chart(rows: Sequence[Row]) -> Chart:
    series = _series(rows, QUANTITIES[0], _voxels, (_target, _cache, _host))
    return Chart("time_by_size", Axis.LOG, "pixels x images x depth images", QUANTITIES[0].title, [], series)


def sections_of(table: pl.DataFrame) -> list[Section]:
    """Energy, memory and time in any case, also where a sentence has to say that there is none."""
    rows = table.filter(pl.col("runs") > 0).to_dicts()
    found = []
    for quantity in QUANTITIES:
        charts = [chart for chart in _charts(rows, quantity) if chart.series]
        if charts or quantity.name != "gpu_memory":
            title = quantity.title[0].upper() + quantity.title[1:]
            note = f"{quantity.note} {_LEGEND_NOTE}" if charts else "No launch of this history tells it."
            found.append(Section(quantity.name, title, note, charts))
    size = _size_chart(rows)
    note = SIZE_NOTE if size.series else "No launch of this history tells the size of its scan."
    return [*found, Section("size", "Time by size", note, [size] if size.series else [])]


def points_by_launches(table: pl.DataFrame) -> list[str]:
    """Those that most launches have come first."""
    counts = (
        table.filter(pl.col("runs") > 0)
        .group_by("point_id", maintain_order=True)
        .len()
        .sort("len", descending=True, maintain_order=True)
    )
    return [shown(point) for point in counts["point_id"]]


def range_text(table: pl.DataFrame) -> str:
    """One sentence."""
    launches = table.select("session_id", "source").unique().height
    first, last = table["launched"].min(), table["launched"].max()
    dates = ""
    if isinstance(first, datetime) and isinstance(last, datetime):
        dates = f", {first:%Y-%m-%d} to {last:%Y-%m-%d}"
    noun = "launch" if launches == 1 else "launches"
    return f"{launches} {noun}, {counted(table['point_id'].n_unique(), 'point')}{dates}."
