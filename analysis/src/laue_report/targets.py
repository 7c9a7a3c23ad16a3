"""Targets: what points are to reach, held against what they did."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import numpy
from rich.table import Table

from laue_report.members import RecordValidator, problems_of
from laue_report.run_figures import PointFigures
from laue_report.shipped_schema import TARGETS, shipped_schema
from laue_report.summary import PointSummary
from laue_report.tables import number, point_table


class UnusableTargetsError(Exception):
    """A file that holds no targets."""


class State(Enum):
    MET = "met"
    MISSED = "missed"
    UNKNOWN = "not known"
    NOT_MEASURED = "not measured"


class Aim(Enum):
    AT_LEAST = ">="
    AT_MOST = "<="

    def is_met(self, value: float, limit: float) -> bool:
        return value >= limit if self is Aim.AT_LEAST else value <= limit


@dataclass(frozen=True)
class Candidate:
    """A point that targets may be of."""

    point: PointSummary
    figures: PointFigures


@dataclass(frozen=True)
class Metric:
    unit: str
    aim: Aim
    value: Callable[[Candidate], float | None]
    """None where it is not known."""


def _percentile(candidate: Candidate, percent: float) -> float | None:
    times = candidate.point.wall_s
    return float(numpy.percentile(times, percent)) if times else None


def _success_rate(candidate: Candidate) -> float | None:
    point = candidate.point
    return len(point.wall_s) / point.made if point.made else None


def _attainable_fraction(candidate: Candidate) -> float | None:
    fraction: float | None = (candidate.point.attained or {}).get("whole_fraction")
    return fraction


#: By the names that configs/schema/targets.schema.json describes.
METRICS: dict[str, Metric] = {
    "throughput_per_min": Metric("1/min", Aim.AT_LEAST, lambda found: found.point.throughput_per_min),
    "pixel_steps_per_s": Metric("1/s", Aim.AT_LEAST, lambda found: found.point.pixel_steps_per_s),
    "median_wall_s": Metric("s", Aim.AT_MOST, lambda found: found.point.median_s),
    "p95_wall_s": Metric("s", Aim.AT_MOST, lambda found: _percentile(found, 95)),
    "p99_wall_s": Metric("s", Aim.AT_MOST, lambda found: _percentile(found, 99)),
    "success_rate": Metric("ratio", Aim.AT_LEAST, _success_rate),
    "imbalance": Metric("ratio", Aim.AT_MOST, lambda found: found.figures.median("imbalance")),
    "attainable_fraction": Metric("ratio", Aim.AT_LEAST, _attainable_fraction),
    "cpu_s": Metric("s", Aim.AT_MOST, lambda found: found.figures.median("cpu_s")),
    "peak_rss_bytes": Metric("bytes", Aim.AT_MOST, lambda found: found.figures.largest("peak_rss_bytes")),
    "j_per_reconstruction": Metric("J", Aim.AT_MOST, lambda found: found.figures.median("j_per_reconstruction")),
    "depth_error_um_rms": Metric("um", Aim.AT_MOST, lambda found: found.figures.largest("depth_error_um_rms")),
}


@dataclass(frozen=True)
class Target:
    point: str
    """Name, or a pattern with * and ?."""
    metric: str
    value: float
    staging_dir: str | None = None
    """Of all staging folders where None."""
    is_required: bool = True
    """Where it is not, a value that is not known is no miss."""

    def is_of(self, point: PointSummary) -> bool:
        is_there = self.staging_dir is None or self.staging_dir == point.key.staging_dir
        return is_there and fnmatchcase(point.key.point_id, self.point)


@dataclass(frozen=True)
class Judgement:
    """A target held against a point."""

    target: Target
    name: str
    """Of the point; the target's own where no point is meant."""
    current: float | None
    state: State

    @property
    def fails(self) -> bool:
        """Whether it closes the gate."""
        if self.state is State.UNKNOWN:
            return self.target.is_required
        return self.state is not State.MET


def targets_from(path: Path) -> list[Target]:
    """Raises UnusableTargetsError."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise UnusableTargetsError(
            f"cannot use targets {path} ({reason}): give a file like configs/targets.json"
        ) from error
    problem = next(problems_of(RecordValidator(shipped_schema(TARGETS)), found), None)
    if problem:
        raise UnusableTargetsError(
            f"cannot use targets {path} ({problem[0]}: {problem[1]}): see configs/schema/targets.schema.json"
        )
    return [_target(entry) for entry in found["targets"]]


def _target(entry: dict[str, Any]) -> Target:
    return Target(
        entry["point"], entry["metric"], float(entry["target"]), entry.get("staging_dir"), entry.get("required", True)
    )


def judge_targets(targets: Iterable[Target], candidates: Sequence[Candidate]) -> list[Judgement]:
    """Of each target and each point that it is of; of several launches' points the last one's that was run."""
    return [judgement for target in targets for judgement in _judgements(target, candidates)]


def _judgements(target: Target, candidates: Sequence[Candidate]) -> list[Judgement]:
    latest: dict[tuple[str, str], Candidate] = {}
    for candidate in candidates:
        if candidate.point.made and target.is_of(candidate.point):
            latest[(candidate.point.key.staging_dir, candidate.point.key.point_id)] = candidate
    if not latest:
        return [Judgement(target, target.point, None, State.NOT_MEASURED)]
    has_folders = len({folder for folder, _ in latest}) > 1
    return [
        _judged(target, f"{point} on {folder}" if has_folders else point, candidate)
        for (folder, point), candidate in latest.items()
    ]


def _judged(target: Target, name: str, candidate: Candidate) -> Judgement:
    metric = METRICS[target.metric]
    current = metric.value(candidate)
    if current is None:
        return Judgement(target, name, None, State.UNKNOWN)
    return Judgement(target, name, current, State.MET if metric.aim.is_met(current, target.value) else State.MISSED)


def targets_table(judgements: Iterable[Judgement]) -> Table:
    table = point_table(["metric", "unit", "target", "current", ""])
    for judgement in judgements:
        metric = METRICS[judgement.target.metric]
        table.add_row(
            judgement.name,
            judgement.target.metric,
            metric.unit,
            f"{metric.aim.value} {number(judgement.target.value)}",
            number(judgement.current),
            judgement.state.value,
        )
    return table
