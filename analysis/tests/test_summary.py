from __future__ import annotations

from pathlib import Path

import pytest
from laue_report.measurements import load
from laue_report.shipped_schema import cache_meanings, shipped_schema
from laue_report.summary import best_of, sections, summarise
from rich.console import Console
from sample_records import SESSION, end_record, params_record, run_record, summary_record, write_lines

OTHER_SESSION = "9b241101-e2bb-4255-8caf-4136c566a962"


def test_median_and_throughput_of_successful_runs(results_path: Path) -> None:
    runs = [run_record(wall_s=wall_s) for wall_s in (4.0, 2.0, 3.0)]
    write_lines(results_path, *runs, run_record(success=False, wall_s=99.0))
    (point,) = summarise(load([results_path]))
    assert point.median_s == 3.0
    assert point.failed == 1
    assert point.throughput_per_min == pytest.approx(60 * 2 / 3.0)
    assert point.pixel_steps_per_s == pytest.approx(8e6 / 3.0)


def test_warm_ups_do_not_count(results_path: Path) -> None:
    write_lines(results_path, run_record(kind="warmup", wall_s=50.0), run_record(wall_s=2.0))
    (point,) = summarise(load([results_path]))
    assert point.wall_s == [2.0]


def test_spread_stands_beside_the_median(results_path: Path) -> None:
    runs = [run_record(wall_s=wall_s) for wall_s in (4.0, 2.0, 3.0)]
    write_lines(results_path, *runs, run_record(success=False, wall_s=99.0))
    (section,) = sections(load([results_path]))
    headings = [str(column.header) for column in section.table.columns]
    assert headings[2:4] == ["median s", "min-max s"]
    assert list(section.table.columns[3].cells) == ["2-4"]
    assert section.spread_note is None


@pytest.mark.parametrize(
    ("runs", "points"),
    [
        ([run_record("cpu-p1-t1"), run_record("cpu-p2-t1")], "each point"),
        ([run_record("cpu-p1-t1"), run_record("cpu-p2-t1"), run_record("cpu-p2-t1")], "cpu-p1-t1"),
        ([run_record("cpu-p1-t1", success=False), run_record("cpu-p2-t1")], "each point"),
    ],
)
def test_one_run_has_no_spread_and_that_is_said(results_path: Path, runs: list[dict[str, object]], points: str) -> None:
    write_lines(results_path, *runs)
    (section,) = sections(load([results_path]))
    assert list(section.table.columns[3].cells)[0] == "-"
    assert section.spread_note == (f"no spread (one successful run of {points}): laue-bench run --runs 5 makes more")


def test_nothing_is_said_of_spread_where_nothing_was_measured(results_path: Path) -> None:
    write_lines(results_path, run_record(success=False))
    (section,) = sections(load([results_path]))
    assert section.spread_note is None


def test_launches_are_not_mixed(results_path: Path) -> None:
    write_lines(results_path, run_record(wall_s=2.0), run_record(wall_s=4.0, session=OTHER_SESSION))
    points = summarise(load([results_path]))
    assert [(point.key.session_id, point.median_s) for point in points] == [(SESSION, 2.0), (OTHER_SESSION, 4.0)]


def test_a_launch_that_went_on_with_another_has_its_successful_runs_too(results_path: Path) -> None:
    last = "aa241101-e2bb-4255-8caf-4136c566a962"
    write_lines(
        results_path,
        params_record(points=["cpu-p2-t1"], runs=4),
        run_record(wall_s=2.0),
        run_record(success=False, wall_s=99.0),
        {**params_record(points=["cpu-p2-t1"], runs=4), "session_id": OTHER_SESSION, "resumes": SESSION},
        run_record(wall_s=3.0, session=OTHER_SESSION),
        {**params_record(points=["cpu-p2-t1"], runs=4), "session_id": last, "resumes": OTHER_SESSION},
        run_record(wall_s=4.0, session=last),
        run_record(wall_s=5.0, session=last),
    )
    points = summarise(load([results_path]))
    assert [point.wall_s for point in points] == [[2.0], [2.0, 3.0], [2.0, 3.0, 4.0, 5.0]]
    assert [point.failed for point in points] == [1, 0, 0]
    titles = [section.title for section in sections(load([results_path]))]
    assert f"goes on with {OTHER_SESSION[:8]}" in titles[2]


