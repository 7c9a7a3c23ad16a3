"""Command ``laue-report serve``."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from laue_report.baseline import UnusableBaselineError
from laue_report.messages import fail, tell
from laue_report.records import UnusableResultsError
from laue_report.sides import UnusableSourceError, base_of
from laue_report.tables import plain_console, print_line
from laue_report.thresholds import UnusableThresholdsError, thresholds_from

if TYPE_CHECKING:
    import polars

    from laue_report.serving.subject import Baseline

DEFAULT_PORT = 8642


def serve(
    file: Annotated[
        Path, typer.Argument(help="Results file (JSON Lines) that a launch writes; it need not exist yet.")
    ],
    history: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Folder with results files of earlier launches.", exists=True, file_okay=False
        ),
    ] = None,
    baseline: Annotated[
        str | None,
        typer.Option(
            metavar="B", help="What to compare with: baseline, results file, or either in git: REVISION:PATH."
        ),
    ] = None,
    thresholds: Annotated[
        Path | None, typer.Option(help="Other limits and alert levels (JSON) than those of this package.")
    ] = None,
    port: Annotated[int, typer.Option(help="Of 127.0.0.1; 0 takes a free one.", min=0, max=65535)] = DEFAULT_PORT,
    telemetry: Annotated[
        Path | None,
        typer.Option(help="File of laue-bench run --telemetry.  [default: as the launch says]", show_default=False),
    ] = None,
) -> None:
    """Follow a running launch in the browser, on this machine alone: progress, trends, alerts, hardware."""
    for path in (file, telemetry):
        _require_followable(path)
    if thresholds is not None and baseline is None:
        fail(f"--thresholds {thresholds} has no use (nothing is compared): give --baseline B")
    # what serves takes a second to import, and other commands have no use for it
    from laue_report.serving.feed import Feed
    from laue_report.serving.follower import Follower
    from laue_report.serving.subject import Subject
    from laue_report.serving.web import listening
    from laue_report.serving.web import serve as serve_feed

    against = _baseline(baseline, thresholds) if baseline is not None else None
    subject = Subject(file, telemetry, against, _history(history) if history else None)
    try:
        listener = listening(port)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        fail(f"cannot listen on port {port} ({reason}): give another --port, 0 takes a free one")
    # other commands let a closed pipe end them; here it is a browser that has gone
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    follower = Follower(subject)
    print_line(plain_console(), f"http://127.0.0.1:{listener.getsockname()[1]}/ follows {file}; Ctrl-C ends it")
    # interrupted or asked to end: it is the same where whoever started it has interrupts ignored
    with suppress(KeyboardInterrupt):
        serve_feed(lambda: Feed(follower.read, follower.state), listener)
    tell("ended")


def _require_followable(path: Path | None) -> None:
    if path is not None and path.exists() and not path.is_file():
        fail(f"cannot follow {path} (it is no file): give a file that laue-bench run writes")


def _baseline(text: str, thresholds: Path | None) -> Baseline:
    from laue_report.serving.subject import Baseline

    try:
        return Baseline(base_of(text).evidence, thresholds_from(thresholds))
    except (UnusableSourceError, UnusableBaselineError, UnusableResultsError, UnusableThresholdsError) as error:
        fail(str(error))


def _history(folder: Path) -> polars.DataFrame:
    from laue_report.history import UnusableHistoryError
    from laue_report.serving.earlier import history_of

    try:
        found = history_of(folder)
    except (UnusableHistoryError, UnusableResultsError) as error:
        fail(str(error))
    except OSError as error:
        fail(f"cannot read {error.filename or folder} ({error.strerror or error}): give a folder with results files")
    tell(f"earlier launches in {folder}: {found.select('session_id', 'source').unique().height}")
    return found
