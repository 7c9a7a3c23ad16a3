from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from laue_report.measurements import load
from laue_report.summary import sections
from sample_records import run_record, write_lines


def accuracy(**changes: Any) -> dict[str, Any]:
    members = {"depth_error_um_rms": 0.2512, "depth_error_um_max": 0.5, "intensity_recovered": 0.9876}
    return {**members, "grains_judged": 11, "grains_not_found": 0, "grains_left_out": 1, **changes}


def run_with(point_id: str, *accuracies: dict[str, Any] | None, success: bool = True) -> dict[str, Any]:
    return {**run_record(point_id, success=success), "per_proc": [{"accuracy": known} for known in accuracies]}


def notes_of(path: Path, *records: dict[str, Any]) -> list[str]:
    write_lines(path, *records)
    (section,) = sections(load([path]))
    return [note for note in section.notes if note.startswith("accuracy")]


def test_points_of_the_same_accuracy_share_a_line(results_path: Path) -> None:
    found = accuracy()
    nothing = accuracy(depth_error_um_rms=None, depth_error_um_max=None, intensity_recovered=0.0)
    assert notes_of(
        results_path,
        run_with("cpu-p2-t1", found, found),
        run_with("cpu-p2-t1", found, found),
        run_with("cpu-p1-t1-single", nothing),
        run_with("cpu-p1-t1", found),
    ) == [
        "accuracy of 11 of 12 grains: depth error 0.2512 um RMS, 0.5 um at most, 0.9876 of the intensity: "
        "cpu-p2-t1, cpu-p1-t1",
        "accuracy of 11 of 12 grains: no depth, 0 of the intensity: cpu-p1-t1-single",
    ]


@pytest.mark.parametrize("record", [run_with("cpu-p1-t1", None), run_with("cpu-p1-t1", accuracy(), success=False)])
def test_nothing_is_said_where_nothing_is_known(results_path: Path, record: dict[str, Any]) -> None:
    assert notes_of(results_path, record) == []
