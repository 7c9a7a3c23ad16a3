"""What a command says beside its output."""

from __future__ import annotations

from typing import NoReturn

import typer

from laue_report.exit_statuses import USAGE_ERROR
from laue_report.tables import plain_console, print_line


def tell(message: str) -> None:
    print_line(plain_console(stderr=True), message)


def fail(message: str, status: int = USAGE_ERROR) -> NoReturn:
    """Ends the command."""
    tell(message)
    raise typer.Exit(status)
