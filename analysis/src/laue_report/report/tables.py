"""Tables that stand in the page and in Markdown alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from laue_report.tables import shown


@dataclass(frozen=True)
class Table:
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""
    left: int = 1
    """So many columns are text, the others are numbers and stand at the right."""


@dataclass(frozen=True)
class Facts:
    """Names and what there is to say of them."""

    rows: list[tuple[str, str]] = field(default_factory=list)

    def add(self, name: str, value: str | None) -> None:
        if value:
            self.rows.append((name, shown(value)))


def markdown_cell(text: str) -> str:
    """What records say must not become a table, a link or HTML."""
    for char in "\\`*_[]|":
        text = text.replace(char, f"\\{char}")
    return shown(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
