"""Loading of results files for commands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from laue_report.launches import counted
from laue_report.measurements import Measurements, load
from laue_report.messages import fail
from laue_report.records import ResultsFile, UnusableResultsError


@contextmanager
def unusable_files_told() -> Iterator[None]:
    """Ends the command with one line where a file cannot be used."""
    try:
        yield
    except UnusableResultsError as error:
        fail(str(error))
    except OSError as error:
        if error.filename is None:
            raise
        fail(f"cannot read {error.filename} ({error.strerror or error}): give a results file of laue-bench")


def load_or_fail(paths: Sequence[Path]) -> Measurements:
    with unusable_files_told():
        return load(paths)


def require_records(file: ResultsFile) -> None:
    """An empty file is one that no launch has written to yet."""
    if file.record_count or file.repeated_lines:
        return
    if file.wrong_lines:
        fail(
            f"cannot summarise {file.path} ({counted(len(file.wrong_lines), 'wrong record')}, and none that can "
            f"be used): laue-report validate {file.path} shows what is wrong"
        )
    if others := len(file.torn_lines) + len(file.foreign_lines):
        fail(
            f"cannot summarise {file.path} (it has {counted(others, 'line')}, and no record of laue-bench): "
            "give a results file of laue-bench"
        )
