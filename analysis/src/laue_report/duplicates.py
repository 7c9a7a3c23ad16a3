"""Records that several lines tell: of files that were joined or copied, or given twice."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable
from dataclasses import replace
from pathlib import Path

from laue_report.members import Record
from laue_report.records import Line, ResultsFile, UnusableResultsError


class ContradictoryRunsError(UnusableResultsError):
    """Two records of one run differ."""


def _identity(record: Record) -> Hashable | None:
    """Of a run launch and run; other records are identified by all that they say. None where nothing tells: the
    predecessor's records have no launch."""
    session_id, run_id = record.get("session_id"), record.get("run_id")
    if not isinstance(session_id, str) or not session_id:
        return None
    if record["type"] in ("run", "warmup"):
        return (session_id, run_id) if isinstance(run_id, str) else None
    try:
        return json.dumps(record, sort_keys=True)
    except RecursionError:  # nested deeper than anything laue-bench writes
        return None


def _require_same(known: tuple[Path, Line], path: Path, line: Line) -> None:
    if known[1].record != line.record:
        record = line.record
        places = f"{known[0]}, line {known[1].number}, and {path}, line {line.number}"
        raise ContradictoryRunsError(
            f"cannot count run {record['run_id']} of launch {record['session_id']} ({places}, differ in it): "
            "give the file that laue-bench wrote, without altered copies"
        )


def without_duplicates(files: Iterable[ResultsFile]) -> list[ResultsFile]:
    """The same files with each record once. A launch of which several files have a part is put together in the first
    of them. Raises ContradictoryRunsError."""
    owners: dict[str, ResultsFile] = {}
    seen: dict[Hashable, tuple[Path, Line]] = {}
    kept_files = []
    for file in files:
        kept = replace(file, lines=[], repeated_lines=[])
        kept_files.append(kept)
        for line in file.lines:
            identity = _identity(line.record)
            if identity in seen:
                _require_same(seen[identity], file.path, line)
                kept.repeated_lines.append(line.number)
                continue
            if identity is not None:
                seen[identity] = file.path, line
            session_id = line.record.get("session_id")
            owner = owners.setdefault(session_id, kept) if isinstance(session_id, str) and session_id else kept
            owner.lines.append(line)
    return kept_files
