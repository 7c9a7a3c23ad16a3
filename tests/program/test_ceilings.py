"""What a point could attain, measured before its runs (``--ceilings``)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from launching import TIMEOUT_S, Case, of_type, preloading, records_of, run, start
from test_acceptance import violations

#: Enough points that their ceilings take some seconds.
MANY_THREADS = ",".join(str(threads) for threads in range(1, 101))


def with_ceilings(case: Case, **changes: str) -> list[str | Path]:
    return [*case.inputs(**changes), "--ceilings"]


def ceilings_by_point(case: Case) -> dict[str, dict[str, Any]]:
    return {record["point_id"]: record for record in of_type(case.results, "ceiling") if record["moment"] == "start"}


def left_in_output(case: Case) -> list[str]:
    """Files that no run wrote."""
    return [path.name for path in (case.staging / "output").rglob("*ceiling*")]


def test_every_point_has_its_ceilings_before_the_first_run(case: Case) -> None:
    finished = run("run", *with_ceilings(case, cpu_parallel="1,2", runs="2"), ranks=2)
    assert finished.returncode == 0, finished.stderr
    assert violations(case.results) == []
    types = [record["type"] for record in records_of(case.results)]
    assert types[:4] == ["params", "staging", "ceiling", "ceiling"]
    moments = [(record["moment"], record["point_id"]) for record in of_type(case.results, "ceiling")]
    assert moments == [(moment, point) for moment in ("start", "middle", "end") for point in ("cpu-p1-t1", "cpu-p2-t1")]
    measured = "".join(kind[0] for kind in types if kind in ("ceiling", "run"))
    assert measured == "ccrrccrrcc"
    for record in of_type(case.results, "ceiling")[2:]:
        assert record["read"]["bytes"] == int(record["point_id"][5]) * case.scan.stat().st_size
        assert record["unavailable"]["kernel"] == "it is measured at the start"
    assert left_in_output(case) == []
    (params,) = of_type(case.results, "params")
    scan_steps = params["scan"]["rows"] * params["scan"]["columns"] * params["scan"]["images"]
    for point, parallel in (("cpu-p1-t1", 1), ("cpu-p2-t1", 2)):
        record = ceilings_by_point(case)[point]
        assert record["read"]["bytes"] == parallel * case.scan.stat().st_size
        assert record["write"]["bytes"] == parallel * params["scan"]["output_bytes"]
        assert record["kernel"]["pixel_steps"] == parallel * scan_steps
        for kind in ("create_files", "stat_files", "open_files"):
            assert record[kind]["files"] == parallel * params["scan"]["depths"]
            assert record[kind]["files_per_s"] == pytest.approx(record[kind]["files"] / record[kind]["seconds"])
        for kind in ("read", "write", "memory", "kernel"):
            assert [entry["rank"] for entry in record[kind]["per_rank"]] == list(range(parallel))
        assert record["attainable_s"] == max(
            record["kernel"]["run_s"], record["read"]["run_s"] + record["write"]["run_s"]
        )
        assert record["copy_to_device"] is None
        assert record["unavailable"]["copy_to_device"] == "kernels on CPUs work in host memory"


def test_summary_table_and_report_show_the_share_of_the_attainable(case: Case) -> None:
    finished = run("run", *with_ceilings(case, runs="3"))
    assert finished.returncode == 0, finished.stderr
    record = ceilings_by_point(case)["cpu-p1-t1"]
    (summary,) = of_type(case.results, "summary")
    attained = summary["ceilings"]
    assert attained["whole_fraction"] == pytest.approx(record["attainable_s"] / summary["p50"])
    runs = of_type(case.results, "run")
    kernel_s = sorted(entry["phases"]["kernel_s"] for made in runs for entry in made["per_proc"])
    assert attained["kernel_fraction"] == pytest.approx(record["kernel"]["run_s"] / kernel_s[1])
    assert attained["bottleneck"] == record["bottleneck"]
    assert attained["read_fraction"] > 0.0
    assert attained["write_fraction"] > 0.0
    share = f"{100 * attained['whole_fraction']:.0f} %"
    assert share in finished.stdout
    assert attained["bottleneck"] in finished.stdout
    report = subprocess.run(
        [sys.executable, "-m", "laue_report", "summary", case.results],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "COLUMNS": "200"},
    )
    assert share in report.stdout
    assert attained["bottleneck"] in report.stdout


def test_without_the_option_nothing_is_measured(case: Case) -> None:
    finished = run("run", *case.inputs())
    assert finished.returncode == 0, finished.stderr
    assert of_type(case.results, "ceiling") == []
    (summary,) = of_type(case.results, "summary")
    assert summary["ceilings"] is None
    assert "bottleneck" not in finished.stdout


def test_dry_run_counts_what_would_be_read_and_written(case: Case) -> None:
    finished = run("run", *with_ceilings(case), "--dry-run")
    assert finished.returncode == 0, finished.stderr
    assert f"ceilings: about {13 * case.scan.stat().st_size} bytes read and " in finished.stdout
    assert not case.staging.exists()


def test_ceiling_that_cannot_be_measured_is_told_and_the_launch_goes_on(case: Case) -> None:
    finished = run("run", *with_ceilings(case), variables=preloading("no_room"))
    assert finished.returncode == 0, finished.stderr
    assert violations(case.results) == []
    record = ceilings_by_point(case)["cpu-p1-t1"]
    assert record["write"] is None
    assert "No space left on device" in record["unavailable"]["write"]
    assert record["read"]["bytes"] == case.scan.stat().st_size
    assert record["kernel"]["run_s"] > 0
    assert record["attainable_s"] is None
    assert record["bottleneck"] is None
    assert "a ceiling of cpu-p1-t1 could not be measured: rank 0: cannot write" in finished.stderr
    (summary,) = of_type(case.results, "summary")
    assert summary["ceilings"]["whole_fraction"] is None
    assert summary["ceilings"]["kernel_fraction"] > 0
    assert records_of(case.results)[-1]["status"] == "complete"
    assert left_in_output(case) == []


@pytest.mark.parametrize("ranks", [1, 2])
def test_signal_ends_the_launch_between_measurements(case: Case, ranks: int) -> None:
    inputs = with_ceilings(case, cpu_threads=MANY_THREADS, cpu_parallel=str(ranks))
    launch = start("run", *inputs, ranks=None if ranks == 1 else ranks)
    deadline = time.monotonic() + TIMEOUT_S
    while not case.results.exists() or '"type":"ceiling"' not in case.results.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    launch.send_signal(signal.SIGINT if ranks == 1 else signal.SIGTERM)
    _, errors = launch.communicate(timeout=TIMEOUT_S)
    assert launch.returncode != 0, errors
    end = records_of(case.results)[-1]
    assert (end["type"], end["runs_done"]) == ("end", 0)
    assert end["status"] == "interrupted"
    assert 1 <= len(of_type(case.results, "ceiling")) < 100
    assert violations(case.results) == []
    assert left_in_output(case) == []
    assert list((case.staging / "output").glob("run_*")) == []


#: Of 4 MiB, each: the pieces in which a file is read from its beginning to its end.
PIECES, PIECE_S = 8, 3.0


def test_signal_ends_a_measurement_that_is_under_way(case: Case) -> None:
    scan = case.folder / "large.h5"
    size = ("--images", "10", "--columns", "1024", "--rows", str(PIECES * (4 << 20) // (10 * 1024 * 2)))
    assert run("generate", "--output", scan, "--geometry", case.geometry, *size, "--depth-range", "0:3").returncode == 0
    inputs = with_ceilings(case, h5=str(scan), depth_range="0:3")
    slow = {"SLOW_SEQUENTIAL_READ_IN": "/input/large", "SLOW_SEQUENTIAL_READ_MS": str(1000 * PIECE_S)}
    launch = start("run", *inputs, variables=preloading("slow_io", **slow))
    deadline = time.monotonic() + TIMEOUT_S
    while not case.results.exists() or '"type":"staging"' not in case.results.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    time.sleep(PIECE_S / 2)
    asked = time.monotonic()
    launch.send_signal(signal.SIGUSR1)
    _, errors = launch.communicate(timeout=TIMEOUT_S)
    # what is under way takes PIECES * PIECE_S, once before the clock and once more
    assert time.monotonic() - asked < 10.0
    assert launch.returncode == 130, errors
    end = records_of(case.results)[-1]
    assert (end["type"], end["status"], end["signal"], end["runs_done"]) == ("end", "interrupted", "SIGUSR1", 0)
    assert of_type(case.results, "ceiling") == []
    assert "could not be measured" not in errors
