"""A small grid from scan to records."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
from laue_report.records import read_results
from laue_report.shipped_schema import flag_meanings
from laue_report.validation import Validator
from launching import SOURCE, Case, of_type, records_of, run

SCHEMA = SOURCE / "configs" / "schema" / "results.schema.json"
GRID = {"cpu_parallel": "1,2", "cpu_threads": "1,2", "runs": "2"}


def violations(results: Path) -> list[str]:
    validator = Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    return [str(violation) for violation in validator.check(read_results(results))]


def differing_pixels(proc_folder: Path, expected_file: Path) -> tuple[int, int, int]:
    """Pixels that differ from the expected images, the largest difference, and all pixels."""
    with h5py.File(expected_file) as file:
        expected = file["/expected"][...].astype(np.int64)
    found = np.empty_like(expected)
    for depth in range(len(expected)):
        with h5py.File(proc_folder / f"out{depth}.h5") as file:
            found[depth] = file["/entry1/data/data"][...]
    difference = np.abs(found - expected)
    return int(np.count_nonzero(difference)), int(difference.max()), expected.size


def test_grid_of_four_points_twice(case: Case) -> None:
    finished = run("run", *case.inputs(**GRID), ranks=2)
    assert finished.returncode == 0, finished.stderr

    runs = of_type(case.results, "run")
    assert sorted((record["parallel"], record["threads"], record["run_index"]) for record in runs) == [
        (parallel, threads, index) for parallel in (1, 2) for threads in (1, 2) for index in (0, 1)
    ]
    assert [record["order_index"] for record in runs] == list(range(8))
    assert violations(case.results) == []
    for record in runs:
        assert record["success"] is True
        assert [entry["i"] for entry in record["per_proc"]] == list(range(record["parallel"]))
        for entry in record["per_proc"]:
            assert entry["elapsed_s"] > 0
            assert entry["elapsed_s"] == pytest.approx(entry["end_s"] - entry["start_s"], abs=1e-9)
            assert (entry["success"], entry["return_code"]) == (True, 0)
        assert record["total_wall_s"] >= max(entry["elapsed_s"] for entry in record["per_proc"])
        assert record["throughput_per_min"] == pytest.approx(60 * record["parallel"] / record["total_wall_s"])


@pytest.mark.parametrize("ranks", [1, 2])
def test_infinite_pixels_end_with_a_record(make_case: Callable[[str], Case], ranks: int) -> None:
    case = make_case("float32_in_out")
    with h5py.File(case.scan, "r+") as file:
        file["/entry1/data/data"][:2, :24] = np.inf  # image 0 is the second frame
    finished = run("run", *case.inputs(cpu_parallel=str(ranks), percent_brightest="20"), ranks=ranks)
    assert finished.returncode == 0, finished.stderr
    assert violations(case.results) == []
    (record,) = of_type(case.results, "run")
    assert record["success"] is True
    assert [entry["cutoff_counts"] for entry in record["per_proc"]] == [sys.float_info.max] * ranks


@pytest.mark.parametrize(("io_path", "read_path"), [("raw", "chunks"), ("auto", "chunks"), ("hdf5", "hdf5")])
def test_records_say_how_frames_were_read_and_images_written(case: Case, io_path: str, read_path: str) -> None:
    with h5py.File(case.scan, "r+") as file:
        frames = file["/entry1/data/data"][:]
        del file["/entry1/data/data"]
        shape = (1, *frames.shape[1:])
        file.create_dataset("/entry1/data/data", data=frames, chunks=shape, compression="gzip", shuffle=True)
    finished = run("run", *case.inputs(io_path=io_path, cpu_threads="2"))
    assert finished.returncode == 0, finished.stderr
    assert violations(case.results) == []
    (params,) = of_type(case.results, "params")
    assert params["io_path"] == io_path
    (record,) = of_type(case.results, "run")
    (entry,) = record["per_proc"]
    assert entry["read_path"] == read_path
    assert entry["write_path"] == ("hdf5" if io_path == "hdf5" else "pwrite")
    phases = entry["phases"]
    if read_path == "hdf5":
        assert phases["decompress_s"] is None
        assert "HDF5" in phases["unavailable"]["decompress_s"]
    else:
        assert 0 < phases["decompress_s"] < entry["elapsed_s"]
    (output,) = (path.parent for path in case.staging.rglob("out0.h5"))
    differing, largest, pixels = differing_pixels(output, case.expected)
    assert largest <= 1
    assert differing <= pixels / 10000


def test_records_come_in_the_documented_order(case: Case) -> None:
    assert run("run", *case.inputs(**GRID), ranks=2).returncode == 0
    records = records_of(case.results)
    kinds = [record["type"] for record in records]
    assert kinds[:2] == ["params", "staging"]
    assert kinds[-1] == "end"
    assert sorted(kinds[2:-1]) == ["run"] * 8 + ["summary"] * 4
    assert len({record["session_id"] for record in records}) == 1
    for position, record in enumerate(records):
        if record["type"] == "summary":
            earlier = [other for other in records[:position] if other["type"] == "run"]
            walls = [other["total_wall_s"] for other in earlier if other["point_id"] == record["point_id"]]
            assert (record["n"], record["stopped"]) == (2, "runs")
            assert record["p50"] == pytest.approx(np.percentile(walls, 50))
            assert record["p99"] == pytest.approx(np.percentile(walls, 99))
            assert record["stddev"] == pytest.approx(np.std(walls, ddof=1))
    assert (records[-1]["status"], records[-1]["runs_succeeded"]) == ("complete", 8)


def test_last_run_leaves_the_expected_depth_images(case: Case) -> None:
    finished = run("run", *case.inputs(cpu_parallel="2", cpu_threads="2"), ranks=2)
    assert finished.returncode == 0, finished.stderr
    (record,) = of_type(case.results, "run")
    run_folder = case.staging / "output" / f"run_{record['run_id']}"
    for i in range(2):
        differing, largest, pixels = differing_pixels(run_folder / f"proc_{i}", case.expected)
        assert differing <= 1e-4 * pixels
        assert largest <= 1


def test_threads_are_counted_and_cores_are_not_those_of_the_launcher_alone(case: Case) -> None:
    """mpirun binds each of two ranks to one core; unbound, both may use the union."""
    assert run("run", *case.inputs(cpu_parallel="2", cpu_threads="2", bind="none"), ranks=2).returncode == 0
    (record,) = of_type(case.results, "run")
    cpus = [entry["cpus"] for entry in record["per_proc"]]
    if "affinity_not_widened" not in record["flags"]:
        assert cpus[0] == cpus[1]
    for entry in record["per_proc"]:
        assert (entry["threads_asked"], entry["threads_counted"]) == (2, 2)


def test_params_name_the_launch(case: Case) -> None:
    assert run("run", *case.inputs(tag="night shift", runs="2", seed="7"), ranks=1).returncode == 0
    (params,) = of_type(case.results, "params")
    assert params["h5"] == str(case.scan)
    assert params["depth_range"] == [0, 40]
    assert (params["tag"], params["runs"], params["seed"], params["order"]) == ("night shift", 2, 7, "random")
    assert (params["percent_brightest"], params["memory_limit_mb"], params["resolution"]) == (100, 8192, 1)
    assert params["points"] == ["cpu-p1-t1"]
    assert params["scan"]["depths"] == 41
    environment = params["environment"]
    assert environment["hdf5"]["parallel"] is True
    assert environment["omp_proc_bind"] == "false"
    assert str(case.scan) in environment["command_line"]
    assert environment["nodes"][0]["ranks"][0]["rank"] == 0
    (backend,) = [entry for entry in environment["backends"] if entry["name"] == "openmp"]
    assert backend["usable"] is True


def test_relative_paths_are_recorded_as_absolute_ones(case: Case) -> None:
    def enter_folder() -> None:
        os.chdir(case.folder)

    relative = {"h5": "in/scan.h5", "geometry": "in/geometry.xml", "staging_dir": "stage"}
    finished = run("run", *case.inputs(**relative), before=enter_folder)
    assert finished.returncode == 0, finished.stderr
    (params,) = of_type(case.results, "params")
    assert (params["h5"], params["geometry"]) == (str(case.scan), str(case.geometry))
    assert (params["staging_dir"], params["results"]) == (str(case.staging), str(case.results))


def test_alone_without_a_launcher(case: Case) -> None:
    finished = run(*case.inputs())
    assert finished.returncode == 0, finished.stderr
    assert len(of_type(case.results, "run")) == 1
    assert violations(case.results) == []


def test_table_names_points_best_and_results_file(case: Case) -> None:
    finished = run("run", *case.inputs(cpu_threads="1,2"))
    lines = finished.stdout.splitlines()
    assert lines[0].split() == ["point", "runs", "median", "s", "per", "minute", "Mpixel-steps/s"]
    assert [line.split()[0] for line in lines[1:3]] == ["cpu-p1-t1", "cpu-p1-t2"]
    assert sum(line.endswith("*") for line in lines[1:3]) == 1
    assert str(case.results) in lines[-1]


def test_table_names_what_makes_runs_doubtful(case: Case) -> None:
    threads = len(os.sched_getaffinity(0)) + 1
    finished = run("run", *case.inputs(cpu_threads=f"1,{threads}"))
    assert finished.returncode == 0, finished.stderr
    assert f"oversubscribed ({flag_meanings()['oversubscribed']}): cpu-p1-t{threads}" in finished.stdout.splitlines()


def test_dry_run_shows_the_plan_before_the_configuration(case: Case) -> None:
    finished = run("run", *case.inputs(runs="3", warmup="1"), "--dry-run")
    plan, configuration = finished.stdout.split("\nconfiguration:\n")
    lines = plan.splitlines()
    assert [line.split() for line in lines[:2]] == [["point", "runs"], ["cpu-p1-t1", "3"]]
    assert lines[2] == "3 runs and 1 warm-up, in random order (the seed is drawn at the start)"
    assert lines[-1] == "dry run: nothing was written"
    assert json.loads(configuration)["seed"] is None


def test_errors_alone_at_verbosity_zero(case: Case) -> None:
    finished = run("run", *case.inputs(verbose="0"))
    assert (finished.returncode, finished.stdout, finished.stderr) == (0, "", "")


def test_warm_ups_are_records_of_their_own(case: Case) -> None:
    assert run("run", *case.inputs(warmup="2", runs="1")).returncode == 0
    assert [record["run_index"] for record in of_type(case.results, "warmup")] == [0, 1]
    assert len(of_type(case.results, "run")) == 1
    (summary,) = of_type(case.results, "summary")
    assert summary["n"] == 1
    assert violations(case.results) == []


def test_second_launch_appends_a_session(case: Case) -> None:
    for _ in range(2):
        assert run("run", *case.inputs()).returncode == 0
    sessions = [record["session_id"] for record in of_type(case.results, "params")]
    assert len(set(sessions)) == 2
    assert violations(case.results) == []


def test_torn_last_line_of_a_crash_is_left_and_ours_are_whole(case: Case) -> None:
    case.staging.mkdir()
    case.results.write_text('{"type":"run","tot')
    finished = run("run", *case.inputs())
    assert finished.returncode == 0, finished.stderr
    assert "torn" in finished.stderr
    first, *rest = case.results.read_text().splitlines()
    assert first == '{"type":"run","tot'
    assert [json.loads(line)["type"] for line in rest][0] == "params"


def test_configuration_file_with_the_command_line_on_top(case: Case, tmp_path: Path) -> None:
    config = tmp_path / "grid.json"
    config.write_text(
        json.dumps({"depth_range": "0:40", "cpu_threads": [1, 2], "runs": 3, "mode": "cpu", "cpu_parallel": [1]})
    )
    finished = run(
        "run",
        "--config",
        config,
        "--h5",
        case.scan,
        "--geometry",
        case.geometry,
        "--staging-dir",
        case.staging,
        "--runs",
        "1",
    )
    assert finished.returncode == 0, finished.stderr
    assert {record["point_id"] for record in of_type(case.results, "run")} == {"cpu-p1-t1", "cpu-p1-t2"}
    assert of_type(case.results, "params")[0]["runs"] == 1
