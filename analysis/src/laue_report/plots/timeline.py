"""One run: when each of its ranks was at work, and at what."""

from __future__ import annotations

import polars
from matplotlib.figure import Figure

from laue_report.measurements import Measurements
from laue_report.members import PIPELINE_PHASES
from laue_report.plots.bars import BarChart, bar_traces, draw_bars
from laue_report.plots.phases import best_point, phase_parts
from laue_report.plots.plot import Plot
from laue_report.plots.style import MOST_BARS, Traces, largest, left_out_note, seconds_unit
from laue_report.run_reasons import why_no_run_succeeded
from laue_report.selection import LAUNCH, TARGET, succeeded
from laue_report.tables import number


def _typical_run(measurements: Measurements) -> polars.DataFrame:
    """The best point's run of the median time, or the next shorter one; without rows where none succeeded."""
    runs = succeeded(best_point(measurements)).sort("total_wall_s", maintain_order=True)
    return runs.slice((runs.height - 1) // 2, 1) if runs.height else runs


def _data(measurements: Measurements) -> polars.DataFrame:
    run = _typical_run(measurements).select("run", "run_id", "run_index", "point_id", "total_wall_s")
    ranks = measurements.ranks.filter(polars.col("start_s").is_not_null() & polars.col("end_s").is_not_null())
    of_run = ranks.join(run, on="run", how="inner").sort("i")
    facts = ["point_id", "run_id", "run_index", "total_wall_s", "i", "host", "start_s", "end_s"]
    return of_run.select(*facts, *PIPELINE_PHASES)


def _missing(measurements: Measurements) -> str:
    if succeeded(measurements).height:
        return "no record tells when ranks began and ended: laue-bench writes it, the runner before it did not"
    return why_no_run_succeeded(measurements)


def _shown(frame: polars.DataFrame) -> polars.DataFrame:
    return frame.sort("end_s", descending=True).head(MOST_BARS).sort("i")


def _chart(frame: polars.DataFrame) -> BarChart:
    shown = _shown(frame)
    unit = seconds_unit(largest(shown, "end_s"))
    hosts = shown["host"].n_unique() > 1
    names = [
        f"rank {row['i']} on {row['host']}" if hosts else f"rank {row['i']}" for row in shown.iter_rows(named=True)
    ]
    base = (shown["start_s"] / unit.size).to_list()
    return BarChart(names, f"after the agreed start, {unit.name}", phase_parts(shown, unit.size), base=base)


def _draw(figure: Figure, frame: polars.DataFrame) -> None:
    draw_bars(figure, _chart(frame))


def _traces(frame: polars.DataFrame) -> Traces:
    return bar_traces(_chart(frame))


def _notes(frame: polars.DataFrame) -> list[str]:
    run = frame.row(0, named=True)
    which = f"run {run['run_index']} of {run['point_id']}, {number(run['total_wall_s'])} s, the middle one of its runs"
    return [which, *left_out_note(frame, "i", "the latest ends")]


PLOT = Plot(
    name="timeline",
    title="Timeline of a run",
    about=(
        "Every rank of one run from its start to its end. Opening, fsync and closing stand where they were; waiting "
        "and computing alternate stripe by stripe and are drawn as sums (laue-bench run --trace records each)."
    ),
    alike=(LAUNCH, TARGET),
    data=_data,
    draw=_draw,
    traces=_traces,
    missing=_missing,
    notes=_notes,
)
