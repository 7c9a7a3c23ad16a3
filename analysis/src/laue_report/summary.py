"""Points of results files in short: how many runs, how long, how many reconstructions per minute."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from rich.table import Table

from laue_report.accuracy import accuracy_notes, add_accuracies
from laue_report.ceilings import CEILING_HEADINGS, above_ceilings_note, ceiling_cells, without_ceilings_notes
from laue_report.ior import ior_note
from laue_report.launches import Launch, counted, launches_of, resumed_by
from laue_report.members import BUSY_PHASES, PIPELINE_PHASES, Record
from laue_report.phases import BUSY_TITLE, HEADINGS, PIPELINE_TITLE, PointPhases
from laue_report.points import SINGLE, point_id_of, precision_of
from laue_report.records import ResultsFile
from laue_report.repetition import repetition_notes
from laue_report.run_notes import RunNotes, cache_notes, failure_notes, flag_notes
from laue_report.tables import number, point_table


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


def _key(path: Path, record: Record) -> PointKey:
    return PointKey(path, str(record.get("session_id", "")), str(record.get("staging_dir", "")), point_id_of(record))


def _add_run(point: PointSummary, record: Record) -> None:
    point.parallel = int(record["parallel"])
    point.notes.add(record)
    if not record["success"]:
        point.failed += 1
        return
    wall_s = float(record["total_wall_s"])
    point.wall_s.append(wall_s)
    point.phases.add(record)
    add_accuracies(point.accuracies, record)
    if record.get("pixel_steps_per_s") is not None:
        point.pixel_steps = float(record["pixel_steps_per_s"]) * wall_s


def _empty(key: PointKey, launch: Launch) -> PointSummary:
    return PointSummary(
        key,
        planned_runs=launch.planned_runs(),
        repeats_to_target=launch.repeats_to_target(),
        sustain_s=launch.sustain_s(),
    )


def summarise(files: Iterable[ResultsFile]) -> list[PointSummary]:
    """One entry per file, session, target and point, in the grid's order, points that have not run yet included; where
    no `params` tells the grid, in the order of their first run. Warm-ups are left out. A launch that went on with
    another has that one's successful runs as well."""
    points: dict[PointKey, PointSummary] = {}
    for file in files:
        launches = launches_of(file)
        later = resumed_by(launches)
        for launch in launches.values():
            for target, point_id in launch.planned_points():
                key = PointKey(file.path, launch.session_id, target, point_id)
                points[key] = _empty(key, launch)
        for record in file.of_type("run"):
            key = _key(file.path, record)
            _add_run(points.setdefault(key, _empty(key, launches[key.session_id])), record)
            for session_id in later.get(key.session_id, []) if record["success"] else []:
                if (resuming := replace(key, session_id=session_id)) in points:
                    _add_run(points[resuming], record)
        for record in file.of_type("summary"):
            if (key := _key(file.path, record)) in points:
                points[key].summary = record
    return list(points.values())


def best_of(points: Iterable[PointSummary]) -> PointSummary | None:
    """The point with the most reconstructions per minute."""
    measured = [point for point in points if point.throughput_per_min is not None]
    return max(measured, key=lambda point: point.throughput_per_min or 0.0, default=None)


@dataclass(frozen=True)
class Section:
    """What there is to show of one launch on one target."""

    title: str
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


def _staging_note(file: ResultsFile, launch: Launch, staging_dir: str) -> str | None:
    """What was done to the replicas of a launch, and how long it took."""
    actions: Counter[str] = Counter()
    seconds = 0.0
    for record in file.of_type("staging"):
        if (str(record.get("session_id", "")), record.get("staging_dir", "")) == (launch.session_id, staging_dir):
            for replica in record.get("replicas", []):
                actions[replica["action"]] += 1
                seconds += replica["seconds"]
    done = ", ".join(f"{counted(count, 'replica')} {action}" for action, count in sorted(actions.items()))
    return f"staging: {done} in {number(seconds)} s" if done else None


def _ior_note(file: ResultsFile, launch: Launch, staging_dir: str) -> str | None:
    keys = ((record, _key(file.path, record)) for record in file.of_type("ceiling"))
    own = [record for record, key in keys if (key.session_id, key.staging_dir) == (launch.session_id, staging_dir)]
    return ior_note(own, launch.params)


def _skip_notes(file: ResultsFile) -> dict[tuple[str, str], list[str]]:
    """By launch and target: the points that were left out, with the reasons."""
    notes: dict[tuple[str, str], list[str]] = {}
    for record in file.of_type("skip"):
        key = _key(file.path, record)
        notes.setdefault((key.session_id, key.staging_dir), []).append(f"skipped {key.point_id}: {record['reason']}")
    return notes


def _section(
    file: ResultsFile, launch: Launch, staging_dir: str, points: list[PointSummary], skip_notes: list[str]
) -> Section:
    not_made = sum(max(0, point.planned - point.made) for point in points)
    staging, best, ending = _staging_note(file, launch, staging_dir), _best_note(points), launch.ending(not_made)
    title = launch.title() + (f", staging {staging_dir}" if staging_dir else "")
    repetition = repetition_notes({point.key.point_id: point.summary for point in points if point.summary})
    accuracy = accuracy_notes({point.key.point_id: point.accuracies for point in points})
    attained = {point.key.point_id: point.attained for point in points}
    ceilings = (above_ceilings_note(attained), *without_ceilings_notes(attained), _ior_note(file, launch, staging_dir))
    runs = {point.key.point_id: point.notes for point in points}
    notes = [
        *(launch.work(), *cache_notes(runs), launch.untouched_cache(), staging, best, *ceilings, *accuracy),
        *(*failure_notes(runs), *flag_notes(runs), *repetition, *skip_notes, ending),
    ]
    return Section(title, _table(points), _spread_note(points), _phase_tables(points), [note for note in notes if note])


def sections(files: Iterable[ResultsFile]) -> list[Section]:
    """One per file, launch and target; the best point of each is marked."""
    found = []
    for file in files:
        launches = launches_of(file)
        groups: dict[tuple[str, str], list[PointSummary]] = {}
        for point in summarise([file]):
            groups.setdefault((point.key.session_id, point.key.staging_dir), []).append(point)
        skip_notes = _skip_notes(file)
        for key in groups | skip_notes:
            session_id, staging_dir = key
            found.append(
                _section(file, launches[session_id], staging_dir, groups.get(key, []), skip_notes.get(key, []))
            )
    return found
