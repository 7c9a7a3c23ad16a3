"""Grid points as a table: how often, how long, how many reconstructions per minute."""

from __future__ import annotations

import polars

from laue_report.measurements import Measurements
from laue_report.selection import measured

#: What tells points apart that are never averaged together.
POINT_COLUMNS = (
    "launch_key",
    "staging_dir",
    "mode",
    "precision",
    "output_layout",
    "output_compression",
    "node_axis",
    "parallel",
    "threads",
    "point_id",
)

_WALL = polars.col("total_wall_s").filter(polars.col("success"))
_STEPS = (polars.col("pixel_steps_per_s") * polars.col("total_wall_s")).filter(polars.col("success"))


def _quantile(share: float) -> polars.Expr:
    """Linearly interpolated, as laue-bench's own."""
    return _WALL.quantile(share, interpolation="linear")


def point_table(measurements: Measurements) -> polars.DataFrame:
    """A row for each point of each launch and staging folder, in the order of reconstructions at a time and threads;
    times are of successful runs, null where there is none."""
    return (
        measured(measurements)
        .group_by(POINT_COLUMNS, maintain_order=True)
        .agg(
            runs=_WALL.count(),
            failed=(~polars.col("success")).sum(),
            min_s=_WALL.min(),
            p25_s=_quantile(0.25),
            p50_s=_quantile(0.50),
            p75_s=_quantile(0.75),
            p95_s=_quantile(0.95),
            p99_s=_quantile(0.99),
            max_s=_WALL.max(),
            pixel_steps=_STEPS.mean(),
        )
        .with_columns(
            throughput_per_min=_per_minute("p50_s"),
            throughput_low_per_min=_per_minute("p75_s"),
            throughput_high_per_min=_per_minute("p25_s"),
            pixel_steps_per_s=polars.col("pixel_steps") / polars.col("p50_s"),
        )
        .drop("pixel_steps")
        .sort("mode", "node_axis", "parallel", "threads", "point_id", maintain_order=True)
    )


def best_row(points: polars.DataFrame) -> dict[str, object] | None:
    """The point with the most reconstructions per minute at the median; None where no run succeeded."""
    known = points.filter(polars.col("throughput_per_min").is_not_null())
    return known.row(int(known["throughput_per_min"].arg_max() or 0), named=True) if known.height else None


def _per_minute(seconds: str) -> polars.Expr:
    """A time of 0 is one that the clock could not tell, and nothing is the rate of no reconstruction."""
    known = polars.when((polars.col(seconds) > 0.0) & (polars.col("parallel") > 0)).then(polars.col(seconds))
    return 60.0 * polars.col("parallel") / known
