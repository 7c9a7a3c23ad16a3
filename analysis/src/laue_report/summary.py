"""Points of results files in short: how many runs, how long, how many reconstructions per minute."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars
from rich.table import Table

from laue_report.accuracy import accuracies_by_run, accuracy_notes
from laue_report.ceilings import CEILING_HEADINGS, above_ceilings_note, ceiling_cells, without_ceilings_notes
from laue_report.ior import ior_note
from laue_report.launches import Launch, counted, resumed_by
from laue_report.measurements import Measurements
from laue_report.members import BUSY_PHASES, PIPELINE_PHASES, Record
from laue_report.phases import BUSY_TITLE, HEADINGS, PIPELINE_TITLE, PointPhases, phase_means
from laue_report.points import SINGLE, point_id_of, precision_of
from laue_report.repetition import repetition_notes
from laue_report.run_notes import RunNotes, cache_notes, failure_notes, flag_notes
from laue_report.tables import number, point_table

#: Of the tables of runs and ranks.
Row = dict[str, Any]

#: File, launch and target.
SectionKey = tuple[Path, str, str]

#: Of runs, what their points are told from.
_RUN_MEMBERS = [
    *("run", "path", "session_id", "staging_dir", "point_id", "parallel", "success", "total_wall_s"),
    *("pixel_steps_per_s", "flags", "cache_state", "error"),
]


@dataclass(frozen=True)
class PointKey:
    """What must be equal for runs to be repetitions of each other: launches, targets and grids are never mixed."""

    path: Path
    session_id: str
    staging_dir: str
    point_id: str


@dataclass
class PointSummary:
    key: PointKey
    parallel: int = 0
    """As its runs tell; 0 before the first."""
    wall_s: list[float] = field(default_factory=list)
    runs: list[int] = field(default_factory=list)
    """Of the times in wall_s, by their rows in the table of runs."""
    pixel_steps: float | None = None
    failed: int = 0
    summary: Record | None = None
    """The program's own; None where it has not written one."""
    planned_runs: int | None = None
    repeats_to_target: bool = False
    """The runs themselves told how many were made."""
    sustain_s: float | None = None
    """For how long it was to be repeated."""
    phases: PointPhases = field(default_factory=PointPhases)
    accuracies: list[Record] = field(default_factory=list)
    """Of the ranks of its successful runs, each once."""
    notes: RunNotes = field(default_factory=RunNotes)

    @property
    def made(self) -> int:
        return len(self.wall_s) + self.failed

    @property
    def attained(self) -> Record | None:
        """What its runs made of its ceilings, as the program's summary tells; None where none were measured."""
        attained: Record | None = (self.summary or {}).get("ceilings")
        return attained

    @property
    def planned(self) -> int:
        return self.made if self.planned_runs is None else self.planned_runs

    @property
    def runs_text(self) -> str:
        """Succeeded of planned, as laue-bench shows it: `2/3`, `2/3 (1 failed)`; `7` where no number was planned, and
        with the seconds of those asked for, `7 in 61.2 of 60 s`, where a time was."""
        is_planned = not self.repeats_to_target and self.sustain_s is None
        text = str(len(self.wall_s)) + (f"/{self.planned}" if is_planned else "")
        text += f" ({self.failed} failed)" if self.failed else ""
        return text if self.sustain_s is None else f"{text} in {self._sustained_text} of {number(self.sustain_s)} s"

    @property
    def _sustained_text(self) -> str:
        """`?` until its summary tells."""
        sustained_s = (self.summary or {}).get("sustained_s")
        return "?" if sustained_s is None else number(sustained_s)

    @property
    def median_s(self) -> float | None:
        return statistics.median(self.wall_s) if self.wall_s else None

    @property
    def spread_text(self) -> str:
        """Smallest and largest time; a single run has no spread."""
        return f"{number(min(self.wall_s))}-{number(max(self.wall_s))}" if len(self.wall_s) > 1 else "-"

    @property
    def throughput_per_min(self) -> float | None:
        """Reconstructions per minute at the median time."""
        return 60.0 * self.parallel / self.median_s if self.median_s else None

    @property
    def pixel_steps_per_s(self) -> float | None:
        return self.pixel_steps / self.median_s if self.pixel_steps and self.median_s else None


