"""Which cells of a comparison become the baseline, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from laue_report.baseline import UnusableBaselineError
from laue_report.cells import Cell
from laue_report.comparing import Outcome
from laue_report.effects import signed
from laue_report.facts import decisive, differences
from laue_report.regressions import Findings
from laue_report.statistics import Answer


@dataclass(frozen=True)
class Update:
    reasons: dict[Cell, str]
    """Of the cells that are written."""
    left_out: list[str]
    """What would have been written but for a doubt, one sentence each."""


def _candidates(outcome: Outcome) -> dict[Cell, str]:
    """What is faster or has no baseline yet."""
    found = {
        cell.cell: f"FASTER ({signed(cell.verdict.estimate.effect)})"
        for cell in outcome.cells
        if cell.verdict.answer is Answer.FASTER and cell.verdict.estimate
    }
    return found | {cell: "no baseline yet" for cell in outcome.new.cells if cell not in outcome.old.cells}


def _doubts(cell: Cell, outcome: Outcome, findings: Findings) -> list[str]:
    found = list(outcome.new.cells[cell].doubts)
    regressed = [change.metric for change in findings.regressions if change.cell.cell == cell]
    found += [f"its {metric} has regressed" for metric in regressed]
    is_elsewhere = outcome.old.launches and decisive(differences(outcome.old.general(), outcome.new.general()))
    return found + (["hardware or work differ from the baseline's"] if is_elsewhere else [])


def _cells_named(accepted: str, outcome: Outcome) -> list[Cell]:
    cells = dict.fromkeys([*outcome.old.cells, *outcome.new.cells])
    return [cell for cell in cells if accepted in (outcome.name(cell), cell[1])]


def _accepted_cell(accepted: str, outcome: Outcome) -> Cell:
    named = _cells_named(accepted, outcome)
    if len(named) == 1:
        return named[0]
    if named:
        names = ", ".join(f"'{outcome.name(cell)}'" for cell in named)
        raise UnusableBaselineError(f"cannot accept {accepted} (there are several): give one of {names}")
    known = ", ".join(f"'{outcome.name(cell)}'" for cell in outcome.new.cells) or "none"
    raise UnusableBaselineError(f"cannot accept {accepted} (no side has it): NEW has {known}")


def update_of(outcome: Outcome, findings: Findings, accepted: Sequence[str], why: str) -> Update:
    """What is faster or new, where nothing speaks against it, and what was `accepted`, whatever does. Raises
    UnusableBaselineError."""
    by_hand = {_accepted_cell(name, outcome): f"accepted: {why}" for name in accepted}
    reasons: dict[Cell, str] = {}
    left_out = []
    for cell, reason in _candidates(outcome).items():
        doubts = [] if cell in by_hand else _doubts(cell, outcome, findings)
        if doubts:
            left_out.append(f"{outcome.name(cell)} ({reason}) is not written ({'; '.join(doubts)}): --accept writes it")
        else:
            reasons[cell] = reason
    return Update(reasons | by_hand, left_out)


def told(update: Update, outcome: Outcome, path: object) -> Iterable[str]:
    for cell, reason in update.reasons.items():
        what = "written" if cell in outcome.new.cells else "taken out"
        yield f"{path}: {outcome.name(cell)} {what} ({reason})"
    for sentence in update.left_out:
        yield f"{path}: {sentence}"
