"""The table of what must be reached, made from the lines that gates and slow tests print."""

from __future__ import annotations

import re
import statistics
from dataclasses import dataclass

from measuring.figures import Figure, suffix
from measuring.markdown import markdown_table

HEAD = ("figure", "required", "median", "smallest to largest", "measured", "reached")

#: The rows that have to be there, in this order: what they are called and the names of the figures that belong there.
EXPECTED = (
    ("kernel against the plain version, float64, 1 thread", r"kernel, 1 thread, usual, .*"),
    ("the same, binning 4 (pixels wider than the wire step)", r"kernel, 1 thread, binning4, .*"),
    ("the same, both edges", r"kernel, 1 thread, both, .*"),
    ("the same, conserving", r"kernel, 1 thread, conserving, .*"),
    ("kernel, 2 threads against 1", r"kernel, 2 threads against 1"),
    ("two independent threads against one: the machine", r"two independent threads against one"),
    ("whole reconstruction against the plain version, 1 thread", r"whole reconstruction, 1 thread"),
    ("whole reconstruction against what is attainable, 2 threads", r"whole reconstruction, 2 threads, .*"),
    ("one file per rank against plain writing, fsync", r"one file per rank against plain writing, fsync"),
    ("the same without fsync", r"one file per rank against plain writing, no fsync"),
    ("one file of two ranks against plain MPI-IO, collective", r"one file of two ranks .*, collective on"),
    ("the same, each rank by itself", r"one file of two ranks .*, collective off"),
    ("gzip whole-frame chunks against max(decompressing, uncompressed)", r"gzip-compressed whole-frame chunks"),
    ("the same, shuffled", r"gzip-compressed whole-frame chunks, shuffled"),
    ("full-size scan in 2048 MiB, contiguous: peak memory", r"full-size scan, contiguous.*"),
    ("full-size scan in 2048 MiB, gzip: peak memory", r"full-size scan, gzip.*"),
    ("generating it on 2 cores, contiguous: time", r"generating the full-size scan, contiguous: time"),
    ("the same: peak memory", r"generating the full-size scan, contiguous: peak resident memory"),
    ("time outside reconstructions, 20 points, 2 ranks", r"time outside reconstructions.*"),
)
LEVEL = re.compile(r", (x86-64-v\d)$")


@dataclass(frozen=True)
class Row:
    """All measurements of one figure; none where it was not measured."""

    label: str
    figures: list[Figure]

    @property
    def median(self) -> float:
        return statistics.median(figure.value for figure in self.figures)

    def is_reached(self) -> bool:
        return bool(self.figures) and self.figures[0].is_met_by(self.median)

    def cells(self) -> list[str]:
        if not self.figures:
            return [self.label, "", "not measured", "", "0", "no"]
        first = self.figures[0]
        values = [figure.value for figure in self.figures]
        spread = f"{shown(min(values))} to {shown(max(values))}"
        reached = "" if not first.required else "yes" if self.is_reached() else "no"
        median = f"{shown(self.median)}{suffix(first.unit)}"
        return [self.label, first.required, median, spread, str(len(values)), reached]


def shown(value: float) -> str:
    """With as many digits as mean something."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def rows_of(figures: list[Figure]) -> list[Row]:
    """In the order of EXPECTED, whether there are figures for them or not; those that nobody expects at the end."""
    names = dict.fromkeys(figure.name for figure in figures)
    by_name = {name: [figure for figure in figures if figure.name == name] for name in names}
    rows = []
    for label, pattern in EXPECTED:
        matching = sorted(name for name in by_name if re.fullmatch(pattern, name))
        rows += [Row(label + level_of(name), by_name.pop(name)) for name in matching] or [Row(label, [])]
    return rows + [Row(name, measured) for name, measured in by_name.items()]


def level_of(name: str) -> str:
    level = LEVEL.search(name)
    return f", {level[1]}" if level else ""


def gate_table(rows: list[Row]) -> str:
    return markdown_table(HEAD, [row.cells() for row in rows])
