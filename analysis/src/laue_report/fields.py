"""Table of every member of the records, made from the schema that describes them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Node = dict[str, Any]

#: What a member's name ends in says its unit; the longest ending counts. Other numbers carry the keyword `x-unit`.
UNITS_BY_ENDING = {
    "_bytes": "bytes",
    "_bytes_per_s": "bytes/s",
    "_c": "°C",
    "_counts": "detector counts",
    "_flop_per_s": "flop/s",
    "_fraction": "ratio",
    "_j": "J",
    "_j_per_reconstruction": "J",
    "_mb": "MiB",
    "_mhz": "MHz",
    "_nj_per_pixel_step": "nJ",
    "_per_min": "1/min",
    "_per_s": "1/s",
    "_percent": "%",
    "_s": "s",
    "_um": "µm",
    "_w": "W",
}

_NUMBERS = {"integer", "number"}


@dataclass(frozen=True)
class Field:
    """One member: its path below the record, what it may hold, and in which unit."""

    member: str
    kind: str
    unit: str
    description: str


def unit_of(name: str, node: Node) -> str | None:
    """Of a number, or of a list of numbers; nothing is said of others."""
    if "x-unit" in node:
        return str(node["x-unit"])
    if not _NUMBERS & (_types(node) | _types(node.get("items", {}))):
        return None
    endings = [ending for ending in UNITS_BY_ENDING if f"_{name}".endswith(ending)]
    return UNITS_BY_ENDING[max(endings, key=len)] if endings else ""


def fields_of(definition: Node, path: str = "") -> Iterator[Field]:
    """All members of a record or of a shared part, depth first; what is shared is named, not told again."""
    for name, node in definition.get("properties", {}).items():
        member = f"{path}.{name}" if path else name
        yield Field(member, _kind(node), unit_of(name, node) or "", _description(node))
        yield from fields_of(node, member)
    if "items" in definition:
        yield from fields_of(definition["items"], f"{path}[]")
    for choice in definition.get("oneOf", []):  # an object or null
        yield from fields_of(choice, path)


def field_table(schema: Node) -> str:
    """Markdown: a section for each type of record, then one for each shared part."""
    definitions: dict[str, Node] = schema["$defs"]
    records = [_referred(entry) for entry in schema["oneOf"]]
    shared = [name for name in definitions if name not in records]
    sections = [_section(name, definitions, "record") for name in records]
    sections += [_section(name, definitions, "part of records") for name in shared]
    head = (
        f"# Members of a results file, version {schema['version']}\n\n"
        "Made by `laue-report fields` from `results.schema.json`; change that one.\n\n"
        f"{schema['description']}\n"
    )
    return "\n".join([head, *sections])


def _section(name: str, definitions: dict[str, Node], what: str) -> str:
    definition = definitions[name]
    opening = f"## {name}\n\n{what.capitalize()}. {_sentence(_description(definition))}\n"
    if twin := _twin(name, definitions):
        return f"{opening}\nThe members are those of [{twin}](#{twin}).\n"
    if words := _words(definition.get("items", {})):
        return "\n".join([opening, "| word | meaning |", "|---|---|", *words, ""])
    rows = [_row(field) for field in fields_of(definition)]
    if not rows:
        return opening
    return "\n".join([opening, "| member | holds | unit | meaning |", "|---|---|---|---|", *rows, ""])


def _words(node: Node) -> list[str]:
    """Of a closed list, a row each."""
    choices = [choice for choice in node.get("oneOf", []) if "const" in choice]
    return [f"| `{choice['const']}` | {_cell(_description(choice))} |" for choice in choices]


def _twin(name: str, definitions: dict[str, Node]) -> str | None:
    """An earlier record with the same members, its type apart."""
    for other, definition in definitions.items():
        if other == name:
            return None
        if _untyped(definition) and _untyped(definition) == _untyped(definitions[name]):
            return other
    return None


def _untyped(definition: Node) -> Node:
    return {name: node for name, node in definition.get("properties", {}).items() if name != "type"}


def _row(field: Field) -> str:
    return f"| `{field.member}` | {field.kind} | {field.unit} | {_cell(field.description)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def _description(node: Node) -> str:
    """With what the words of a closed list stand for."""
    choices = [choice for choice in node.get("oneOf", []) if "const" in choice]
    meanings = "; ".join(f"{choice['const']}: {_description(choice)}" for choice in choices)
    text = str(node.get("description", ""))
    return f"{text}. {meanings}" if meanings else text


def _types(node: Node) -> set[str]:
    types = node.get("type", [])
    return {types} if isinstance(types, str) else set(types)


def _referred(node: Node) -> str:
    return str(node["$ref"]).rpartition("/")[2]


def _kind(node: Node) -> str:
    """In words: "number or null", "list of per_proc", or the values that there are."""
    if "$ref" in node:
        name = _referred(node)
        return f"[{name}](#{name})"
    if "const" in node:
        return f"`{json.dumps(node['const'])}`"
    if "enum" in node:
        return ", ".join(f"`{json.dumps(value)}`" for value in node["enum"])
    if "oneOf" in node:
        kinds = [_kind(choice) for choice in node["oneOf"]]
        return (", " if all("const" in choice for choice in node["oneOf"]) else " or ").join(kinds)
    types = node.get("type", [])
    names = [types] if isinstance(types, str) else types
    return " or ".join(
        f"list of {_kind(node['items'])}" if name == "array" and "items" in node else name for name in names
    )
