from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from finding_records import Record, ranks, runs_of
from laue_report.intervals import mean_of
from laue_report.measurements import load
from laue_report.recommendation import NothingMeasuredError, Recommendation, recommend, side_by_side
from laue_report.recommendation_text import headline, notes_of, record_of, reproduction_lines
from sample_records import SESSION, params_record, run_record, write_lines

HOUR_S = 3600.0
STEADY = [98.0, 100.0, 102.0, 100.0]


def times(middle_s: float) -> list[float]:
    """Some scatter around it."""
    return [middle_s * seconds / 100.0 for seconds in STEADY]


def staging_record(copied: int, wall_s: float | None, **members: Any) -> Record:
    replicas = [{"action": "copied", "seconds": 9.0, "bytes": 1000, "node": 0} for _ in range(copied)]
    head = {"type": "staging", "session_id": SESSION, "staging_dir": "/stage", "scope": "shared"}
    return {**head, "replicas": replicas, "copy_wall_s": wall_s, **members}


def recommended(path: Path, *records: Record, scans: int = 400, hours: float = 8.0, launch: str = "") -> Recommendation:
    return recommend(load([write_lines(path, *records)]), scans, hours * HOUR_S, launch)


def chosen(recommendation: Recommendation) -> str:
    assert recommendation.chosen
    return recommendation.chosen.point.name


GRID = [
    *runs_of("cpu-p1-t1", times(60.0), ranks_on_nodes=[1]),
    *runs_of("cpu-p4-t1", times(200.0), ranks_on_nodes=[4]),
    *runs_of("cpu-n2-p8-t1", times(200.0), ranks_on_nodes=[4, 4]),
    *runs_of("cpu-n2-p8-t2", times(210.0), ranks_on_nodes=[4, 4]),
]
for grid_run in GRID[8:]:
    grid_run["parallel"] = 8


def test_cheapest_in_node_hours_is_taken_then_in_hours(results_path: Path) -> None:
    found = recommended(results_path, *GRID)
    shown = found.shown
    assert chosen(found) == "cpu-n2-p8-t1"
    assert [candidate.point.name for candidate in found.candidates] == [
        "cpu-n2-p8-t1",
        "cpu-p4-t1",
        "cpu-n2-p8-t2",
        "cpu-p1-t1",
    ]
    mean = mean_of(times(200.0))
    assert (shown.runs_needed, shown.nodes) == (50, 2)
    assert shown.hours.value == pytest.approx(50 * mean.value / HOUR_S)
    assert shown.node_hours.interval and mean.interval
    ends = [2 * 50 * end / HOUR_S for end in (mean.interval.low, mean.interval.high)]
    assert [shown.node_hours.interval.low, shown.node_hours.interval.high] == pytest.approx(ends)


def test_a_run_that_is_not_full_counts_whole(results_path: Path) -> None:
    found = recommended(results_path, *runs_of("cpu-p4-t1", times(100.0)), scans=9)
    assert found.shown.runs_needed == 3


def test_point_that_is_surely_in_time_goes_before_a_cheaper_one(results_path: Path) -> None:
    unsure = runs_of("cpu-p4-t2", [50.0, 300.0])
    found = recommended(results_path, *runs_of("cpu-p4-t1", times(200.0)), *unsure)
    assert chosen(found) == "cpu-p4-t1"
    assert "cheaper at the mean, but not sure to be in time: cpu-p4-t2; more runs may tell" in notes_of(found)


def test_point_in_time_at_the_mean_alone_says_so(results_path: Path) -> None:
    found = recommended(results_path, *runs_of("cpu-p4-t1", times(200.0)), hours=100 * 201 / HOUR_S)
    assert chosen(found) == "cpu-p4-t1"
    assert found.shown.hours.interval
    end = f"{found.shown.hours.interval.high:.3f}"
    assert f"not sure to be in time: its interval ends at {end} hours, and no other point is surer" in notes_of(found)
    assert not record_of(found)["chosen"]["surely_in_time"]


def test_one_run_has_no_interval_and_says_so(results_path: Path) -> None:
    found = recommended(results_path, run_record("cpu-p4-t1", 180.0))
    assert headline(found).startswith("cheapest measured point in time: cpu-p4-t1, 5 hours, 5 node-hours on 1 node")
    assert "no interval: one run of this point was measured; laue-bench run --runs 5 makes more" in notes_of(found)
    assert record_of(found)["chosen"]["hours_interval95"] is None