@pytest.mark.parametrize("named", [True, False])
def test_precisions_are_points_of_their_own(results_path: Path, named: bool) -> None:
    runs = [run_record("cpu-p2-t1", 2.0), {**run_record("cpu-p2-t1-single", 1.0), "precision": "single"}]
    if not named:
        runs = [{name: value for name, value in record.items() if name != "point_id"} for record in runs]
    write_lines(results_path, *runs)
    points = summarise(load([results_path]))
    assert [(point.key.point_id, point.median_s) for point in points] == [("cpu-p2-t1", 2.0), ("cpu-p2-t1-single", 1.0)]


def test_precision_tells_points_apart_where_their_names_do_not(results_path: Path) -> None:
    write_lines(results_path, run_record(wall_s=2.0), {**run_record(wall_s=1.0), "precision": "single"})
    points = summarise(load([results_path]))
    assert [(point.key.point_id, point.wall_s) for point in points] == [
        ("cpu-p2-t1", [2.0]),
        ("cpu-p2-t1-single", [1.0]),
    ]


def test_best_of_points_in_both_precisions_is_told_as_that(results_path: Path) -> None:
    single = {**run_record("cpu-p2-t1-single", 1.0), "precision": "single"}
    note = "best of both precisions: -single computes in single, the others in double"
    for records, notes in (([run_record(), single], [note]), ([run_record()], []), ([single], [])):
        write_lines(results_path, *records)
        assert sections(load([results_path]))[0].notes == notes


def test_best_has_the_most_reconstructions_per_minute(results_path: Path) -> None:
    write_lines(
        results_path, run_record("cpu-p1-t1", 1.5), run_record("cpu-p2-t1", 2.0), run_record("cpu-p4-t1", success=False)
    )
    best = best_of(summarise(load([results_path])))
    assert best is not None
    assert best.key.point_id == "cpu-p2-t1"


def test_nothing_is_best_when_all_failed(results_path: Path) -> None:
    write_lines(results_path, run_record(success=False))
    points = summarise(load([results_path]))
    assert best_of(points) is None
    assert points[0].median_s is None


def test_records_of_the_predecessor_are_summarised(results_path: Path) -> None:
    old = {"type": "run", "mode": "cpu", "parallel": 4, "threads": 2, "total_wall_s": 12.0, "success": True}
    write_lines(results_path, old)
    (point,) = summarise(load([results_path]))
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
    points = summarise(load([results_path]))
    assert [point.attained for point in points] == [ceilings, None]
    table = sections(load([results_path]))[0].table
    cells = {str(column.header): list(column.cells) for column in table.columns}
    assert cells["of attainable"] == ["62 %", "-"]
    assert cells["bottleneck"] == ["storage-write", "-"]


def test_share_above_the_attainable_is_kept_and_explained(results_path: Path) -> None:
    shares = {"cpu-p1-t1": 1.004, "cpu-p2-t1": 1.006, "cpu-p4-t1": 1.5}
    runs = [run_record(point) for point in shares]
    summaries = [
        summary_record(point, ceilings={"whole_fraction": share, "bottleneck": "storage-read"})
        for point, share in shares.items()
    ]
    write_lines(results_path, *runs, *summaries)
    (section,) = sections(load([results_path]))
    cells = {str(column.header): list(column.cells) for column in section.table.columns}
    assert cells["of attainable"] == ["100 %", "101 %", "150 %"]
    (note,) = section.notes
    assert note.startswith("above 100 % of the attainable (ceilings are measured apart, before the runs: ")
    assert note.endswith("): cpu-p2-t1, cpu-p4-t1")