def _add_run(point: PointSummary, run: Row, accuracies: list[Record]) -> None:
    point.parallel = run["parallel"] or 0
    point.notes.add(run)
    if not run["success"]:
        point.failed += 1
        return
    point.wall_s.append(run["total_wall_s"])
    point.runs.append(run["run"])
    point.phases.add(run)
    point.accuracies += [accuracy for accuracy in accuracies if accuracy not in point.accuracies]
    if run["pixel_steps_per_s"] is not None:
        point.pixel_steps = run["pixel_steps_per_s"] * run["total_wall_s"]


def _empty(key: PointKey, launch: Launch) -> PointSummary:
    return PointSummary(
        key,
        planned_runs=launch.planned_runs(),
        repeats_to_target=launch.repeats_to_target(),
        sustain_s=launch.sustain_s(),
    )


def _measured_runs(measurements: Measurements) -> Iterator[Row]:
    """Warm-ups are left out; with phases of their ranks."""
    runs = measurements.runs.filter(~polars.col("is_warmup")).select(_RUN_MEMBERS)
    with_phases = runs.join(phase_means(measurements.ranks), on="run", how="left", maintain_order="left")
    return with_phases.iter_rows(named=True)


def _key(run: Row) -> PointKey:
    return PointKey(Path(run["path"]), run["session_id"], run["staging_dir"], run["point_id"])


def key_of(measurements: Measurements, record: Record) -> PointKey:
    """Of a record of a point that is not a run."""
    session_id = str(record.get("session_id", ""))
    path = measurements.launches[session_id].path
    return PointKey(path, session_id, str(record.get("staging_dir", "")), point_id_of(record))


def summarise(measurements: Measurements) -> list[PointSummary]:
    """One entry per file, session, target and point, in the grid's order, points that have not run yet included; where
    no `params` tells the grid, in the order of their first run. Warm-ups are left out. A launch that went on with
    another has that one's successful runs as well."""
    launches = measurements.launches
    later, accuracies = resumed_by(launches), accuracies_by_run(measurements.ranks)
    points: dict[PointKey, PointSummary] = {}
    for launch in launches.values():
        for target, point_id in launch.planned_points():
            key = PointKey(launch.path, launch.session_id, target, point_id)
            points[key] = _empty(key, launch)
    for run in _measured_runs(measurements):
        key, known = _key(run), accuracies.get(run["run"], [])
        _add_run(points.setdefault(key, _empty(key, launches[key.session_id])), run, known)
        for session_id in later.get(key.session_id, []) if run["success"] else []:
            resuming = PointKey(launches[session_id].path, session_id, key.staging_dir, key.point_id)
            if resuming in points:
                _add_run(points[resuming], run, known)
    for record in measurements.summaries:
        if (key := key_of(measurements, record)) in points:
            points[key].summary = record
    places = [file.path for file in measurements.files]
    return sorted(points.values(), key=lambda point: places.index(point.key.path))


def best_of(points: Iterable[PointSummary]) -> PointSummary | None:
    """The point with the most reconstructions per minute."""
    measured = [point for point in points if point.throughput_per_min is not None]
    return max(measured, key=lambda point: point.throughput_per_min or 0.0, default=None)


@dataclass(frozen=True)
class Section:
    """What there is to show of one launch on one target."""

    title: str
    launch: Launch
    staging_dir: str
    points: list[PointSummary]
    table: Table
    spread_note: str | None
    """Why medians have no spread beside them, and how to get it."""
    phases: list[tuple[str, Table]]
    """Where the seconds went, each table with its title; none where the records do not tell."""
    notes: list[str]


def _table(points: list[PointSummary]) -> Table:
    with_ceilings = any(point.attained for point in points)
    headings = ["runs", "median s", "min-max s", "per minute", "Mpixel-steps/s"]
    headings += CEILING_HEADINGS if with_ceilings else []
    table = point_table(headings)
    table.add_column("best", justify="center", overflow="fold")
    best = best_of(points)
    for point in points:
        steps = point.pixel_steps_per_s
        table.add_row(
            point.key.point_id,
            point.runs_text,
            number(point.median_s),
            point.spread_text,
            number(point.throughput_per_min),
            number(None if steps is None else steps * 1e-6),
            *(ceiling_cells(point.attained) if with_ceilings else ()),
            "*" if point is best else "",
        )
    return table


