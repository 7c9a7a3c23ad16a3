"""Which ranks of which node a point uses, seen from the records of launches on emulated nodes."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import h5py
import pytest
from emulated_cluster import EmulatedCluster, emulated
from launching import MPIRUN, PROGRAM, TIMEOUT_S, Case, environment, of_type, preloading
from test_acceptance import violations
from test_staging import finished_runs, wait_until


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[EmulatedCluster]:
    yield from emulated(lambda: EmulatedCluster(tmp_path / "cluster", nodes=3))


def start(
    case: Case, cluster: EmulatedCluster, hosts: str, ranks: int, **options: str | Path
) -> subprocess.CompletedProcess[str]:
    # a launch on emulated nodes takes every disk for a node's own
    results = case.results if "staging_dir" not in options else case.folder / "results.jsonl"
    arguments = case.inputs(**{"results": results, **options})
    command = [MPIRUN, "-n", str(ranks), "--host", hosts, PROGRAM, "run", *arguments, "--skip-oversized"]
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


def files_on(cluster: EmulatedCluster, node: str, folder: Path) -> list[str]:
    command = cluster.command(node, "find", folder, "-type", "f", "-printf", "%P\n")
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    return sorted(found.stdout.split())


def test_replicas_and_outputs_lie_on_their_nodes(case: Case, cluster: EmulatedCluster) -> None:
    """All that is left on a node when the launch has ended are the depth images of its ranks in the last run."""
    staging, results = cluster.local / "stage", case.folder / "results.jsonl"
    options = {"staging_dir": staging, "results": results, "cache": "none", "order": "grid"}
    launch(case, cluster, "n1:2,n2:2,n3:1", 5, nodes="1,2", cpu_parallel="1,2/node", runs="2", **options)
    assert violations(results) == []
    (staged,) = of_type(results, "staging")
    assert (staged["scope"], staged["scope_found_by"]) == ("node-local", "token-not-seen")
    assert [(replica["node"], replica["host"], replica["action"]) for replica in staged["replicas"]] == [
        (0, "n1", "copied"),
        (0, "n1", "copied"),
        (1, "n2", "copied"),
        (1, "n2", "copied"),
    ]
    names = [Path(replica["path"]).name for replica in staged["replicas"]]
    assert names == [f"scan_{number}.h5" for number in range(4)]
    runs = of_type(results, "run")
    assert len(runs) == 2 * 3
    assert all(run["success"] for run in runs)
    assert len({rank["digest"] for run in runs for rank in run["per_proc"]}) == 1
    folder = f"output/run_{runs[-1]['run_id']}"
    for node, ranks in {"n1": (0, 1), "n2": (2, 3)}.items():
        left = files_on(cluster, node, staging)
        kept = [name for name in left if "/proc_" in name and name.endswith(".h5")]
        assert {Path(name).parent.as_posix() for name in kept} == {f"{folder}/proc_{rank}" for rank in ranks}
        assert not [name for name in left if name.startswith("input/")]
    assert not files_on(cluster, "n3", cluster.local), "no point has a rank there"


def test_staging_folder_that_is_too_small_on_one_node_names_it(case: Case, cluster: EmulatedCluster) -> None:
    staging, results = cluster.local / "stage", case.folder / "results.jsonl"
    small = ["mount", "-t", "tmpfs", "-o", "size=64k", "small", str(cluster.local)]
    subprocess.run(cluster.command("n2", *small), check=True)
    options = {"staging_dir": staging, "results": results}
    finished = start(case, cluster, "n1:1,n2:1", 2, cpu_parallel="2", **options)
    assert finished.returncode == 2
    assert f"on n2: staging folder '{staging}' is too small (" in finished.stderr
    assert not results.exists()
    assert not [name for name in files_on(cluster, "n1", staging) if name.startswith("input/")], "nothing was copied"


def assert_no_replicas(cluster: EmulatedCluster, staging: Path) -> None:
    for node in ("n1", "n2"):
        assert not [name for name in files_on(cluster, node, staging) if name.startswith("input/")], node


def test_replicas_of_nodes_go_when_runs_fail(case: Case, cluster: EmulatedCluster) -> None:
    staging, results = cluster.local / "stage", case.folder / "results.jsonl"
    lost = f"rm -f {staging}/input/scan_1.h5"
    options = {"staging_dir": staging, "results": results, "before_run": lost}
    assert start(case, cluster, "n1:1,n2:1", 2, cpu_parallel="2", **options).returncode == 1
    (run,) = of_type(results, "run")
    assert [rank["success"] for rank in run["per_proc"]] == [True, False]
    assert_no_replicas(cluster, staging)


def test_replicas_of_nodes_go_after_a_signal(case: Case, cluster: EmulatedCluster) -> None:
    staging, results = cluster.local / "stage", case.folder / "results.jsonl"
    options = case.inputs(cpu_parallel="2", runs="10000", staging_dir=staging, results=results)
    command = cluster.command("n0", MPIRUN, "-n", "2", "--host", "n1:1,n2:1", PROGRAM, "run", *options)
    with subprocess.Popen(
        command, env=environment() | cluster.variables(), cwd=case.folder, stderr=subprocess.PIPE, text=True
    ) as process:
        assert wait_until(lambda: finished_runs(results) > 0)
        process.send_signal(signal.SIGUSR1)
        _, errors = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 130, errors
    assert of_type(results, "end")[0]["status"] == "interrupted"
    assert_no_replicas(cluster, staging)


@pytest.mark.parametrize(
    ("trouble", "codes"), [("notes.txt", [[0, 0], [0, 3], [0, 0]]), ("hog", [[0, 2], [0, 0], [0, 0]])]
)
def test_trouble_on_one_node_fails_its_ranks_alone(
    case: Case, cluster: EmulatedCluster, trouble: str, codes: list[list[int]]
) -> None:
    """A foreign file is in the way of the next run's folder; a full disk is, of this run's depth images."""
    staging, results = cluster.local / "stage", case.folder / "results.jsonl"
    once = cluster.local / "once"
    file, make = {
        "notes.txt": (staging / "output" / "notes.txt", "touch"),
        "hog": (cluster.local / "hog", "cat /dev/zero >"),
    }[trouble]
    first = f"if [ ! -e {once} ]; then touch {once}; {make} {file}; else rm -f {file}; fi"
    before_run = f'if [ "$(hostname)" = n2 ]; then {first}; fi 2> /dev/null; true'
    options = {"staging_dir": staging, "results": results, "before_run": before_run, "runs": "3"}
    finished = start(case, cluster, "n1:1,n2:1", 2, cpu_parallel="2", **options)
    assert finished.returncode == 1, finished.stderr
    runs = of_type(results, "run")
    assert [[rank["return_code"] for rank in run["per_proc"]] for run in runs] == codes
    (error,) = [rank["error"] for run in runs for rank in run["per_proc"] if not rank["success"]]
    assert ("notes.txt" if trouble == "notes.txt" else "bytes needed, 0 free") in error
    assert of_type(results, "end")[0]["runs_done"] == 3
    assert violations(results) == []


def is_copying(cluster: EmulatedCluster, node: str, staging: Path) -> bool:
    command = cluster.command(node, "ls", "-A", staging / "input")
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    return ".laue-bench-tmp-" in found.stdout


def test_replicas_of_nodes_go_when_a_signal_ends_staging(case: Case, cluster: EmulatedCluster) -> None:
    staging = cluster.local / "stage"
    options = case.inputs(
        cpu_parallel="4", stage_copies="1", staging_dir=staging, results=case.folder / "results.jsonl"
    )
    command = cluster.command("n0", MPIRUN, "-n", "4", "--host", "n1:2,n2:2", PROGRAM, "run", *options)
    slow = {**preloading("slow_io"), "SLOW_READ_MS": "1000", "SLOW_READ_IN": "in/scan.h5"}
    with subprocess.Popen(
        command, env=slow | cluster.variables(), cwd=case.folder, stderr=subprocess.PIPE, text=True
    ) as process:
        assert wait_until(lambda: all(is_copying(cluster, node, staging) for node in ("n1", "n2")))
        process.send_signal(signal.SIGUSR1)
        _, errors = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 130, errors
    assert "staging was cancelled (SIGUSR1" in errors
    assert_no_replicas(cluster, staging)


def test_staging_folder_of_some_nodes_is_an_error_that_names_them(case: Case, cluster: EmulatedCluster) -> None:
    staging = cluster.local / "stage"
    # n1 and n3 have the same filesystem there, n2 its own
    for node in ("n1", "n3"):
        command = cluster.command(node, "mount", "--bind", cluster.shared, cluster.local)
        subprocess.run(command, check=True)
    finished = start(case, cluster, "n1:1,n2:1,n3:1", 3, cpu_parallel="3", staging_dir=staging)
    assert finished.returncode == 2
    assert "is shared by some nodes only (what n1 writes there is seen on n3, not on n2)" in finished.stderr


def test_ranks_of_two_nodes_write_one_file(case: Case, cluster: EmulatedCluster) -> None:
    for layout in ("per-depth", "shared"):
        launch(case, cluster, "n1:2,n2:2", 4, cpu_parallel="4", output_layout=layout)
    depth_files, shared = of_type(case.results, "run")
    assert [rank["host"] for rank in shared["per_proc"]] == ["n1", "n1", "n2", "n2"]
    assert [rank["digest"] for rank in shared["per_proc"]] == [rank["digest"] for rank in depth_files["per_proc"]]
    (file,) = case.staging.glob("output/run_*/proc_*/out.h5")
    with h5py.File(file) as opened:
        assert opened["entry1/data/data"].shape[0] == 4
    assert violations(case.results) == []


def test_folders_of_each_nodes_own_cannot_hold_one_file(case: Case, cluster: EmulatedCluster) -> None:
    staging, results = cluster.local / "stage", case.folder / "results.jsonl"
    options: dict[str, str | Path] = {"staging_dir": staging, "results": results, "output_layout": "shared"}
    finished = start(case, cluster, "n1:1,n2:1", 2, cpu_parallel="1,2", **options)
    assert finished.returncode == 2, finished.stderr
    assert (
        "each node has a folder of its own there, and the ranks of cpu-p2-t1-shared are on 2 nodes" in finished.stderr
    )
    assert not results.exists()
    finished = start(case, cluster, "n1:1,n2:1", 2, cpu_parallel="1", **options)
    assert finished.returncode == 0, finished.stderr