def test_what_goes_beyond_the_measurement_is_said(results_path: Path) -> None:
    text = "100 runs of 4 reconstructions one after the other, at the geometric mean of 4 measured; "
    text += "96 of them go beyond what was measured; "
    assert any(note.startswith(text) for note in notes_of(recommended(results_path, *runs_of("cpu-p4-t1", STEADY))))
    few = recommended(results_path, *runs_of("cpu-p4-t1", STEADY), scans=16)
    assert not any("beyond" in note for note in notes_of(few))


def test_staging_counts_by_replica_in_shared_folders(results_path: Path) -> None:
    found = recommended(results_path, staging_record(4, 72.0), *runs_of("cpu-p4-t1", times(180.0)))
    mean = mean_of(times(180.0))
    assert found.shown.staging_s == pytest.approx(400 * 72.0 / 4)
    assert found.shown.total_s.value == pytest.approx(100 * mean.value + 7200.0)
    assert mean.interval and found.shown.total_s.interval
    assert found.shown.total_s.interval.high == pytest.approx(100 * mean.interval.high + 7200.0)
    assert ", 2 hours of them staging" in headline(found)
    assert (
        "staging: each scan is as large as a replica and copied once to the staging folder before the first run, "
        "as fast as 4 replicas of together 0.004 MB in 72 s by this launch"
    ) in notes_of(found)


def test_nodes_with_folders_of_their_own_stage_at_the_same_time(results_path: Path) -> None:
    record = staging_record(6, 30.0, scope="node-local")
    for replica, node in zip(record["replicas"], (0, 1, 1, 1, 0, 1), strict=True):
        replica["node"] = node
    runs = runs_of("cpu-n2-p4-t1", STEADY, parallel=4, ranks_on_nodes=[2, 2])
    found = recommended(results_path, record, *runs, scans=401)
    assert found.shown.staging_s == pytest.approx(201 * 30.0 / 4)


def test_staging_of_older_records_adds_up_the_replicas(results_path: Path) -> None:
    found = recommended(results_path, staging_record(2, None), *runs_of("cpu-p4-t1", STEADY), scans=10)
    assert found.shown.staging_s == pytest.approx(10 * 9.0)


def test_staging_is_taken_from_another_launch_where_replicas_were_there(results_path: Path) -> None:
    reused = staging_record(0, None, replicas=[{"action": "reused", "seconds": 0.1}])
    runs = runs_of("cpu-p4-t1", STEADY)
    found = recommended(results_path, staging_record(4, 8.0, session_id="before"), reused, *runs)
    assert found.shown.staging_s == pytest.approx(400 * 8.0 / 4)
    assert any(note.endswith("in 8 s by another launch in this file") for note in notes_of(found))
    found = recommended(results_path, reused, *runs)
    assert ", staging not counted" in headline(found)
    assert record_of(found)["chosen"]["staging_hours"] is None
    assert any(note.startswith("staging is not counted: no launch in this file copied") for note in notes_of(found))


def test_lack_of_room_is_told(results_path: Path) -> None:
    params = {**params_record(["cpu-p4-t1"]), "scan": {"output_bytes": 4000}}
    runs = runs_of("cpu-p4-t1", STEADY)

    def room_notes(free_bytes: int) -> list[str]:
        staging = staging_record(4, 8.0, filesystem={"free_bytes": free_bytes})
        return [note for note in notes_of(recommended(results_path, params, staging, *runs)) if "GB" in note]

    assert room_notes(2_000_000) == []
    (note,) = room_notes(1_000_000)
    assert note.startswith("400 scans and their depth images take 0.002 GB there, but 0.001 GB were free")


def test_no_point_in_time_shows_the_fastest_and_what_more_nodes_might_do(results_path: Path) -> None:
    found = recommended(results_path, *GRID, hours=1.0)
    assert found.chosen is None
    assert headline(found).startswith("no measured point is in time; the fastest: cpu-n2-p8-t1, ")
    jobs = side_by_side(found.fastest, 400, HOUR_S)
    assert jobs and (jobs.jobs, jobs.nodes) == (3, 6)
    assert jobs.hours == pytest.approx(17 * mean_of(times(200.0)).value / HOUR_S)
    assert notes_of(found)[0].startswith("with 3 such jobs in parallel on 6 nodes, not measured together: ")
    assert record_of(found)["chosen"] is None


def test_more_jobs_are_not_proposed_where_they_do_not_help(results_path: Path) -> None:
    found = recommended(results_path, staging_record(4, 72.0), *runs_of("cpu-p4-t1", times(180.0)), hours=1.0)
    assert side_by_side(found.fastest, 400, HOUR_S) is None
    assert notes_of(found)[0].startswith("nor would more such jobs")


