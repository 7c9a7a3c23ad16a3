"""Where the seconds of a point's reconstructions went."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars

from laue_report.members import BUSY_PHASES, PIPELINE_PHASES

#: What stands above the tables.
PIPELINE_TITLE = "seconds of a reconstruction (mean of a run's ranks, median of the runs):"
BUSY_TITLE = "busy in these seconds, side by side with them:"

HEADINGS = {name: name.removesuffix("_s").replace("_", " ") for name in PIPELINE_PHASES + BUSY_PHASES}


def phase_means(ranks: polars.DataFrame) -> polars.DataFrame:
    """One row per run: each phase as the mean of the ranks that tell it."""
    return ranks.group_by("run").agg(polars.col(list(HEADINGS)).mean())


@dataclass
class PointPhases:
    """Phases of the successful runs of one point."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    """Of each run the mean of its ranks: they are not independent, their run is. Means add up as the phases do."""

    def add(self, means: Mapping[str, float | None]) -> None:
        """Of a run's ranks, by phase."""
        for name in HEADINGS:
            if (seconds := means.get(name)) is not None:
                self.seconds.setdefault(name, []).append(seconds)

    def medians(self, names: Sequence[str]) -> list[float | None]:
        """None where no record tells."""
        return [statistics.median(self.seconds[name]) if name in self.seconds else None for name in names]
