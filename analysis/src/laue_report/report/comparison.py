"""The launch of a report against earlier results or a baseline, as laue-report compare judges it."""

from __future__ import annotations

from dataclasses import dataclass

from laue_report.baseline import UnusableBaselineError
from laue_report.collecting import evidence_of
from laue_report.compare_report import conclusion_of, markdown_of, parts_of
from laue_report.comparing import UnusableComparisonError, compare
from laue_report.records import UnusableResultsError
from laue_report.regressions import findings
from laue_report.report.subject import Subject
from laue_report.report.tables import Table
from laue_report.sides import UnusableSourceError, base_of
from laue_report.tables import shown
from laue_report.thresholds import thresholds_from

#: Why there is nothing to compare with, or no comparison.
UNUSABLE_BASE = (UnusableSourceError, UnusableBaselineError, UnusableResultsError, UnusableComparisonError)


@dataclass(frozen=True)
class ComparisonPart:
    title: str
    table: Table | None
    sentences: list[str]


@dataclass(frozen=True)
class Comparison:
    base: str
    conclusion: str
    parts: list[ComparisonPart]
    markdown: str
    """Of regressions.md."""


def comparison_of(subject: Subject, base: str) -> Comparison:
    """With the limits of this package. Raises one of UNUSABLE_BASE."""
    name = str(subject.launch.path) if subject.launch else "these files"
    outcome = compare(base_of(base).evidence, evidence_of(name, subject.measurements), None, across=False)
    found = findings(outcome.cells, thresholds_from())
    parts = [
        ComparisonPart(
            shown(part.title),
            Table(["point", *part.headings], [[shown(cell) for cell in row] for row in part.rows])
            if part.rows
            else None,
            [shown(sentence) for sentence in part.sentences],
        )
        for part in parts_of(outcome, found)
        if not part.is_empty
    ]
    return Comparison(shown(base), shown(conclusion_of(outcome, found)), parts, markdown_of(outcome, found))
