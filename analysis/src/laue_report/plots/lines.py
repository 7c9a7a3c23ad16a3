"""Plots with a line of points for each of several numbers, over a count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from laue_report.plots.style import (
    GREY,
    MARKERS,
    PALETTE,
    SYMBOLS,
    Traces,
    axis,
    count_axis,
    count_ticks,
    legend_below,
    line_height,
)

#: Pixels in a page.
HEIGHT = 370


@dataclass(frozen=True)
class Line:
    name: str
    x: Sequence[int]
    y: Sequence[float]
    below: Sequence[float] | None = None
    """Lengths of error bars; none at all without."""
    above: Sequence[float] | None = None
    curve: tuple[Sequence[float], Sequence[float]] | None = None
    """What was fitted to the points; without one they are joined."""


@dataclass(frozen=True)
class LineChart:
    x_title: str
    y_title: str
    lines: list[Line]
    """As many as the palette has colours, at most."""
    ideal: tuple[Sequence[float], Sequence[float]] | None = None

    @property
    def counts(self) -> list[int]:
        return sorted({count for line in self.lines for count in line.x})


def draw_lines(figure: Figure, chart: LineChart) -> None:
    line_height(figure)
    axes = figure.subplots()
    if chart.ideal:
        axes.plot(*chart.ideal, color=GREY, linewidth=1.0, linestyle="--", label="ideal")
    for line, colour, marker in zip(chart.lines, PALETTE, MARKERS, strict=False):
        if line.below is not None and line.above is not None:
            axes.errorbar(line.x, line.y, [line.below, line.above], fmt="none", ecolor=colour, elinewidth=1, capsize=2)
        joined = "none" if line.curve else "-" if chart.ideal else ":"
        axes.plot(line.x, line.y, marker=marker, color=colour, label=line.name, linestyle=joined)
        if line.curve:
            axes.plot(*line.curve, color=colour)
    count_ticks(axes, chart.counts)
    axes.set_ylim(bottom=0.0)
    axes.set_xlabel(chart.x_title)
    axes.set_ylabel(chart.y_title)
    legend_below(figure, axes, 5)


def line_traces(chart: LineChart) -> Traces:
    found = [] if chart.ideal is None else [_plain("ideal", chart.ideal, GREY, "dash", shown=True)]
    for line, colour, symbol in zip(chart.lines, PALETTE, SYMBOLS, strict=False):
        found.append(
            {
                "type": "scatter",
                "mode": "markers" if line.curve else "lines+markers",
                "name": line.name,
                "x": list(line.x),
                "y": list(line.y),
                "error_y": _error_bars(line, colour),
                "marker": {"color": colour, "symbol": symbol, "size": 8},
                "line": {"color": colour, "dash": "solid" if chart.ideal else "dot", "width": 2 if chart.ideal else 1},
                "hovertemplate": "%{y:.4g}",
            }
        )
        if line.curve:
            found.append(_plain(f"{line.name}, fitted", line.curve, colour, "solid", shown=False))
    layout = {
        "xaxis": count_axis(chart.x_title, chart.counts),
        "yaxis": axis(chart.y_title, rangemode="tozero"),
        "hovermode": "x unified",
        "height": HEIGHT,
    }
    return {"data": found, "layout": layout}


def _error_bars(line: Line, colour: str) -> Traces:
    if line.below is None or line.above is None:
        return {"visible": False}
    bars = {"type": "data", "symmetric": False, "array": list(line.above), "arrayminus": list(line.below)}
    return {**bars, "color": colour, "thickness": 1}


def _plain(
    name: str, points: tuple[Sequence[float], Sequence[float]], colour: str, dash: str, *, shown: bool
) -> Traces:
    """A line that has no points of its own."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": list(points[0]),
        "y": list(points[1]),
        "line": {"color": colour, "dash": dash, "width": 1.5},
        "showlegend": shown,
        "hoverinfo": "skip",
    }
