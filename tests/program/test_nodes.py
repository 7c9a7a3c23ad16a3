"""Which ranks of which node a point uses, seen from the records of launches on emulated nodes."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from emulated_cluster import EmulatedCluster, emulated
from launching import MPIRUN, PROGRAM, TIMEOUT_S, Case, environment, of_type
from test_acceptance import violations


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[EmulatedCluster]:
    yield from emulated(lambda: EmulatedCluster(tmp_path / "cluster", nodes=3))


def start(
    case: Case, cluster: EmulatedCluster, hosts: str, ranks: int, **options: str | Path
) -> subprocess.CompletedProcess[str]:
    command = [MPIRUN, "-n", str(ranks), "--host", hosts, PROGRAM, "run", *case.inputs(**options), "--skip-oversized"]
    return subprocess.run(
        cluster.command("n0", *command),
        env=environment() | cluster.variables(),
        cwd=case.folder,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )


def launch(case: Case, cluster: EmulatedCluster, hosts: str, ranks: int, **options: str | Path) -> None:
    finished = start(case, cluster, hosts, ranks, **options)
    assert finished.returncode == 0, finished.stderr


def scope(case: Case) -> tuple[str, str]:
    (record,) = of_type(case.results, "staging")
    return record["scope"], record["scope_found_by"]


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


def test_shared_staging_folder_is_found_out(case: Case, cluster: EmulatedCluster) -> None:
    launch(case, cluster, "n1:1,n2:1,n3:1", 3, cpu_parallel="3")
    assert scope(case) == ("shared", "token-seen")
    assert not list(case.staging.glob(".*tmp*")), "the token is gone"
    assert violations(case.results) == []
    case.results.unlink()
    launch(case, cluster, "n1:1,n2:1", 2, cpu_parallel="2", staging_scope="shared")
    assert scope(case) == ("shared", "asked")
    case.results.unlink()
    launch(case, cluster, "n2:2", 2, cpu_parallel="2")
    assert scope(case) == ("shared", "one-node")


def test_staging_folder_of_each_node_is_refused_before_anything_is_copied(case: Case, cluster: EmulatedCluster) -> None:
    staging = cluster.local / "stage"
    results = case.folder / "results.jsonl"
    finished = start(case, cluster, "n1:1,n2:1", 2, cpu_parallel="2", staging_dir=staging, results=results)
    assert finished.returncode == 2
    (line,) = [text for text in finished.stderr.splitlines() if text.startswith("laue-bench: error: ")]
    assert f"staging folder {staging} is another one on each of 2 nodes" in line
    assert "what n1 writes there is seen on no other" in line
    assert not results.exists()
    left = subprocess.run(
        cluster.command("n1", "find", staging, "-type", "f", "-printf", "%f "),
        capture_output=True,
        text=True,
        check=True,
    )
    assert left.stdout.split() == [".laue-bench.lock"]
    # on one node it is as good as any other folder
    launch(case, cluster, "n2:2", 2, cpu_parallel="2", staging_dir=staging, results=results)


def test_staging_folder_of_some_nodes_is_an_error_that_names_them(case: Case, cluster: EmulatedCluster) -> None:
    staging = cluster.local / "stage"
    # n1 and n3 have the same filesystem there, n2 its own
    for node in ("n1", "n3"):
        command = cluster.command(node, "mount", "--bind", cluster.shared, cluster.local)
        subprocess.run(command, check=True)
    finished = start(case, cluster, "n1:1,n2:1,n3:1", 3, cpu_parallel="3", staging_dir=staging)
    assert finished.returncode == 2
    assert "is shared by some nodes only (what n1 writes there is seen on n3, not on n2)" in finished.stderr
