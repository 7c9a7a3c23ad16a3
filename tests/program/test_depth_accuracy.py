"""Depth images of a generated scan are held against the truth that it carries."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from launching import SOURCE, Case, of_type, run
from test_acceptance import violations

GEOMETRY = SOURCE / "configs" / "geometry_34ide.xml"
#: Grains of 2 to 4 sigma on 96 x 96 pixels, without noise: what is missing was lost by the reconstruction.
EXACT = {"rows": "96", "columns": "96", "images": "101", "grains": "3", "element_type": "float32"}
CONSERVING = {"area_rule": "conserving", "output_type": "float64", "depth_range": "0:100"}


def generated(case: Case, **changes: str) -> dict[str, str | Path]:
    """Options of `run` that take a generated scan."""
    scan = case.folder / "generated.h5"
    options = [text for name, value in (EXACT | changes).items() for text in (f"--{name.replace('_', '-')}", value)]
    finished = run("generate", "--output", scan, "--geometry", GEOMETRY, *options, "--no-noise")
    assert finished.returncode == 0, finished.stderr
    return {"h5": scan, "geometry": GEOMETRY, **CONSERVING}


def ranks_of(case: Case) -> list[dict[str, Any]]:
    return [rank for record in of_type(case.results, "run") for rank in record["per_proc"]]


def test_both_precisions_give_the_truth_back(case: Case) -> None:
    inputs = case.inputs(**generated(case), cpu_parallel="2", precision="double,single", runs="2")
    finished = run("run", *inputs, ranks=2)
    assert finished.returncode == 0, finished.stderr
    found = [rank["accuracy"] for rank in ranks_of(case)]
    assert len(found) == 8
    for accuracy in found:
        assert accuracy["depth_error_um_rms"] <= accuracy["depth_error_um_max"] < 1.0, "a depth image is 1 um"
        assert accuracy["intensity_recovered"] == pytest.approx(1.0, abs=0.02)
        counts = [accuracy[f"grains_{which}"] for which in ("judged", "not_found", "left_out")]
        assert counts == [3, 0, 0]
    by_precision = {record["precision"]: record["per_proc"][0]["accuracy"] for record in of_type(case.results, "run")}
    double, single = by_precision["double"], by_precision["single"]
    assert double != single, "each of its own images"
    assert single["depth_error_um_rms"] == pytest.approx(double["depth_error_um_rms"], rel=1e-2)
    assert violations(case.results) == []


def test_table_and_report_say_the_same(case: Case) -> None:
    finished = run("run", *case.inputs(**generated(case), cpu_threads="1,2"))
    assert finished.returncode == 0, finished.stderr
    (line,) = [line for line in finished.stdout.splitlines() if line.startswith("accuracy of 3 of 3 grains: ")]
    assert line.endswith(" of the intensity: cpu-p1-t1, cpu-p1-t2")
    command = [sys.executable, "-m", "laue_report", "summary", str(case.results)]
    assert line in subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_grains_outside_the_depth_range_are_left_out(case: Case) -> None:
    options = generated(case, grains="6")
    assert run("run", *case.inputs(**{**options, "depth_range": "0:20"})).returncode == 0
    (rank,) = ranks_of(case)
    assert (rank["accuracy"]["grains_judged"], rank["accuracy"]["grains_left_out"]) == (3, 3)
    assert rank["accuracy"]["intensity_recovered"] == pytest.approx(1.0, abs=0.05)


def reason_of(case: Case) -> str:
    (rank,) = ranks_of(case)
    assert rank["accuracy"] is None
    assert violations(case.results) == []
    return str(rank["unavailable"]["accuracy"])


def test_a_scan_without_truth_says_so(case: Case) -> None:
    assert run("run", *case.inputs()).returncode == 0
    assert reason_of(case) == "the scan carries no truth: it was not generated"


def test_without_verification_nobody_looks(case: Case) -> None:
    assert run("run", *case.inputs(**generated(case), verify="none")).returncode == 0
    assert reason_of(case) == "--verify none: nobody looks at the depth images"


def test_another_edge_than_the_leading_one_is_not_judged(case: Case) -> None:
    assert run("run", *case.inputs(**generated(case), wire_edge="both")).returncode == 0
    assert "--wire-edge leading alone" in reason_of(case)


def test_no_grain_to_judge_is_said(case: Case) -> None:
    assert run("run", *case.inputs(**{**generated(case), "depth_range": "200:210"})).returncode == 0
    assert reason_of(case).startswith("none of the scan's 3 grains can be judged")
