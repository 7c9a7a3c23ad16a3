"""What ``laue-report summary`` shows of results files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

import polars
from rich.console import Console

from laue_report.environment import environment_lines
from laue_report.measurements import Measurements
from laue_report.point_tables import TitledTable, energy_table, leaderboards, percentiles_table, resources_table
from laue_report.run_figures import figures_of, run_figures
from laue_report.slow_members import MemberKind, members_of, members_table, notes_of, title_of
from laue_report.summary import Section, of_target, sections
from laue_report.tables import print_line, print_table, terminal_width
from laue_report.targets import Candidate, Judgement, Target, judge_targets, targets_table


class Part(str, Enum):
    """What may be shown beside the table of points."""

    ENVIRONMENT = "environment"
    LEADERBOARD = "leaderboard"
    PERCENTILES = "percentiles"
    RESOURCES = "resources"
    ENERGY = "energy"


@dataclass(frozen=True)
class View:
    parts: frozenset[Part]
    by: MemberKind | None
    """What of the machine is compared."""
    targets: list[Target]


def print_summary(console: Console, measurements: Measurements, view: View) -> list[Judgement]:
    """How the targets were met."""
    shown, figures = sections(measurements), run_figures(measurements)
    for section in shown:
        _print_section(console, section, list(_further_tables(measurements, section, figures, view)))
    if not shown:
        console.print("no runs")
    judgements = judge_targets(
        view.targets,
        [Candidate(point, figures_of(figures, point.runs)) for section in shown for point in section.points],
    )
    if judgements:
        print_line(console, "targets (of several launches' points those of the last one):")
        print_table(console, targets_table(judgements), terminal_width())
    for line in measurements.warnings:
        print_line(console, line)
    return judgements


def _further_tables(
    measurements: Measurements, section: Section, figures: polars.DataFrame, view: View
) -> Iterator[TitledTable]:
    session_id = section.launch.session_id
    measured = {point.key.point_id: figures_of(figures, point.runs) for point in section.points if point.runs}
    if Part.ENVIRONMENT in view.parts:
        stagings = of_target(measurements.stagings, session_id, section.staging_dir)
        lines = environment_lines(section.launch, stagings)
        yield "", None, lines or ["environment not known (no record tells of it)"]
    if Part.LEADERBOARD in view.parts:
        yield from leaderboards(section.points)
    if Part.PERCENTILES in view.parts:
        yield percentiles_table(section.points)
    if Part.RESOURCES in view.parts:
        yield resources_table(measured)
    if Part.ENERGY in view.parts:
        summaries = {point.key.point_id: point.summary or {} for point in section.points}
        yield energy_table(measured, summaries)
    if view.by:
        runs = {point.key.point_id: point.runs for point in section.points}
        members = members_of(measurements.ranks, runs, view.by)
        yield title_of(members), members_table(members) if members.all else None, notes_of(members)


def _print_section(console: Console, section: Section, further: list[TitledTable]) -> None:
    print_line(console, section.title)
    print_table(console, section.table, terminal_width())
    if section.spread_note:
        print_line(console, section.spread_note)
    for title, table in section.phases:
        print_line(console, title)
        print_table(console, table, terminal_width())
    for titled in further:
        _print_titled(console, titled)
    for note in section.notes:
        print_line(console, note)


def _print_titled(console: Console, titled: TitledTable) -> None:
    title, table, notes = titled
    if table is not None and table.row_count:
        if title:
            print_line(console, title)
        print_table(console, table, terminal_width())
    for note in notes:
        print_line(console, note)
