from __future__ import annotations

from pathlib import Path

import pytest
from laue_report.measurements import Measurements, load
from laue_report.selection import (
    GRID,
    UnusableSelectionError,
    combinations,
    measured,
    narrowed,
    of_point,
    require_one,
    values_of,
)
from laue_report.selection import LAUNCH as LAUNCH_CHOICE
from report_files import changed_runs, grid_records, of_type, other_launch, write

OTHER = "9b241101-e2bb-4255-8caf-4136c566a962"


@pytest.fixture
def mixed(results_path: Path) -> Measurements:
    """Two launches, in one of them two folders, two precisions and two layouts."""
    runs = changed_runs("cpu-p1-t1", [1.0, 2.0])
    runs += changed_runs("cpu-p1-t1", [3.0], staging_dir="/other")
    runs += changed_runs("cpu-p1-t1-single", [4.0], precision="single")
    runs += changed_runs("cpu-p1-t1-per-rank", [5.0], output_layout="per-rank")
    runs += other_launch(changed_runs("cpu-p1-t1", [6.0]), OTHER)
    return load([write(results_path, of_type("params") + runs)])


def test_runs_that_differ_are_not_taken_for_one(mixed: Measurements) -> None:
    wanted: dict[str, str] = {}
    for option, value in (
        ("--launch", OTHER[:8]),
        ("--launch", "last"),
        ("--target", "/other"),
        ("--precision", "single"),
        ("--layout", "per-rank"),
    ):
        narrowed(mixed, {option: value})
    for option, value in (("--launch", values_of(mixed, LAUNCH_CHOICE)[0]), ("--target", "/scratch/bench/staging")):
        with pytest.raises(UnusableSelectionError, match=f"choose one with {option}"):
            require_one(narrowed(mixed, wanted), GRID)
        wanted[option] = value
    with pytest.raises(
        UnusableSelectionError, match="2 precisions as one .double, single.: choose one with --precision"
    ):
        require_one(narrowed(mixed, wanted), GRID)
    wanted["--precision"] = "double"
    with pytest.raises(UnusableSelectionError, match="choose one with --layout"):
        require_one(narrowed(mixed, wanted), GRID)
    wanted["--layout"] = "per-depth"
    require_one(narrowed(mixed, wanted), GRID)
    assert measured(narrowed(mixed, wanted))["total_wall_s"].to_list() == [1.0, 2.0]


def test_every_run_is_in_one_combination(mixed: Measurements) -> None:
    found = [measured(narrowed(mixed, values))["total_wall_s"].to_list() for values in combinations(mixed, GRID)]
    assert found == [[1.0, 2.0], [3.0], [4.0], [5.0], [6.0]]


def test_unknown_values_are_errors_that_name_the_known_ones(mixed: Measurements) -> None:
    with pytest.raises(UnusableSelectionError, match="no run is of --precision half .there are double, single."):
        narrowed(mixed, {"--precision": "half"})
    with pytest.raises(UnusableSelectionError, match="no run is of point cpu-p9-t9"):
        of_point(mixed, "cpu-p9-t9")


def test_files_of_the_predecessor_are_launches_of_their_own(tmp_path: Path) -> None:
    old = {"type": "run", "mode": "cpu", "parallel": 1, "threads": 1, "total_wall_s": 1.0, "success": True}
    first, second = (write(tmp_path / name, [old | {"run_id": name}]) for name in ("a.jsonl", "b.jsonl"))
    both = load([first, second])
    with pytest.raises(UnusableSelectionError, match="2 launches"):
        require_one(both, GRID)
    assert measured(narrowed(both, {"--launch": str(second)})).height == 1


def test_number_of_nodes_is_a_choice_where_it_is_an_axis(results_path: Path) -> None:
    runs = changed_runs("cpu-p1-t1", [1.0]) + changed_runs("cpu-p2-t1", [1.0])
    require_one(load([write(results_path, runs)]), GRID)
    for run, nodes in zip(runs, (1, 2), strict=True):
        run["point_id"] = f"cpu-n{nodes}-p{nodes}-t1"
    with pytest.raises(UnusableSelectionError, match="choose one with --nodes"):
        require_one(load([write(results_path, runs)]), GRID)


def test_warm_ups_are_no_measured_runs(results_path: Path) -> None:
    assert measured(load([write(results_path, of_type("params", "warmup"))])).height == 0
    assert measured(load([write(results_path, grid_records(runs=2))])).height == 16
