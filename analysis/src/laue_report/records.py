"""Reading results files: JSON Lines, one record per line, several launches (sessions) behind one another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from laue_report.members import Record, first_problem
from laue_report.shipped_schema import supported_major

RECORD_TYPES = frozenset({"params", "staging", "run", "warmup", "skip", "ceiling", "summary", "kernel", "end"})


class UnusableResultsError(Exception):
    """What a file says cannot be reported."""


class NewerSchemaError(UnusableResultsError):
    """A file was written by a newer major version of the program than this package understands."""


@dataclass(frozen=True)
class Line:
    """One line that holds a record."""

    number: int
    record: Record


@dataclass(frozen=True)
class WrongLine(Line):
    """One line that holds a record of ours with a member that cannot be what it says."""

    member: str
    problem: str


@dataclass
class ResultsFile:
    """The records of one file, and how many of its lines hold none."""

    path: Path
    lines: list[Line] = field(default_factory=list)
    torn_lines: list[int] = field(default_factory=list)
    """Numbers of lines that are no JSON: cut off by a crash, or damaged."""
    foreign_lines: list[int] = field(default_factory=list)
    """Numbers of lines that are JSON but no record of ours."""
    wrong_lines: list[WrongLine] = field(default_factory=list)
    """Records of ours that no report can use."""
    repeated_lines: list[int] = field(default_factory=list)
    """Numbers of lines whose records other lines hold as well, as without_duplicates finds them."""

    def of_type(self, *types: str) -> Iterator[Record]:
        return (line.record for line in self.lines if line.record["type"] in types)

    def warnings(self) -> list[str]:
        """What a reader of figures from this file should know, one sentence each."""
        found = []
        if self.torn_lines:
            found.append(f"{self.path}: {_lines(self.torn_lines)} torn (no JSON) and left out")
        if self.foreign_lines:
            found.append(f"{self.path}: {_lines(self.foreign_lines)} no records of laue-bench and left out")
        if self.repeated_lines:
            found.append(f"{self.path}: {_lines(self.repeated_lines)} repeated from other lines and counted once")
        if self.wrong_lines:
            first = self.wrong_lines[0]
            lines = _lines([line.number for line in self.wrong_lines])
            place = first.member if len(self.wrong_lines) == 1 else f"line {first.number}, {first.member}"
            found.append(
                f"{self.path}: {lines} wrong ({place}: {first.problem}) and left out: "
                "laue-report validate shows all that is wrong"
            )
        return found


def _lines(numbers: list[int]) -> str:
    shown = ", ".join(str(number) for number in numbers[:5]) + (", ..." if len(numbers) > 5 else "")
    return f"line {shown} is" if len(numbers) == 1 else f"{len(numbers)} lines ({shown}) are"


def _is_supported(major: str) -> bool:
    try:
        return 0 <= int(major) <= supported_major()
    except ValueError:
        return False


def _check_version(path: Path, number: int, record: Record) -> None:
    version = str(record.get("schema_version", "1.0.0"))  # the predecessor's records carry none
    major = version.split(".", 1)[0]
    if not _is_supported(major):
        raise NewerSchemaError(
            f"{path} cannot be read (line {number} was written by schema version {version}, "
            f"this laue-report understands {supported_major()}.x): use the laue-report of that version"
        )


def _sort_in(results: ResultsFile, number: int, record: Any) -> None:
    type_of = record.get("type") if isinstance(record, dict) else None
    if not isinstance(type_of, str) or type_of not in RECORD_TYPES:
        results.foreign_lines.append(number)
        return
    if type_of == "params":
        _check_version(results.path, number, record)
    if problem := first_problem(record):
        results.wrong_lines.append(WrongLine(number, record, *problem))
    else:
        results.lines.append(Line(number, record))


def read_results(path: Path) -> ResultsFile:
    """Reads all records of a file. Torn, foreign and wrong lines are set apart, a newer major schema raises
    NewerSchemaError."""
    results = ResultsFile(path)
    with path.open("rb") as stream:
        for number, text in enumerate(stream, start=1):
            if not text.strip():
                continue
            try:
                record = json.loads(text)
            except ValueError:
                results.torn_lines.append(number)
            except RecursionError:  # nested deeper than anything laue-bench writes
                results.foreign_lines.append(number)
            else:
                _sort_in(results, number, record)
    return results
