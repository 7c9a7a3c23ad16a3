"""Command ``laue-report compare``."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer

from laue_report.baseline import Baseline, UnusableBaselineError, changed, write_baseline
from laue_report.baseline_update import told, update_of
from laue_report.compare_report import MARK, Part, conclusion_of, failures_of, markdown_of, parts_of
from laue_report.comparing import Outcome, UnusableComparisonError
from laue_report.comparing import compare as compare_sides
from laue_report.exit_statuses import LIMIT_MISSED, NOTIFICATION_FAILED, OUTPUT_ERROR
from laue_report.messages import fail, tell
from laue_report.notifications import SentAlerts, notify
from laue_report.records import UnusableResultsError
from laue_report.regressions import Findings
from laue_report.regressions import findings as findings_of
from laue_report.sides import Base, UnusableSourceError, base_of, files_of, new_of
from laue_report.tables import plain_console, point_table, print_line, print_table, terminal_width
from laue_report.thresholds import UnusableThresholdsError, thresholds_from

_UNUSABLE = (UnusableSourceError, UnusableBaselineError, UnusableResultsError, UnusableComparisonError)


def compare(
    base: Annotated[
        str, typer.Argument(metavar="BASE", help="Results file, baseline, or either in git: REVISION:PATH.")
    ],
    new: Annotated[list[str], typer.Argument(metavar="NEW...", help="Results files; FILE#ID is one launch of it.")],
    threshold: Annotated[
        float | None,
        typer.Option(
            help="Smallest change that counts, per cent.  [default: the measured noise floor]", min=0.0, max=1000.0
        ),
    ] = None,
    across: Annotated[
        bool, typer.Option("--across", help="Compare points whose hardware, work or cache state differ, too.")
    ] = False,
    thresholds: Annotated[
        Path | None, typer.Option(help="Other limits and alert levels (JSON) than those of this package.")
    ] = None,
    limit: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="Limit of a regression, such as latency_percent=5; wins."),
    ] = None,
    alert: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=WARNING:CRITICAL", help="Alert levels, such as time_percent=10:30; win."),
    ] = None,
    output: Annotated[Path | None, typer.Option(help="Markdown file for all of it, such as regressions.md.")] = None,
    fail_on_regression: Annotated[
        bool, typer.Option("--fail-on-regression", help="Exit 3 on a regression or a missing point.")
    ] = False,
    notify: Annotated[
        str | None, typer.Option(metavar="COMMAND", help="Gets each new alert as a JSON object on stdin.")
    ] = None,
    update_baseline: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="BASE itself: write what is faster, or has no baseline yet, into it."),
    ] = None,
    accept: Annotated[
        list[str] | None,
        typer.Option(metavar="POINT", help="With --update-baseline and --why: write this point whatever it is."),
    ] = None,
    why: Annotated[str, typer.Option(metavar="TEXT", help="Why --accept is right; kept in the baseline.")] = "",
) -> None:
    """Compare results with earlier ones or a baseline, point by point: verdicts, regressions, alerts."""
    _check_options(base, output, update_baseline, accept or [], why)
    try:
        levels = thresholds_from(thresholds, limit or [], alert or [])
    except UnusableThresholdsError as error:
        fail(str(error))
    try:
        old = _base(base, update_baseline)
        effect = None if threshold is None else math.log1p(threshold / 100.0)
        outcome = compare_sides(old.evidence, new_of(new), effect, across)
        found = findings_of(outcome.cells, levels)
        update = update_of(outcome, found, accept or [], why)
    except _UNUSABLE as error:
        fail(str(error))
    _print(outcome, found)
    if output is not None:
        _write(output, markdown_of(outcome, found))
    if update_baseline is not None and old.baseline is not None:
        if update.reasons:
            _write_baseline(update_baseline, changed(old.baseline, outcome.new, update.reasons))
        for sentence in told(update, outcome, update_baseline):
            tell(sentence)
    problems = _notify(notify, outcome, found, files_of(new)[0])
    if fail_on_regression and failures_of(outcome, found):
        raise typer.Exit(LIMIT_MISSED)
    if problems:
        raise typer.Exit(NOTIFICATION_FAILED)


def _check_options(base: str, output: Path | None, baseline: Path | None, accept: list[str], why: str) -> None:
    """Before anything is read."""
    if baseline is not None and Path(base).resolve() != baseline.resolve():
        fail(f"cannot update {baseline} (it is compared with {base}): give it as BASE as well, it need not exist yet")
    if accept and baseline is None:
        fail(f"--accept {accept[0]} has no use (no baseline is written): give --update-baseline FILE")
    if bool(accept) != bool(why.strip()):
        fail("--accept POINT and --why TEXT belong together (the baseline keeps both): give both")
    if output is not None:
        _require_replaceable(output)


def _require_replaceable(output: Path) -> None:
    try:
        if output.exists() and not output.read_text(encoding="utf-8").startswith(MARK):
            fail(f"cannot write {output} (it is there and not from laue-report compare): give another --output")
    except (OSError, UnicodeDecodeError) as error:
        fail(f"cannot write {output} ({error}): give another --output")
    if not output.parent.is_dir():
        fail(f"cannot write {output} (there is no folder {output.parent}): make it, or give another --output")


def _base(text: str, baseline: Path | None) -> Base:
    """A baseline that is to be written need not be there."""
    if baseline is not None and not baseline.exists():
        return Base(Baseline().evidence(text), Baseline())
    found = base_of(text)
    if baseline is not None and found.baseline is None:
        raise UnusableBaselineError(f"cannot update {baseline} (it is no baseline): give another file")
    return found


def _print(outcome: Outcome, found: Findings) -> None:
    console = plain_console()
    for part in parts_of(outcome, found):
        if part.is_empty:
            continue
        print_line(console, f"{part.title}:")
        if part.rows:
            _print_rows(part)
        for sentence in part.sentences:
            print_line(console, sentence)
        print_line(console, "")
    print_line(console, conclusion_of(outcome, found))


def _print_rows(part: Part) -> None:
    table = point_table(part.headings)
    for row in part.rows:
        table.add_row(*row)
    print_table(plain_console(), table, terminal_width())


def _write(output: Path, text: str) -> None:
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        fail(f"cannot write {output} ({error.strerror or error}): give another --output", OUTPUT_ERROR)


def _write_baseline(path: Path, baseline: Baseline) -> None:
    try:
        write_baseline(path, baseline)
    except OSError as error:
        fail(f"cannot write {path} ({error.strerror or error}): it is as it was", OUTPUT_ERROR)


def _notify(command: str | None, outcome: Outcome, found: Findings, results: Path) -> list[str]:
    if command is None or not found.alerts:
        return []
    problems = notify(command, found.alerts, outcome, SentAlerts.beside(results))
    for problem in problems:
        tell(problem)
    return problems
