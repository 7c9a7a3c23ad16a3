from __future__ import annotations

from pathlib import Path

import pytest
from laue_report.records import read_results
from laue_report.summary import best_of, skipped_lines, summarise, summary_tables
from sample_records import SESSION, run_record, write_lines

OTHER_SESSION = "9b241101-e2bb-4255-8caf-4136c566a962"


def test_median_and_throughput_of_successful_runs(results_path: Path) -> None:
    runs = [run_record(wall_s=wall_s) for wall_s in (4.0, 2.0, 3.0)]
    write_lines(results_path, *runs, run_record(success=False, wall_s=99.0))
    (point,) = summarise([read_results(results_path)])
    assert point.median_s == 3.0
    assert point.failed == 1
    assert point.throughput_per_min == pytest.approx(60 * 2 / 3.0)
    assert point.pixel_steps_per_s == pytest.approx(8e6 / 3.0)


def test_warm_ups_do_not_count(results_path: Path) -> None:
    write_lines(results_path, run_record(kind="warmup", wall_s=50.0), run_record(wall_s=2.0))
    (point,) = summarise([read_results(results_path)])
    assert point.wall_s == [2.0]


def test_launches_are_not_mixed(results_path: Path) -> None:
    write_lines(results_path, run_record(wall_s=2.0), run_record(wall_s=4.0, session=OTHER_SESSION))
    points = summarise([read_results(results_path)])
    assert [(point.key.session_id, point.median_s) for point in points] == [(SESSION, 2.0), (OTHER_SESSION, 4.0)]


def test_best_has_the_most_reconstructions_per_minute(results_path: Path) -> None:
    write_lines(
        results_path, run_record("cpu-p1-t1", 1.5), run_record("cpu-p2-t1", 2.0), run_record("cpu-p4-t1", success=False)
    )
    best = best_of(summarise([read_results(results_path)]))
    assert best is not None
    assert best.key.point_id == "cpu-p2-t1"


def test_nothing_is_best_when_all_failed(results_path: Path) -> None:
    write_lines(results_path, run_record(success=False))
    points = summarise([read_results(results_path)])
    assert best_of(points) is None
    assert points[0].median_s is None


def test_records_of_the_predecessor_are_summarised(results_path: Path) -> None:
    old = {"type": "run", "mode": "cpu", "parallel": 4, "threads": 2, "total_wall_s": 12.0, "success": True}
    write_lines(results_path, old)
    (point,) = summarise([read_results(results_path)])
    assert point.key.point_id == "cpu-p4-t2"
    assert point.throughput_per_min == pytest.approx(20.0)


def test_share_of_the_attainable_is_that_of_the_points_own_summary(results_path: Path) -> None:
    ceilings = {"whole_fraction": 0.625, "bottleneck": "storage-write"}
    run = run_record()
    summary = {name: run[name] for name in ("session_id", "point_id", "staging_dir", "mode", "parallel")}
    write_lines(
        results_path,
        run,
        run_record("cpu-p1-t1"),
        summary | {"type": "summary", "ceilings": ceilings},
        summary | {"type": "summary", "point_id": "cpu-p1-t1", "ceilings": None},
    )
    points = summarise([read_results(results_path)])
    assert [point.attained for point in points] == [ceilings, None]
    (table,) = summary_tables(points)
    cells = {str(column.header): list(column.cells) for column in table.columns}
    assert cells["of attainable"] == ["62 %", "-"]
    assert cells["bottleneck"] == ["storage-write", "-"]


def test_without_ceilings_nothing_is_said_of_them(results_path: Path) -> None:
    write_lines(results_path, run_record())
    (table,) = summary_tables(summarise([read_results(results_path)]))
    assert "bottleneck" not in [str(column.header) for column in table.columns]


def test_skipped_points_show_their_reason(results_path: Path) -> None:
    write_lines(
        results_path, {"type": "skip", "point_id": "gpu-p1", "mode": "gpu", "parallel": 1, "reason": "no GPU visible"}
    )
    assert skipped_lines([read_results(results_path)]) == ["skipped gpu-p1: no GPU visible"]
