"""How near depth images of generated scans come to the truth that these carry."""

from __future__ import annotations

import polars
from matplotlib.figure import Figure

from laue_report.measurements import Measurements
from laue_report.plots.bars import BarChart, Part, bar_traces, draw_bars
from laue_report.plots.plot import Plot
from laue_report.plots.style import BLUE, VERMILION, Traces, left_out_note, most_of
from laue_report.point_table import POINT_COLUMNS
from laue_report.run_reasons import why_no_run_succeeded
from laue_report.selection import LAUNCH, TARGET, succeeded
from laue_report.tables import shown


def data(measurements: Measurements) -> polars.DataFrame:
    """The worst of all ranks of a point's successful runs; of intensity its median."""
    known = measurements.ranks.filter(polars.col("intensity_recovered").is_not_null())
    ranks = known.join(succeeded(measurements).select("run", *POINT_COLUMNS), on="run", how="inner")
    return (
        ranks.group_by(POINT_COLUMNS)
        .agg(
            polars.col("depth_error_um_rms", "depth_error_um_max").max(),
            polars.col("intensity_recovered").median(),
        )
        .sort("mode", "node_axis", "parallel", "threads", "point_id")
        .select("point_id", "depth_error_um_rms", "depth_error_um_max", "intensity_recovered")
    )


def missing(measurements: Measurements) -> str:
    if not succeeded(measurements).height:
        return why_no_run_succeeded(measurements)
    reasons = measurements.ranks["accuracy_unknown_why"].drop_nulls().unique().sort().to_list()
    return f"accuracy is not known ({'; '.join(map(shown, reasons))})" if reasons else "no record tells accuracy"


def _with_depths(frame: polars.DataFrame) -> polars.DataFrame:
    return frame.filter(polars.col("depth_error_um_rms").is_not_null())


def _data(measurements: Measurements) -> polars.DataFrame:
    return _with_depths(data(measurements))


def _missing(measurements: Measurements) -> str:
    return "no grain has a depth in the images" if data(measurements).height else missing(measurements)


def _chart(frame: polars.DataFrame) -> BarChart:
    drawn = most_of(frame, "point_id", "depth_error_um_rms")
    rms = Part("RMS of the grains", BLUE, drawn["depth_error_um_rms"].to_list())
    worst = Part("worst grain", VERMILION, drawn["depth_error_um_max"].to_list())
    return BarChart(drawn["point_id"].to_list(), "depth error, µm", [rms], marks=[worst])


def _draw(figure: Figure, frame: polars.DataFrame) -> None:
    draw_bars(figure, _chart(frame))


def _traces(frame: polars.DataFrame) -> Traces:
    return bar_traces(_chart(frame))


def _notes(frame: polars.DataFrame) -> list[str]:
    return left_out_note(frame, "point_id", "the largest error")


PLOT = Plot(
    name="accuracy",
    title="Accuracy",
    about="How far grains of a generated scan lie from their true depths, the worst of all ranks and successful runs.",
    alike=(LAUNCH, TARGET),
    data=_data,
    draw=_draw,
    traces=_traces,
    missing=_missing,
    notes=_notes,
)
