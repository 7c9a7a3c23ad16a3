"""Baselines: evidence that was kept, with how it came about, in a file of its own (configs/baselines/<name>.json)."""

from __future__ import annotations

import getpass
import json
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from laue_report.cells import Cell
from laue_report.evidence import CellEvidence, Evidence, LaunchSamples, Metric, RankPhases, Unit
from laue_report.facts import LaunchFacts
from laue_report.members import Record, RecordValidator, problems_of
from laue_report.shipped_schema import BASELINE, shipped_schema

#: By which a baseline is told from other JSON files.
FORMAT = "laue-bench baseline"

#: Bytes; results files may be longer, and hold one record per line.
LONGEST_BASELINE = 1 << 28


class UnusableBaselineError(Exception):
    """A file that is no baseline, or one that cannot be changed as asked."""


@dataclass(frozen=True)
class Baseline:
    cells: dict[Cell, CellEvidence] = field(default_factory=dict)
    launches: dict[str, LaunchFacts] = field(default_factory=dict)
    history: list[Record] = field(default_factory=list)
    """Changes of cells, as the schema describes them."""

    def evidence(self, name: str) -> Evidence:
        return Evidence(name, self.cells, self.launches)


def is_baseline(path: Path) -> bool:
    """Whether it says so, however it is laid out. Raises OSError."""
    with path.open("rb") as stream:
        start = stream.read(4096).decode("utf-8", errors="replace")
    return start.lstrip().startswith("{") and f'"{FORMAT}"' in start and '"type"' not in start.partition(FORMAT)[0]


def _content(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = {}
    problem = None
    try:
        if path.stat().st_size > LONGEST_BASELINE:
            problem = f"it is longer than {LONGEST_BASELINE} bytes"
        else:
            content = json.loads(path.read_text(encoding="utf-8"))
            problems = sorted(problems_of(RecordValidator(shipped_schema(BASELINE)), content))
            problem = ": ".join(problems[0]) if problems else None
    except OSError as error:
        problem = error.strerror or str(error)
    except (ValueError, RecursionError) as error:
        problem = str(error)
    if problem:
        raise UnusableBaselineError(
            f"cannot use baseline {path} ({problem}): give one that laue-report compare --update-baseline wrote, "
            "see configs/schema/baseline.schema.json"
        )
    return content


def _cell_from(entry: Record) -> CellEvidence:
    return CellEvidence(
        [LaunchSamples(**samples) for samples in entry["launches"]],
        entry["cache_states"],
        entry["accuracy"],
        entry["phases_s"],
        [RankPhases(**rank) for rank in entry["ranks"]],
    )


def read_baseline(path: Path) -> Baseline:
    """Raises UnusableBaselineError."""
    content = _content(path)
    cells = {(entry["target"] - 1, entry["point"]): _cell_from(entry) for entry in content["cells"]}
    launches = {session: LaunchFacts(**facts) for session, facts in content["launches"].items()}
    unknown = {session for cell in cells.values() for session in cell.sessions} - launches.keys()
    if unknown:
        raise UnusableBaselineError(
            f"cannot use baseline {path} (it does not tell of launch {min(unknown)}, which its cells name): "
            "take it from version control again"
        )
    return Baseline(cells, launches, content["history"])


def _cell_record(cell: Cell, evidence: CellEvidence) -> Record:
    return {
        "target": cell[0] + 1,
        "point": cell[1],
        "launches": [asdict(samples) for samples in evidence.launches],
        "cache_states": evidence.cache_states,
        "accuracy": evidence.accuracy,
        "phases_s": evidence.phases,
        "ranks": [asdict(rank) for rank in evidence.ranks],
    }


def write_baseline(path: Path, baseline: Baseline) -> None:
    """Whole or not at all. Raises OSError."""
    used = {session for cell in baseline.cells.values() for session in cell.sessions}
    content = {
        "format": FORMAT,
        "schema_version": shipped_schema(BASELINE)["version"],
        "cells": [_cell_record(*item) for item in sorted(baseline.cells.items())],
        "launches": {session: asdict(facts) for session, facts in baseline.launches.items() if session in used},
        "history": baseline.history,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    half_made = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        half_made.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        half_made.replace(path)
    finally:
        half_made.unlink(missing_ok=True)


def _values(evidence: CellEvidence | None) -> Record | None:
    """What the history keeps of a cell."""
    if evidence is None:
        return None
    medians = {metric.value: evidence.median(metric) for metric in Metric}
    runs = len(evidence.samples(Metric.TIME, Unit.RUN))
    return {"launches": evidence.sessions, "runs": runs, **medians, "accuracy": evidence.accuracy}


def _who() -> str:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as in some containers
        user = str(os.getuid())
    return f"{user} on {platform.node()}"


def changed(baseline: Baseline, new: Evidence, reasons: Mapping[Cell, str]) -> Baseline:
    """With what `new` has of the cells that `reasons` name, and the reason for each; a cell that `new` does not have
    is taken out."""
    when = f"{datetime.now(timezone.utc):%Y-%m-%dT%H:%M:%SZ}"
    cells, history = dict(baseline.cells), list(baseline.history)
    for cell, why in reasons.items():
        old = cells.pop(cell, None)
        measured = new.cells.get(cell)
        if measured is not None:
            cells[cell] = measured
        change = {"when": when, "who": _who(), "target": cell[0] + 1, "point": cell[1], "why": why}
        history.append(change | {"old": _values(old), "new": _values(measured)})
    return Baseline(cells, baseline.launches | new.launches, history)
