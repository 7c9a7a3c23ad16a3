"""What alternating launches tell about the points that both sides have."""

from __future__ import annotations

import statistics as averages
from dataclasses import dataclass
from typing import Any

from rich.table import Table

from laue_report.alternation import Side, UnusableSideError
from laue_report.cells import Cell, cell_name, have_targets
from laue_report.effects import interval, interval_text, percent, signed
from laue_report.measurements import Measurements, load
from laue_report.points import precision_of
from laue_report.statistics import LEAST_FOR_NOISE, MOST_SAMPLES, Answer, Comparison, Verdict, judge
from laue_report.summary import PointSummary, summarise
from laue_report.tables import number, point_table


@dataclass(frozen=True)
class MatchedCells:
    comparisons: dict[str, Comparison]
    """By the cell's name."""
    only_in: dict[str, list[str]]
    """Points that one side alone has, by its name."""
    warnings: list[str]
    """What is wrong with the results of the sides, and what they do not have in common."""


@dataclass(frozen=True)
class ComparedCell:
    name: str
    comparison: Comparison
    verdict: Verdict


@dataclass(frozen=True)
class Outcome:
    cells: list[ComparedCell]
    only_in: dict[str, list[str]]
    """As MatchedCells has it, and the next."""
    warnings: list[str]


def _cell_of(point: PointSummary, targets: list[str]) -> Cell:
    return (targets.index(point.key.staging_dir) if point.key.staging_dir in targets else 0), point.key.point_id


def _results(side: Side) -> Measurements:
    try:
        return load([side.results])
    except OSError as error:
        raise UnusableSideError(
            f"launches of {side.name} left no results ({side.results}: {error.strerror}): see {side.log}"
        ) from error


def _launches(side: Side, results: Measurements, pairs: int) -> list[dict[Cell, float]]:
    """Of the launch in each pair: the median time of every point, s."""
    found: dict[str, dict[Cell, float]] = {side.tag(pair): {} for pair in range(1, pairs + 1)}
    for point in summarise(results):
        params = results.launches[point.key.session_id].params
        if params.get("tag") in found and point.median_s:
            found[params["tag"]][_cell_of(point, params.get("staging_dirs", []))] = point.median_s
    missing = [tag for tag, cells in found.items() if not cells]
    if missing:
        raise UnusableSideError(f"{side.results} lacks times of a launch ({missing[0]}): see {side.log}")
    return list(found.values())


def _times(launches: list[dict[Cell, float]], cell: Cell) -> list[float]:
    return [launch[cell] for launch in launches]


def _cells(launches: list[dict[Cell, float]]) -> list[Cell]:
    """That every launch has."""
    return [cell for cell in launches[0] if all(cell in launch for launch in launches)]


def _matches(olds: list[Cell], news: list[Cell]) -> list[tuple[Cell, Cell]]:
    """Cells are the same where target and point are; where each side has only one, whatever they are called."""
    if len(olds) == len(news) == 1:
        return [(olds[0], news[0])]
    return [(cell, cell) for cell in olds if cell in news]


def _joined_name(old: Cell, new: Cell, has_targets: bool) -> str:
    names = [cell_name(cell, has_targets) for cell in (old, new)]
    return names[0] if old == new else " -> ".join(names)


def _precision_warnings(sides: tuple[Side, Side], matches: list[tuple[Cell, Cell]]) -> list[str]:
    """Of two points that are compared though their precisions differ."""
    return [
        f"{sides[0].name} computes in {precision_of(old[1])} precision, {sides[1].name} in {precision_of(new[1])}: "
        "their depth images differ, and so may their accuracy"
        for old, new in matches
        if precision_of(old[1]) != precision_of(new[1])
    ]


