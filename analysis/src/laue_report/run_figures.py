"""Figures of runs that are those of their ranks together, and of points that are those of their runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars

from laue_report.measurements import Measurements

#: Of a run the sum over its ranks, unknown where one of them is.
_SUMS = ("user_s", "system_s", "bytes_read", "bytes_written", "files_written")
_DEVICE_SUMS = ("read_from_device_bytes", "written_to_device_bytes", "involuntary_switches")
#: Of a run that of its rank with most.
_LARGEST = ("peak_rss_bytes", "gpu_peak_memory_bytes", "depth_error_um_rms")


def _sum(name: str) -> polars.Expr:
    values = polars.col(name)
    return polars.when(values.is_not_null().all()).then(values.sum()).alias(name)


def run_figures(measurements: Measurements) -> polars.DataFrame:
    """One row per run or warm-up, as measurements.runs; what no record tells is null."""
    of_ranks = measurements.ranks.group_by("run").agg(
        *map(_sum, _SUMS + _DEVICE_SUMS), *(polars.col(name).max() for name in _LARGEST)
    )
    cpu_s = polars.col("user_s") + polars.col("system_s")
    return measurements.runs.join(of_ranks, on="run", how="left", maintain_order="left").with_columns(
        cpu_s=cpu_s,
        # a run may take no time at all
        cores_busy=polars.when(polars.col("total_wall_s") > 0).then(cpu_s / polars.col("total_wall_s")),
        j_per_reconstruction=polars.col("total_j") / polars.col("parallel"),
    )


@dataclass(frozen=True)
class PointFigures:
    """Of a point's successful measured runs."""

    runs: polars.DataFrame

    def median(self, name: str) -> float | None:
        """Over the runs that know it."""
        return _as_float(self.runs[name].median())

    def largest(self, name: str) -> float | None:
        return _as_float(self.runs[name].max())

    def known(self, name: str) -> int:
        """How many runs know it."""
        return self.runs.height - self.runs[name].null_count()


def _as_float(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def figures_of(figures: polars.DataFrame, runs: Sequence[int]) -> PointFigures:
    """`figures` are those of run_figures, whose rows stand in the order of `run`."""
    return PointFigures(figures[list(runs)])
