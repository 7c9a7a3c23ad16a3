"""Which launch, and which of its runs, a command is about."""

from __future__ import annotations

import polars

from laue_report.launches import SHORT_ID, Launch
from laue_report.measurements import Measurements


class UnusableChoiceError(Exception):
    """What was asked for is not there, or is several."""


def launches_with_runs(measurements: Measurements, launch: str | None) -> list[Launch]:
    """Those whose session_id begins with `launch`; all where it is None. Raises UnusableChoiceError where there are
    none."""
    with_runs = set(measurements.runs["session_id"])
    found = [
        known
        for session_id, known in measurements.launches.items()
        if session_id in with_runs and session_id.startswith(launch or "")
    ]
    if not found:
        raise UnusableChoiceError(f"no launch '{launch}' has runs there" if launch else "there are no runs")
    return found


def only_launch(measurements: Measurements, launch: str | None) -> Launch:
    """Raises UnusableChoiceError where there are several."""
    found = launches_with_runs(measurements, launch)
    if len(found) > 1:
        named = ", ".join(known.session_id[:SHORT_ID] or "one without a name" for known in found)
        raise UnusableChoiceError(f"there are {len(found)} launches: {named}")
    return found[0]


def chosen_run(measurements: Measurements, launch: str | None, run_id: str | None) -> int:
    """The row of a run in the table of runs; without `run_id`, of the last successful measured one. Raises
    UnusableChoiceError."""
    sessions = [known.session_id for known in launches_with_runs(measurements, launch)]
    runs = measurements.runs.filter(polars.col("session_id").is_in(sessions))
    if run_id is None:
        wanted = runs.filter(polars.col("success"), ~polars.col("is_warmup")).tail(1)
    else:
        wanted = runs.filter(polars.col("run_id") == run_id)
    if wanted.is_empty():
        raise UnusableChoiceError(f"there is no run {run_id}" if run_id else "no run succeeded")
    if wanted.height > 1:
        raise UnusableChoiceError(f"{wanted.height} launches have a run {run_id}")
    return int(wanted["run"][0])