def match_cells(sides: tuple[Side, Side], pairs: int) -> MatchedCells:
    """Of the first `pairs` pairs. Raises UnusableSideError where nothing can be compared."""
    results = [_results(side) for side in sides]
    launches = [_launches(side, found, pairs) for side, found in zip(sides, results, strict=True)]
    olds, news = map(_cells, launches)
    matches = _matches(olds, news)
    if not matches:
        raise UnusableSideError(
            f"nothing to compare ({sides[0].name} and {sides[1].name} have no point in common): "
            "give grids that share points, or one point each"
        )
    has_targets = have_targets(olds + news)
    comparisons = {
        _joined_name(old, new, has_targets): Comparison(
            _times(launches[0], old), _times(launches[1], new), are_pairs=True
        )
        for old, new in matches
    }
    compared = {cell for match in matches for cell in match}
    only_in = {
        side.name: [cell_name(cell, has_targets) for cell in found if cell not in compared]
        for side, found in zip(sides, (olds, news), strict=True)
    }
    warnings = _precision_warnings(sides, matches) + [text for found in results for text in found.warnings]
    return MatchedCells(comparisons, only_in, warnings)


def judge_cells(matched: MatchedCells, threshold: float | None) -> Outcome:
    """`threshold` as statistics.judge has it."""
    verdicts = judge(list(matched.comparisons.values()), threshold)
    cells = map(ComparedCell, matched.comparisons.keys(), matched.comparisons.values(), verdicts)
    return Outcome(list(cells), matched.only_in, matched.warnings)


def table_of(outcome: Outcome) -> Table:
    table = point_table(["A median s", "B median s", "B against A", "95 % interval", "p", "verdict"])
    for cell in outcome.cells:
        verdict = cell.verdict
        table.add_row(
            cell.name,
            number(averages.median(cell.comparison.old)),
            number(averages.median(cell.comparison.new)),
            signed(verdict.estimate.effect) if verdict.estimate else "-",
            interval_text(verdict),
            "-" if verdict.p_value is None else f"{verdict.p_value:.2g}",
            verdict.answer.value,
        )
    return table


def _limits_note(cell: ComparedCell) -> str:
    verdict = cell.verdict
    if verdict.answer is Answer.INSUFFICIENT:
        return f"insufficient data, {verdict.further_samples} more pairs are the least"
    if verdict.threshold is None or verdict.could_have_found is None:
        return (
            f"noise floor unknown below {LEAST_FOR_NOISE} pairs, {verdict.further_samples} more would tell it, "
            "or give --threshold"
        )
    noise = cell.comparison.noise_floor()
    measured = "unknown" if noise is None else f"{percent(noise):.2f} %"
    found = f"changes count beyond {percent(verdict.threshold.effect):.2f} % (noise floor {measured}); "
    found += "this could have found a slowdown >= "
    return found + f"{percent(verdict.could_have_found):.2f} %" + _further_note(verdict)


def _further_note(verdict: Verdict) -> str:
    if verdict.answer is not Answer.AMBIGUOUS:
        return ""
    if verdict.further_samples is None:
        return f"; not to be settled by {MOST_SAMPLES} pairs like these"
    return f"; {verdict.further_samples} more pairs like these would settle it"


def notes_of(outcome: Outcome) -> list[str]:
    """What could have been found, and what was not compared."""
    notes = [f"{cell.name}: {_limits_note(cell)}" for cell in outcome.cells]
    notes += [f"in {name} alone: {', '.join(cells)}" for name, cells in outcome.only_in.items() if cells]
    return notes + outcome.warnings


def record_of(outcome: Outcome) -> dict[str, Any]:
    """For programs. Changes and limits are in per cent of A's time."""
    return {
        "cells": [_cell_record(cell) for cell in outcome.cells],
        "only_in": outcome.only_in,
        "warnings": outcome.warnings,
    }


def _cell_record(cell: ComparedCell) -> dict[str, Any]:
    verdict, ends, noise = cell.verdict, interval(cell.verdict), cell.comparison.noise_floor()
    return {
        "point": cell.name,
        "a_s": list(cell.comparison.old),
        "b_s": list(cell.comparison.new),
        "verdict": verdict.answer.value,
        "change_percent": None if verdict.estimate is None else percent(verdict.estimate.effect),
        "change_interval95_percent": None if ends is None else [percent(end) for end in ends],
        "p_value_holm": verdict.p_value,
        "threshold_percent": None if verdict.threshold is None else percent(verdict.threshold.effect),
        "threshold_from": None if verdict.threshold is None else verdict.threshold.source.value,
        "noise_floor_percent": None if noise is None else percent(noise),
        "could_have_found_percent": None if verdict.could_have_found is None else percent(verdict.could_have_found),
        "further_pairs": verdict.further_samples,
    }
