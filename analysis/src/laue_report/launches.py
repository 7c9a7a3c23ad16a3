"""Launches, as their first and last records tell of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from laue_report.members import Record
from laue_report.tables import number

#: Of a UUID and of a commit; enough to tell those of one file apart.
SHORT_ID, SHORT_COMMIT = 8, 12


@dataclass
class Launch:
    """Without `params` where a file comes from the predecessor, without `end` where the launch was killed."""

    path: Path
    session_id: str
    params: Record = field(default_factory=dict)
    end: Record = field(default_factory=dict)

    def tell(self, record: Record) -> None:
        """Of its first or last record. The predecessor's have no session: its launches cannot be told apart."""
        if self.session_id and record["type"] == "params":
            self.params = record
        elif self.session_id and record["type"] == "end":
            self.end = record

    def planned_points(self) -> list[tuple[str, str]]:
        """Targets and points in the grid's order."""
        targets = self.params.get("staging_dirs", [])
        return [(str(target), str(point)) for target in targets for point in self.params.get("points", [])]

    def planned_runs(self) -> int | None:
        """Of each point, without warm-ups; None where nothing tells."""
        runs = self.params.get("runs")
        return None if runs is None else int(runs)

    def repeats_to_target(self) -> bool:
        """Whether the runs themselves told how many were made of each point."""
        return self.params.get("target_ci") is not None

    def sustain_s(self) -> float | None:
        """For how long its one point was to be repeated; None where a number of runs was asked for."""
        sustain_s: float | None = self.params.get("sustain")
        return sustain_s

    def resumes(self) -> str | None:
        """The session that it went on with."""
        resumed: str | None = self.params.get("resumes")
        return resumed

    def title(self) -> str:
        """What tells people one launch from another: when, tag, where and by which program."""
        host = (self.params.get("host") or {}).get("hostname")
        commit = (self.params.get("git") or {}).get("sha")
        parts = [
            _readable_time(self.params["ts"]) if "ts" in self.params else "",
            f"tag {self.params['tag']}" if self.params.get("tag") else "",
            f"on {host}" if host else "",
            f"commit {commit[:SHORT_COMMIT]}" if commit else "",
            f"launch {self.session_id[:SHORT_ID]}" if self.session_id else "",
            f"goes on with {resumed[:SHORT_ID]}" if (resumed := self.resumes()) else "",
        ]
        named = ", ".join(part for part in parts if part)
        return f"{self.path}: {named}" if named else str(self.path)

    def work(self) -> str | None:
        """What one reconstruction was of, in this launch; None where the records do not tell."""
        scan, depths = self.params.get("scan"), self.params.get("depth_range")
        if not scan or not depths:
            return None
        scans = [Path(h5).name for h5 in self.params.get("h5_list") or [self.params.get("h5", "")]]
        named = scans[0] if len(scans) == 1 else f"one of {', '.join(scans)}"
        images = f"{scan['images']} images of {scan['rows']} x {scan['columns']} pixels"
        return (
            f"each reconstruction: {named} ({images}) to {counted(scan['depths'], 'depth image')}, "
            f"{number(depths[0])} to {number(depths[1])} um"
        )

    def untouched_cache(self) -> str | None:
        """Where it was asked to do nothing to the page cache."""
        return "--cache none: nothing was done to the page cache" if self.params.get("cache") == "none" else None

    def ending(self, not_made: int) -> str | None:
        """How it ended, where that is not as planned. `not_made` of the runs planned are missing."""
        if not self.params:
            return None
        reasons = [self._reason(), f"{counted(not_made, 'planned run')} not made" if not_made else ""]
        return "; ".join(reason for reason in reasons if reason) or None

    def _reason(self) -> str:
        if not self.end:
            return "no end: the launch was killed, or is still under way"
        if self.end.get("status") == "interrupted":
            return f"interrupted by {self.end.get('signal') or self._lack_of_time() or 'a time limit'}"
        if self.end.get("error"):
            return f"ended early: {self.end['error']}"
        return f"repetition ended by {self._lack_of_time()}" if self._lack_of_time() else ""

    def _lack_of_time(self) -> str | None:
        """A reason that this package does not know goes by its own name."""
        stopped: str | None = self.end.get("stopped")
        known = {"time_limit": "a time limit", "allocation_end": "the end of the allocation"}
        return None if stopped is None else known.get(stopped, stopped)


def counted(number: int, noun: str) -> str:
    """`1 run`, `2 runs`."""
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _readable_time(ts: str) -> str:
    try:
        return f"{datetime.strptime(ts, '%Y%m%dT%H%M%SZ'):%Y-%m-%d %H:%M:%S} UTC"
    except ValueError:
        return ts


def resumed_by(launches: Mapping[str, Launch]) -> dict[str, list[str]]:
    """By session, those of the launches that went on with it, directly or not: its successful runs are theirs too."""
    later: dict[str, list[str]] = {}
    for session_id, launch in launches.items():
        seen = {session_id}
        resumed = launch.resumes()
        while resumed is not None and resumed in launches and resumed not in seen:
            seen.add(resumed)
            later.setdefault(resumed, []).append(session_id)
            resumed = launches[resumed].resumes()
    return later
