"""Where the seconds of reconstructions went, point by point and rank by rank."""

from __future__ import annotations

from collections.abc import Sequence

import polars
from matplotlib.figure import Figure

from laue_report.measurements import Measurements
from laue_report.members import PIPELINE_PHASES
from laue_report.phases import HEADINGS
from laue_report.plots.bars import BarChart, Part, bar_traces, draw_bars
from laue_report.plots.plot import Plot
from laue_report.plots.style import (
    BLUE,
    GREEN,
    GREY,
    MOST_BARS,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    Traces,
    left_out_note,
    seconds_unit,
)
from laue_report.point_table import POINT_COLUMNS, best_row, point_table
from laue_report.run_reasons import why_no_run_succeeded
from laue_report.selection import LAUNCH, TARGET, of_point, succeeded

#: Waiting is pale or warm, work is strong.
PHASE_COLOURS = dict(zip(PIPELINE_PHASES, (PURPLE, SKY, BLUE, ORANGE, VERMILION, GREEN, GREY), strict=True))

_IS_TOLD = polars.any_horizontal(polars.col(name).is_not_null() for name in PIPELINE_PHASES)


def _ranks(measurements: Measurements) -> polars.DataFrame:
    """Of successful runs, those whose phases the records tell."""
    told = measurements.ranks.filter(_IS_TOLD)
    return told.join(
        succeeded(measurements).select("run", *POINT_COLUMNS), on="run", how="inner", maintain_order="left"
    )


def _missing(measurements: Measurements) -> str:
    if succeeded(measurements).height:
        return "no record tells phases: laue-bench writes them, the runner before it did not"
    return why_no_run_succeeded(measurements)


def phase_parts(frame: polars.DataFrame, unit_size: float) -> list[Part]:
    """Phases that no row has are left out; a little less than 0 is rounding."""
    told = [name for name in PIPELINE_PHASES if frame[name].drop_nulls().len() and (frame[name] > 0.0).any()]
    return [Part(HEADINGS[name], PHASE_COLOURS[name], (frame[name].clip(0.0) / unit_size).to_list()) for name in told]


def _longest(frame: polars.DataFrame) -> float | None:
    sums = frame.select(polars.sum_horizontal(PIPELINE_PHASES).max()).item()
    return None if sums is None else float(sums)


def _chart(frame: polars.DataFrame, names: Sequence[str], what: str) -> BarChart:
    unit = seconds_unit(_longest(frame))
    return BarChart(names, f"{what}, {unit.name}", phase_parts(frame, unit.size))


def _point_data(measurements: Measurements) -> polars.DataFrame:
    """Means add up as the phases do; of each run over its ranks first, since ranks of a run are not independent."""
    phases = [polars.col(name).mean() for name in PIPELINE_PHASES]
    of_runs = _ranks(measurements).group_by("run", *POINT_COLUMNS, maintain_order=True).agg(phases)
    of_points = of_runs.group_by(POINT_COLUMNS, maintain_order=True).agg(polars.len().alias("runs"), *phases)
    order = ["mode", "node_axis", "parallel", "threads", "point_id"]
    return of_points.sort(order, maintain_order=True).select("point_id", "runs", *PIPELINE_PHASES)


def _point_chart(frame: polars.DataFrame) -> BarChart:
    shown = frame.head(MOST_BARS)
    return _chart(shown, shown["point_id"].to_list(), "mean time of a reconstruction")


def _draw_points(figure: Figure, frame: polars.DataFrame) -> None:
    draw_bars(figure, _point_chart(frame))


def _point_traces(frame: polars.DataFrame) -> Traces:
    return bar_traces(_point_chart(frame))


def _point_notes(frame: polars.DataFrame) -> list[str]:
    return left_out_note(frame, "point_id", "the fewest reconstructions at a time")


POINTS = Plot(
    name="phases",
    title="Where the seconds go",
    about="Phases of a reconstruction, mean of a point's successful runs and their ranks; they add up to its time.",
    alike=(LAUNCH, TARGET),
    data=_point_data,
    draw=_draw_points,
    traces=_point_traces,
    missing=_missing,
    notes=_point_notes,
)


def best_point(measurements: Measurements) -> Measurements:
    """Cut down to the point of the most reconstructions per minute."""
    best = best_row(point_table(measurements))
    return measurements if best is None else of_point(measurements, str(best["point_id"]))


def _rank_data(measurements: Measurements) -> polars.DataFrame:
    """Of one point, the one that was chosen or the best one."""
    ranks = _ranks(best_point(measurements))
    phases = [polars.col(name).mean() for name in (*PIPELINE_PHASES, "elapsed_s")]
    told = ranks.group_by("point_id", "i").agg(polars.col("host").last(), polars.len().alias("runs"), *phases)
    return told.sort("i").select("point_id", "i", "host", "runs", "elapsed_s", *PIPELINE_PHASES)


def _slowest_ranks(frame: polars.DataFrame) -> polars.DataFrame:
    return frame.sort("elapsed_s", descending=True, nulls_last=True).head(MOST_BARS).sort("i")


def _rank_chart(frame: polars.DataFrame) -> BarChart:
    shown = _slowest_ranks(frame)
    hosts = shown["host"].n_unique() > 1
    names = [f"{row['i']} on {row['host']}" if hosts else str(row["i"]) for row in shown.iter_rows(named=True)]
    return _chart(shown, [f"rank {name}" for name in names], "mean time of a reconstruction")


def _draw_ranks(figure: Figure, frame: polars.DataFrame) -> None:
    draw_bars(figure, _rank_chart(frame))


def _rank_traces(frame: polars.DataFrame) -> Traces:
    return bar_traces(_rank_chart(frame))


def _rank_notes(frame: polars.DataFrame) -> list[str]:
    point = [f"point {frame['point_id'][0]}, ranks by the number of the reconstruction within a run"]
    return point + left_out_note(frame, "i", "the longest times")


RANKS = Plot(
    name="ranks",
    title="Phases of every rank",
    about="Phases of the ranks of one point, the best one where none is chosen, mean of its successful runs.",
    alike=(LAUNCH, TARGET),
    data=_rank_data,
    draw=_draw_ranks,
    traces=_rank_traces,
    missing=_missing,
    notes=_rank_notes,
)
