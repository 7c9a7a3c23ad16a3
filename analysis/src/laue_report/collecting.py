"""From the runs of results files to the evidence of one side of a comparison."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl

from laue_report.cells import Cell
from laue_report.evidence import ACCURACY, CellEvidence, Evidence, LaunchSamples, RankPhases
from laue_report.facts import LaunchFacts, facts_of
from laue_report.launches import Launch, counted
from laue_report.measurements import Measurements
from laue_report.members import BUSY_PHASES, PIPELINE_PHASES, Record
from laue_report.shipped_schema import stops_as_asked_for

#: Together they are what makes a cell of a launch.
_CELL_COLUMNS = ["launch_id", "staging_dir", "point_id"]

_PHASES = PIPELINE_PHASES + BUSY_PHASES


def places_of_targets(launches: Iterable[Launch], runs: pl.DataFrame) -> dict[tuple[str, str], int]:
    """Places of folders in the lists of their launches; in the order of their runs where no list tells."""
    places: dict[tuple[str, str], int] = {}
    for launch in launches:
        for place, folder in enumerate(launch.params.get("staging_dirs", [])):
            places[launch.session_id, str(folder)] = place
    counts: dict[str, int] = {}
    for session, folder in runs.select("launch_id", "staging_dir").unique(maintain_order=True).iter_rows():
        if (session, folder) not in places:
            places[session, folder] = counts.get(session, 0)
            counts[session] = counts.get(session, 0) + 1
    return places


def measured_runs(measurements: Measurements) -> pl.DataFrame:
    """Measured runs with the largest peaks and the mean phases of their ranks."""
    of_ranks = measurements.ranks.group_by("run").agg(
        pl.col("peak_rss_bytes", "gpu_peak_memory_bytes").max(), pl.col(*_PHASES).mean()
    )
    measured = measurements.runs.filter(~pl.col("is_warmup").fill_null(False))
    return measured.join(of_ranks, on="run", how="left", maintain_order="left").sort(
        "unix_time_s", "run", nulls_last=True, maintain_order=True
    )


def _samples(session_id: str, runs: pl.DataFrame) -> LaunchSamples:
    def known(expression: pl.Expr) -> list[float]:
        values = runs.select(expression.cast(pl.Float64).alias("value")).drop_nulls()["value"]
        return [float(value) for value in values]

    return LaunchSamples(
        session_id,
        known(pl.col("total_wall_s")),
        known(pl.col("throughput_per_min")),
        known(pl.col("peak_rss_bytes")),
        known(pl.col("gpu_peak_memory_bytes")),
        known(pl.when(pl.col("total_j") > 0.0).then(pl.col("parallel") / pl.col("total_j"))),
    )


def _known(row: dict[str, Any]) -> dict[str, float]:
    return {name: float(value) for name, value in row.items() if value is not None}


def _rank_phases(ranks: pl.DataFrame) -> list[RankPhases]:
    medians = ranks.group_by("host", "rank", maintain_order=True).agg(pl.col(*_PHASES).median()).sort("rank")
    return [
        RankPhases(str(row.pop("host") or ""), int(row.pop("rank") or 0), _known(row))
        for row in medians.iter_rows(named=True)
    ]


def _accuracy(ranks: pl.DataFrame) -> dict[str, float]:
    rms, largest, intensity = ACCURACY
    worst = ranks.select(pl.col(rms, largest).max(), pl.col(intensity).median())
    return _known(worst.row(0, named=True))


def _doubts(launch: Launch, summary: Record | None, succeeded: int) -> list[str]:
    """Why runs of a launch are no good baseline."""
    found = []
    if launch.params.get("verify") not in ("first", "golden"):
        found.append("its depth images were not verified")
    planned = launch.planned_runs()
    if planned is not None and succeeded < planned:
        found.append(f"only {succeeded} of {counted(planned, 'run')} succeeded")
    if planned is None and (summary or {}).get("stopped") not in stops_as_asked_for():
        found.append("its repetition did not end as asked for")
    return found


class _Collector:
    """Puts the launches of a side together."""

    def __init__(self, measurements: Measurements) -> None:
        self._launches = measurements.launches
        self._runs = measured_runs(measurements)
        self._ranks = measurements.ranks
        self._targets = places_of_targets(measurements.launches.values(), self._runs)
        self._summaries = {
            (record.get("session_id", ""), record.get("staging_dir", ""), record.get("point_id")): record
            for record in measurements.summaries
        }

    def cells(self) -> dict[Cell, CellEvidence]:
        succeeded = self._runs.filter(pl.col("success") & (pl.col("total_wall_s") > 0.0))  # as statistics needs them
        groups: dict[Cell, list[tuple[tuple[Any, ...], pl.DataFrame]]] = {}
        for key, runs in succeeded.group_by(_CELL_COLUMNS, maintain_order=True):
            groups.setdefault(self._cell(key), []).append((key, runs))
        return {cell: self._evidence(found) for cell, found in groups.items()}

    def absent(self, measured: Iterable[Cell], skips: Iterable[Record]) -> dict[Cell, str]:
        reasons: dict[Cell, str] = {}
        for launch in self._launches.values():
            for folder, point in launch.planned_points():
                reasons[self._targets.get((launch.session_id, folder), 0), point] = "it was planned and did not run"
        for skip in skips:
            key = (str(skip.get("session_id", "")), str(skip.get("staging_dir", "")))
            reasons[self._targets.get(key, 0), str(skip.get("point_id"))] = f"skipped: {skip['reason']}"
        for key, runs in self._runs.filter(~pl.col("success")).group_by(_CELL_COLUMNS, maintain_order=True):
            errors = [str(error) for error in runs["error"].drop_nulls()] or ["no reason is recorded"]
            reasons[self._cell(key)] = f"{counted(len(runs), 'run')} failed: {errors[0]}"
        return {cell: reason for cell, reason in reasons.items() if cell not in set(measured)}

    def failures(self) -> dict[Cell, int]:
        failed = self._runs.filter(~pl.col("success"))
        return {self._cell(key): len(runs) for key, runs in failed.group_by(_CELL_COLUMNS, maintain_order=True)}

    def _cell(self, key: Sequence[Any]) -> Cell:
        session, folder, point = key
        return self._targets[session, folder], point

    def _evidence(self, groups: list[tuple[tuple[Any, ...], pl.DataFrame]]) -> CellEvidence:
        runs = pl.concat([frame for _, frame in groups])
        ranks = self._ranks.filter(pl.col("run").is_in(runs["run"].implode()))
        doubts = []
        for key, frame in groups:
            doubts += _doubts(self._launches[key[0]], self._summaries.get(key), len(frame))
        return CellEvidence(
            [_samples(key[0], frame) for key, frame in groups],
            sorted(str(state) for state in runs["cache_state"].fill_null("not recorded").unique()),
            _accuracy(ranks),
            _known(runs.select(pl.col(*_PHASES).median()).row(0, named=True)),
            _rank_phases(ranks),
            list(dict.fromkeys(doubts)),
        )


def _launch_facts(measurements: Measurements, sessions: Iterable[str]) -> dict[str, LaunchFacts]:
    found = {}
    for session in sessions:
        launch = measurements.launches[session]
        stagings = [staging for staging in measurements.stagings if staging.get("session_id", "") == session]
        title = launch.title().removeprefix(f"{launch.path}: ")
        found[session] = facts_of(title, launch.params, stagings)
    return found


def _failure_warnings(name: str, collector: _Collector, cells: Iterable[Cell]) -> list[str]:
    failures = collector.failures()
    return [
        f"{name}: {counted(failures[cell], 'run')} of {cell[1]} failed and left out of its times"
        for cell in cells
        if cell in failures
    ]


def evidence_of(name: str, measurements: Measurements) -> Evidence:
    collector = _Collector(measurements)
    cells = collector.cells()
    measuring = {session: None for cell in cells.values() for session in cell.sessions}
    return Evidence(
        name,
        cells,
        _launch_facts(measurements, measuring or measurements.launches),
        collector.absent(cells, measurements.skips),
        {session: launch.params for session, launch in measurements.launches.items()},
        _failure_warnings(name, collector, cells) + measurements.warnings,
    )