def test_reason_for_an_unknown_share_of_the_attainable_is_told(results_path: Path) -> None:
    unknown = {"whole_fraction": None, "unavailable": {"whole_fraction": "the frames are compressed"}}
    known = {"whole_fraction": 0.5, "unavailable": {}}
    points = {"cpu-p1-t1": unknown, "cpu-p1-t2": known, "cpu-p2-t1": unknown}
    summaries = [summary_record(point, ceilings=ceilings) for point, ceilings in points.items()]
    write_lines(results_path, *map(run_record, points), *summaries)
    (section,) = sections(load([results_path]))
    assert "share of the attainable not known (the frames are compressed): cpu-p1-t1, cpu-p2-t1" in section.notes


def test_without_ceilings_nothing_is_said_of_them(results_path: Path) -> None:
    write_lines(results_path, run_record())
    table = sections(load([results_path]))[0].table
    assert "bottleneck" not in [str(column.header) for column in table.columns]


def test_skipped_points_show_their_reason(results_path: Path) -> None:
    skip = {"type": "skip", "point_id": "gpu-p1", "mode": "gpu", "parallel": 1, "reason": "no GPU visible"}
    first = {**skip, "session_id": SESSION, "staging_dir": "/stage"}
    write_lines(results_path, run_record(), first, run_record(session=OTHER_SESSION))
    ran_and_skipped, ran = sections(load([results_path]))
    assert (ran_and_skipped.notes, ran.notes) == (["skipped gpu-p1: no GPU visible"], [])
    write_lines(results_path, skip)
    (skipped_alone,) = sections(load([results_path]))
    assert skipped_alone.notes == ["skipped gpu-p1: no GPU visible"]


def test_points_stand_in_the_order_of_the_grid_whether_they_ran_or_not(results_path: Path) -> None:
    grid = ["cpu-p1-t1", "cpu-p2-t1", "gpu-p1"]
    write_lines(results_path, params_record(grid, runs=3), run_record("cpu-p2-t1"), run_record("cpu-p1-t1"))
    points = summarise(load([results_path]))
    assert [(point.key.point_id, point.runs_text) for point in points] == [
        ("cpu-p1-t1", "1/3"),
        ("cpu-p2-t1", "1/3"),
        ("gpu-p1", "0/3"),
    ]


def test_runs_are_succeeded_of_planned(results_path: Path) -> None:
    runs = [run_record("cpu-p2-t1"), run_record("cpu-p2-t1", success=False)]
    write_lines(results_path, params_record(["cpu-p2-t1"], runs=3), *runs)
    (point,) = summarise(load([results_path]))
    assert point.runs_text == "1/3 (1 failed)"
    write_lines(results_path, *runs)
    (point,) = summarise(load([results_path]))
    assert point.runs_text == "1/2 (1 failed)"


def test_launch_is_titled_for_people(results_path: Path) -> None:
    write_lines(results_path, params_record(["cpu-p2-t1"]), run_record())
    (section,) = sections(load([results_path]))
    assert section.title == (
        f"{results_path}: 2025-08-12 15:01:02 UTC, tag night shift, on node1, commit 0123456789ab, launch 3b241101, "
        "staging /stage"
    )


def test_file_of_the_predecessor_is_titled_by_its_name(results_path: Path) -> None:
    old = {"type": "run", "mode": "cpu", "parallel": 4, "threads": 2, "total_wall_s": 12.0, "success": True}
    write_lines(results_path, {"type": "params", "runs": 7}, old)
    (section,) = sections(load([results_path]))
    assert (section.title, section.notes) == (str(results_path), [])
    assert summarise(load([results_path]))[0].runs_text == "1/1"


@pytest.mark.parametrize(
    ("end", "note"),
    [
        ([end_record("interrupted", signal="SIGINT")], "interrupted by SIGINT; 3 planned runs not made"),
        ([end_record("interrupted")], "interrupted by a time limit; 3 planned runs not made"),
        ([end_record("failed", error="no space")], "ended early: no space; 3 planned runs not made"),
        ([], "no end: the launch was killed, or is still under way; 3 planned runs not made"),
    ],
)
def test_early_end_is_told(results_path: Path, end: list[dict[str, object]], note: str) -> None:
    write_lines(results_path, params_record(["cpu-p1-t1", "cpu-p2-t1"]), run_record("cpu-p2-t1"), *end)
    (section,) = sections(load([results_path]))
    assert section.notes == [note]


