"""Throughput by the number of reconstructions at a time, with its knee and Amdahl's law."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars
from matplotlib.figure import Figure

from laue_report.measurements import Measurements
from laue_report.plots.lines import Line, LineChart, draw_lines, line_traces
from laue_report.plots.plot import Plot
from laue_report.plots.style import MOST_LINES, Traces
from laue_report.point_table import point_table
from laue_report.run_reasons import why_no_run_succeeded
from laue_report.scaling_laws import CONFIDENCE, KNEE_SHARE, LEAST_POINTS, AmdahlFit, amdahl_fit, knee_of
from laue_report.selection import GRID

X_TITLE = "reconstructions at a time"

#: Of a fitted curve, so that it looks smooth.
CURVE_POINTS = 60


def data(measurements: Measurements) -> polars.DataFrame:
    """Points with efficiency: throughput per reconstruction at a time, against the line's smallest number of them."""
    points = point_table(measurements).filter(polars.col("throughput_per_min").is_not_null())
    if points["parallel"].n_unique() < 2:
        points = points.clear()
    rates = [f"throughput_{which}per_min" for which in ("", "low_", "high_")]
    each = polars.col("throughput_per_min") / polars.col("parallel")
    return (
        points.select("threads", "parallel", "runs", *rates)
        .sort("threads", "parallel")
        .with_columns(efficiency=each / each.first().over("threads"))
    )


def lines_of(frame: polars.DataFrame) -> Iterator[tuple[str, polars.DataFrame]]:
    """The points of each number of threads, with a name; where there are too many to tell, those of most points."""
    lengths = polars.col("parallel").len()
    kept = frame.group_by("threads", maintain_order=True).agg(lengths).sort("parallel", descending=True)
    threads_kept = kept["threads"].head(MOST_LINES).to_list()
    for line in frame.partition_by("threads", maintain_order=True):
        threads = line["threads"][0]
        if threads in threads_kept:
            yield ("GPU" if threads is None else f"{threads} thread{'s' if threads > 1 else ''}"), line


def fit_text(fit: AmdahlFit) -> str:
    text = (
        f"Amdahl's law gives a serial share of {100.0 * fit.serial:.1f} % "
        f"({100.0 * CONFIDENCE:.0f} % interval {100.0 * fit.low:.1f} to {100.0 * fit.high:.1f} %)"
    )
    return text if fit.holds else f"{text}, but does not hold: a point lies {100.0 * fit.misfit:.0f} % off"


def missing(measurements: Measurements) -> str:
    points = point_table(measurements).filter(polars.col("runs") > 0)
    if not points.height:
        return why_no_run_succeeded(measurements)
    option = "--gpu-parallel" if points["mode"][0] == "gpu" else "--cpu-parallel"
    return f"one number of reconstructions at a time was measured ({points['parallel'][0]}): {option} takes a list"


def _fit(line: polars.DataFrame) -> AmdahlFit | None:
    return amdahl_fit(line["parallel"].to_list(), line["throughput_per_min"].to_list())


def _line_note(name: str, line: polars.DataFrame) -> str:
    parallel, rates = line["parallel"].to_list(), line["throughput_per_min"].to_list()
    knee, fit = knee_of(parallel, rates), _fit(line)
    if knee is None or fit is None:
        return f"{name}: no knee and no fit: they take {LEAST_POINTS} points, there are {line.height}"
    knee_text = (
        f"knee at {knee.workers} at a time (the fewest with {100.0 * KNEE_SHARE:.0f} % of the most)"
        if knee.is_reached
        else f"no knee up to {max(parallel)} at a time"
    )
    return f"{name}: {knee_text}; {fit_text(fit)}"


def _notes(frame: polars.DataFrame) -> list[str]:
    lines = frame["threads"].n_unique()
    fewer = [f"drawn are {MOST_LINES} numbers of threads, of {lines}"] if lines > MOST_LINES else []
    return fewer + [_line_note(name, line) for name, line in lines_of(frame)]


def _curve(line: polars.DataFrame) -> tuple[list[float], list[float]] | None:
    fit = _fit(line)
    if fit is None or not fit.holds:
        return None
    parallel = line["parallel"].to_list()
    workers = [float(count) for count in np.geomspace(min(parallel), max(parallel), CURVE_POINTS)]
    return workers, [fit.rate(count) for count in workers]


def _chart(frame: polars.DataFrame) -> LineChart:
    lines = []
    for name, line in lines_of(frame):
        rate = line["throughput_per_min"]
        below, above = rate - line["throughput_low_per_min"], line["throughput_high_per_min"] - rate
        parallel = line["parallel"].to_list()
        lines.append(Line(name, parallel, rate.to_list(), below.to_list(), above.to_list(), _curve(line)))
    return LineChart(X_TITLE, "reconstructions per minute", lines)


def _draw(figure: Figure, frame: polars.DataFrame) -> None:
    draw_lines(figure, _chart(frame))


def _traces(frame: polars.DataFrame) -> Traces:
    return line_traces(_chart(frame))


PLOT = Plot(
    name="scaling",
    title="Scaling with reconstructions at a time",
    about=(
        "Reconstructions per minute at the median time, bars hold the middle half of the runs; solid lines are "
        "Amdahl's law where it holds, dotted ones join points."
    ),
    alike=GRID,
    data=data,
    draw=_draw,
    traces=_traces,
    missing=missing,
    notes=_notes,
)
