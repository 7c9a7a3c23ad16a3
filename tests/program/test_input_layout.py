"""All ranks reading one replica of each scan."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from launching import Case, of_type, run
from test_acceptance import violations


def test_shared_replica_is_read_by_all_ranks(case: Case) -> None:
    finished = run("run", *case.inputs(cpu_parallel="1,3", input_layout="shared", runs="2", cache="cold"), ranks=3)
    assert finished.returncode == 0, finished.stderr
    assert violations(case.results) == []
    assert [path.name for path in (case.staging / "input").glob("*.h5")] == ["scan_0.h5"]
    (staging,) = of_type(case.results, "staging")
    assert len(staging["replicas"]) == 1
    digests = set()
    for record in of_type(case.results, "run"):
        assert record["input_replicas"] == 1
        assert {rank["replica"] for rank in record["per_proc"]} == {0}
        digests |= {rank["digest"] for rank in record["per_proc"]}
    assert len(digests) == 1


def test_ranks_take_the_scans_in_turn(case: Case) -> None:
    other = case.scan.with_name("other.h5")
    shutil.copy(case.scan, other)
    options = case.inputs(cpu_parallel="3", input_layout="shared")
    finished = run("run", *options, "--h5", other, ranks=3)
    assert finished.returncode == 0, finished.stderr
    (record,) = of_type(case.results, "run")
    assert [rank["replica"] for rank in record["per_proc"]] == [0, 1, 0]
    assert record["input_replicas"] == 2


def test_replica_that_is_changed_meanwhile_fails_every_rank(case: Case) -> None:
    replica = case.staging / "input" / "scan_0.h5"
    finished = run(
        "run", *case.inputs(cpu_parallel="2", input_layout="shared", before_run=f"echo >> {replica}"), ranks=2
    )
    assert finished.returncode == 1, finished.stderr
    (record,) = of_type(case.results, "run")
    assert [rank["return_code"] for rank in record["per_proc"]] == [3, 3]


@pytest.mark.parametrize("resumed_with", ["replicas", "shared"])
def test_layout_is_part_of_the_plan(case: Case, resumed_with: str, tmp_path: Path) -> None:
    options = [*case.inputs(runs="2"), "--results", tmp_path / "r.jsonl"]
    assert run("run", *options, "--input-layout", "shared").returncode == 0
    finished = run("run", *options, "--input-layout", resumed_with, "--resume")
    assert finished.returncode == (0 if resumed_with == "shared" else 2), finished.stderr
    last = json.loads((tmp_path / "r.jsonl").read_text().splitlines()[-1])
    assert last["type"] == "end"
    assert ("input_layout is" in finished.stderr) == (resumed_with == "replicas")
