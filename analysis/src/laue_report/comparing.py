"""Two sides cell by cell: what can be compared, and what may be said of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from laue_report.cells import Cell, cell_name, have_targets
from laue_report.evidence import CellEvidence, Evidence, Metric, Unit
from laue_report.explanation import explanation
from laue_report.facts import Difference, decisive, differences, mixed
from laue_report.statistics import Answer, Comparison, Verdict, judge


class UnusableComparisonError(Exception):
    """Two sides between which there is nothing to compare."""


@dataclass(frozen=True)
class ComparedCell:
    """A cell that both sides have, in the same conditions unless the user wants it compared across them."""

    cell: Cell
    name: str
    old: CellEvidence
    new: CellEvidence
    unit: Unit
    times: Comparison
    verdict: Verdict

    def comparison(self, metric: Metric) -> Comparison | None:
        """None where a sample has no logarithm."""
        old, new = self.old.samples(metric, self.unit), self.new.samples(metric, self.unit)
        return Comparison(old, new, are_pairs=False) if all(value > 0.0 for value in old + new) else None

    def explanation(self) -> str | None:
        """Of a slower cell."""
        return explanation(self.old, self.new) if self.verdict.answer is Answer.SLOWER else None


@dataclass(frozen=True)
class Outcome:
    old: Evidence
    new: Evidence
    differences: list[Difference]
    """In what the launches of the sides differ."""
    cells: list[ComparedCell]
    across: dict[str, list[str]]
    """In what that should not differ cells differ that were compared all the same, by their names."""
    not_comparable: dict[str, list[str]]
    """Why, by the cells' names."""
    own: list[str]
    """Names of cells whose baseline is NEW's launch itself."""
    only_new: list[str]
    """Names of cells that BASE does not have."""
    missing: dict[str, str]
    """Why NEW has no times of cells that BASE has, by their names."""
    has_targets: bool

    def name(self, cell: Cell) -> str:
        return cell_name(cell, self.has_targets)


def _require_difference(old: Evidence, new: Evidence) -> None:
    """Between results files; a baseline may come from NEW. The predecessor's records have no launch."""
    if both := (old.params.keys() & new.launches.keys()) - {""}:
        raise UnusableComparisonError(
            f"cannot compare {old.name} with {new.name} (launch {min(both)} is on both sides): give other files, or "
            "name the launches, as in results.jsonl#3b241101"
        )


def _cache_text(evidence: CellEvidence) -> str:
    return " and ".join(evidence.cache_states)


def _obstacles(old: Evidence, new: Evidence, cell: Cell) -> list[str]:
    """Why times of a cell that both sides have are not of the same thing."""
    found = []
    for of_old, of_new in ((old.general_of(cell), new.general_of(cell)), (old.topics_of(cell), new.topics_of(cell))):
        found += [f"BASE's launches differ in {text}" for text in mixed(of_old)]
        found += [f"NEW's launches differ in {text}" for text in mixed(of_new)]
        found += [str(difference) for difference in decisive(differences(of_old, of_new))]
    states = old.cells[cell].cache_states, new.cells[cell].cache_states
    if states[0] != states[1] or len(states[0]) > 1:
        found.append(f"cache: replicas were {_cache_text(old.cells[cell])}, are {_cache_text(new.cells[cell])}")
    return list(dict.fromkeys(found))


def _is_own(old: CellEvidence, new: CellEvidence) -> bool:
    """Whether both are, in part, the same runs."""
    return bool((set(old.sessions) & set(new.sessions)) - {""})


def _judged(matched: list[tuple[Cell, str, CellEvidence, CellEvidence]], threshold: float | None) -> list[ComparedCell]:
    units = [old.unit_against(new) for _, _, old, new in matched]
    times = [
        Comparison(old.samples(Metric.TIME, unit), new.samples(Metric.TIME, unit), are_pairs=False)
        for (_, _, old, new), unit in zip(matched, units, strict=True)
    ]
    verdicts = judge(times, threshold)
    return [ComparedCell(*found[0], *found[1:]) for found in zip(matched, units, times, verdicts, strict=True)]


def _all_differences(old: Evidence, new: Evidence) -> list[Difference]:
    """Those of targets stand behind those of launches; they name the target where there are several. A baseline that is
    not there yet differs in nothing."""
    if not old.launches or not new.launches:
        return []
    found = differences(old.general(), new.general())
    count = max((len(facts.targets) for facts in [*old.launches.values(), *new.launches.values()]), default=0)
    for place in range(count):
        of_old = [facts.target(place) for facts in old.launches.values()]
        of_new = [facts.target(place) for facts in new.launches.values()]
        where = f" of target {place + 1}" if count > 1 else ""
        found += [
            Difference(difference.topic + where, difference.name, difference.old, difference.new)
            for difference in differences(of_old, of_new)
        ]
    return found


def _missing(old: Evidence, new: Evidence, names: dict[Cell, str]) -> dict[str, str]:
    return {names[cell]: new.absent.get(cell, "it was not planned") for cell in old.cells if cell not in new.cells}


def _names(cells: Iterable[Cell]) -> dict[Cell, str]:
    cells = list(cells)
    has_targets = have_targets(cells)
    return {cell: cell_name(cell, has_targets) for cell in cells}


def compare(old: Evidence, new: Evidence, threshold: float | None, across: bool) -> Outcome:
    """`threshold` as statistics.judge has it; `across` compares cells whose hardware, work or cache state differ as
    well. Raises UnusableComparisonError."""
    _require_difference(old, new)
    names = _names([*old.cells, *new.cells])
    own = [cell for cell, evidence in old.cells.items() if cell in new.cells and _is_own(evidence, new.cells[cell])]
    others = [cell for cell in old.cells if cell in new.cells and cell not in own]
    obstacles = {cell: found for cell in others if (found := _obstacles(old, new, cell))}
    matched = [
        (cell, names[cell], old.cells[cell], new.cells[cell]) for cell in others if across or cell not in obstacles
    ]
    named = {names[cell]: found for cell, found in obstacles.items()}
    return Outcome(
        old,
        new,
        _all_differences(old, new),
        _judged(matched, threshold),
        named if across else {},
        {} if across else named,
        [names[cell] for cell in own],
        [names[cell] for cell in new.cells if cell not in old.cells],
        _missing(old, new, names),
        have_targets(names),
    )
