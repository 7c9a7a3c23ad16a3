"""Commands that say what to make of the runs: ``findings`` and ``recommend``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from laue_report.durations import UnusableDurationError, duration_s
from laue_report.exit_statuses import LIMIT_MISSED
from laue_report.findings import Finding, findings_of
from laue_report.loading import load_or_fail
from laue_report.measurements import Measurements
from laue_report.messages import fail
from laue_report.recommendation import NothingMeasuredError, Recommendation, recommend
from laue_report.recommendation_text import headline, notes_of, record_of, reproduction_lines, table_of
from laue_report.shipped_schema import FINDINGS, RECOMMENDATION, shipped_schema
from laue_report.tables import plain_console, print_line, print_table, terminal_width

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead, for programs.")]


def register(app: typer.Typer) -> None:
    app.command("findings")(_findings)
    app.command("recommend")(_recommend)


def _findings(
    files: Annotated[list[Path], typer.Argument(help="Results files (JSON Lines).")], as_json: Json = False
) -> None:
    """Say by named rules what stands out in each launch: best points, what limits them, what not to trust."""
    measurements = load_or_fail(files)
    found = {session_id: findings_of(measurements, session_id) for session_id in measurements.launches}
    if as_json:
        _print_json(FINDINGS, _findings_record(measurements, found))
        return
    console = plain_console()
    for session_id, findings in found.items():
        print_line(console, measurements.launches[session_id].title())
        _print_findings(console, findings)
    if not found:
        console.print("no launches")
    for warning in measurements.warnings:
        print_line(console, warning)


def _recommend(
    file: Annotated[Path, typer.Argument(help="Results file (JSON Lines).")],
    scans: Annotated[int, typer.Option(help="Scans to reconstruct.", min=1)],
    deadline: Annotated[
        str, typer.Option(help="Time for staging and all of them: 1800, 90s, 30m, 8h, hh:mm:ss or days-hh:mm:ss.")
    ],
    launch: Annotated[
        str,
        typer.Option(help="How the session_id of the launch begins, instead of the last one's.", show_default=False),
    ] = "",
    as_json: Json = False,
) -> None:
    """Name the measured point that reconstructs the scans in time for the fewest node-hours; exit 3 if none does."""
    try:
        deadline_s = duration_s(deadline)
    except UnusableDurationError as error:
        fail(f"cannot use --deadline '{deadline}' ({error}")
    measurements = load_or_fail([file])
    try:
        recommendation = recommend(measurements, scans, deadline_s, launch)
    except NothingMeasuredError as error:
        fail(f"cannot recommend anything from {file} ({error}): give a results file with successful runs of the launch")
    if as_json:
        _print_json(RECOMMENDATION, record_of(recommendation) | {"warnings": measurements.warnings})
    else:
        _print_recommendation(recommendation, deadline, measurements.warnings)
    if recommendation.chosen is None:
        raise typer.Exit(LIMIT_MISSED)


def _print_json(schema: str, record: dict[str, Any]) -> None:
    typer.echo(json.dumps({"schema_version": shipped_schema(schema)["version"]} | record, indent=2))


def _print_findings(console: Console, findings: list[Finding]) -> None:
    severity_width = max((len(finding.severity.value) for finding in findings), default=0)
    rule_width = max((len(finding.rule) for finding in findings), default=0)
    for finding in findings:
        head = f"{finding.severity.value:{severity_width}}  {finding.rule:{rule_width}}"
        print_line(console, f"{head}  {finding.text}")
    if not findings:
        console.print("nothing found: no run of it succeeded, or all count for a launch that went on with it")


def _findings_record(measurements: Measurements, found: dict[str, list[Finding]]) -> dict[str, Any]:
    launches = [
        {
            "session_id": session_id,
            "file": str(measurements.launches[session_id].path),
            "findings": [finding.record() for finding in findings],
        }
        for session_id, findings in found.items()
    ]
    return {"launches": launches, "warnings": measurements.warnings}


def _print_recommendation(recommendation: Recommendation, deadline: str, warnings: list[str]) -> None:
    console = plain_console()
    print_line(console, recommendation.measured.launch.title())
    print_line(console, f"scans {recommendation.scans}, deadline {deadline}, staging included")
    print_table(console, table_of(recommendation), terminal_width())
    for line in [headline(recommendation), *notes_of(recommendation), *reproduction_lines(recommendation), *warnings]:
        print_line(console, line)
