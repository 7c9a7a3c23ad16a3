"""The table of members is complete, says units, and is the one that is checked in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from laue_report.cli import app
from laue_report.fields import UNITS_BY_ENDING, Field, Node, field_table, fields_of, unit_of
from laue_report.shipped_schema import shipped_schema
from typer.testing import CliRunner

CHECKED_IN = Path(__file__).resolve().parents[2] / "configs" / "schema" / "results.md"


def members() -> Iterator[tuple[str, str, Node]]:
    """Path, name and schema of every member at every depth."""

    def below(node: Node, path: str) -> Iterator[tuple[str, str, Node]]:
        for name, member in node.get("properties", {}).items():
            yield f"{path}.{name}", name, member
            yield from below(member, f"{path}.{name}")
        if "items" in node:
            yield from below(node["items"], f"{path}[]")
        for choice in node.get("oneOf", []):
            yield from below(choice, path)

    for name, definition in shipped_schema()["$defs"].items():
        yield from below(definition, name)


def test_every_member_is_described() -> None:
    assert [path for path, _, node in members() if not node.get("description") and "$ref" not in node] == []


def test_every_member_stands_in_the_table() -> None:
    parts = shipped_schema()["$defs"].items()
    told = {f"{name}.{field.member}".replace(".[]", "[]") for name, part in parts for field in fields_of(part)}
    assert {path for path, _, _ in members()} == told


def test_every_number_has_a_unit() -> None:
    assert [path for path, name, node in members() if unit_of(name, node) == ""] == []


def test_a_unit_stands_in_one_place() -> None:
    twice = [path for path, name, node in members() if "x-unit" in node and f"_{name}".endswith(tuple(UNITS_BY_ENDING))]
    assert twice == []


@pytest.mark.parametrize(
    ("name", "node", "unit"),
    [
        ("elapsed_s", {"type": "number"}, "s"),
        ("bytes_per_s", {"type": ["number", "null"]}, "bytes/s"),
        ("depths_um", {"type": "array", "items": {"type": "number"}}, "µm"),
        ("rank", {"type": "integer", "x-unit": "index"}, "index"),
        ("share", {"type": "number"}, ""),
        ("error", {"type": "string"}, None),
    ],
)
def test_units_come_from_names_or_from_the_schema(name: str, node: Node, unit: str | None) -> None:
    assert unit_of(name, node) == unit


def test_members_of_objects_and_lists_have_their_path() -> None:
    definition: Node = {
        "properties": {
            "host": {"type": "object", "description": "Node", "properties": {"name": {"type": "string"}}},
            "ranks": {
                "type": "array",
                "description": "Ranks",
                "items": {"type": "object", "properties": {"start_s": {"type": ["number", "null"]}}},
            },
            "flags": {"$ref": "#/$defs/flags"},
            "state": {"enum": ["warm", "", None]},
            "end": {
                "description": "Why",
                "oneOf": [{"const": "late", "description": "too late"}, {"const": "full", "description": "no room"}],
            },
        }
    }
    assert list(fields_of(definition)) == [
        Field("host", "object", "", "Node"),
        Field("host.name", "string", "", ""),
        Field("ranks", "list of object", "", "Ranks"),
        Field("ranks[].start_s", "number or null", "s", ""),
        Field("flags", "[flags](#flags)", "", ""),
        Field("state", '`"warm"`, `""`, `null`', "", ""),
        Field("end", '`"late"`, `"full"`', "", "Why. late: too late; full: no room"),
    ]


def test_the_table_that_is_checked_in_is_that_of_the_schema() -> None:
    assert CHECKED_IN.read_text(encoding="utf-8") == field_table(shipped_schema()), "laue-report fields makes it anew"


def test_the_command_prints_the_table() -> None:
    printed = CliRunner().invoke(app, ["fields"])
    assert printed.exit_code == 0
    assert printed.output == field_table(shipped_schema())
    assert "| `total_wall_s` | number | s |" in printed.output