def test_jobs_side_by_side_share_the_staging_of_node_local_folders(results_path: Path) -> None:
    local = staging_record(4, 72.0, scope="node-local")
    found = recommended(results_path, local, *runs_of("cpu-p4-t1", [180.0]), hours=1.0)
    jobs = side_by_side(found.fastest, 400, HOUR_S)
    assert jobs and jobs.jobs == 8  # a job has 252 s for each run of 4 scans and their staging: 14 runs, 56 scans
    assert jobs.hours == pytest.approx(13 * 252.0 / HOUR_S)


def test_last_launch_with_points_is_taken_unless_another_is_named(results_path: Path) -> None:
    before = [{**run, "session_id": "before"} for run in runs_of("cpu-p4-t1", times(50.0))]
    later = run_record("cpu-p1-t1", success=False, session="later")
    records = [*before, *runs_of("cpu-p4-t1", times(100.0)), later]
    found = recommended(results_path, *records)
    assert found.measured.launch.session_id == SESSION
    assert (
        "1 other measured launch in this file not looked at: --launch ID takes another one than the last"
        in notes_of(found)
    )
    assert recommended(results_path, *records, launch="bef").measured.launch.session_id == "before"
    with pytest.raises(NothingMeasuredError, match="no launch is called x"):
        recommended(results_path, *records, launch="x")
    with pytest.raises(NothingMeasuredError, match="no measured run succeeded"):
        recommended(results_path, *records, launch="later")


def test_what_the_times_hold_for_is_said(results_path: Path) -> None:
    runs = runs_of("cpu-p4-t1-single", STEADY, cache={"state": "warm"}, precision="single")
    failed = run_record("cpu-p4-t1-single", 1.0, success=False)
    params = {**params_record(["cpu-p4-t1-single"]), "input_layout": "shared"}
    notes = notes_of(recommended(results_path, params, *runs, {**failed, "precision": "single"}))
    assert "runs had the page cache warm: scans that come from a cold disk may take longer" in notes
    assert "ranks read one replica together (--input-layout shared): different scans may take longer" in notes
    assert "computed in single precision: its depth images differ from those in double" in notes
    assert "1 run of this point failed, which nothing here counts" in notes
    cold = notes_of(recommended(results_path, *runs_of("cpu-p4-t1", STEADY, cache={"state": "cold"})))
    assert not any(word in note for note in cold for word in ("cache", "shared", "single", "failed"))


def lines(path: Path, *records: Record) -> list[str]:
    return reproduction_lines(recommended(path, *records))


def test_point_is_run_again_with_the_options_of_its_launch(results_path: Path) -> None:
    command = ["laue-bench", "run", "--h5", "a b.h5", "--mode=cpu", "--cpu-parallel", "1,4", "--cpu-threads", "1"]
    command += [
        "--staging-dir",
        "/stage",
        "--staging-dir=/scratch",
        "--resume",
        "--results",
        "r",
        "--only",
        "x",
        "--sync",
    ]
    params = {**params_record(["cpu-p4-t1"]), "environment": {"command_line": [*command, "none"]}}
    runs = runs_of("cpu-p4-t1", STEADY, per_proc=ranks(*4 * [99.0]))
    again, job = lines(results_path, params, *runs)
    assert again == (
        "this point again: mpirun -n 4 laue-bench run --h5 'a b.h5' --mode=cpu --cpu-parallel 1,4 --cpu-threads 1 "
        "--sync none --staging-dir /stage --only cpu-p4-t1"
    )
    assert job == (
        "or as a job: LAUE_STAGING_DIR=/stage LAUE_PARALLEL=4 LAUE_THREADS=1 LAUE_RUNS=4 sbatch --nodes=1 "
        "--ntasks-per-node=4 slurm/cpu_grid.sbatch --h5 'a b.h5' --sync none --only cpu-p4-t1"
    )


def test_job_has_the_nodes_and_gpus_of_the_point(results_path: Path) -> None:
    hosts = ["node1", "node1", "node2"]
    per_proc = [{**rank, "gpu": {"uuid": f"GPU-{rank['i']}"}} for rank in ranks(99.0, 99.0, 99.0, hosts=hosts)]
    runs = runs_of("gpu-p3", STEADY, mode="gpu", per_proc=per_proc, ranks_on_nodes=[2, 1])
    for run in runs:
        del run["threads"]
    again, job = lines(results_path, *runs)
    assert again == (
        "this point again: mpirun -n 3 --map-by ppr:2:node laue-bench run --staging-dir /stage "
        "--mode gpu --gpu-parallel 3"
    )
    assert job == (
        "or as a job: LAUE_STAGING_DIR=/stage LAUE_GPU_PARALLEL=3 LAUE_RUNS=4 sbatch --nodes=2 --ntasks-per-node=2 "
        "--gpus-per-node=2 slurm/gpu_grid.sbatch"
    )
