"""How plots look: colours that colour-blind people tell apart, sizes, units, and the drawing that plots share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars
from matplotlib.axes import Axes
from matplotlib.axis import XAxis, YAxis
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

#: For plotly.js: traces and layout as JSON has them.
Traces = dict[str, Any]

#: Okabe and Ito's palette without yellow, which white paper swallows, and black, which dark pages do.
BLUE, VERMILION, GREEN, ORANGE, SKY, PURPLE, GREY = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#E69F00",
    "#56B4E9",
    "#CC79A7",
    "#6A6A6A",
)
PALETTE = (BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY, GREY)
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
SYMBOLS = ("circle", "square", "triangle-up", "diamond", "triangle-down", "cross", "x")

#: Bars or boxes that still have names one can read.
MOST_BARS = 40

#: Lines that one can tell apart.
MOST_LINES = len(PALETTE)

#: For matplotlib; letters of PDFs stay text, and nothing of a picture depends on the day.
RC: Any = {
    "font.size": 8.0,
    "axes.titlesize": 8.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "legend.fontsize": 7.0,
    "lines.linewidth": 1.4,
    "lines.markersize": 4.5,
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    # a dollar sign in a path is no formula
    "text.parse_math": False,
    "svg.hashsalt": "laue-report",
}


@dataclass(frozen=True)
class Unit:
    """What values of an axis are divided by, and its name."""

    size: float
    name: str


def seconds_unit(largest: float | None) -> Unit:
    if largest is None or not math.isfinite(largest) or largest >= 0.5:
        return Unit(1.0, "s")
    return Unit(1e-3, "ms") if largest >= 5e-4 else Unit(1e-6, "µs")


def bytes_unit(largest: float | None) -> Unit:
    return Unit(2.0**30, "GiB") if largest and largest >= 2.0**30 else Unit(2.0**20, "MiB")


def largest(frame: polars.DataFrame, *columns: str) -> float | None:
    """Of all that is known."""
    found = [float(value) for column in columns if (value := frame[column].max()) is not None]  # type: ignore[arg-type]
    return max(found, default=None)


def wording(combined: Sequence[str]) -> str:
    """Names joined for a title."""
    return ", ".join(combined)


def set_height(figure: Figure, inches: float) -> None:
    figure.set_figheight(inches)


def line_height(figure: Figure) -> None:
    """Of a plot with lines or points."""
    set_height(figure, max(2.2, 0.68 * figure.get_figwidth()))


def bar_height(figure: Figure, bars: int, above: float = 1.1) -> None:
    """Of a plot with horizontal bars, one below the other; `above` for title, axis and legend."""
    set_height(figure, above + 0.24 * max(bars, 2))


def most_of(frame: polars.DataFrame, name: str, value: str) -> polars.DataFrame:
    """Rows of the MOST_BARS names with the largest values, in their order."""
    names = frame.group_by(name, maintain_order=True).agg(polars.col(value).max())
    if names.height <= MOST_BARS:
        return frame
    kept = names.sort(value, descending=True, nulls_last=True).head(MOST_BARS)[name]
    return frame.filter(polars.col(name).is_in(kept.to_list()))


def left_out_note(frame: polars.DataFrame, name: str, what: str) -> list[str]:
    names = frame[name].n_unique()
    return [f"drawn are the {MOST_BARS} points with {what}, of {names}"] if names > MOST_BARS else []


def legend_below(figure: Figure, axes: Axes, columns: int) -> None:
    """Outside the axes, where it hides nothing; as many columns as fit."""
    handles, labels = axes.get_legend_handles_labels()
    longest = max(map(len, labels), default=1)
    fitting = max(1, int(figure.get_figwidth() / (0.35 + 0.062 * longest)))
    figure.legend(handles, labels, loc="outside lower center", ncols=min(columns, fitting, max(1, len(labels))))


def name_bars(axes: Axes, names: Sequence[str]) -> None:
    """The first one on top."""
    axes.set_yticks(range(len(names)), list(names))
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.grid(False, axis="y")


def axis(title: str, **more: Any) -> dict[str, Any]:
    """Of plotly."""
    return {"title": {"text": title}, "automargin": True, **more}


def bar_layout(x_title: str, bars: int, **more: Any) -> dict[str, Any]:
    """Of plotly: horizontal bars, the first one on top."""
    return {
        "xaxis": axis(x_title, rangemode="tozero"),
        "yaxis": axis("", autorange="reversed", type="category"),
        "height": 150 + 26 * max(bars, 2),
        "hovermode": "y unified",
        **more,
    }


def count_axis(title: str, values: Sequence[int]) -> dict[str, Any]:
    """Of plotly: powers of two mostly, each with its tick."""
    return axis(title, type="log", tickvals=list(values), ticktext=[str(value) for value in values])


def log_ticks(of: XAxis | YAxis) -> None:
    """At 1, 2 and 5 of every power of ten, as plain numbers."""
    of.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    of.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    of.set_minor_locator(NullLocator())


def log_axis(title: str, low: float, high: float) -> dict[str, Any]:
    """Of plotly: ticks as log_ticks has them, of an axis from `low` to `high`."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    ticks = [step * 10.0**power for power in powers for step in (1.0, 2.0, 5.0)]
    ends = [math.log10(low), math.log10(high)]
    return axis(title, type="log", tickvals=ticks, ticktext=[f"{tick:g}" for tick in ticks], range=ends)


def count_ticks(axes: Axes, values: Sequence[int]) -> None:
    axes.set_xscale("log", base=2)
    axes.set_xticks(list(values), [str(value) for value in values])
    axes.minorticks_off()
