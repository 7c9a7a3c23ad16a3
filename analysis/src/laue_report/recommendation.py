"""Which measured point reconstructs so many scans in time, and what that takes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from laue_report.intervals import Mean
from laue_report.measured_points import MeasuredLaunch, MeasuredPoint, measured_launch
from laue_report.measurements import Measurements
from laue_report.staging import StagingRate, staging_rate

HOUR_S = 3600.0


class NothingMeasuredError(Exception):
    """No point tells how long a scan takes."""


@dataclass(frozen=True)
class Candidate:
    """A measured point and what it would take for all scans."""

    point: MeasuredPoint
    runs_needed: int
    """Of `point.parallel` reconstructions each, one after the other; the last one may have fewer."""
    nodes: int
    """Of the point; 1 where the records do not tell."""
    knows_nodes: bool
    staging: StagingRate | None
    """None where nothing tells how long copying takes."""
    staging_s: float
    """For all scans, 0 where nothing tells."""

    @property
    def total_s(self) -> Mean:
        """Staging and all runs at the geometric mean of the measured ones."""
        return self.point.mean_s.scaled(self.runs_needed, self.staging_s)

    @property
    def hours(self) -> Mean:
        return self.total_s.scaled(1.0 / HOUR_S)

    @property
    def node_hours(self) -> Mean:
        """Whole nodes count, also where a point leaves cores idle."""
        return self.hours.scaled(self.nodes)

    @property
    def cost(self) -> tuple[float, float]:
        return self.node_hours.value, self.hours.value

    def is_in_time(self, deadline_s: float) -> bool:
        return self.total_s.value <= deadline_s

    def is_surely_in_time(self, deadline_s: float) -> bool:
        """To the upper end of the 95 % interval."""
        interval = self.total_s.interval
        return interval is not None and interval.high <= deadline_s


@dataclass(frozen=True)
class Recommendation:
    measured: MeasuredLaunch
    other_launches: int
    """That have measured points too, and were not looked at."""
    scans: int
    deadline_s: float
    candidates: list[Candidate]
    """All points of the launch that were measured, the cheapest first."""

    @property
    def in_time(self) -> list[Candidate]:
        return [candidate for candidate in self.candidates if candidate.is_in_time(self.deadline_s)]

    @property
    def chosen(self) -> Candidate | None:
        """The cheapest that is surely in time, else the cheapest that is in time at its mean."""
        sure = [candidate for candidate in self.in_time if candidate.is_surely_in_time(self.deadline_s)]
        return next(iter(sure or self.in_time), None)

    @property
    def fastest(self) -> Candidate:
        return min(self.candidates, key=lambda candidate: candidate.total_s.value)

    @property
    def shown(self) -> Candidate:
        """The fastest where none is in time."""
        return self.chosen or self.fastest


def _nodes(point: MeasuredPoint) -> int | None:
    known = point.runs["nodes"].drop_nulls().to_list()
    return max(map(int, known), default=None)


def _candidate(point: MeasuredPoint, scans: int, rate: StagingRate | None) -> Candidate:
    known = _nodes(point)
    nodes = known or 1
    seconds = rate.seconds(scans, nodes) if rate else 0.0
    return Candidate(point, math.ceil(scans / point.parallel), nodes, known is not None, rate, seconds)


def _candidates(launch: MeasuredLaunch, scans: int, measurements: Measurements) -> list[Candidate]:
    rates = {
        target: staging_rate(measurements.stagings, launch.launch.session_id, target)
        for target in {point.target for point in launch}
    }
    found = [_candidate(point, scans, rates[point.target]) for point in launch]
    return sorted(found, key=lambda candidate: candidate.cost)


def _measured_launches(measurements: Measurements, wanted: str) -> Sequence[MeasuredLaunch]:
    """In their order; `wanted` is how the session begins."""
    ids = [session_id for session_id in measurements.launches if session_id.startswith(wanted)]
    if not ids:
        raise NothingMeasuredError(f"no launch is called {wanted}")
    launches = [launch for launch in (measured_launch(measurements, session_id) for session_id in ids) if launch.points]
    if not launches:
        raise NothingMeasuredError("no measured run succeeded")
    return launches


def recommend(measurements: Measurements, scans: int, deadline_s: float, launch_id: str = "") -> Recommendation:
    """Of the last launch with measured points whose session begins with `launch_id`: launches may differ in what they
    reconstruct. Raises NothingMeasuredError."""
    launches = _measured_launches(measurements, launch_id)
    launch = launches[-1]
    candidates = _candidates(launch, scans, measurements)
    return Recommendation(launch, len(launches) - 1, scans, deadline_s, candidates)


@dataclass(frozen=True)
class SideBySide:
    """Jobs of one point at the same time, which were not measured together."""

    jobs: int
    nodes: int
    hours: float
    """Of the job that has most scans."""


def side_by_side(candidate: Candidate, scans: int, deadline_s: float) -> SideBySide | None:
    """As few as meet the deadline if they do not slow each other down; None where none do. Storage that the nodes share
    stages for all of them one after the other."""
    per_job_s, at_once_s = _staging_parts(candidate, scans)
    run_s = candidate.point.mean_s.value + per_job_s
    runs = math.floor((deadline_s - at_once_s) / run_s)
    if runs < 1:
        return None
    jobs = math.ceil(scans / (runs * candidate.point.parallel))
    longest = math.ceil(math.ceil(scans / jobs) / candidate.point.parallel)
    return SideBySide(jobs, jobs * candidate.nodes, (longest * run_s + at_once_s) / HOUR_S)


def _staging_parts(candidate: Candidate, scans: int) -> tuple[float, float]:
    """Seconds of staging that come with each run of a job, and those that come once."""
    if candidate.staging is None or not candidate.staging.is_per_node:
        return 0.0, candidate.staging_s
    return candidate.staging_s / scans * candidate.point.parallel, 0.0
