"""How much energy a reconstruction took."""

from __future__ import annotations

import polars
from matplotlib.figure import Figure

from laue_report.measurements import Measurements
from laue_report.plots.bars import BarChart, Part, bar_traces, draw_bars
from laue_report.plots.plot import Plot
from laue_report.plots.style import BLUE, ORANGE, Traces, left_out_note, most_of
from laue_report.point_table import POINT_COLUMNS
from laue_report.run_reasons import reason_in, why_no_run_succeeded
from laue_report.selection import LAUNCH, TARGET, succeeded


def data(measurements: Measurements) -> polars.DataFrame:
    """Medians of the successful runs that know it, of points that have one."""
    each = {
        f"{name}_per_reconstruction": (polars.col(name) / polars.col("parallel")).median()
        for name in ("cpu_j", "gpu_j", "total_j")
    }
    known = polars.any_horizontal(polars.col(name).is_not_null() for name in each)
    return (
        succeeded(measurements)
        .group_by(POINT_COLUMNS)
        .agg(polars.col("total_j").count().alias("runs"), **each)
        .filter(known)
        .sort("mode", "node_axis", "parallel", "threads", "point_id")
        .select("point_id", "runs", *each)
    )


def missing(measurements: Measurements) -> str:
    if not succeeded(measurements).height:
        return why_no_run_succeeded(measurements)
    reason = reason_in(measurements.summaries, "energy", "total_j")
    return f"energy could not be read ({reason})" if reason else "no record tells energy"


def _chart(frame: polars.DataFrame) -> BarChart:
    shown = most_of(frame.with_columns(known=_known()), "point_id", "known")
    parts = []
    for column, label, colour in (
        ("cpu_j_per_reconstruction", "processor packages", BLUE),
        ("gpu_j_per_reconstruction", "GPUs", ORANGE),
    ):
        if shown[column].null_count() < shown.height:
            parts.append(Part(label, colour, shown[column].to_list()))
    return BarChart(shown["point_id"].to_list(), "energy per reconstruction, J", parts)


def _known() -> polars.Expr:
    return polars.sum_horizontal("cpu_j_per_reconstruction", "gpu_j_per_reconstruction")


def _draw(figure: Figure, frame: polars.DataFrame) -> None:
    draw_bars(figure, _chart(frame))


def _traces(frame: polars.DataFrame) -> Traces:
    return bar_traces(_chart(frame))


def _notes(frame: polars.DataFrame) -> list[str]:
    partly = frame.filter(polars.col("total_j_per_reconstruction").is_null())["point_id"].to_list()
    halves = [f"known in part, without the other devices: {', '.join(partly)}"] if partly else []
    return halves + left_out_note(frame, "point_id", "the most energy")


PLOT = Plot(
    name="energy",
    title="Energy",
    about="Energy of whole processor packages and GPUs during a run, per reconstruction, median of successful runs.",
    alike=(LAUNCH, TARGET),
    data=data,
    draw=_draw,
    traces=_traces,
    missing=missing,
    notes=_notes,
)
