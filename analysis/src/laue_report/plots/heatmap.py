"""One figure of every grid point as a coloured map: reconstructions at a time by threads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
import polars
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from laue_report.measurements import Measurements
from laue_report.plots.plot import Plot
from laue_report.plots.style import Traces, axis, set_height
from laue_report.run_reasons import why_no_run_succeeded
from laue_report.selection import GRID, measured
from laue_report.tables import number

DEFAULT_MAP = "viridis"

#: Inches of a cell of a picture that is as wide as its cells want.
CELL_WIDTH, CELL_HEIGHT = 0.8, 0.55


class Metric(str, Enum):
    WALL = "wall"
    AVG_PROC = "avg_proc"
    MEDIAN_PROC = "median_proc"
    SUM_PROC = "sum_proc"
    THROUGHPUT = "throughput"
    THROUGHPUT_PER_IMAGE = "throughput_per_image"
    SUCCESS_RATE = "success_rate"


class Aggregation(str, Enum):
    MEAN = "mean"
    MEDIAN = "median"
    MIN = "min"
    MAX = "max"


@dataclass(frozen=True)
class Meaning:
    label: str
    """With the unit."""
    of_run: polars.Expr
    """Its value of one run, from columns of the run and `elapsed`, its ranks' times, and `rank_success`."""


_WALL = polars.when(polars.col("total_wall_s") > 0.0).then(polars.col("total_wall_s"))

MEANINGS = {
    Metric.WALL: Meaning("time of a run, s", polars.col("total_wall_s")),
    Metric.AVG_PROC: Meaning("mean time of a run's ranks, s", polars.col("elapsed").list.mean()),
    Metric.MEDIAN_PROC: Meaning("median time of a run's ranks, s", polars.col("elapsed").list.median()),
    Metric.SUM_PROC: Meaning("sum of the times of a run's ranks, s", polars.col("elapsed").list.sum()),
    Metric.THROUGHPUT: Meaning("reconstructions per minute", 60.0 * polars.col("parallel") / _WALL),
    Metric.THROUGHPUT_PER_IMAGE: Meaning("reconstructions per minute and rank", 60.0 / _WALL),
    Metric.SUCCESS_RATE: Meaning(
        "share of a run's reconstructions that succeeded, 0 to 1",
        polars.col("rank_success").list.mean().fill_null(polars.col("success").cast(polars.Float64)),
    ),
}


RATES = (Metric.THROUGHPUT, Metric.THROUGHPUT_PER_IMAGE)


def panels_of(metric: Metric) -> tuple[Metric, ...]:
    """Throughput stands beside what one rank has of it."""
    return (metric, Metric.THROUGHPUT_PER_IMAGE) if metric is Metric.THROUGHPUT else (metric,)


def _aggregated(metric: Metric, aggregation: Aggregation) -> polars.Expr:
    """A median rate is that at the median time, as everywhere else: with an even number of runs it is not the same."""
    value = polars.col("value")
    if metric in RATES and aggregation is Aggregation.MEDIAN:
        return 1.0 / (1.0 / value).median()
    return {
        Aggregation.MEAN: value.mean(),
        Aggregation.MEDIAN: value.median(),
        Aggregation.MIN: value.min(),
        Aggregation.MAX: value.max(),
    }[aggregation]


def _runs_with_ranks(measurements: Measurements) -> polars.DataFrame:
    ranks = measurements.ranks.group_by("run").agg(
        elapsed=polars.col("elapsed_s").drop_nulls(), rank_success=polars.col("success").drop_nulls()
    )
    return measured(measurements).join(ranks, on="run", how="left", maintain_order="left")


def cells(
    measurements: Measurements, metrics: Sequence[Metric], aggregation: Aggregation, include_failed: bool
) -> polars.DataFrame:
    """A row for each metric and point: parallel, threads (null on GPUs), value, runs that it is of. A share of
    successes counts failed runs in any case."""
    runs = _runs_with_ranks(measurements)
    found = [polars.DataFrame(schema=_SCHEMA)]
    for metric in metrics:
        counted = runs if include_failed or metric is Metric.SUCCESS_RATE else runs.filter("success")
        found.append(
            counted.with_columns(value=MEANINGS[metric].of_run)
            .filter(polars.col("value").is_not_null())
            .group_by("parallel", "threads")
            .agg(value=_aggregated(metric, aggregation), runs=polars.len().cast(polars.Int64))
            .with_columns(metric=polars.lit(metric.value), aggregation=polars.lit(aggregation.value))
            .sort("threads", "parallel")
            .select(_SCHEMA.names())
        )
    return polars.concat(found)


_SCHEMA = polars.Schema(
    {
        "metric": polars.String(),
        "aggregation": polars.String(),
        "parallel": polars.Int64(),
        "threads": polars.Int64(),
        "value": polars.Float64(),
        "runs": polars.Int64(),
    }
)


