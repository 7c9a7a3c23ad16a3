"""What one side of a comparison knows of each cell: times and resources of successful runs, launch by launch."""

from __future__ import annotations

import statistics as averages
from dataclasses import dataclass, field
from enum import Enum

from laue_report.cells import Cell
from laue_report.facts import LaunchFacts, Topics
from laue_report.members import Record
from laue_report.statistics import LEAST_SAMPLES

#: How far the depth images of a generated scan lie from its truth.
ACCURACY = ("depth_error_um_rms", "depth_error_um_max", "intensity_recovered")


class Metric(Enum):
    """What runs are compared by. Values are members of LaunchSamples."""

    TIME = "time_s"
    THROUGHPUT = "throughput_per_min"
    MEMORY = "memory_bytes"
    GPU_MEMORY = "gpu_memory_bytes"
    ENERGY_EFFICIENCY = "reconstructions_per_j"


class Unit(Enum):
    """Of evidence: what is independent of its like."""

    LAUNCH = "launch"
    RUN = "run"


@dataclass(frozen=True)
class LaunchSamples:
    """Of the successful runs of a cell in one launch, in their order; a list is shorter where records do not tell."""

    session_id: str
    time_s: list[float]
    throughput_per_min: list[float] = field(default_factory=list)
    memory_bytes: list[float] = field(default_factory=list)
    """Largest peak of a run's ranks."""
    gpu_memory_bytes: list[float] = field(default_factory=list)
    """The same of their GPUs."""
    reconstructions_per_j: list[float] = field(default_factory=list)

    def of(self, metric: Metric) -> list[float]:
        samples: list[float] = getattr(self, metric.value)
        return samples


@dataclass(frozen=True)
class RankPhases:
    host: str
    rank: int
    median_s: dict[str, float]
    """By phase, over the runs."""


@dataclass(frozen=True)
class CellEvidence:
    launches: list[LaunchSamples]
    cache_states: list[str]
    """Where replicas were when the runs began, each state once."""
    accuracy: dict[str, float] = field(default_factory=dict)
    """Of ACCURACY what the records tell: errors of the worst rank, the intensity of the median one."""
    phases: dict[str, float] = field(default_factory=dict)
    """Seconds by phase: mean of a run's ranks, median of the runs."""
    ranks: list[RankPhases] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    """Why this should not become a baseline."""

    def unit_against(self, other: CellEvidence) -> Unit:
        return Unit.LAUNCH if min(len(self.launches), len(other.launches)) >= LEAST_SAMPLES else Unit.RUN

    def samples(self, metric: Metric, unit: Unit) -> list[float]:
        """In the order of launches and runs."""
        by_launch = [launch.of(metric) for launch in self.launches]
        if unit is Unit.RUN:
            return [value for values in by_launch for value in values]
        return [averages.median(values) for values in by_launch if values]

    def median(self, metric: Metric) -> float | None:
        """Over all runs; None where the records do not tell."""
        values = self.samples(metric, Unit.RUN)
        return averages.median(values) if values else None

    @property
    def sessions(self) -> list[str]:
        return [launch.session_id for launch in self.launches]


@dataclass(frozen=True)
class Evidence:
    """Of one side."""

    name: str
    """As it was given."""
    cells: dict[Cell, CellEvidence]
    launches: dict[str, LaunchFacts]
    """By session."""
    absent: dict[Cell, str] = field(default_factory=dict)
    """Why planned cells have no successful run."""
    params: dict[str, Record] = field(default_factory=dict)
    """By session, where results files tell."""
    warnings: list[str] = field(default_factory=list)

    def general(self) -> list[Topics]:
        """Of each launch."""
        return [facts.general for facts in self.launches.values()]

    def topics_of(self, cell: Cell) -> list[Topics]:
        """Of each launch that measured the cell: what holds for its target alone."""
        return [self.launches[session].target(cell[0]) for session in self.cells[cell].sessions]

    def general_of(self, cell: Cell) -> list[Topics]:
        return [self.launches[session].general for session in self.cells[cell].sessions]
