"""Commands that hand runs to other programs: ``export`` and ``trace``."""

from __future__ import annotations

import json
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from laue_report.chosen_launch import UnusableChoiceError, chosen_run, launches_with_runs, only_launch
from laue_report.exporting import Rows, csv_of, exported_table, parquet_of
from laue_report.gbench import UnusableRunsError, gbench_record
from laue_report.loading import load_or_fail
from laue_report.measurements import Measurements
from laue_report.members import Record
from laue_report.messages import fail, tell
from laue_report.output_files import require_free, write_output
from laue_report.run_trace import UnusableTraceError, events_from_records, events_of_run, trace_path, trace_text


class Format(str, Enum):
    CSV = "csv"
    PARQUET = "parquet"
    GBENCH = "gbench"


Output = Annotated[Path, typer.Option("--output", "-o", metavar="OUT", help="File to write.")]
Force = Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")]
LaunchId = Annotated[str | None, typer.Option(metavar="ID", help="One launch, by how its session_id begins.")]


def register(app: typer.Typer) -> None:
    app.command("export")(_export)
    app.command("trace")(_trace)


def _export(
    form: Annotated[
        Format,
        typer.Argument(
            metavar="csv|parquet|gbench", help="gbench is the JSON layout of Google Benchmark, of one launch."
        ),
    ],
    files: Annotated[list[Path], typer.Argument(help="Results files (JSON Lines).")],
    output: Output,
    ranks: Annotated[
        bool, typer.Option("--ranks", help="A row per rank of a run in the place of one per run.")
    ] = False,
    launch: LaunchId = None,
    force: Force = False,
) -> None:
    """Write the runs as a table, or as Google Benchmark writes its own; warm-ups and failed runs are rows of tables."""
    if ranks and form is Format.GBENCH:
        fail("--ranks has no use (gbench has an entry per run): leave it out, or export csv or parquet")
    require_free(output, force)
    measurements = load_or_fail(files)
    for warning in measurements.warnings:
        tell(warning)
    try:
        content = _exported(measurements, form, Rows.RANKS if ranks else Rows.RUNS, launch)
    except (UnusableChoiceError, UnusableRunsError) as error:
        fail(f"cannot export {', '.join(map(str, files))} ({error}): {_advice(form)}")
    write_output(output, content)


def _advice(form: Format) -> str:
    one = "give a results file with runs, and --launch where it has several launches"
    return one if form is Format.GBENCH else "give a results file with runs"


def _exported(measurements: Measurements, form: Format, rows: Rows, launch: str | None) -> bytes:
    if form is Format.GBENCH:
        record = gbench_record(measurements, only_launch(measurements, launch))
        return (json.dumps(record, indent=2) + "\n").encode()
    sessions = [known.session_id for known in launches_with_runs(measurements, launch)]
    table = exported_table(measurements, rows, sessions)
    return csv_of(table) if form is Format.CSV else parquet_of(table)


def _trace(
    file: Annotated[Path, typer.Argument(help="Results file (JSON Lines).")],
    output: Output,
    run: Annotated[
        str | None,
        typer.Option(metavar="RUN_ID", help="The run.  [default: the last one that succeeded]", show_default=False),
    ] = None,
    launch: LaunchId = None,
    source: Annotated[
        Path | None, typer.Option("--trace", metavar="FILE", help="The launch's trace, if it lies elsewhere by now.")
    ] = None,
    force: Force = False,
) -> None:
    """Write one run's timeline as a Chrome trace, for https://ui.perfetto.dev: its part of the launch's trace."""
    require_free(output, force)
    measurements = load_or_fail([file])
    try:
        chosen = chosen_run(measurements, launch, run)
    except UnusableChoiceError as error:
        fail(
            f"cannot show a run of {file} ({error}): give --run with a run_id of it, and --launch where several have it"
        )
    write_output(output, trace_text(_run_events(measurements, chosen, source)))


def _run_events(measurements: Measurements, run: int, source: Path | None) -> list[Record]:
    """Ranks alone where the launch's trace is not to be had; one that was named is wanted."""
    session_id, run_id = measurements.runs["session_id"][run], measurements.runs["run_id"][run]
    path = source or trace_path(measurements.launches[session_id])
    if path is None:
        return _rank_events(measurements, run, "the launch wrote no trace")
    try:
        return events_of_run(path, session_id, str(run_id))
    except (OSError, UnusableTraceError) as error:
        reason = f"cannot use trace {path} ({error.strerror if isinstance(error, OSError) else error})"
        if source:
            fail(f"{reason}: give that of the run's launch")
        return _rank_events(measurements, run, reason)


def _rank_events(measurements: Measurements, run: int, reason: str) -> list[Record]:
    events = events_from_records(measurements, run)
    if not events:
        fail(f"there is no timeline ({reason}, and the run's ranks tell no times): give the launch's trace by --trace")
    tell(
        f"{reason}: ranks alone stand there, with the seconds of their phases; when these were at work, a trace tells "
        "(laue-bench run --trace FILE)"
    )
    return events
