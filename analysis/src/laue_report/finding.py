"""What a rule has found in the records of a launch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from enum import Enum

from laue_report.members import Record

Values = dict[str, float | str]
"""What a rule went by: `<value>`, or `<point>: <value>` where each point has one; units stand in their names."""


class Severity(Enum):
    GOOD = "good"
    NOTE = "note"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    rule: str
    severity: Severity
    text: str
    """For people, with the values."""
    values: Values = field(default_factory=dict)
    points: list[str] = field(default_factory=list)
    """All that it is about, by name."""

    def record(self) -> Record:
        """For programs, as findings.schema.json has it."""
        return asdict(self) | {"severity": self.severity.value}


#: A text names so many; `points` and `values` have all.
MOST_NAMED = 4


def listed(names: Sequence[str]) -> str:
    """`a, b`, or the first ones and how many others there are."""
    left_out = len(names) - MOST_NAMED
    if left_out <= 1:
        return ", ".join(names)
    return f"{', '.join(names[:MOST_NAMED])} and {left_out} more"


def percent(share: float) -> str:
    return f"{100.0 * share:.0f} %"
