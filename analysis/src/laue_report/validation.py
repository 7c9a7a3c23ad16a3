"""Records against the schema that describes them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jsonschema import SchemaError
from referencing.exceptions import Unresolvable

from laue_report.members import Record, RecordValidator, problems_of
from laue_report.records import RECORD_TYPES, Line, ResultsFile
from laue_report.shipped_schema import Schema


class UnusableSchemaError(ValueError):
    """A schema that describes no records."""


@dataclass(frozen=True)
class Violation:
    """A place where a record differs from the schema."""

    path: Path
    line: int
    member: str
    problem: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.member}: {self.problem}"


class Validator:
    """Holds each record against the schema of its own type, so that messages name the member that is wrong."""

    def __init__(self, schema: Schema) -> None:
        try:
            RecordValidator.check_schema(schema)
        except SchemaError as error:
            raise UnusableSchemaError(f"it is no JSON Schema: {error.message}") from error
        definitions = schema.get("$defs", {}) if isinstance(schema, dict) else {}
        self._validators = {
            name: RecordValidator({"$ref": f"#/$defs/{name}", "$defs": definitions})
            for name in RECORD_TYPES & definitions.keys()
        }
        if not self._validators:
            raise UnusableSchemaError("it describes no record of laue-bench in $defs")

    def problems(self, record: Record) -> list[tuple[str, str]]:
        """Pairs of member and problem; empty for a valid record."""
        validator = self._validators.get(record["type"])
        if not validator:
            return [("type", f"the schema does not describe '{record['type']}'")]
        try:
            return sorted(problems_of(validator, record))
        except Unresolvable as error:
            raise UnusableSchemaError(f"it refers to {error.ref}, which it does not have") from error

    def check(self, results: ResultsFile) -> list[Violation]:
        """All violations of a file; torn, foreign and wrong lines are violations too."""
        found = [Violation(results.path, number, "$", "is no JSON (torn line)") for number in results.torn_lines]
        found += [
            Violation(results.path, number, "$", "is no record of laue-bench") for number in results.foreign_lines
        ]
        for line in results.lines:
            found += self._violations(results.path, line, [])
        for wrong in results.wrong_lines:
            found += self._violations(results.path, wrong, [(wrong.member, wrong.problem)])
        return sorted(found, key=lambda violation: violation.line)

    def _violations(self, path: Path, line: Line, known: list[tuple[str, str]]) -> list[Violation]:
        """By the schema; what is `known` where another schema finds nothing."""
        problems = self.problems(line.record) or known
        return [Violation(path, line.number, member, problem) for member, problem in problems]
