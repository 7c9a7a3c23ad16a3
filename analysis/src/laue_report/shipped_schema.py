"""The schemas and defaults that came with this package, and the words for people that they hold."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

Schema = dict[str, Any]

RESULTS = "results.schema.json"
VERDICTS = "verdicts.schema.json"
TARGETS = "targets.schema.json"
FINDINGS = "findings.schema.json"
RECOMMENDATION = "recommendation.schema.json"
BASELINE = "baseline.schema.json"
THRESHOLDS_SCHEMA = "thresholds.schema.json"

#: No schema: the limits themselves, as configs/ has them.
THRESHOLDS = "thresholds.json"

#: Of the files of a report.
ENVIRONMENT, KERNEL_MANIFEST, REPORT_SUMMARY = (
    "env.schema.json",
    "kernel_manifest.schema.json",
    "summary.schema.json",
)


def shipped_schema(name: str = RESULTS) -> Schema:
    text = resources.files("laue_report").joinpath("schema", name).read_text(encoding="utf-8")
    schema: Schema = json.loads(text)
    return schema


@cache
def supported_major() -> int:
    """Newest major version of the records' schema that this package understands."""
    return int(shipped_schema()["version"].split(".", 1)[0])


def flag_meanings() -> dict[str, str]:
    """What each flag of a run stands for."""
    return _meanings(shipped_schema()["$defs"]["flags"]["items"]["oneOf"])


def cache_meanings() -> dict[str, str]:
    """What each state of the page cache stands for in which replicas were when a run began."""
    return _meanings(shipped_schema()["$defs"]["cache_state"]["oneOf"])


def stop_meanings() -> dict[str, str]:
    """What each reason stands for for which a point is repeated no more, those apart that are as asked for."""
    return _meanings([entry for entry in _stop_reasons() if not _is_as_asked_for(entry)])


def stops_as_asked_for() -> frozenset[str]:
    """The reasons that leave nothing to be careful with."""
    return frozenset(entry["const"] for entry in _stop_reasons() if _is_as_asked_for(entry))


def _stop_reasons() -> list[Schema]:
    reasons: list[Schema] = shipped_schema()["$defs"]["summary"]["properties"]["stopped"]["oneOf"]
    return reasons


def _is_as_asked_for(stop_reason: Schema) -> bool:
    return bool(stop_reason.get("x-as-asked-for"))


def _meanings(entries: list[Schema]) -> dict[str, str]:
    return {entry["const"]: entry["description"] for entry in entries}
