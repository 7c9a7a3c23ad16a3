"""What a recommendation says, and what it takes for granted."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from rich.table import Table

from laue_report.finding import listed
from laue_report.intervals import Interval, Mean
from laue_report.launches import counted
from laue_report.measured_points import MeasuredPoint
from laue_report.recommendation import HOUR_S, Candidate, Recommendation, side_by_side
from laue_report.reproduction import Reproduction, reproduction_of
from laue_report.tables import number, point_table


def _interval_text(interval: Interval | None) -> str:
    return f"{number(interval.low)}-{number(interval.high)}" if interval else "-"


def _in_time_text(candidate: Candidate, deadline_s: float) -> str:
    if candidate.is_surely_in_time(deadline_s):
        return "yes"
    return "at the mean" if candidate.is_in_time(deadline_s) else "no"


def table_of(recommendation: Recommendation) -> Table:
    table = point_table(["runs measured", "runs needed", "mean s", "hours", "95 % interval h", "node-hours", "in time"])
    table.add_column("chosen", justify="center", overflow="fold")
    for candidate in recommendation.candidates:
        table.add_row(
            candidate.point.name,
            str(len(candidate.point.wall_s)),
            str(candidate.runs_needed),
            number(candidate.point.mean_s.value),
            number(candidate.hours.value),
            _interval_text(candidate.hours.interval),
            number(candidate.node_hours.value),
            _in_time_text(candidate, recommendation.deadline_s),
            "*" if candidate is recommendation.chosen else "",
        )
    return table


def _mean_text(mean: Mean, unit: str) -> str:
    interval = f" (95 % interval {number(mean.interval.low)} to {number(mean.interval.high)})" if mean.interval else ""
    return f"{number(mean.value)} {unit}{interval}"


def headline(recommendation: Recommendation) -> str:
    shown = recommendation.shown
    verdict = (
        "cheapest measured point in time" if recommendation.chosen else "no measured point is in time; the fastest"
    )
    staging = (
        f", {number(shown.staging_s / HOUR_S)} hours of them staging" if shown.staging else ", staging not counted"
    )
    return (
        f"{verdict}: {shown.point.name}, {_mean_text(shown.hours, 'hours')}, "
        f"{_mean_text(shown.node_hours, 'node-hours')} on {counted(shown.nodes, 'node')}{staging}"
    )


def _sureness_notes(recommendation: Recommendation) -> Iterator[str]:
    shown = recommendation.shown
    if shown.total_s.interval is None:
        yield "no interval: one run of this point was measured; laue-bench run --runs 5 makes more"
    else:
        yield "the interval is that of the geometric mean of the runs (t-interval); staging adds no scatter to it"
    if not recommendation.chosen:
        return
    if not shown.is_surely_in_time(recommendation.deadline_s):
        end = shown.hours.interval
        why = f"its interval ends at {number(end.high)} hours" if end else "it has no interval"
        yield f"not sure to be in time: {why}, and no other point is surer"
    cheaper = [other.point.name for other in recommendation.in_time if other.cost < shown.cost]
    if cheaper:
        yield f"cheaper at the mean, but not sure to be in time: {listed(cheaper)}; more runs may tell"


def _runs_note(shown: Candidate) -> str:
    measured = len(shown.point.wall_s)
    beyond = shown.runs_needed - measured
    note = (
        f"{counted(shown.runs_needed, 'run')} of {counted(shown.point.parallel, 'reconstruction')} one after the other"
    )
    note += f", at the geometric mean of {measured} measured"
    note += f"; {beyond} of them go beyond what was measured" if beyond > 0 else ""
    return note + "; what lies between runs (deleting depth images, digests) is not counted"


def _staging_note(shown: Candidate) -> str:
    rate = shown.staging
    if rate is None:
        return (
            "staging is not counted: no launch in this file copied a replica to that folder, so its speed is not known"
        )
    size = "" if rate.bytes is None else f" of together {number(rate.bytes * 1e-6)} MB"
    where = "to each node at the same time" if rate.is_per_node else "to the staging folder"
    whose = "another launch in this file" if rate.is_of_other_launch else "this launch"
    return (
        f"staging: each scan is as large as a replica and copied once {where} before the first run, as fast as "
        f"{counted(rate.replicas, 'replica')}{size} in {number(rate.wall_s)} s by {whose}"
    )


def _room_note(shown: Candidate, scans: int, params: dict[str, Any]) -> Iterator[str]:
    """Where scans and depth images are more than the folder can hold."""
    rate = shown.staging
    output_bytes = (params.get("scan") or {}).get("output_bytes")
    if rate is None or rate.free_bytes is None or (scan_bytes := rate.scan_bytes()) is None or output_bytes is None:
        return
    share = math.ceil(scans / shown.nodes) if rate.is_per_node else scans
    needed = share * (scan_bytes + output_bytes)
    if needed > rate.free_bytes:
        yield (
            f"{counted(share, 'scan')} and their depth images take {number(needed * 1e-9)} GB there, but "
            f"{number(rate.free_bytes * 1e-9)} GB were free: stage and clear in parts"
        )


def _point_notes(point: MeasuredPoint, params: dict[str, Any]) -> Iterator[str]:
    states = sorted(set(point.runs["cache_state"].drop_nulls().to_list()))
    if any(state != "cold" for state in states):
        yield f"runs had the page cache {', '.join(states)}: scans that come from a cold disk may take longer"
    if params.get("input_layout") == "shared":
        yield "ranks read one replica together (--input-layout shared): different scans may take longer"
    if point.precision == "single":
        yield "computed in single precision: its depth images differ from those in double"
    if point.failed:
        yield f"{counted(point.failed, 'run')} of this point failed, which nothing here counts"


def _other_way_note(recommendation: Recommendation) -> Iterator[str]:
    """How more nodes could help where no point is in time."""
    if recommendation.chosen:
        return
    shown = recommendation.shown
    jobs = side_by_side(shown, recommendation.scans, recommendation.deadline_s)
    if jobs is None:
        yield "nor would more such jobs at the same time be: staging and one run alone take longer than that"
        return
    yield (
        f"with {jobs.jobs} such jobs in parallel on {counted(jobs.nodes, 'node')}, not measured together: "
        f"{number(jobs.hours)} hours if they do not slow each other down"
    )


def notes_of(recommendation: Recommendation) -> list[str]:
    """What the figures hold for, a line each."""
    shown = recommendation.shown
    nodes = "whole nodes are counted, idle cores included"
    notes = [
        *_other_way_note(recommendation),
        _runs_note(shown),
        *_sureness_notes(recommendation),
        _staging_note(shown),
        *_room_note(shown, recommendation.scans, recommendation.measured.launch.params),
        nodes if shown.knows_nodes else f"{nodes}; the records do not tell on how many the runs were: taken for 1",
        *_point_notes(shown.point, recommendation.measured.launch.params),
    ]
    if recommendation.other_launches:
        other = counted(recommendation.other_launches, "other measured launch").replace("launchs", "launches")
        notes.append(f"{other} in this file not looked at: --launch ID takes another one than the last")
    return notes


def reproduction_lines(recommendation: Recommendation) -> list[str]:
    found = _reproduction(recommendation)
    return [f"this point again: {found.command}", f"or as a job: {found.sbatch}"]


def _reproduction(recommendation: Recommendation) -> Reproduction:
    return reproduction_of(recommendation.measured, recommendation.shown.point, recommendation.shown.nodes)


def _ends(interval: Interval | None) -> list[float] | None:
    return None if interval is None else [interval.low, interval.high]


def _candidate_record(candidate: Candidate, deadline_s: float) -> dict[str, Any]:
    point = candidate.point
    return {
        "point_id": point.point_id,
        "staging_dir": point.target,
        "parallel": point.parallel,
        "nodes": candidate.nodes if candidate.knows_nodes else None,
        "runs_measured": len(point.wall_s),
        "runs_failed": point.failed,
        "runs_needed": candidate.runs_needed,
        "mean_s": point.mean_s.value,
        "mean_interval95_s": _ends(point.mean_s.interval),
        "staging_hours": candidate.staging_s / HOUR_S if candidate.staging else None,
        "hours": candidate.hours.value,
        "hours_interval95": _ends(candidate.hours.interval),
        "node_hours": candidate.node_hours.value,
        "node_hours_interval95": _ends(candidate.node_hours.interval),
        "in_time": candidate.is_in_time(deadline_s),
        "surely_in_time": candidate.is_surely_in_time(deadline_s),
    }


def record_of(recommendation: Recommendation) -> dict[str, Any]:
    """For programs."""
    deadline_s, chosen, fastest = recommendation.deadline_s, recommendation.chosen, recommendation.fastest
    reproduction = _reproduction(recommendation)
    return {
        "session_id": recommendation.measured.launch.session_id,
        "scans": recommendation.scans,
        "deadline_s": deadline_s,
        "chosen": None if chosen is None else _candidate_record(chosen, deadline_s),
        "fastest": _candidate_record(fastest, deadline_s),
        "points": [_candidate_record(candidate, deadline_s) for candidate in recommendation.candidates],
        "notes": notes_of(recommendation),
        "command": reproduction.command,
        "sbatch": reproduction.sbatch,
    }
