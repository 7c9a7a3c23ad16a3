"""The plots of a report, each of runs that may be shown together, and why others are missing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import polars

from laue_report.measurements import Measurements
from laue_report.plots import PLOTS, Plot
from laue_report.report.subject import Subject
from laue_report.selection import GRID, TARGET, Choice, combinations, differing, name_of, narrowed
from laue_report.tables import shown

#: Of what is drawn once for each combination, or each folder; a report of more would neither be read nor be made in
#: time. `laue-report figure` draws the others.
MOST_GRIDS, MOST_TARGETS = 8, 4

#: Drawn of the best point's folder alone.
_OF_BEST = ("ranks", "timeline")


@dataclass(frozen=True)
class ReportFigure:
    plot: Plot
    slug: str
    """Of its files and its place in the page."""
    of: str
    """Which runs, where the report has the plot several times; empty otherwise."""
    frame: polars.DataFrame
    notes: list[str]


@dataclass(frozen=True)
class FigureGroup:
    """All of one plot."""

    plot: Plot
    figures: list[ReportFigure] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    """Why there are none, or not all."""


def figure_groups(subject: Subject) -> list[FigureGroup]:
    return [_group(plot, subject) for plot in PLOTS.values()]


def _group(plot: Plot, subject: Subject) -> FigureGroup:
    group = FigureGroup(plot)
    missing: dict[str, list[str]] = {}
    parts, left_out = _parts(plot, subject)
    several = differing([values for values, _ in parts])
    for values, measurements in parts:
        named = ", ".join(name_of(values[option]) for option in several)
        frame = plot.data(measurements)
        if frame.height:
            slug = "-".join([plot.name, *(_slug(values[option]) for option in several)])
            free = slug if all(slug != figure.slug for figure in group.figures) else f"{slug}-{len(group.figures) + 1}"
            group.figures.append(ReportFigure(plot, free, named, frame, [shown(note) for note in plot.notes(frame)]))
        else:
            missing.setdefault(plot.missing(measurements), []).append(named)
    # what holds for all of them needs no names
    all_alike = not group.figures and len(missing) == 1
    told = [reason if all_alike or not any(of) else f"{'; '.join(of)}: {reason}" for reason, of in missing.items()]
    return FigureGroup(plot, group.figures, [shown(text) for text in told + left_out])


def _parts(plot: Plot, subject: Subject) -> tuple[list[tuple[dict[str, str], Measurements]], list[str]]:
    """What is drawn of it, each with the values that its runs have in common."""
    if not plot.alike:
        return [({}, subject.everything)], []
    choices, most = _choices(plot)
    found = combinations(subject.measurements, choices)
    best = subject.best
    if plot.name in _OF_BEST and best is not None:
        found = [values for values in found if values[TARGET.option] == best["staging_dir"]]
    kept = list(_fairly(found, most, subject))
    left_out = (
        [f"{len(kept)} of {len(found)} are drawn here: laue-report figure {plot.name} draws the others"]
        if len(kept) < len(found)
        else []
    )
    parts = [(values, narrowed(subject.measurements, values)) for values in kept]
    return (parts or [({}, subject.measurements)]), left_out


def _choices(plot: Plot) -> tuple[Sequence[Choice], int]:
    """The launch is chosen already."""
    if plot.alike == GRID:
        return GRID[1:], MOST_GRIDS
    return [choice for choice in plot.alike if choice in GRID[1:]], MOST_TARGETS


def _fairly(found: list[dict[str, str]], most: int, subject: Subject) -> Iterator[dict[str, str]]:
    """The first ones, that of the best point among them."""
    best = subject.best
    target = None if best is None else best["staging_dir"]
    first = [values for values in found if values.get(TARGET.option, target) == target]
    others = [values for values in found if values not in first]
    kept = (first + others)[:most]
    yield from (values for values in found if values in kept)


def _slug(text: str) -> str:
    """Letters and digits that every filesystem takes."""
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-")[-40:] or "unknown"
