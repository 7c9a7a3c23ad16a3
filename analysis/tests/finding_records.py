"""Launches for rules to look at: records of runs that take given seconds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from laue_report.finding import Finding
from laue_report.measured_points import MeasuredLaunch, measured_launch
from laue_report.measurements import load
from laue_report.shipped_schema import FINDINGS, shipped_schema
from sample_records import SESSION, run_record, write_lines

Record = dict[str, Any]


def runs_of(point_id: str, wall_s: Sequence[float], **members: Any) -> list[Record]:
    """One after the other."""
    return [
        {
            **run_record(point_id, seconds),
            "run_index": index,
            "order_index": index,
            "unix_time_s": 1000.0 + index,
            **members,
        }
        for index, seconds in enumerate(wall_s)
    ]


def ranks(*elapsed_s: float, hosts: Sequence[str] = (), **members: Any) -> list[Record]:
    """`per_proc` of a run."""
    return [
        {"i": i, "rank": i, "host": hosts[i] if hosts else "node1", "elapsed_s": seconds, "success": True, **members}
        for i, seconds in enumerate(elapsed_s)
    ]


def launch_of(path: Path, *records: Record) -> MeasuredLaunch:
    return measured_launch(load([write_lines(path, *records)]), SESSION)


def found_by(rule: Callable[[MeasuredLaunch], list[Finding]], path: Path, *records: Record) -> list[Finding]:
    """Each as its schema describes it."""
    found = rule(launch_of(path, *records))
    described = shipped_schema(FINDINGS)["properties"]["launches"]["items"]["properties"]["findings"]["items"]
    for finding in found:
        Draft202012Validator(described).validate(finding.record())
    return found
