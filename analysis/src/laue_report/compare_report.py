"""What a comparison says: tables and sentences for the terminal, and the same as Markdown."""

from __future__ import annotations

import statistics as averages
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from laue_report.comparing import ComparedCell, Outcome
from laue_report.effects import interval_text, percent, signed
from laue_report.evidence import Evidence, Metric, Unit
from laue_report.launches import counted
from laue_report.markdown import escaped, sentence, table_lines
from laue_report.regressions import Change, Findings
from laue_report.rerun import rerun_command
from laue_report.statistics import LEAST_FOR_NOISE, LEAST_SAMPLES, MOST_SAMPLES, Answer
from laue_report.tables import number

#: First line of the Markdown; only a file that begins with it is replaced.
MARK = "<!-- made by laue-report compare -->"

_CELL_HEADINGS = [
    "samples",
    "BASE median s",
    "NEW median s",
    "change",
    "95 % interval",
    "p (Holm)",
    "verdict",
]
_CHANGE_HEADINGS = ["what", "BASE", "NEW", "change", "limit"]

_UNIT_NAMES = {Unit.LAUNCH: "launches", Unit.RUN: "runs"}

#: Beside the answers of statistics.
NOT_COMPARABLE, NEW, MISSING, BASELINE = "NOT COMPARABLE", "NEW", "MISSING", "BASELINE"


@dataclass(frozen=True)
class Part:
    """A table whose first column names points, or sentences."""

    title: str
    headings: list[str]
    rows: list[list[str]]
    sentences: list[str]

    @property
    def is_empty(self) -> bool:
        return not self.rows and not self.sentences


def _median_text(evidence: Evidence, name: str, outcome: Outcome) -> str:
    medians = [found.median(Metric.TIME) for cell, found in evidence.cells.items() if outcome.name(cell) == name]
    return number(medians[0]) if medians else "-"


def _samples_text(cell: ComparedCell) -> str:
    return f"{len(cell.times.old)}/{len(cell.times.new)} {_UNIT_NAMES[cell.unit]}"


def _compared_row(cell: ComparedCell) -> list[str]:
    verdict = cell.verdict
    return [
        cell.name,
        _samples_text(cell),
        number(averages.median(cell.times.old)),
        number(averages.median(cell.times.new)),
        signed(verdict.estimate.effect) if verdict.estimate else "-",
        interval_text(verdict),
        "-" if verdict.p_value is None else f"{verdict.p_value:.2g}",
        verdict.answer.value,
    ]


def _other_row(name: str, verdict: str, outcome: Outcome) -> list[str]:
    medians = [_median_text(side, name, outcome) for side in (outcome.old, outcome.new)]
    return [name, "-", *medians, "-", "-", "-", verdict]


def _rows(outcome: Outcome) -> list[list[str]]:
    rows = [_compared_row(cell) for cell in outcome.cells]
    rows += [_other_row(name, NOT_COMPARABLE, outcome) for name in outcome.not_comparable]
    rows += [_other_row(name, BASELINE, outcome) for name in outcome.own]
    rows += [_other_row(name, MISSING, outcome) for name in outcome.missing]
    return rows + [_other_row(name, NEW, outcome) for name in outcome.only_new]


def _unit_sentence(cells: Sequence[ComparedCell]) -> Iterator[str]:
    units = {cell.unit for cell in cells}
    if Unit.LAUNCH in units:
        yield "unit of evidence: the launch (median of its runs)" + (
            f", or the run where a side has less than {LEAST_SAMPLES} launches" if Unit.RUN in units else ""
        )
    elif units:
        yield (
            f"unit of evidence: the run (a side has less than {LEAST_SAMPLES} launches): what differs between launches "
            "of the same thing is not seen, laue-report ab sees it"
        )


def _further(cell: ComparedCell) -> str:
    further, unit = cell.verdict.further_samples, _UNIT_NAMES[cell.unit]
    if further is None:
        return f"not to be settled by {MOST_SAMPLES} {unit} like these"
    if cell.verdict.answer is Answer.INSUFFICIENT:
        return f"{further} more {unit} are the least"
    return f"{further} more {unit} of each side would settle it"


def _settling_sentences(outcome: Outcome) -> Iterator[str]:
    """The commands that would settle what is open; points that one command settles are named together."""
    points: dict[tuple[str, int, int], list[str]] = {}
    for cell in outcome.cells:
        if further := cell.verdict.further_samples:
            runs_of_launch = max(len(launch.time_s) for launch in cell.new.launches)
            is_run = cell.unit is Unit.RUN
            runs, times = (cell.times.samples + further, 1) if is_run else (runs_of_launch, further)
            points.setdefault((cell.new.sessions[-1], runs, times), []).append(cell.cell[1])
    for (session_id, runs, times), named in points.items():
        only = ",".join(dict.fromkeys(named))
        if command := rerun_command(outcome.new.params.get(session_id, {}), only, runs):
            often = "once" if times == 1 else f"{times} times"
            yield f"to settle {only}, run {often} with each side's program: `{command}`"


