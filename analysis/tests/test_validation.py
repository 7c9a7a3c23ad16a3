from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from laue_report.records import RECORD_TYPES, read_results
from laue_report.shipped_schema import shipped_schema
from laue_report.validation import Validator
from sample_records import SESSION, write_lines

HEAD = {"ts": "20250812T150102Z", "unix_time_s": 1755010862.5, "session_id": SESSION}
SKIP = {
    "type": "skip",
    **HEAD,
    "point_id": "gpu-p2",
    "staging_dir": "/stage",
    "mode": "gpu",
    "parallel": 2,
    "precision": "double",
    "output_layout": "per-depth",
    "output_compression": "none",
    "reason": "no GPU visible",
}


@pytest.fixture(scope="module")
def validator() -> Validator:
    return Validator(shipped_schema())


def test_every_record_type_is_described() -> None:
    schema = shipped_schema()
    described = {entry["$ref"].removeprefix("#/$defs/") for entry in schema["oneOf"]}
    assert described == RECORD_TYPES


def _members(name: str, schema: Any) -> list[tuple[str, Any]]:
    """All members of all objects, with the place where they stand."""
    if isinstance(schema, list):
        return [member for entry in schema for member in _members(name, entry)]
    if not isinstance(schema, dict):
        return []
    found = []
    for key, value in schema.items():
        if key in ("if", "then", "else"):
            continue
        if key == "properties":
            found += [(f"{name}.{member}", definition) for member, definition in value.items()]
            for member, definition in value.items():
                found += _members(f"{name}.{member}", definition)
        else:
            found += _members(name, value)
    return found


def test_every_member_has_a_description() -> None:
    definitions = shipped_schema()["$defs"]
    members = [member for name, schema in definitions.items() for member in _members(name, schema)]
    assert len(members) > 150
    described = [
        name
        for name, schema in members
        if "description" in schema or definitions[schema["$ref"].rsplit("/", 1)[-1]].get("description")
    ]
    assert described == [name for name, _ in members]


def _objects(name: str, schema: Any) -> list[tuple[str, Any]]:
    """All schemas that list members, with the place where they stand; conditions are none."""
    if isinstance(schema, list):
        return [found for entry in schema for found in _objects(name, entry)]
    if not isinstance(schema, dict):
        return []
    found = [(name, schema)] if isinstance(schema.get("properties"), dict) else []
    for key, value in schema.items():
        if key not in ("if", "then", "else"):
            found += _objects(f"{name}/{key}", value)
    return found


def test_every_object_is_closed() -> None:
    objects = _objects("", shipped_schema()["$defs"])
    assert len(objects) > 20
    assert [name for name, schema in objects if schema.get("additionalProperties") is not False] == []


def test_valid_record_has_no_problem(validator: Validator) -> None:
    assert validator.problems(SKIP) == []


@pytest.mark.parametrize(
    ("change", "member"),
    [
        ({"reason": 3}, "reason"),
        ({"unknown": 1}, "$"),
        ({"ts": "2025-08-12"}, "ts"),
        ({"threads": 2}, "$"),
        ({"mode": "cpu"}, "$"),
        ({"parallel": 0}, "parallel"),
    ],
)
def test_wrong_member_is_named(validator: Validator, change: dict[str, Any], member: str) -> None:
    assert [name for name, _ in validator.problems({**SKIP, **change})] == [member]


def test_missing_member_is_a_problem(validator: Validator) -> None:
    without_reason = {key: value for key, value in SKIP.items() if key != "reason"}
    assert validator.problems(without_reason) == [("$", "'reason' is a required property")]


def test_torn_lines_are_violations(validator: Validator, results_path: Path) -> None:
    write_lines(results_path, SKIP)
    with results_path.open("a") as stream:
        stream.write('{"type": "ru')
    violations = validator.check(read_results(results_path))
    assert [(violation.line, violation.problem) for violation in violations] == [(2, "is no JSON (torn line)")]
