"""Text of records and tables as Markdown in which nothing takes effect that was not meant to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from laue_report.tables import shown


def escaped(text: str) -> str:
    """Nothing in it is Markdown or HTML."""
    for char in "\\`*_[]<>|":
        text = text.replace(char, f"\\{char}")
    return shown(text)


def sentence(text: str) -> str:
    """What stands between backquotes is a command."""
    pieces = text.split("`")
    return "".join(f"`{shown(piece)}`" if place % 2 else escaped(piece) for place, piece in enumerate(pieces))


def table_lines(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    cells = [list(headings), ["---"] * len(headings), *([escaped(cell) for cell in row] for row in rows)]
    return [f"| {' | '.join(row)} |" for row in cells]