def _phase_tables(points: list[PointSummary]) -> list[tuple[str, Table]]:
    told = [point for point in points if point.phases.seconds]
    tables = []
    for title, names in ((PIPELINE_TITLE, PIPELINE_PHASES), (BUSY_TITLE, BUSY_PHASES)) if told else ():
        table = point_table(HEADINGS[name] for name in names)
        for point in told:
            table.add_row(point.key.point_id, *map(number, point.phases.medians(names)))
        tables.append((title, table))
    return tables


def _spread_note(points: list[PointSummary]) -> str | None:
    measured = [point for point in points if point.wall_s]
    single = [point.key.point_id for point in measured if len(point.wall_s) == 1]
    if not single:
        return None
    those = "each point" if len(single) == len(measured) else ", ".join(single)
    return f"no spread (one successful run of {those}): laue-bench run --runs 5 makes more"


def _best_note(points: list[PointSummary]) -> str | None:
    """Times in different precisions are those of different results."""
    precisions = {precision_of(point.key.point_id) for point in points if point.wall_s}
    return (
        None if len(precisions) < 2 else f"best of both precisions: {SINGLE} computes in single, the others in double"
    )


def of_target(records: Iterable[Record], session_id: str, staging_dir: str) -> list[Record]:
    """Those of a launch on one target."""
    wanted = session_id, staging_dir
    return [record for record in records if (record.get("session_id", ""), record.get("staging_dir", "")) == wanted]


def _staging_note(stagings: Iterable[Record]) -> str | None:
    """What was done to the replicas of a launch, and how long it took."""
    actions: Counter[str] = Counter()
    seconds = 0.0
    for record in stagings:
        for replica in record.get("replicas", []):
            actions[replica["action"]] += 1
            seconds += replica["seconds"]
    done = ", ".join(f"{counted(count, 'replica')} {action}" for action, count in sorted(actions.items()))
    return f"staging: {done} in {number(seconds)} s" if done else None


def _skip_notes(measurements: Measurements) -> dict[SectionKey, list[str]]:
    """The points that were left out, with the reasons."""
    notes: dict[SectionKey, list[str]] = {}
    for record in measurements.skips:
        key = key_of(measurements, record)
        notes.setdefault(_section_key(key), []).append(f"skipped {key.point_id}: {record['reason']}")
    return notes


def _section_key(key: PointKey) -> SectionKey:
    return key.path, key.session_id, key.staging_dir


def _section(measurements: Measurements, key: SectionKey, points: list[PointSummary], skip_notes: list[str]) -> Section:
    path, session_id, staging_dir = key
    # without a session, files tell launches apart
    launch = measurements.launches[session_id] if session_id else Launch(path, session_id)
    not_made = sum(max(0, point.planned - point.made) for point in points)
    staging = _staging_note(of_target(measurements.stagings, session_id, staging_dir))
    title = launch.title() + (f", staging {staging_dir}" if staging_dir else "")
    repetition = repetition_notes({point.key.point_id: point.summary for point in points if point.summary})
    accuracy = accuracy_notes({point.key.point_id: point.accuracies for point in points})
    attained = {point.key.point_id: point.attained for point in points}
    ior = ior_note(of_target(measurements.ceilings, session_id, staging_dir), launch.params)
    ceilings = (above_ceilings_note(attained), *without_ceilings_notes(attained), ior)
    runs = {point.key.point_id: point.notes for point in points}
    notes = [
        *(launch.work(), *cache_notes(runs), launch.untouched_cache(), staging, _best_note(points), *ceilings),
        *(*accuracy, *failure_notes(runs), *flag_notes(runs), *repetition, *skip_notes, launch.ending(not_made)),
    ]
    shown = [note for note in notes if note]
    return Section(
        title, launch, staging_dir, points, _table(points), _spread_note(points), _phase_tables(points), shown
    )


def sections(measurements: Measurements) -> list[Section]:
    """One per file, launch and target; the best point of each is marked."""
    groups: dict[SectionKey, list[PointSummary]] = {}
    for point in summarise(measurements):
        groups.setdefault(_section_key(point.key), []).append(point)
    skip_notes = _skip_notes(measurements)
    return [_section(measurements, key, groups.get(key, []), skip_notes.get(key, [])) for key in groups | skip_notes]
