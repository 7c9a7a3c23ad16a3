"""How tables look: plain columns like laue-bench's own, no name or figure ever cut."""

from __future__ import annotations

import math
import shutil
import sys
from collections.abc import Iterable
from typing import Any

from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.table import Table

#: Spaces between columns.
GAP = 2

#: Characters of a heading's word that stay together.
SHORTEST_PART = 4

#: Characters; more than any line has, so that nothing but `print_table` decides where lines break.
UNBOUNDED = 1_000_000


def number(value: float | None) -> str:
    """Four significant digits at least, never a power of ten."""
    if value is None or not math.isfinite(value):
        return "-"
    decimals = max(0, 3 - math.floor(math.log10(abs(value)))) if value else 0
    text = f"{value:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def shown(text: str) -> str:
    """For people: what records say may hold anything, and what would steer a terminal or a reader (escape sequences,
    ends of lines, marks that turn the direction of writing) stands there as Python escapes it."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def plain_console(stderr: bool = False) -> Console:
    """Finds no markup in what it prints."""
    return Console(stderr=stderr, highlight=False, markup=False, emoji=False, soft_wrap=True, width=UNBOUNDED)


def print_line(console: Console, text: str) -> None:
    console.print(shown(text))


def terminal_width() -> int | None:
    """None where the output goes to a file or a program."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


class PlainTable(Table):
    """Its cells are text as records have it."""

    def add_row(self, *cells: RenderableType | None, **options: Any) -> None:
        super().add_row(*(shown(cell) if isinstance(cell, str) else cell for cell in cells), **options)


def named_table(first: str, headings: Iterable[str]) -> Table:
    """Without rows; `first` is the heading of their names."""
    table = PlainTable(box=None, pad_edge=False, padding=(0, GAP, 0, 0))
    table.add_column(first, no_wrap=True)
    for heading in headings:
        table.add_column(heading, justify="right", overflow="fold")
    return table


def point_table(headings: Iterable[str]) -> Table:
    """Without rows."""
    return named_table("point", headings)


def _widths(table: Table) -> list[list[int]]:
    """Of the columns: with headings in one line each, in one line per word, and broken wherever cells are narrower."""
    cells = [max((cell_len(str(cell)) for cell in column.cells), default=1) for column in table.columns]
    headings = [str(column.header) for column in table.columns]
    words = [max(map(cell_len, heading.split()), default=0) for heading in headings]
    parts = [min(word, SHORTEST_PART) for word in words]
    return [list(map(max, cells, least)) for least in (map(cell_len, headings), words, parts)]


def print_table(console: Console, table: Table, room: int | None) -> None:
    """Headings make way where the table is wider than a terminal of `room` characters; names and figures never do."""
    candidates = _widths(table)
    gaps = GAP * (len(table.columns) - 1)
    fitting = (widths for widths in candidates if room is None or sum(widths) + gaps <= room)
    for column, width in zip(table.columns, next(fitting, candidates[-1]), strict=True):
        column.width = width
    console.print(table)
