"""Plots with horizontal bars: a name for each, parts one behind the other or side by side, marks on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from matplotlib.figure import Figure

from laue_report.plots.style import MARKERS, SYMBOLS, Traces, bar_height, bar_layout, legend_below, name_bars

#: Of the room that a name has.
BAR_SHARE = 0.72


@dataclass(frozen=True)
class Part:
    label: str
    colour: str
    values: Sequence[float | None]
    """One for each name; None where nothing is known."""


@dataclass(frozen=True)
class BarChart:
    names: Sequence[str]
    x_title: str
    parts: Sequence[Part]
    is_stacked: bool = True
    """Else the parts of a name stand below one another."""
    marks: Sequence[Part] = field(default_factory=list)
    """Points on the bars."""
    base: Sequence[float] | None = None
    """Where the first part of each name begins; 0 without."""

    @property
    def bars(self) -> int:
        """That stand below one another."""
        return len(self.names) * (1 if self.is_stacked else max(1, len(self.parts)))

    @property
    def has_legend(self) -> bool:
        return len(self.parts) + len(self.marks) > 1


def _filled(values: Sequence[float | None]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _places(chart: BarChart) -> list[tuple[np.ndarray[tuple[int], np.dtype[np.float64]], float]]:
    """Of each part, where its bars lie and how thick they are."""
    rows = np.arange(len(chart.names), dtype=np.float64)
    if chart.is_stacked:
        return [(rows, BAR_SHARE)] * len(chart.parts)
    thickness = BAR_SHARE / max(1, len(chart.parts))
    first = -BAR_SHARE / 2.0 + thickness / 2.0
    return [(rows + first + index * thickness, 0.92 * thickness) for index in range(len(chart.parts))]


def draw_bars(figure: Figure, chart: BarChart) -> None:
    bar_height(figure, chart.bars, above=1.4 if chart.has_legend else 0.9)
    axes = figure.subplots()
    behind = np.zeros(len(chart.names)) if chart.base is None else np.array(chart.base)
    for part, (rows, thickness) in zip(chart.parts, _places(chart), strict=True):
        values = np.nan_to_num(_filled(part.values))
        left = behind if chart.is_stacked else None
        axes.barh(rows, values, thickness, left=left, color=part.colour, label=part.label)
        behind = behind + values
    for mark, marker in zip(chart.marks, MARKERS[3:], strict=False):
        rows = np.arange(len(chart.names), dtype=np.float64)
        axes.plot(
            _filled(mark.values),
            rows,
            marker,
            color=mark.colour,
            label=mark.label,
            linestyle="none",
            markeredgecolor="white",
            markeredgewidth=0.6,
            markersize=6,
        )
    name_bars(axes, chart.names)
    axes.set_xlim(left=0.0)
    axes.set_xlabel(chart.x_title)
    if chart.has_legend:
        legend_below(figure, axes, 4)


def bar_traces(chart: BarChart) -> Traces:
    names = list(chart.names)
    found: list[Traces] = [] if chart.base is None else [_nothing(names, chart.base)]
    found += [
        {
            "type": "bar",
            "orientation": "h",
            "name": part.label,
            "x": list(part.values),
            "y": names,
            "marker": {"color": part.colour},
            "hovertemplate": "%{x:.4g}",
        }
        for part in chart.parts
    ]
    for mark, symbol in zip(chart.marks, SYMBOLS[3:], strict=False):
        found.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": mark.label,
                "x": list(mark.values),
                "y": names,
                "marker": {"color": mark.colour, "symbol": symbol, "size": 10, "line": {"color": "white", "width": 1}},
                "hovertemplate": "%{x:.4g}",
            }
        )
    how = "stack" if chart.is_stacked else "group"
    return {"data": found, "layout": bar_layout(chart.x_title, chart.bars, barmode=how, showlegend=chart.has_legend)}


def _nothing(names: Sequence[str], lengths: Sequence[float]) -> Traces:
    """What keeps a stack away from 0."""
    unseen = {"color": "rgba(0,0,0,0)"}
    bar = {"type": "bar", "orientation": "h", "x": list(lengths), "y": list(names), "marker": unseen}
    return {**bar, "showlegend": False, "hoverinfo": "skip"}
