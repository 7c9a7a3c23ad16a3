"""Which points run, and what is said about those that do not."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from launching import LAUNCHER, PROGRAM, RANK_VARIABLE, Case, environment, listing, of_type, run
from test_acceptance import violations


def gpu_is_usable() -> bool:
    return "\ncuda: cannot be used" not in run("info").stdout


without_a_gpu = pytest.mark.skipif(PROGRAM.is_file() and gpu_is_usable(), reason="a GPU can be used here")


def test_dry_run_shows_the_plan_and_writes_nothing(case: Case) -> None:
    before = listing(case.folder)
    finished = run("run", *case.inputs(cpu_parallel="1,4", cpu_threads="1,2", runs="3"), "--dry-run")
    assert finished.returncode == 0, finished.stderr
    for point in ("cpu-p1-t1", "cpu-p1-t2", "cpu-p4-t1", "cpu-p4-t2"):
        assert point in finished.stdout
    assert "4 replicas" in finished.stdout
    assert "4 ranks needed, 1 present" in finished.stdout
    assert '"cpu_parallel"' in finished.stdout
    assert "free" in finished.stdout
    assert listing(case.folder) == before


def test_dry_run_on_two_ranks_is_printed_once(case: Case) -> None:
    finished = run("run", *case.inputs(cpu_parallel="1,2"), "--dry-run", ranks=2)
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.count("2 ranks needed, 2 present") == 1
    assert not case.staging.exists()


def test_empty_images_flag_the_run(case: Case) -> None:
    finished = run("run", *case.inputs(depth_range="9000:9010", cpu_threads="1"))
    assert finished.returncode == 0, finished.stderr
    (record,) = of_type(case.results, "run")
    assert "empty_images" in record["flags"]
    assert violations(case.results) == []
    assert "empty_images (" in finished.stdout


def test_verbosity_may_differ_between_ranks(case: Case, tmp_path: Path) -> None:
    """Launchers hand an environment variable on to some nodes only."""
    wrapper = tmp_path / "wrapper"
    wrapper.write_text(f'#!/bin/sh\nLAUEBENCH_LOG_LEVEL=${RANK_VARIABLE} exec {PROGRAM} "$@"\n')
    wrapper.chmod(0o755)
    launcher = [*LAUNCHER, "-n", "2", str(wrapper), "run"]
    inputs = map(str, case.inputs(cpu_parallel="2", cpu_threads="1"))
    finished = subprocess.run([*launcher, *inputs], env=environment(), capture_output=True, text=True, timeout=100)
    assert finished.returncode == 0, finished.stderr
    assert len(of_type(case.results, "run")) == 1


def test_too_few_ranks_name_the_launch_that_works(case: Case) -> None:
    before = listing(case.folder)
    finished = run("run", *case.inputs(cpu_parallel="1,2"), ranks=1)
    assert finished.returncode == 2
    assert "-n 2" in finished.stderr
    assert listing(case.folder) == before


def test_oversized_points_are_skipped_when_asked(case: Case) -> None:
    finished = run("run", *case.inputs(cpu_parallel="1,2"), "--skip-oversized", ranks=1)
    assert finished.returncode == 0, finished.stderr
    (skip,) = of_type(case.results, "skip")
    assert (skip["point_id"], skip["reason"]) == ("cpu-p2-t1", "needs 2 ranks, launched with 1")
    assert [record["point_id"] for record in of_type(case.results, "run")] == ["cpu-p1-t1"]
    assert "skipped cpu-p2-t1: needs 2 ranks, launched with 1" in finished.stdout
    assert violations(case.results) == []


def test_only_the_named_points_run(case: Case) -> None:
    finished = run("run", *case.inputs(cpu_parallel="1,8", cpu_threads="1,2", only="cpu-p1-t2"))
    assert finished.returncode == 0, finished.stderr
    assert [record["point_id"] for record in of_type(case.results, "run")] == ["cpu-p1-t2"]


@without_a_gpu
def test_without_a_gpu_its_points_are_skipped_with_the_reason(case: Case) -> None:
    finished = run("run", *case.inputs(mode="both", gpu_parallel="1"))
    assert finished.returncode == 0, finished.stderr
    (skip,) = of_type(case.results, "skip")
    assert (skip["point_id"], skip["mode"]) == ("gpu-p1", "gpu")
    assert skip["reason"]
    assert "threads" not in skip
    assert len(of_type(case.results, "run")) == 1
    assert violations(case.results) == []


@without_a_gpu
def test_gpu_mode_without_a_gpu_is_refused(case: Case) -> None:
    before = listing(case.folder)
    finished = run("run", *case.inputs(mode="gpu", gpu_parallel="1"))
    assert finished.returncode == 2
    assert "--mode gpu cannot run" in finished.stderr
    assert listing(case.folder) == before


@without_a_gpu
def test_gpu_dry_run_without_a_gpu_shows_the_points_as_skipped(case: Case) -> None:
    before = listing(case.folder)
    finished = run("run", *case.inputs(mode="gpu", gpu_parallel="1,2"), "--dry-run")
    assert finished.returncode == 0, finished.stderr
    assert "skipped gpu-p1: " in finished.stdout
    assert "skipped gpu-p2: " in finished.stdout
    assert "0 runs" in finished.stdout
    assert listing(case.folder) == before
