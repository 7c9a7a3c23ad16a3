"""Command ``laue-report summary``."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from laue_report.exit_statuses import INTERRUPTED, LIMIT_MISSED
from laue_report.following import follow
from laue_report.loading import load_or_fail, require_records, unusable_files_told
from laue_report.measurements import Measurements
from laue_report.messages import fail
from laue_report.slow_members import MemberKind
from laue_report.summary_view import Part, View, print_summary
from laue_report.tables import plain_console
from laue_report.targets import Judgement, Target, UnusableTargetsError, targets_from


def register(app: typer.Typer) -> None:
    app.command("summary")(_summary)


def _summary(
    files: Annotated[list[Path], typer.Argument(help="Results files (JSON Lines).")],
    show: Annotated[
        list[Part] | None, typer.Option(help="Show this as well; may be given several times.", show_default=False)
    ] = None,
    show_all: Annotated[bool, typer.Option("--all", help="Show all that --show knows.")] = False,
    by: Annotated[
        MemberKind | None, typer.Option(help="Compare hosts or GPUs, and name those that are unlike the others.")
    ] = None,
    targets: Annotated[
        Path | None, typer.Option(help="Hold points against the targets in a file like configs/targets.json.")
    ] = None,
    fail_on_target: Annotated[
        bool, typer.Option("--fail-on-target", help="Exit 3 where one of --targets is missed.")
    ] = False,
    is_followed: Annotated[
        bool, typer.Option("--follow", help="Show it again whenever a file grows, until its last launch ends.")
    ] = False,
) -> None:
    """Show runs (succeeded of planned), time, spread, throughput and phases of every grid point; the best is marked."""
    if fail_on_target and targets is None:
        fail("--fail-on-target has nothing to look at (no targets were given): add --targets FILE")
    view = View(frozenset(Part if show_all else show or ()), by, _targets(targets))
    judgements = _follow(files, view) if is_followed else _show_once(files, view)
    if fail_on_target and any(judgement.fails for judgement in judgements):
        raise typer.Exit(LIMIT_MISSED)


def _targets(path: Path | None) -> list[Target]:
    try:
        return targets_from(path) if path else []
    except UnusableTargetsError as error:
        fail(str(error))


def _show_once(files: list[Path], view: View) -> list[Judgement]:
    measurements = load_or_fail(files)
    for file in measurements.files:
        require_records(file)
    return print_summary(plain_console(), measurements, view)


def _follow(files: list[Path], view: View) -> list[Judgement]:
    try:
        with unusable_files_told():
            return _show_each(follow(files), view)
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None


def _show_each(snapshots: Iterable[Measurements], view: View) -> list[Judgement]:
    """In a terminal each takes the place of the one before it."""
    console, judgements = plain_console(), list[Judgement]()
    for place, measurements in enumerate(snapshots):
        _make_room(console, place)
        judgements = print_summary(console, measurements, view)
        sys.stdout.flush()
    return judgements


def _make_room(console: Console, place: int) -> None:
    if sys.stdout.isatty():
        console.clear()
    elif place:
        console.print()
