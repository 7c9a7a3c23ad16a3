"""The grid points of one launch with all that its runs tell of them."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import polars

from laue_report.intervals import Mean, mean_of
from laue_report.launches import Launch
from laue_report.measurements import Measurements
from laue_report.members import Record
from laue_report.points import point_id_of

#: Columns that tell points of a launch apart: those without a session count as one, and files tell them apart.
POINT_COLUMNS = ["path", "staging_dir", "point_id"]


@dataclass(frozen=True)
class MeasuredPoint:
    """A point on one target."""

    target: str
    point_id: str
    name: str
    """For people: with the target where the launch has several."""
    runs: polars.DataFrame
    """Successful measured ones, in the order in which they were made; at least one."""
    failed: int
    """Measured runs that failed."""
    summary: Record
    """The program's own; empty where it has written none."""

    @property
    def mode(self) -> str:
        return str(self.runs["mode"][0])

    @property
    def parallel(self) -> int:
        return int(self.runs["parallel"][0])

    @property
    def threads(self) -> int | None:
        """Of each reconstruction; None on GPUs."""
        threads = self.runs["threads"][0]
        return None if threads is None else int(threads)

    @property
    def precision(self) -> str:
        return str(self.runs["precision"][0] or "double")

    @cached_property
    def wall_s(self) -> list[float]:
        """Of its runs, in their order."""
        return [float(seconds) for seconds in self.runs["total_wall_s"]]

    @cached_property
    def median_s(self) -> float:
        return statistics.median(self.wall_s)

    @cached_property
    def mean_s(self) -> Mean:
        return mean_of(self.wall_s)


@dataclass(frozen=True)
class MeasuredLaunch:
    launch: Launch
    points: list[MeasuredPoint]
    """In the order of the grid; those alone of which a run succeeded."""
    ranks: polars.DataFrame
    """Of the points' runs, with the point's `name`, and `parallel`, `threads` and `mode` of the run."""

    def __iter__(self) -> Iterator[MeasuredPoint]:
        return iter(self.points)

    def ranks_by_point(self) -> dict[str, polars.DataFrame]:
        """By name."""
        return {str(key[0]): frame for key, frame in self.ranks.partition_by("name", as_dict=True).items()}


def measured_launch(measurements: Measurements, launch_id: str) -> MeasuredLaunch:
    """Runs of launches that it resumed count for it."""
    launch = measurements.launches[launch_id]
    is_measured = (polars.col("launch_id") == launch_id) & ~polars.col("is_warmup")
    runs = measurements.runs.filter(is_measured).sort("unix_time_s", "order_index", "run", maintain_order=True)
    summaries = {
        (str(record.get("staging_dir", "")), point_id_of(record)): record
        for record in measurements.summaries
        if record.get("session_id", "") == launch_id
    }
    points = []
    for (path, target, point_id), frame in runs.partition_by(POINT_COLUMNS, as_dict=True, maintain_order=True).items():
        # a time of 0 is one that the clock could not tell, and has no logarithm
        good = frame.filter(polars.col("success") & (polars.col("total_wall_s") > 0.0) & (polars.col("parallel") > 0))
        if good.height:
            name = _name(
                point_id, target if _differ(runs["staging_dir"]) else "", path if _differ(runs["path"]) else ""
            )
            failed = frame.height - int(frame["success"].sum())
            points.append(MeasuredPoint(target, point_id, name, good, failed, summaries.get((target, point_id), {})))
    return MeasuredLaunch(launch, _in_grid_order(points, launch), _ranks_of(points, measurements.ranks))


def _differ(values: polars.Series) -> bool:
    return values.n_unique() > 1


def _name(point_id: str, target: str, path: str) -> str:
    """`target` and `path` are empty where nothing but the point needs to be told."""
    return point_id + (f" in {target}" if target else "") + (f" of {path}" if path else "")


def _in_grid_order(points: list[MeasuredPoint], launch: Launch) -> list[MeasuredPoint]:
    places = {planned: place for place, planned in enumerate(launch.planned_points())}
    return sorted(points, key=lambda point: places.get((point.target, point.point_id), len(places)))


def _ranks_of(points: list[MeasuredPoint], ranks: polars.DataFrame) -> polars.DataFrame:
    wanted = ["run", "name", "mode", "parallel", "threads"]
    named = [point.runs.with_columns(name=polars.lit(point.name)).select(wanted) for point in points]
    if not named:
        return ranks.clear()
    return ranks.join(polars.concat(named), on="run", how="inner", maintain_order="left")
