"""Records that several lines tell: of files that were joined or copied, or given twice."""

from __future__ import annotations

import json
from collections.abc import Hashable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from laue_report.members import Record
from laue_report.records import RUN_TYPES, Line, UnusableResultsError, parsed


class ContradictoryRunsError(UnusableResultsError):
    """Two records of one run differ."""


def _identity(record: Record) -> Hashable | None:
    """Of a run launch and run; other records are identified by all that they say. None where nothing tells: the
    predecessor's records have no launch."""
    session_id, run_id = record.get("session_id"), record.get("run_id")
    if not isinstance(session_id, str) or not session_id:
        return None
    if record["type"] in RUN_TYPES:
        return (session_id, run_id) if isinstance(run_id, str) else None
    try:
        return json.dumps(record, sort_keys=True)
    except RecursionError:  # nested deeper than anything laue-bench writes
        return None


@dataclass(frozen=True)
class _Place:
    """Where a record was read."""

    path: Path
    number: int
    offset: int
    record: Record | None
    """Where the file cannot be read again."""

    def read_again(self) -> Record:
        if self.record is not None:
            return self.record
        with self.path.open("rb") as stream:
            stream.seek(self.offset)
            record: Record = parsed(stream.readline())[0]
            return record


def _require_same(known: _Place, path: Path, line: Line) -> None:
    record = line.record
    if known.read_again() != record:
        places = f"{known.path}, line {known.number}, and {path}, line {line.number}"
        raise ContradictoryRunsError(
            f"cannot count run {record['run_id']} of launch {record['session_id']} ({places}, differ in it): "
            "give the file that laue-bench wrote, without altered copies"
        )


class Duplicates:
    """Finds records that were met before, without keeping them."""

    def __init__(self) -> None:
        self._places: dict[Hashable, _Place] = {}

    def is_known(self, path: Path, line: Line) -> bool:
        """Remembers those that are not. Raises ContradictoryRunsError where a run's records differ."""
        identity = _identity(line.record)
        if identity is None:
            return False
        if isinstance(identity, str):  # all that the record says
            identity = blake2b(identity.encode(), digest_size=16).digest()
        known = self._places.get(identity)
        if known is None:
            record = None if path.is_file() else line.record
            self._places[identity] = _Place(path, line.number, line.offset, record)
            return False
        if line.record["type"] in RUN_TYPES:
            _require_same(known, path, line)
        return True
