"""A history as one HTML file that needs nothing else, and as PNG files."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")

import plotly.graph_objects as go
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup
from matplotlib import pyplot
from matplotlib.axes import Axes
from plotly.offline import get_plotlyjs
from plotly.utils import PlotlyJSONEncoder

from laue_report.history_charts import Axis, Chart, Section, Series

#: Told from one another by the colour-blind too (Okabe and Ito), on light and dark ground.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C8C8C")

#: The same marks as plotly and matplotlib call them; they change when the colours begin again.
MARKS = (("circle", "o"), ("square", "s"), ("diamond", "D"), ("triangle-up", "^"), ("cross", "P"), ("x", "X"))

#: More series are not told apart on one picture.
MOST_AT_ONCE = 8

_GRID = "rgba(128,128,128,0.3)"


def _colour(place: int) -> str:
    return COLOURS[place % len(COLOURS)]


def _mark(place: int) -> tuple[str, str]:
    return MARKS[place // len(COLOURS) % len(MARKS)]


def _places(sections: Sequence[Section]) -> dict[str, int]:
    """A series looks alike in all charts."""
    names = {series.name: None for section in sections for chart in section.charts for series in chart.series}
    return {name: place for place, name in enumerate(names)}


def _above(series: Series) -> list[float]:
    """How far the bars above the values go."""
    return [max(0.0, upper - y) for upper, y in zip(series.uppers or series.ys, series.ys, strict=True)]


def _trace(series: Series, axis: Axis, place: int) -> go.Scatter:
    above = _above(series) if series.uppers else None
    return go.Scatter(
        name=html.escape(series.name),
        meta=series.point,
        x=[x.isoformat() for x in series.xs] if axis is Axis.DATE else series.xs,
        y=series.ys,
        mode="lines+markers" if axis is Axis.DATE else "markers",
        marker={"color": _colour(place), "symbol": _mark(place)[0], "size": 8},
        line={"color": _colour(place), "width": 1},
        error_y={"type": "data", "array": above, "arrayminus": [0.0] * len(above), "thickness": 1} if above else None,
        text=[html.escape(label) for label in series.labels],
        hovertemplate="%{y:.4g}<br>%{text}<extra>%{fullData.name}</extra>",
    )


def _figure(chart: Chart, places: dict[str, int], has_legend: bool) -> dict[str, Any]:
    figure = go.Figure([_trace(series, chart.axis, places[series.name]) for series in chart.series])
    axis: dict[str, Any] = {"title": {"text": chart.x_title}, "gridcolor": _GRID, "automargin": True}
    axis |= {"type": chart.axis.value}
    if chart.axis is Axis.CATEGORY:
        axis |= {"categoryorder": "array", "categoryarray": chart.categories}
    figure.update_layout(
        xaxis=axis,
        yaxis={
            "title": {"text": chart.y_title},
            "gridcolor": _GRID,
            "automargin": True,
            **({"type": "log"} if chart.has_log_y else {"rangemode": "tozero"}),
        },
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": "#808080"},
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0.0},
        showlegend=has_legend,
        template="none",
    )
    found: dict[str, Any] = figure.to_plotly_json()
    return found


def _script_json(value: object) -> Markup:
    """Ends no script that it stands in."""
    text = json.dumps(value, cls=PlotlyJSONEncoder)
    return Markup(text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))


def page_of(sections: Sequence[Section], points: Sequence[str], lead: str) -> str:
    """`points` begin with the one that is shown first where all of them would be too many."""
    places = _places(sections)
    charts = {
        chart.name: _figure(chart, places, has_legend=chart is section.charts[0])
        for section in sections
        for chart in section.charts
    }
    template = resources.files("laue_report").joinpath("templates", "history.html.j2").read_text(encoding="utf-8")
    return (
        Environment(autoescape=True, undefined=StrictUndefined)
        .from_string(template)
        .render(
            title="History of laue-bench",
            lead=lead,
            plotly_js=Markup(get_plotlyjs()),
            points=sorted(points),
            chosen=points[0] if len(points) > MOST_AT_ONCE else "",
            sections=[
                {
                    "title": section.title,
                    "note": section.note,
                    "charts": [{"id": chart.name} for chart in section.charts],
                }
                for section in sections
            ],
            charts_json=_script_json(charts),
        )
    )


def _plain(text: str) -> str:
    """matplotlib takes what stands between dollars for mathematics."""
    return text.replace("$", r"\$")


def _draw_series(axes: Axes, series: Series, chart: Chart, place: int) -> None:
    xs = [chart.categories.index(x) for x in series.xs] if chart.axis is Axis.CATEGORY else series.xs
    above = _above(series)
    axes.errorbar(
        xs,
        series.ys,
        yerr=[[0.0] * len(above), above],
        fmt=_mark(place)[1],
        linestyle="-" if chart.axis is Axis.DATE else "none",
        linewidth=1,
        markersize=6,
        color=_colour(place),
        label=_plain(series.name),
    )


def _draw(axes: Axes, chart: Chart, shown_points: Sequence[str], places: dict[str, int]) -> None:
    for series in chart.series:
        if series.point in shown_points:
            _draw_series(axes, series, chart, places[series.name])
    axes.set_xlabel(chart.x_title)
    axes.set_ylabel(chart.y_title)
    axes.grid(alpha=0.3)
    if chart.has_log_y:
        axes.set_yscale("log")
    else:
        axes.set_ylim(bottom=0.0)
    if chart.axis is Axis.LOG:
        axes.set_xscale("log")
    else:
        axes.tick_params(axis="x", labelrotation=30)
    if chart.axis is Axis.CATEGORY:
        axes.set_xticks(range(len(chart.categories)), [_plain(name) for name in chart.categories], ha="right")
        axes.set_xlim(-0.5, len(chart.categories) - 0.5)


def write_picture(path: Path, section: Section, points: Sequence[str], places: dict[str, int]) -> None:
    """Of the first MOST_AT_ONCE points. Raises OSError."""
    count = len(section.charts)
    figure, all_axes = pyplot.subplots(1, count, figsize=(5.5 * count, 5.0), layout="constrained", squeeze=False)
    try:
        for axes, chart in zip(all_axes[0], section.charts, strict=True):
            _draw(axes, chart, points[:MOST_AT_ONCE], places)
        handles: dict[str, Any] = {}
        for axes in all_axes[0]:
            for handle, name in zip(*axes.get_legend_handles_labels(), strict=True):
                handles.setdefault(name, handle)
        if handles:
            figure.legend(
                list(handles.values()), list(handles), loc="outside lower center", ncols=2 * count, fontsize=8
            )
        left_out = len(points) - MOST_AT_ONCE
        more = f" ({MOST_AT_ONCE} of {len(points)} points, those of most launches)" if left_out > 0 else ""
        figure.suptitle(section.title + more)
        figure.savefig(path, dpi=120, format="png")
    finally:
        pyplot.close(figure)


def write_history(folder: Path, sections: Sequence[Section], points: Sequence[str], lead: str) -> list[Path]:
    """The page, and a picture of each section that has anything to show. Raises OSError."""
    page = folder / "history.html"
    page.write_text(page_of(sections, points, lead), encoding="utf-8")
    written = [page]
    places = _places(sections)
    for section in sections:
        picture = folder / f"{section.name}.png"
        if section.charts:
            write_picture(picture, section, points, places)
            written.append(picture)
    return written
