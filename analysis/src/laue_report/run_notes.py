"""What single runs tell besides their time: flags, the state of the page cache, why they failed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from laue_report.members import Record
from laue_report.shipped_schema import cache_meanings, flag_meanings

#: Of the reasons of one point's failures; the others are in the records.
MOST_REASONS = 3

#: `return_code` of ranks that were told to stop.
CANCELLED = 5


@dataclass
class RunNotes:
    """Of a point's runs, failed ones included."""

    runs: int = 0
    flags: Counter[str] = field(default_factory=Counter)
    caches: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    """By reason."""

    def add(self, run: Mapping[str, Any]) -> None:
        """A row of the table of runs."""
        self.runs += 1
        self.flags.update(run["flags"])
        if run["cache_state"]:
            self.caches[run["cache_state"]] += 1
        if not run["success"]:
            self.failures[run["error"]] += 1

    def share(self, count: int) -> str:
        """Nothing where all runs have it."""
        return "" if count == self.runs else f" ({count} of {self.runs} runs)"


def failure_reason(run: Record) -> str:
    """Of the first rank that failed by itself; ranks that were only cancelled come after those."""
    failed = [rank for rank in run.get("per_proc", []) if not rank.get("success", True)]
    failed.sort(key=lambda rank: rank.get("return_code") == CANCELLED)
    if not failed:
        return str(run.get("error") or "its record gives no reason")
    first = failed[0]
    return f"rank {first.get('rank', first.get('i'))}: {first.get('error') or 'no reason given'}"


def flag_notes(points: Mapping[str, RunNotes]) -> list[str]:
    """A line for each flag that a run carries, with its meaning and the points."""
    return _named_lines({point: (notes, notes.flags) for point, notes in points.items()}, flag_meanings(), "")


def cache_notes(points: Mapping[str, RunNotes]) -> list[str]:
    """Where replicas were when the runs began; one line without points where all runs agree."""
    states = set().union(*(notes.caches for notes in points.values()))
    if len(states) == 1:
        (state,) = states
        return [f"cache {state} ({cache_meanings().get(state, 'unknown')})"]
    return _named_lines({point: (notes, notes.caches) for point, notes in points.items()}, cache_meanings(), "cache ")


def failure_notes(points: Mapping[str, RunNotes]) -> list[str]:
    """A line for each reason of each point, the most frequent first."""
    return [
        f"failed {point}{notes.share(count)}: {reason}"
        for point, notes in points.items()
        for reason, count in notes.failures.most_common(MOST_REASONS)
    ]


def _named_lines(
    points: Mapping[str, tuple[RunNotes, Counter[str]]], meanings: Mapping[str, str], prefix: str
) -> list[str]:
    carriers: dict[str, list[str]] = {}
    for point, (notes, counts) in points.items():
        for name, count in sorted(counts.items()):
            carriers.setdefault(name, []).append(point + notes.share(count))
    order = [*meanings, *sorted(carriers.keys() - meanings.keys())]
    return [
        f"{prefix}{name} ({meanings.get(name, 'unknown')}): {', '.join(carriers[name])}"
        for name in order
        if name in carriers
    ]