def _cell_sentence(cell: ComparedCell) -> str:
    verdict = cell.verdict
    unit = _UNIT_NAMES[cell.unit]
    if verdict.answer is Answer.INSUFFICIENT:
        return f"{cell.name}: less than {LEAST_SAMPLES} {unit} of a side say nothing; {_further(cell)}"
    if verdict.threshold is None or verdict.could_have_found is None:
        return (
            f"{cell.name}: the noise floor is not known below {LEAST_FOR_NOISE} {unit} of each side, give --threshold "
            f"or {_further(cell)}"
        )
    noise = cell.times.noise_floor()
    measured = "unknown" if noise is None else f"{percent(noise):.2f} %"
    text = (
        f"{cell.name}: changes count beyond {percent(verdict.threshold.effect):.2f} % (noise floor {measured}); a "
        f"slowdown >= {percent(verdict.could_have_found):.2f} % would have been found"
    )
    text += f"; {_further(cell)}" if verdict.answer is Answer.AMBIGUOUS else ""
    explained = cell.explanation()
    return text + (f"; {explained}" if explained else "")


def _sentences(outcome: Outcome) -> list[str]:
    found = list(_unit_sentence(outcome.cells))
    found += [_cell_sentence(cell) for cell in outcome.cells]
    found += _settling_sentences(outcome)
    for name, reasons in outcome.not_comparable.items():
        found.append(f"{name}: not comparable ({'; '.join(reasons)}): --across compares all the same")
    found += [f"{name}: its baseline is NEW itself" for name in outcome.own]
    found += [f"{name}: compared across {'; '.join(reasons)}" for name, reasons in outcome.across.items()]
    return found + [f"{name}: missing in NEW ({reason})" for name, reason in outcome.missing.items()]


def _change_row(change: Change, what: str) -> list[str]:
    return [change.cell.name, what, change.old, change.new, f"{change.change_percent:+.2f} %", change.limit]


def _side_sentences(outcome: Outcome) -> list[str]:
    return [
        f"{role} {side.name}: {facts.title}"
        for role, side in (("BASE", outcome.old), ("NEW", outcome.new))
        for facts in side.launches.values()
    ]


def parts_of(outcome: Outcome, findings: Findings) -> list[Part]:
    """What differs comes first: whoever reads a verdict has to know of what."""
    regressions = [_change_row(change, change.metric) for change in findings.regressions]
    alerts = [_change_row(alert.change, f"{alert.level}: {alert.change.metric}") for alert in findings.alerts]
    unknown = [f"not compared, since no point tells it on both sides: {', '.join(findings.unknown)}"]
    differences = [str(difference) for difference in outcome.differences]
    return [
        Part("compared", [], [], _side_sentences(outcome)),
        Part("what differs", [], [], differences or ["nothing that the records tell of"] * bool(outcome.old.launches)),
        Part("times by point", _CELL_HEADINGS, _rows(outcome), _sentences(outcome)),
        Part(
            "regressions (significant changes beyond a limit)",
            _CHANGE_HEADINGS,
            regressions,
            ([] if regressions else ["none"]) + (unknown if findings.unknown else []),
        ),
        Part("alerts", _CHANGE_HEADINGS, alerts, [] if alerts else ["none"]),
        Part("warnings", [], [], outcome.old.warnings + outcome.new.warnings),
    ]


def failures_of(outcome: Outcome, findings: Findings) -> list[str]:
    """For which a gate is closed, one sentence each."""
    found = []
    if findings.regressions:
        found.append(counted(len(findings.regressions), "regression"))
    if outcome.missing:
        found.append(f"{counted(len(outcome.missing), 'point')} missing in NEW")
    if outcome.not_comparable and not outcome.cells:
        found.append("no point could be compared")
    elif outcome.cells and all(cell.verdict.answer is Answer.INSUFFICIENT for cell in outcome.cells):
        found.append(f"no point could be judged (less than {LEAST_SAMPLES} samples of a side)")
    return found


def conclusion_of(outcome: Outcome, findings: Findings) -> str:
    """One sentence. That nothing was found says little where nothing could have been."""
    if failures := failures_of(outcome, findings):
        return "; ".join(failures)
    silent = sum(cell.verdict.answer is Answer.INSUFFICIENT for cell in outcome.cells)
    not_compared = len(outcome.not_comparable) + len(outcome.only_new) + len(outcome.own)
    texts = [
        f"no regression among {counted(len(outcome.cells) - silent, 'point')}" if len(outcome.cells) > silent else "",
        f"too few samples of {counted(silent, 'point')}" if silent else "",
        f"{counted(not_compared, 'point')} not compared" if not_compared else "",
    ]
    return "; ".join(text for text in texts if text) or "nothing to compare"


def _markdown(part: Part) -> str:
    lines = [f"## {part.title[0].upper()}{part.title[1:]}", ""]
    if part.rows:
        lines += [*table_lines(["point", *part.headings], part.rows), ""]
    lines += [f"- {sentence(text)}" for text in part.sentences]
    return "\n".join(lines).rstrip() + "\n"


def markdown_of(outcome: Outcome, findings: Findings) -> str:
    head = f"{MARK}\n\n# Regressions\n\n{escaped(conclusion_of(outcome, findings))}\n"
    return "\n".join([head, *(_markdown(part) for part in parts_of(outcome, findings) if not part.is_empty)])