def test_launch_that_ended_as_planned_has_no_notes(results_path: Path) -> None:
    write_lines(results_path, params_record(["cpu-p2-t1"], runs=1), run_record(), end_record())
    (section,) = sections(load([results_path]))
    assert section.notes == []


def test_outliers_slow_first_runs_and_early_ends_are_told(results_path: Path) -> None:
    write_lines(
        results_path,
        {**params_record(["cpu-p1-t1", "cpu-p2-t1"]), "runs": None, "target_ci": 2.0},
        run_record("cpu-p2-t1"),
        summary_record("cpu-p2-t1", outliers=[0, 7], slow_first=True, stopped="max_runs", n=100),
        summary_record("cpu-p1-t1", outliers=None, slow_first=None, stopped="time_limit", n=0),
        {**end_record("interrupted"), "stopped": "allocation_end"},
    )
    (section,) = sections(load([results_path]))
    assert section.notes == [
        "outliers (further from the median than 3.5 * 1.4826 * MAD, run_index): cpu-p2-t1 (runs 0, 7)",
        "slow_first (the first run is slow against the others: --warmup leaves it out): cpu-p2-t1",
        "max_runs (the 95 % interval is still wider than --target-ci): cpu-p2-t1 (after 100 runs)",
        "time_limit (the next run would not have ended within --time-limit): cpu-p1-t1 (after 0 runs)",
        "interrupted by the end of the allocation",
    ]


def test_every_reason_of_the_schema_is_told_unless_it_is_as_asked_for(results_path: Path) -> None:
    entries = shipped_schema()["$defs"]["summary"]["properties"]["stopped"]["oneOf"]
    runs = [run_record(f"cpu-p{place}-t1") for place in range(1, len(entries) + 1)]
    summaries = [
        summary_record(run["point_id"], n=1, stopped=entry["const"]) for run, entry in zip(runs, entries, strict=True)
    ]
    write_lines(results_path, *runs, *summaries)
    assert sections(load([results_path]))[0].notes == [
        f"{entry['const']} ({entry['description']}): {run['point_id']} (after 1 run)"
        for run, entry in zip(runs, entries, strict=True)
        if entry["const"] not in ("runs", "target_ci", "sustained")
    ]


def test_reason_of_a_newer_program_is_told_by_its_name(results_path: Path) -> None:
    end = {**end_record("interrupted"), "stopped": "flood"}
    summary = summary_record(n=1, stopped="earthquake")
    write_lines(results_path, params_record(["cpu-p2-t1"], runs=1), run_record(), summary, end)
    assert sections(load([results_path]))[0].notes == [
        "earthquake (unknown): cpu-p2-t1 (after 1 run)",
        "interrupted by flood",
    ]


def test_lack_of_time_after_every_points_first_run_is_told(results_path: Path) -> None:
    end = {**end_record("complete"), "stopped": "time_limit"}
    write_lines(results_path, params_record(["cpu-p2-t1"], runs=3), run_record(), end)
    (section,) = sections(load([results_path]))
    assert section.notes == ["repetition ended by a time limit; 2 planned runs not made"]


def test_runs_that_nobody_planned_stand_alone(results_path: Path) -> None:
    params = {**params_record(["cpu-p1-t1", "cpu-p2-t1"]), "runs": None, "target_ci": 2.0}
    write_lines(results_path, params, run_record(), run_record(), run_record(success=False))
    texts = {point.key.point_id: point.runs_text for point in summarise(load([results_path]))}
    assert texts == {"cpu-p1-t1": "0", "cpu-p2-t1": "2 (1 failed)"}


