"""Reading results files: JSON Lines, one record per line, several launches (sessions) behind one another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path
from typing import Any

import orjson

from laue_report.members import Record, first_problem, is_surely_usable
from laue_report.shipped_schema import supported_major

RECORD_TYPES = frozenset({"params", "staging", "run", "warmup", "skip", "ceiling", "summary", "kernel", "end"})

#: Repetitions of a point.
RUN_TYPES = ("run", "warmup")


class LastLine(Enum):
    """What a last line without an end is: a writer may be at it."""

    WHOLE = auto()
    UNFINISHED = auto()


class UnusableResultsError(Exception):
    """What a file says cannot be reported."""


class NewerSchemaError(UnusableResultsError):
    """A file was written by a newer major version of the program than this package understands."""


@dataclass(frozen=True)
class Line:
    """One line that holds a record."""

    number: int
    record: Record
    offset: int = 0
    """Bytes before it in the file."""


@dataclass(frozen=True)
class WrongLine(Line):
    """One line that holds a record of ours with a member that cannot be what it says."""

    member: str = "$"
    problem: str = ""


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
    """Numbers of lines whose records other lines hold as well."""
    record_count: int = 0
    """Of records that were read, not kept."""
    read_lines: int = 0
    read_bytes: int = 0
    """How far it was read."""

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


def _is_ours(record: Any) -> bool:
    type_of = record.get("type") if isinstance(record, dict) else None
    return isinstance(type_of, str) and type_of in RECORD_TYPES


def parsed(text: bytes) -> tuple[Any, bool]:
    """What a line holds, and whether all its numbers are sure to be finite. Raises ValueError and RecursionError, as
    Python's own reader does."""
    try:
        return orjson.loads(text), True
    except orjson.JSONDecodeError:  # it is stricter than Python: NaN, numbers too large, parts of characters
        return _storable(json.loads(text)), False


def _storable(value: Any) -> Any:
    """Halves of characters, which JSON can name and no text can hold, stand there as Python escapes them."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, list):
        return [_storable(entry) for entry in value]
    if isinstance(value, dict):
        return {_storable(name): _storable(entry) for name, entry in value.items()}
    return value


def _sorted_out(results: ResultsFile, number: int, offset: int, text: bytes) -> Line | None:
    """None for a line that holds no record, which is noted in `results`."""
    try:
        record, is_finite = parsed(text)
    except ValueError:
        results.torn_lines.append(number)
        return None
    except RecursionError:  # nested deeper than anything laue-bench writes
        results.foreign_lines.append(number)
        return None
    if not _is_ours(record):
        results.foreign_lines.append(number)
        return None
    if record["type"] == "params":
        _check_version(results.path, number, record)
    if is_finite and is_surely_usable(record):
        return Line(number, record, offset)
    problem = first_problem(record)
    return WrongLine(number, record, offset, *problem) if problem else Line(number, record, offset)


def lines_of(results: ResultsFile, last_line: LastLine = LastLine.WHOLE) -> Iterator[Line]:
    """Reads a file record by record from where it was read to, wrong ones (WrongLine) included; notes in `results` the
    lines that hold none. Raises NewerSchemaError for a newer major schema, and OSError."""
    try:
        with results.path.open("rb") as stream:
            if results.read_bytes:
                stream.seek(results.read_bytes)
            for text in stream:
                if last_line is LastLine.UNFINISHED and not text.endswith(b"\n"):
                    return
                offset = results.read_bytes
                results.read_lines += 1
                results.read_bytes += len(text)
                if text.strip() and (line := _sorted_out(results, results.read_lines, offset, text)):
                    yield line
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(results.path)) from error


def read_results(path: Path) -> ResultsFile:
    """Reads all records of a file into memory. Torn, foreign and wrong lines are set apart, a newer major schema raises
    NewerSchemaError."""
    results = ResultsFile(path)
    for line in lines_of(results):
        if isinstance(line, WrongLine):
            results.wrong_lines.append(line)
        else:
            results.lines.append(line)
    return results
