from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from laue_report.measurements import load
from laue_report.phases import BUSY_TITLE, PIPELINE_TITLE
from laue_report.summary import Section, sections
from rich.table import Table
from sample_records import SESSION, run_record, write_lines

ZERO = dict.fromkeys(("open_s", "wait_write_s", "fsync_s", "close_s", "other_s", "read_s", "decompress_s"), 0.0)


def run_with(*ranks: dict[str, Any] | None, **changes: Any) -> dict[str, Any]:
    return {**run_record(), "per_proc": [{"i": i, "phases": phases} for i, phases in enumerate(ranks)], **changes}


def cells(table: Table) -> dict[str, list[str]]:
    return {str(column.header): [str(cell) for cell in column.cells] for column in table.columns}


def section_of(path: Path, *records: dict[str, Any]) -> Section:
    (section,) = sections(load([write_lines(path, *records)]))
    return section


def test_phases_are_means_of_ranks_and_medians_of_runs(results_path: Path) -> None:
    section = section_of(
        results_path,
        run_with(ZERO | {"compute_s": 1.0, "kernel_s": 0.5}, ZERO | {"compute_s": 2.0, "kernel_s": 0.7}),
        run_with(ZERO | {"compute_s": 4.0}, ZERO | {"compute_s": 6.0}),
        run_with(ZERO | {"compute_s": 3.0}, ZERO | {"compute_s": 3.0}),
        run_with(ZERO | {"compute_s": 99.0}, ZERO | {"compute_s": 99.0}, success=False),
    )
    (pipeline_title, pipeline), (busy_title, busy) = section.phases
    assert (pipeline_title, busy_title) == (PIPELINE_TITLE, BUSY_TITLE)
    assert cells(pipeline) == {
        "point": ["cpu-p2-t1"],
        "open": ["0"],
        "wait read": ["-"],
        "compute": ["3"],
        "wait write": ["0"],
        "fsync": ["0"],
        "close": ["0"],
        "other": ["0"],
    }
    assert cells(busy)["kernel"] == ["0.6"]


def test_phases_that_are_null_are_a_dash(results_path: Path) -> None:
    section = section_of(results_path, run_with(ZERO | {"convert_s": None, "write_s": 0.25}, None))
    busy = cells(section.phases[1][1])
    assert (busy["convert"], busy["write"], busy["copy to device"]) == (["-"], ["0.25"], ["-"])


@pytest.mark.parametrize("per_proc", [[], [{"i": 0}], [{"i": 0, "phases": None}]])
def test_records_without_phases_have_no_table_of_them(results_path: Path, per_proc: list[Any]) -> None:
    assert section_of(results_path, run_with(per_proc=per_proc)).phases == []


def test_only_points_with_phases_stand_in_their_table(results_path: Path) -> None:
    section = section_of(results_path, run_record("cpu-p1-t1"), run_with(ZERO))
    assert cells(section.phases[0][1])["point"] == ["cpu-p2-t1"]


def test_staging_is_told_per_target_and_launch(results_path: Path) -> None:
    def staging(directory: str, session: str, *replicas: tuple[str, float]) -> dict[str, Any]:
        listed = [{"action": action, "seconds": seconds} for action, seconds in replicas]
        return {"type": "staging", "session_id": session, "staging_dir": directory, "replicas": listed}

    section = section_of(
        results_path,
        staging("/stage", SESSION, ("reused", 0.25), ("copied", 1.0), ("copied", 2.0)),
        run_record(),
    )
    assert section.notes == ["staging: 2 replicas copied, 1 replica reused in 3.25 s"]
    section = section_of(results_path, staging("/other", SESSION, ("copied", 1.0)), run_record())
    assert section.notes == []
