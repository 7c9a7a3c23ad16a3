"""Where the seconds of a point's reconstructions went."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

from laue_report.members import BUSY_PHASES, PIPELINE_PHASES, Record

#: What stands above the tables.
PIPELINE_TITLE = "seconds of a reconstruction (mean of a run's ranks, median of the runs):"
BUSY_TITLE = "busy in these seconds, side by side with them:"

HEADINGS = {name: name.removesuffix("_s").replace("_", " ") for name in PIPELINE_PHASES + BUSY_PHASES}


@dataclass
class PointPhases:
    """Phases of the successful runs of one point."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    """Of each run the mean of its ranks: they are not independent, their run is. Means add up as the phases do."""

    def add(self, run: Record) -> None:
        ranks = [rank.get("phases") or {} for rank in run.get("per_proc", [])]
        for name in HEADINGS:
            known = [float(phases[name]) for phases in ranks if phases.get(name) is not None]
            if known:
                self.seconds.setdefault(name, []).append(statistics.fmean(known))

    def medians(self, names: Sequence[str]) -> list[float | None]:
        """None where no record tells."""
        return [statistics.median(self.seconds[name]) if name in self.seconds else None for name in names]
