"""Command ``laue-report``."""

from __future__ import annotations

import errno
import json
import math
import os
import secrets
import shlex
import signal
import sys
from contextlib import suppress
from datetime import datetime, timezone
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from laue_report.ab import Outcome, judge_cells, markdown_of, match_cells, notes_of, record_of, table_of
from laue_report.alternation import LaunchFailedError, UnusableSideError, alternate, orders, sides_of
from laue_report.compare_commands import compare
from laue_report.drawing_commands import register as register_drawing_commands
from laue_report.exit_statuses import OUTPUT_ERROR
from laue_report.export_commands import register as register_export_commands
from laue_report.fields import field_table
from laue_report.finding_commands import register as register_finding_commands
from laue_report.history_commands import history
from laue_report.launches import counted
from laue_report.messages import fail, tell
from laue_report.records import ResultsFile, UnusableResultsError, read_results
from laue_report.serve_command import serve
from laue_report.shipped_schema import VERDICTS, Schema, shipped_schema
from laue_report.summary_command import register as register_summary_command
from laue_report.tables import plain_console, print_line, print_table, terminal_width
from laue_report.validation import UnusableSchemaError, Validator, Violation

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Reads results files of laue-bench.")
app.command()(compare)
app.command()(history)
app.command()(serve)

Files = Annotated[list[Path], typer.Argument(help="Results files (JSON Lines).")]


def _read(paths: list[Path]) -> list[ResultsFile]:
    return [_read_one(path) for path in paths]


def _read_one(path: Path) -> ResultsFile:
    try:
        return read_results(path)
    except UnusableResultsError as error:
        fail(str(error))
    except OSError as error:
        fail(f"cannot read {path} ({error.strerror or error}): give a results file of laue-bench")


def _schema_from(path: Path) -> Schema:
    try:
        schema: Schema = json.loads(path.read_text(encoding="utf-8"))
    except RecursionError as error:
        raise UnusableSchemaError("it is nested too deep") from error
    return schema


def _violations(schema: Path | None, files: list[ResultsFile]) -> list[list[Violation]]:
    """Those of each file."""
    try:
        validator = Validator(_schema_from(schema) if schema else shipped_schema())
        return [validator.check(results) for results in files]
    except (OSError, ValueError) as error:
        fail(f"cannot use schema {schema} ({error}): give a JSON Schema of the records, or leave out --schema")


@app.command()
def validate(
    files: Files,
    schema: Annotated[
        Path | None, typer.Option(help="Another schema than the one that came with this package.", exists=True)
    ] = None,
) -> None:
    """Hold every line against the documented schema; exit 1 when one differs."""
    console = plain_console()
    read = _read(files)
    violations = _violations(schema, read)
    for results, found in zip(read, violations, strict=True):
        for violation in found:
            print_line(console, str(violation))
        if not found:
            print_line(console, f"{results.path}: {counted(len(results.lines), 'valid record')}")
    if any(violations):
        raise typer.Exit(1)


@app.command()
def fields() -> None:
    """Print the table of all members of the records, with units, as Markdown."""
    sys.stdout.write(field_table(shipped_schema()))


@app.command()
def ab(
    old: Annotated[Path, typer.Argument(metavar="A", help="Options of laue-bench run (JSON), or a program.")],
    new: Annotated[Path, typer.Argument(metavar="B", help="The same, of the other side.")],
    launcher: Annotated[str, typer.Option(help="What starts the ranks, such as 'mpirun -n 2'.")] = "",
    program: Annotated[
        str | None, typer.Option(help="What runs both configurations.  [default: laue-bench]", show_default=False)
    ] = None,
    config: Annotated[Path | None, typer.Option(help="What both programs run (JSON).")] = None,
    pairs: Annotated[int, typer.Option(help="Launches of each side.", min=1)] = 10,
    threshold: Annotated[
        float | None,
        typer.Option(
            help="Smallest change that counts, per cent.  [default: the measured noise floor]", min=0.0, max=1000.0
        ),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Of the order within pairs.  [default: drawn]")] = None,
    output_dir: Annotated[
        Path | None, typer.Option(help="New folder for results and logs.  [default: laue-ab-<time>]")
    ] = None,
) -> None:
    """Compare two configurations or two programs by whole launches that alternate, in random order within each pair."""
    drawn = secrets.randbits(32) if seed is None else seed
    folder = output_dir or Path(datetime.now(timezone.utc).strftime("laue-ab-%Y%m%dT%H%M%SZ"))
    limit = None if threshold is None else math.log1p(threshold / 100.0)
    done, failure, cells = 0, None, None
    try:
        starting = _split(launcher)
        sides = sides_of(old, new, program, config, folder)
        _make_folder(folder)
        tell(f"results and logs in {folder}, seed {drawn}")
        try:
            for done in alternate(sides, starting, orders(pairs, drawn), tell):  # noqa: B007
                # what is not to be compared is told before hours have passed
                cells = match_cells(sides, done)
        except LaunchFailedError as error:
            failure = error
    except (UnusableSideError, UnusableResultsError) as error:
        fail(str(error))
    if cells:
        launches = {"seed": drawn, "pairs_planned": pairs, "pairs": done, "a": str(old), "b": str(new)}
        _show_outcome(judge_cells(cells, limit), launches, folder)
    if failure:
        tell(f"{failure}; {counted(done, 'pair')} of {pairs} done")
        raise typer.Exit(failure.status)


def _split(launcher: str) -> list[str]:
    try:
        return shlex.split(launcher)
    except ValueError as error:
        fail(f"cannot use --launcher {launcher} ({error}): quote it as a shell wants it")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        fail(f"cannot make folder {folder} ({error.strerror or error}): give another --output-dir")


def _show_outcome(outcome: Outcome, launches: dict[str, Any], folder: Path) -> None:
    record = {"schema_version": shipped_schema(VERDICTS)["version"]} | launches | record_of(outcome)
    (folder / "verdicts.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    (folder / "verdicts.md").write_text(markdown_of(outcome, launches), encoding="utf-8")
    console = plain_console()
    print_table(console, table_of(outcome), terminal_width())
    for note in notes_of(outcome):
        print_line(console, note)


register_summary_command(app)
register_finding_commands(app)
register_drawing_commands(app)
register_export_commands(app)


def _end_unwritten(error: OSError) -> NoReturn:
    """Ends at once: Python would try to write the rest again, and complain."""
    with suppress(OSError):  # stderr may be as full as stdout
        tell(f"cannot write the output ({error.strerror or error}): free space there, or send it elsewhere")
    os._exit(OUTPUT_ERROR)


def _write_all() -> None:
    if sys.stdout is None:  # it was closed before the start
        raise OSError(errno.EBADF, "stdout is closed")
    try:
        app()
    finally:
        sys.stdout.flush()


def main() -> None:
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # a reader that has seen enough (head) is no error to speak of
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # what the records say may have no form in the terminal's encoding
            stream.reconfigure(errors="backslashreplace")
    try:
        _write_all()
    except OSError as error:
        _end_unwritten(error)
