"""How much memory reconstructions took."""

from __future__ import annotations

import polars
from matplotlib.figure import Figure

from laue_report.measurements import Measurements
from laue_report.plots.bars import BarChart, Part, bar_traces, draw_bars
from laue_report.plots.plot import Plot
from laue_report.plots.style import BLUE, ORANGE, Traces, bytes_unit, largest, left_out_note, most_of
from laue_report.point_table import POINT_COLUMNS
from laue_report.run_reasons import why_no_run_succeeded
from laue_report.selection import LAUNCH, TARGET, succeeded
from laue_report.tables import number


def data(measurements: Measurements) -> polars.DataFrame:
    """The largest of all ranks of a point's successful runs."""
    known = measurements.ranks.filter(polars.col("peak_rss_bytes").is_not_null())
    ranks = known.join(succeeded(measurements).select("run", *POINT_COLUMNS), on="run", how="inner")
    device = polars.col("device_bytes").max()
    return (
        ranks.group_by(POINT_COLUMNS)
        .agg(
            polars.col("peak_rss_bytes").max(),
            polars.col("limit_bytes").min(),
            device_bytes=polars.when(device > 0).then(device),
            gpu_peak_memory_bytes=polars.col("gpu_peak_memory_bytes").max(),
        )
        .sort("mode", "node_axis", "parallel", "threads", "point_id")
        .select("point_id", "peak_rss_bytes", "limit_bytes", "device_bytes", "gpu_peak_memory_bytes")
    )


def _missing(measurements: Measurements) -> str:
    if succeeded(measurements).height:
        return "no record tells peak memory: laue-bench writes it, the runner before it did not"
    return why_no_run_succeeded(measurements)


def _chart(frame: polars.DataFrame) -> BarChart:
    shown = most_of(frame, "point_id", "peak_rss_bytes")
    unit = bytes_unit(largest(shown, "peak_rss_bytes", "gpu_peak_memory_bytes"))
    parts = [Part("resident, of a rank", BLUE, (shown["peak_rss_bytes"] / unit.size).to_list())]
    if shown["gpu_peak_memory_bytes"].null_count() < shown.height:
        used = (shown["gpu_peak_memory_bytes"] / unit.size).to_list()
        parts.append(Part("in use on a GPU, by all processes", ORANGE, used))
    return BarChart(shown["point_id"].to_list(), f"peak memory, {unit.name}", parts, is_stacked=False)


def _draw(figure: Figure, frame: polars.DataFrame) -> None:
    draw_bars(figure, _chart(frame))


def _traces(frame: polars.DataFrame) -> Traces:
    return bar_traces(_chart(frame))


def _notes(frame: polars.DataFrame) -> list[str]:
    smallest = frame["limit_bytes"].drop_nulls()
    limit = [f"limit of a rank: {number(float(smallest.to_numpy().min()) / 2**20)} MiB"] if smallest.len() else []
    return limit + left_out_note(frame, "point_id", "the most memory")


PLOT = Plot(
    name="memory",
    title="Memory",
    about="Peak resident memory of a rank, the largest of all ranks and successful runs of a point.",
    alike=(LAUNCH, TARGET),
    data=data,
    draw=_draw,
    traces=_traces,
    missing=_missing,
    notes=_notes,
)
