"""What a reconstruction has left of its speed when others run beside it."""

from __future__ import annotations

import polars
from matplotlib.figure import Figure

from laue_report.plots import scaling
from laue_report.plots.lines import Line, LineChart, draw_lines, line_traces
from laue_report.plots.plot import Plot
from laue_report.plots.style import Traces
from laue_report.selection import GRID


def _chart(frame: polars.DataFrame) -> LineChart:
    lines = [
        Line(name, line["parallel"].to_list(), (100.0 * line["efficiency"]).to_list())
        for name, line in scaling.lines_of(frame)
    ]
    ends = [int(frame["parallel"].to_numpy().min()), int(frame["parallel"].to_numpy().max())]
    return LineChart(scaling.X_TITLE, "parallel efficiency, %", lines, ideal=(ends, [100.0, 100.0]))


def _draw(figure: Figure, frame: polars.DataFrame) -> None:
    draw_lines(figure, _chart(frame))


def _traces(frame: polars.DataFrame) -> Traces:
    return line_traces(_chart(frame))


PLOT = Plot(
    name="efficiency",
    title="Parallel efficiency",
    about=(
        "Throughput per reconstruction at a time, as a share of that at the smallest number of them with as many "
        "threads."
    ),
    alike=GRID,
    data=scaling.data,
    draw=_draw,
    traces=_traces,
    missing=scaling.missing,
)
