"""Precision as an axis of the grid."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from launching import Case, listing, of_type, run
from test_acceptance import violations

BOTH = ["cpu-p1-t1", "cpu-p1-t1-single", "cpu-p1-t2", "cpu-p1-t2-single"]


def test_each_point_runs_in_each_precision(case: Case) -> None:
    options = {"cpu_threads": "1,2", "precision": "double,single", "output_type": "float64"}
    finished = run("run", *case.inputs(**options, runs="2", order="grid"), "--ceilings")
    assert finished.returncode == 0, finished.stderr
    (params,) = of_type(case.results, "params")
    assert (params["precision"], params["points"]) == (["double", "single"], BOTH)
    runs = of_type(case.results, "run")
    assert [record["point_id"] for record in runs] == [point for point in BOTH for _ in range(2)]
    for record in runs + of_type(case.results, "ceiling") + of_type(case.results, "summary"):
        assert record["precision"] == ("single" if record["point_id"].endswith("-single") else "double")
    digests: dict[str, set[str]] = {"double": set(), "single": set()}
    for record in runs:
        digests[record["precision"]].add(record["per_proc"][0]["digest"])
    assert [len(found) for found in digests.values()] == [1, 1], "threads and repetitions change nothing"
    assert digests["double"] != digests["single"]
    assert violations(case.results) == []


def test_reports_keep_precisions_apart(case: Case) -> None:
    assert run("run", *case.inputs(precision="single,double", runs="2")).returncode == 0
    command = [sys.executable, "-m", "laue_report", "summary", str(case.results)]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    table = [line.split()[:2] for line in shown.splitlines() if line.startswith("cpu-p1-t1")]
    assert table[:2] == [["cpu-p1-t1-single", "2/2"], ["cpu-p1-t1", "2/2"]]


def test_one_precision_of_the_grid_can_be_named(case: Case) -> None:
    assert run("run", *case.inputs(precision="double,single", only="cpu-p1-t1-single")).returncode == 0
    assert [record["point_id"] for record in of_type(case.results, "run")] == ["cpu-p1-t1-single"]


def test_a_configuration_file_takes_a_list(case: Case, tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"precision": ["single"]}))
    assert run("run", *case.inputs(config=config)).returncode == 0
    assert [record["precision"] for record in of_type(case.results, "run")] == ["single"]


def test_a_golden_digest_is_of_one_precision(case: Case, tmp_path: Path) -> None:
    before = listing(case.folder)
    finished = run("run", *case.inputs(precision="double,single", verify="golden", golden_digest=tmp_path / "golden"))
    assert finished.returncode == 2
    assert "--verify golden with several words of --precision" in finished.stderr
    assert listing(case.folder) == before


def test_reconstruct_takes_one_precision(case: Case) -> None:
    inputs = ["--h5", case.scan, "--geometry", case.geometry, "--depth-range", "0:40", "--output", case.folder / "out"]
    finished = run("reconstruct", *inputs, "--precision", "double,single")
    assert finished.returncode == 2
    assert "--precision 'double,single'" in finished.stderr