def test_sustained_point_shows_its_seconds_of_those_asked_for(results_path: Path) -> None:
    params = {**params_record(["cpu-p2-t1"]), "runs": None, "sustain": 60.0}
    runs = [run_record(), run_record(), run_record(success=False)]
    write_lines(results_path, params, *runs)
    assert [point.runs_text for point in summarise(load([results_path]))] == ["2 (1 failed) in ? of 60 s"]
    write_lines(results_path, params, *runs[:2], summary_record(n=2, stopped="sustained", sustained_s=61.25))
    (section,) = sections(load([results_path]))
    assert list(section.table.columns[1].cells) == ["2 in 61.25 of 60 s"]
    assert "not made" not in " ".join(section.notes)


def test_flags_stand_below_with_their_meaning_and_points(results_path: Path) -> None:
    flagged = [
        {**run_record("cpu-p1-t1"), "flags": []},
        {**run_record("cpu-p1-t1"), "flags": ["oversubscribed"]},
        {**run_record("cpu-p2-t1"), "flags": ["oversubscribed", "start_skew"]},
    ]
    write_lines(results_path, *flagged)
    (section,) = sections(load([results_path]))
    assert section.notes == [
        "start_skew (first starts lie further apart than 1 % of the run): cpu-p2-t1",
        "oversubscribed (more threads than usable cores on a node): cpu-p1-t1 (1 of 2 runs), cpu-p2-t1",
    ]


def test_what_was_reconstructed_is_told(results_path: Path) -> None:
    scan = {"images": 201, "rows": 512, "columns": 256, "depths": 101}
    params = {"scan": scan, "depth_range": [-50.0, 50.5], "h5_list": ["/data/a.h5", "/data/b.h5"]}
    write_lines(results_path, params_record(["cpu-p2-t1"], runs=1) | params, run_record(), end_record())
    assert sections(load([results_path]))[0].notes == [
        "each reconstruction: one of a.h5, b.h5 (201 images of 512 x 256 pixels) to 101 depth images, -50 to 50.5 um"
    ]


def test_state_of_the_page_cache_is_told_once_where_runs_agree(results_path: Path) -> None:
    cold, partial = {"cache": {"state": "cold"}}, {"cache": {"state": "partial"}}
    first = run_record("cpu-p1-t1") | cold
    write_lines(results_path, first, run_record("cpu-p2-t1") | cold)
    (note,) = sections(load([results_path]))[0].notes
    assert note == f"cache cold ({cache_meanings()['cold']})"
    write_lines(results_path, first, first | partial, run_record("cpu-p2-t1") | cold)
    assert sections(load([results_path]))[0].notes == [
        f"cache cold ({cache_meanings()['cold']}): cpu-p1-t1 (1 of 2 runs), cpu-p2-t1",
        f"cache partial ({cache_meanings()['partial']}): cpu-p1-t1 (1 of 2 runs)",
    ]


def test_failed_runs_give_their_reason(results_path: Path) -> None:
    ranks = [
        {"rank": 0, "success": False, "return_code": 5, "error": "cancelled"},
        {"rank": 1, "success": False, "return_code": 3, "error": "no room on the disk"},
    ]
    failed = run_record(success=False)
    write_lines(results_path, run_record(), failed | {"per_proc": ranks}, run_record("cpu-p1-t1", success=False))
    assert sections(load([results_path]))[0].notes == [
        "failed cpu-p2-t1 (1 of 2 runs): rank 1: no room on the disk",
        "failed cpu-p1-t1: its record gives no reason",
    ]


def test_numbers_are_never_powers_of_ten(results_path: Path) -> None:
    write_lines(results_path, run_record("cpu-p2-t1", wall_s=0.0048))
    (section,) = sections(load([results_path]))
    console = Console(width=120)
    with console.capture() as capture:
        console.print(section.table)
    (row,) = [line for line in capture.get().splitlines() if "cpu-p2-t1" in line]
    assert [cell for cell in row.split() if cell[0].isalnum()] == ["cpu-p2-t1", "1/1", "0.0048", "25000", "1667"]


def test_every_flag_has_a_meaning() -> None:
    entries = shipped_schema()["$defs"]["flags"]["items"]["oneOf"]
    assert len(entries) >= 5
    assert all(entry["const"] and entry["description"] for entry in entries)
