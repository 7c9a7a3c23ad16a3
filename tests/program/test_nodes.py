"""Which ranks of which node a point uses, seen from the records of launches on emulated nodes."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from emulated_cluster import EmulatedCluster, EmulationError
from launching import MPIRUN, PROGRAM, TIMEOUT_S, Case, environment, of_type
from test_acceptance import violations


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[EmulatedCluster]:
    try:
        with EmulatedCluster(tmp_path / "cluster", nodes=3) as nodes:
            yield nodes
    except EmulationError as reason:
        pytest.skip(str(reason))


def launch(case: Case, cluster: EmulatedCluster, hosts: str, ranks: int, **options: str) -> None:
    command = [MPIRUN, "-n", str(ranks), "--host", hosts, PROGRAM, "run", *case.inputs(**options), "--skip-oversized"]
    finished = subprocess.run(
        cluster.command("n0", *command),
        env=environment() | cluster.variables(),
        cwd=case.folder,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr


def hosts_by_point(case: Case) -> dict[str, list[tuple[int, str]]]:
    return {
        record["point_id"]: [(rank["rank"], rank["host"]) for rank in record["per_proc"]]
        for record in of_type(case.results, "run")
    }


def test_packed_points_fill_a_node_first_and_spread_ones_use_all(case: Case, cluster: EmulatedCluster) -> None:
    launch(case, cluster, "n1:2,n2:2", 4, cpu_parallel="1,2,3,4")
    assert hosts_by_point(case) == {
        "cpu-p1-t1": [(0, "n1")],
        "cpu-p2-t1": [(0, "n1"), (1, "n1")],
        "cpu-p3-t1": [(0, "n1"), (1, "n1"), (2, "n2")],
        "cpu-p4-t1": [(0, "n1"), (1, "n1"), (2, "n2"), (3, "n2")],
    }
    case.results.unlink()
    launch(case, cluster, "n1:2,n2:2", 4, cpu_parallel="2,3", placement="spread")
    assert hosts_by_point(case) == {
        "cpu-p2-t1": [(0, "n1"), (2, "n2")],
        "cpu-p3-t1": [(0, "n1"), (1, "n1"), (2, "n2")],
    }
    assert of_type(case.results, "params")[0]["placement"] == "spread"
    assert violations(case.results) == []


def test_nodes_are_an_axis_of_the_grid(case: Case, cluster: EmulatedCluster) -> None:
    launch(case, cluster, "n1:2,n2:1,n3:2", 5, nodes="1,2,3,4", cpu_parallel="1/node,2/node")
    assert hosts_by_point(case) == {
        "cpu-n1-p1-t1": [(0, "n1")],
        "cpu-n1-p2-t1": [(0, "n1"), (1, "n1")],
        "cpu-n2-p2-t1": [(0, "n1"), (2, "n2")],
        "cpu-n3-p3-t1": [(0, "n1"), (2, "n2"), (3, "n3")],
    }
    ranks = {record["point_id"]: record["ranks_on_nodes"] for record in of_type(case.results, "run")}
    assert ranks["cpu-n2-p2-t1"] == [1, 1, 0]
    skipped = {record["point_id"]: record["reason"] for record in of_type(case.results, "skip")}
    assert skipped == {
        "cpu-n2-p4-t1": "needs 2 ranks on each of 2 nodes, one of which has 1",
        "cpu-n3-p6-t1": "needs 2 ranks on each of 3 nodes, one of which has 1",
        "cpu-n4-p4-t1": "needs 4 nodes, launched on 3",
        "cpu-n4-p8-t1": "needs 4 nodes, launched on 3",
    }
    # ranks 0, 1 on n1, 2 on n2 and 3 on n3 read something; rank 4 never does
    assert len(of_type(case.results, "staging")[0]["replicas"]) == 4
    assert violations(case.results) == []
