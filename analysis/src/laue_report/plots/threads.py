"""How much faster a run becomes with more threads of each reconstruction."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars
from matplotlib.figure import Figure

from laue_report.measurements import Measurements
from laue_report.plots.lines import Line, LineChart, draw_lines, line_traces
from laue_report.plots.plot import Plot
from laue_report.plots.scaling import CURVE_POINTS, fit_text
from laue_report.plots.style import MOST_LINES, Traces
from laue_report.point_table import point_table
from laue_report.run_reasons import why_no_run_succeeded
from laue_report.scaling_laws import LEAST_POINTS, amdahl_fit
from laue_report.selection import GRID


def _data(measurements: Measurements) -> polars.DataFrame:
    """Speed-up against the smallest number of threads, for each number of reconstructions at a time."""
    points = point_table(measurements).filter(polars.col("threads").is_not_null() & (polars.col("p50_s") > 0.0))
    several = points.filter(polars.col("threads").n_unique().over("parallel") > 1).sort("parallel", "threads")
    first_s = polars.col("p50_s").first().over("parallel")
    return several.select("parallel", "threads", "runs", median_s="p50_s", speed_up=first_s / polars.col("p50_s"))


def _missing(measurements: Measurements) -> str:
    points = point_table(measurements).filter(polars.col("runs") > 0)
    if not points.height:
        return why_no_run_succeeded(measurements)
    if points["threads"].null_count() == points.height:
        return "threads are an axis of CPU points alone, and these ran on GPUs"
    return "one number of threads was measured for each number of reconstructions at a time: --cpu-threads takes a list"


def _lines(frame: polars.DataFrame) -> Iterator[tuple[str, polars.DataFrame]]:
    for line in frame.partition_by("parallel", maintain_order=True)[:MOST_LINES]:
        yield f"{line['parallel'][0]} at a time", line


def _notes(frame: polars.DataFrame) -> list[str]:
    lines = frame["parallel"].n_unique()
    notes = [f"drawn are {MOST_LINES} numbers of reconstructions at a time, of {lines}"] if lines > MOST_LINES else []
    for name, line in _lines(frame):
        fit = amdahl_fit(line["threads"].to_list(), line["speed_up"].to_list())
        lacking = f"no fit: it takes {LEAST_POINTS} points, there are {line.height}"
        notes.append(f"{name}: {fit_text(fit) if fit else lacking}")
    return notes


def _chart(frame: polars.DataFrame) -> LineChart:
    least, most = int(frame["threads"].to_numpy().min()), int(frame["threads"].to_numpy().max())
    counts = [float(count) for count in np.geomspace(least, most, CURVE_POINTS)]
    lines = [Line(name, line["threads"].to_list(), line["speed_up"].to_list()) for name, line in _lines(frame)]
    ideal = (counts, [count / least for count in counts])
    return LineChart("threads of each reconstruction", "speed-up of a run", lines, ideal=ideal)


def _draw(figure: Figure, frame: polars.DataFrame) -> None:
    draw_lines(figure, _chart(frame))


def _traces(frame: polars.DataFrame) -> Traces:
    return line_traces(_chart(frame))


PLOT = Plot(
    name="threads",
    title="Scaling with threads",
    about=(
        "Median time of a run with the fewest threads over that with more, for each number of reconstructions at a "
        "time."
    ),
    alike=GRID,
    data=_data,
    draw=_draw,
    traces=_traces,
    missing=_missing,
    notes=_notes,
)