@dataclass(frozen=True)
class _Panel:
    label: str
    parallel: list[int]
    threads: list[int | None]
    values: np.ndarray[tuple[int, int], np.dtype[np.float64]]
    """[threads][parallel]; not a number where nothing was measured."""

    @property
    def rows(self) -> list[str]:
        return ["GPU" if count is None else str(count) for count in self.threads]


def _panels(frame: polars.DataFrame) -> list[_Panel]:
    return [_panel(part) for part in frame.partition_by("metric", maintain_order=True)]


def _panel(part: polars.DataFrame) -> _Panel:
    parallel = part["parallel"].unique().sort().to_list()
    threads = part["threads"].unique().sort(nulls_last=False).to_list()
    values = np.full((len(threads), len(parallel)), np.nan)
    for row in part.iter_rows(named=True):
        values[threads.index(row["threads"]), parallel.index(row["parallel"])] = row["value"]
    meaning = MEANINGS[Metric(part["metric"][0])]
    return _Panel(f"{meaning.label} ({part['aggregation'][0]} of runs)", parallel, threads, values)


def natural_width(frame: polars.DataFrame) -> float:
    """Inches in which every cell has room for its figure."""
    return sum(max(3.2, 1.6 + CELL_WIDTH * len(panel.parallel)) for panel in _panels(frame))


def draw_map(figure: Figure, frame: polars.DataFrame, colours: str, with_values: bool) -> None:
    panels = _panels(frame)
    set_height(figure, max(2.2, 1.2 + CELL_HEIGHT * max(len(panel.threads) for panel in panels)))
    axes = figure.subplots(1, len(panels), squeeze=False)[0]
    for place, panel in zip(axes, panels, strict=True):
        _draw_panel(figure, place, panel, colours, with_values)


def _draw_panel(figure: Figure, axes: Axes, panel: _Panel, colours: str, with_values: bool) -> None:
    image = axes.imshow(panel.values, origin="lower", aspect="auto", cmap=colours)
    axes.grid(False)
    axes.set_xticks(range(len(panel.parallel)), [str(count) for count in panel.parallel])
    axes.set_yticks(range(len(panel.threads)), panel.rows)
    axes.set_xlabel("reconstructions at a time")
    axes.set_ylabel("" if panel.threads == [None] else "threads of each")
    axes.set_title(panel.label, loc="left", fontsize=7.5)
    figure.colorbar(image, ax=axes)
    if with_values:
        _write_values(axes, panel, colours, image.norm)


def _write_values(axes: Axes, panel: _Panel, colours: str, norm: object) -> None:
    for row, column in np.ndindex(panel.values.shape):
        value = float(panel.values[row, column])
        if np.isnan(value):
            axes.text(column, row, "-", ha="center", va="center")
            continue
        red, green, blue, _ = colormaps[colours](norm(value))  # type: ignore[operator]
        is_bright = 0.299 * red + 0.587 * green + 0.114 * blue > 0.5
        ink = "black" if is_bright else "white"
        axes.text(column, row, number_in_cell(value), ha="center", va="center", color=ink, fontsize=7.0)


def number_in_cell(value: float) -> str:
    """Three significant digits fit into a cell."""
    return number(float(f"{value:.3g}"))


def _data(measurements: Measurements) -> polars.DataFrame:
    return cells(measurements, (Metric.THROUGHPUT,), Aggregation.MEDIAN, include_failed=False)


def _draw(figure: Figure, frame: polars.DataFrame) -> None:
    draw_map(figure, frame, DEFAULT_MAP, with_values=True)


def _traces(frame: polars.DataFrame) -> Traces:
    (panel,) = _panels(frame)
    values = [[None if np.isnan(value) else float(value) for value in row] for row in panel.values]
    map_of_cells = {
        "type": "heatmap",
        "x": [str(count) for count in panel.parallel],
        "y": panel.rows,
        "z": values,
        "colorscale": "Viridis",
        "text": [["-" if value is None else number_in_cell(value) for value in row] for row in values],
        "texttemplate": "%{text}",
        "hovertemplate": "%{x} at a time, threads %{y}: %{z:.4g}<extra></extra>",
        "colorbar": {"thickness": 14},
    }
    layout = {
        "xaxis": axis("reconstructions at a time", type="category"),
        "yaxis": axis("" if panel.threads == [None] else "threads of each", type="category"),
        "title": {"text": panel.label, "font": {"size": 13}, "x": 0.0, "xref": "paper"},
        "height": 190 + 44 * len(panel.threads),
    }
    return {"data": [map_of_cells], "layout": layout}


PLOT = Plot(
    name="heatmap",
    title="Throughput over the grid",
    about="Reconstructions per minute of every point, median of its successful runs.",
    alike=GRID,
    data=_data,
    draw=_draw,
    traces=_traces,
    missing=why_no_run_succeeded,
)
