"""The timeline of one run as a Chrome trace."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import polars

from laue_report.columns import BUSY_PHASES, PIPELINE_PHASES
from laue_report.launches import SHORT_ID, Launch
from laue_report.measurements import Measurements
from laue_report.members import Record

#: Seconds of a record in microseconds of a trace.
US = 1e6


class UnusableTraceError(Exception):
    """A trace that does not have the run."""


def trace_path(launch: Launch) -> Path | None:
    """Where the launch wrote its trace: as it says, or beside the results if both were moved; None where it wrote
    none."""
    named = launch.params.get("trace")
    if not named:
        return None
    written = Path(named)
    beside = launch.path.parent / written.name
    return beside if beside.is_file() and not written.is_file() else written


def events_of_run(path: Path, session_id: str, run_id: str) -> list[Record]:
    """From the trace of a launch: what names tracks, the run, and its phases, which stand behind it. Raises
    UnusableTraceError and OSError."""
    names: list[Record] = []
    found: list[Record] = []
    is_of_run = False
    for event in _events(path):
        about = event.get("args") or {}
        if event.get("name") == "laue_bench_trace" and about.get("session_id") != session_id:
            raise UnusableTraceError(f"it is of launch {str(about.get('session_id'))[:SHORT_ID]}")
        if event.get("ph") == "M":
            names.append(event)
            continue
        if "run_id" in about:
            is_of_run = about["run_id"] == run_id
        if is_of_run:
            found.append(event)
    if not found:
        raise UnusableTraceError(f"it does not have run {run_id}")
    return _names_of(found, names) + found


def _events(path: Path) -> Iterator[Record]:
    """One stands on each line; the last line of a launch that was killed may be cut off."""
    with path.open(encoding="utf-8", errors="replace") as stream:
        for line in stream:
            try:
                event = json.loads(line.strip().rstrip(","))
            except ValueError:  # brackets
                continue
            if isinstance(event, dict):
                yield event


def _names_of(events: list[Record], names: list[Record]) -> list[Record]:
    """Of processes and tracks that have events."""
    tracks = {(event.get("pid"), event.get("tid")) for event in events}
    processes = {process for process, _ in tracks}
    return [
        name
        for name in names
        if name.get("pid") in processes
        and (not str(name.get("name")).startswith("thread_") or (name.get("pid"), name.get("tid")) in tracks)
    ]


def events_from_records(measurements: Measurements, run: int) -> list[Record]:
    """Ranks alone: of phases, records tell how long they took, but not when. These durations are their arguments."""
    ranks = measurements.ranks.filter(polars.col("run") == run, polars.col("start_s").is_not_null())
    hosts = list(dict.fromkeys(ranks["host"]))
    events: list[Record] = [
        {"name": "process_name", "ph": "M", "pid": place, "tid": 0, "args": {"name": host or "host not known"}}
        for place, host in enumerate(hosts)
    ]
    for rank in ranks.iter_rows(named=True):
        process, track = hosts.index(rank["host"]), rank["rank"] if rank["rank"] is not None else rank["i"]
        known = {name: rank[name] for name in PIPELINE_PHASES + BUSY_PHASES if rank[name] is not None}
        place = {"pid": process, "tid": track}
        events.append({"name": "thread_name", "ph": "M", **place, "args": {"name": f"rank {track}"}})
        begin_s, elapsed_s = rank["start_s"], rank["elapsed_s"] or 0.0
        times = {"ts": begin_s * US, "dur": elapsed_s * US}
        events.append({"name": "reconstruction", "ph": "X", **place, **times, "args": known})
    return events


def trace_text(events: list[Record]) -> bytes:
    """In the array form, an event on each line."""
    lines = (json.dumps(event, separators=(",", ":")) for event in events)
    return ("[\n" + ",\n".join(lines) + "\n]\n").encode()
