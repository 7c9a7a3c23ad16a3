"""How the repetitions of points scatter, and which of them carry a flag."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars
from matplotlib.figure import Figure

from laue_report.measurements import Measurements
from laue_report.plots.plot import Plot
from laue_report.plots.style import (
    BLUE,
    GREY,
    MOST_BARS,
    ORANGE,
    VERMILION,
    Traces,
    axis,
    bar_height,
    bar_layout,
    left_out_note,
    legend_below,
    log_axis,
    log_ticks,
    name_bars,
)
from laue_report.run_reasons import why_no_run_succeeded
from laue_report.selection import LAUNCH, TARGET, succeeded

#: Of one point: runs without and with a flag that are drawn, evenly picked from all.
MOST_PLAIN, MOST_FLAGGED = 60, 40

#: Runs from which on outliers are looked for, and how far out they lie, as laue-bench has it.
LEAST_FOR_OUTLIERS, OUTLIER_MADS = 6, 3.5 * 1.4826

#: Of the slowest to the fastest run drawn; beyond, the axis is logarithmic.
WIDE = 4.0

#: Beside the outermost runs, on a logarithmic axis.
ROOM = 1.15

#: Of the rows of data: parts of a box, and runs.
BOX = {"min": 0.0, "p25": 0.25, "p50": 0.5, "p75": 0.75, "max": 1.0}
PLAIN, FLAGGED, OUTLIER = "run", "flagged run", "outlier"

X_TITLE = "time of a run, % of its point's median"

_ORDER = ["mode", "node_axis", "parallel", "threads", "point_id"]


def _runs(measurements: Measurements) -> polars.DataFrame:
    wall = polars.col("total_wall_s")
    median = wall.median().over("point_id")
    far = ((wall - median).abs() > OUTLIER_MADS * (wall - median).abs().median().over("point_id")) & (
        wall.count().over("point_id") >= LEAST_FOR_OUTLIERS
    )
    what = polars.when(far).then(polars.lit(OUTLIER)).when(polars.col("flags").list.len() > 0).then(polars.lit(FLAGGED))
    return (
        succeeded(measurements)
        .filter(wall > 0.0)
        .sort(_ORDER, maintain_order=True)
        .with_columns(percent=100.0 * wall / median, what=what.otherwise(polars.lit(PLAIN)))
        .select(
            "point_id", "run_index", "what", seconds=wall, percent="percent", flags=polars.col("flags").list.join(" ")
        )
    )


def _boxes(runs: polars.DataFrame) -> polars.DataFrame:
    found = [
        runs.group_by("point_id", maintain_order=True).agg(
            polars.lit(None, polars.Int64()).alias("run_index"),
            polars.lit(what).alias("what"),
            polars.col("seconds", "percent").quantile(share, interpolation="linear"),
            polars.lit("").alias("flags"),
        )
        for what, share in BOX.items()
    ]
    return polars.concat(found)


def _picked(runs: polars.DataFrame) -> polars.DataFrame:
    """Evenly over the order of the records, so that a drift stays in sight."""
    is_plain = polars.col("what") == PLAIN
    place = polars.int_range(polars.len()).over("point_id", is_plain)
    count = polars.len().over("point_id", is_plain)
    most = polars.when(is_plain).then(MOST_PLAIN).otherwise(MOST_FLAGGED)
    return runs.filter((place * most) // count != ((place - 1) * most) // count)


def _data(measurements: Measurements) -> polars.DataFrame:
    """Boxes of all runs, then single runs: all of a point, or a part of them where they are many."""
    runs = _runs(measurements)
    return polars.concat([_boxes(runs), _picked(runs)])


def _boxes_of(frame: polars.DataFrame) -> list[dict[str, Any]]:
    """By point, in percent."""
    box = frame.filter(polars.col("what").is_in(list(BOX)))
    wide = box.pivot("what", index="point_id", values="percent", maintain_order=True)
    return wide.head(MOST_BARS).to_dicts()


def _is_wide(boxes: list[dict[str, Any]]) -> bool:
    """Whether a linear axis would hide the boxes behind the slowest runs."""
    return bool(boxes) and max(box["max"] for box in boxes) > WIDE * min(box["min"] for box in boxes)


def _dots(frame: polars.DataFrame, names: list[str]) -> list[tuple[str, str, polars.DataFrame]]:
    """Runs that are drawn: what they are, in which colour, and their rows."""
    drawn = frame.filter(polars.col("point_id").is_in(names))
    kinds = ((PLAIN, GREY), (FLAGGED, ORANGE), (OUTLIER, VERMILION))
    parts = [(kind, colour, drawn.filter(polars.col("what") == kind)) for kind, colour in kinds]
    return [part for part in parts if part[2].height]


def _draw(figure: Figure, frame: polars.DataFrame) -> None:
    boxes = _boxes_of(frame)
    names = [str(box["point_id"]) for box in boxes]
    bar_height(figure, len(boxes))
    axes = figure.subplots()
    stats = [
        {"whislo": box["min"], "q1": box["p25"], "med": box["p50"], "q3": box["p75"], "whishi": box["max"]}
        for box in boxes
    ]
    line = {"color": BLUE, "linewidth": 1.0}
    axes.bxp(
        stats, positions=range(len(boxes)), widths=0.6, orientation="horizontal", showfliers=False,
        boxprops=line, whiskerprops=line, capprops=line, medianprops={"color": BLUE, "linewidth": 2.0},
    )  # fmt: skip
    rows = {name: row for row, name in enumerate(names)}
    for kind, colour, runs in _dots(frame, names):
        # side by side within the box, in the order of the runs
        beside = np.linspace(-0.22, 0.22, 7)[np.arange(runs.height) % 7]
        places = np.array([rows[name] for name in runs["point_id"]]) + beside
        axes.plot(runs["percent"], places, ".", color=colour, label=kind, linestyle="none", markersize=4, alpha=0.8)
    name_bars(axes, names)
    if _is_wide(boxes):
        axes.set_xscale("log")
        log_ticks(axes.xaxis)
    axes.set_xlabel(X_TITLE)
    legend_below(figure, axes, 3)


def _traces(frame: polars.DataFrame) -> Traces:
    boxes = _boxes_of(frame)
    names = [str(box["point_id"]) for box in boxes]
    found: list[Traces] = [
        {
            "type": "box",
            "orientation": "h",
            "y": names,
            "lowerfence": [box["min"] for box in boxes],
            "q1": [box["p25"] for box in boxes],
            "median": [box["p50"] for box in boxes],
            "q3": [box["p75"] for box in boxes],
            "upperfence": [box["max"] for box in boxes],
            "line": {"color": BLUE, "width": 1.5},
            "fillcolor": "rgba(0,114,178,0.15)",
            "showlegend": False,
            "hoverinfo": "x+y",
        }
    ]
    for kind, colour, runs in _dots(frame, names):
        found.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": kind,
                "x": runs["percent"].round(3).to_list(),
                "y": runs["point_id"].to_list(),
                "text": [
                    f"run {row['run_index']}, {row['seconds']:.4g} s {row['flags'] or ''}"
                    for row in runs.iter_rows(named=True)
                ],
                "hovertemplate": "%{text}<extra></extra>",
                "marker": {"color": colour, "size": 5, "opacity": 0.8},
            }
        )
    layout = bar_layout(X_TITLE, len(boxes), hovermode="closest")
    layout["xaxis"] = axis(X_TITLE)
    if _is_wide(boxes):
        low, high = min(box["min"] for box in boxes), max(box["max"] for box in boxes)
        layout["xaxis"] = log_axis(X_TITLE, low / ROOM, high * ROOM)
    return {"data": found, "layout": layout}


def _notes(frame: polars.DataFrame) -> list[str]:
    flagged = sorted({flag for flags in frame.filter(polars.col("what") == FLAGGED)["flags"] for flag in flags.split()})
    flags = [f"flags: {', '.join(flagged)}"] if flagged else []
    return flags + left_out_note(frame, "point_id", "the fewest reconstructions at a time")


PLOT = Plot(
    name="distribution",
    title="Repetitions",
    about=(
        "Times of a point's successful runs against their median: boxes hold the middle half, whiskers reach the "
        f"fastest and slowest; outliers lie further out than 3.5 x 1.4826 x MAD; of many runs {MOST_PLAIN} are dots."
    ),
    alike=(LAUNCH, TARGET),
    data=_data,
    draw=_draw,
    traces=_traces,
    missing=why_no_run_succeeded,
    notes=_notes,
)
