"""Records against the schema that describes them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema

from laue_report.records import RECORD_TYPES, Record, ResultsFile

Schema = dict[str, Any]


@dataclass(frozen=True)
class Violation:
    """A place where a record differs from the schema."""

    path: Path
    line: int
    member: str
    problem: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.member}: {self.problem}"


def shipped_schema() -> Schema:
    text = resources.files("laue_report").joinpath("schema/results.schema.json").read_text(encoding="utf-8")
    schema: Schema = json.loads(text)
    return schema


def flag_meanings() -> dict[str, str]:
    """What each flag of a run stands for."""
    entries = shipped_schema()["$defs"]["flags"]["items"]["oneOf"]
    return {entry["const"]: entry["description"] for entry in entries}


class Validator:
    """Holds each record against the schema of its own type, so that messages name the member that is wrong."""

    def __init__(self, schema: Schema) -> None:
        jsonschema.Draft202012Validator.check_schema(schema)
        self._validators = {
            name: jsonschema.Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": schema["$defs"]})
            for name in RECORD_TYPES
        }

    def problems(self, record: Record) -> list[tuple[str, str]]:
        """Pairs of member and problem; empty for a valid record."""
        errors = self._validators[record["type"]].iter_errors(record)
        return sorted((error.json_path.removeprefix("$.") or "$", error.message) for error in errors)

    def check(self, results: ResultsFile) -> list[Violation]:
        """All violations of a file; torn and foreign lines are violations too."""
        found = [Violation(results.path, number, "$", "is no JSON (torn line)") for number in results.torn_lines]
        found += [
            Violation(results.path, number, "$", "is no record of laue-bench") for number in results.foreign_lines
        ]
        for line in results.lines:
            found += [
                Violation(results.path, line.number, member, problem) for member, problem in self.problems(line.record)
            ]
        return sorted(found, key=lambda violation: violation.line)
