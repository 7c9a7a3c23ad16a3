"""Reading results files: JSON Lines, one record per line, several launches (sessions) behind one another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

#: Newest major version of the records' schema that this package understands.
SUPPORTED_MAJOR = 1

RECORD_TYPES = frozenset({"params", "staging", "run", "warmup", "skip", "ceiling", "summary", "kernel", "end"})

Record = dict[str, Any]


class NewerSchemaError(Exception):
    """A file was written by a newer major version of the program than this package understands."""


@dataclass(frozen=True)
class Line:
    """One line that holds a record."""

    number: int
    record: Record


@dataclass
class ResultsFile:
    """The records of one file, and how many of its lines hold none."""

    path: Path
    lines: list[Line] = field(default_factory=list)
    torn_lines: list[int] = field(default_factory=list)
    """Numbers of lines that are no JSON: cut off by a crash, or damaged."""
    foreign_lines: list[int] = field(default_factory=list)
    """Numbers of lines that are JSON but no record of ours."""

    def of_type(self, *types: str) -> Iterator[Record]:
        return (line.record for line in self.lines if line.record["type"] in types)

    def warnings(self) -> list[str]:
        """What a reader of figures from this file should know, one sentence each."""
        found = []
        if self.torn_lines:
            found.append(f"{self.path}: {_lines(self.torn_lines)} torn (no JSON) and left out")
        if self.foreign_lines:
            found.append(f"{self.path}: {_lines(self.foreign_lines)} no records of laue-bench and left out")
        return found


def _lines(numbers: list[int]) -> str:
    shown = ", ".join(str(number) for number in numbers[:5]) + (", ..." if len(numbers) > 5 else "")
    return f"line {shown} is" if len(numbers) == 1 else f"{len(numbers)} lines ({shown}) are"


def _check_version(path: Path, number: int, record: Record) -> None:
    version = str(record.get("schema_version", "1.0.0"))  # the predecessor's records carry none
    major = version.split(".", 1)[0]
    if not major.isdigit() or int(major) > SUPPORTED_MAJOR:
        raise NewerSchemaError(
            f"{path} cannot be read (line {number} was written by schema version {version}, "
            f"this laue-report understands {SUPPORTED_MAJOR}.x): use the laue-report of that version"
        )


def read_results(path: Path) -> ResultsFile:
    """Reads all records of a file. Torn and foreign lines are counted, a newer major schema raises NewerSchemaError."""
    results = ResultsFile(path)
    with path.open("rb") as stream:
        for number, text in enumerate(stream, start=1):
            if not text.strip():
                continue
            try:
                record = json.loads(text)
            except ValueError:
                results.torn_lines.append(number)
                continue
            if not isinstance(record, dict) or record.get("type") not in RECORD_TYPES:
                results.foreign_lines.append(number)
                continue
            if record["type"] == "params":
                _check_version(path, number, record)
            results.lines.append(Line(number, record))
    return results
