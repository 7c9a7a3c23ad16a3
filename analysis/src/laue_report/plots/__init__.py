"""Plots by name, a module each: `data` makes the numbers, `draw` and `traces` show them by matplotlib and plotly."""

from __future__ import annotations

from laue_report.plots import (
    accuracy,
    distribution,
    efficiency,
    energy,
    filesystems,
    heatmap,
    memory,
    phases,
    roofline,
    scaling,
    threads,
    timeline,
)
from laue_report.plots.plot import Plot as Plot

PLOTS: dict[str, Plot] = {
    plot.name: plot
    for plot in (
        heatmap.PLOT,
        scaling.PLOT,
        efficiency.PLOT,
        threads.PLOT,
        phases.POINTS,
        phases.RANKS,
        timeline.PLOT,
        filesystems.PLOT,
        memory.PLOT,
        energy.PLOT,
        distribution.PLOT,
        roofline.PLOT,
        accuracy.PLOT,
    )
}
