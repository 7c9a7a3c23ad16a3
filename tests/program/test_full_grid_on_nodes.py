"""The whole grid on two and three emulated nodes, by each launcher, on shared and on node-local storage."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from emulated_cluster import EmulatedCluster, emulated
from emulated_slurm import EmulatedSlurm
from launching import MPIRUN, PROGRAM, TIMEOUT_S, Case, environment, listing, of_type, records_of
from test_acceptance import violations
from test_grid import without_a_gpu
from test_nodes import files_on

MOST_NODES = 3
#: Ranks on each node, and as many processors has a node of the emulated Slurm.
TASKS = 2
RUNS = 2


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmulatedCluster]:
    yield from emulated(lambda: EmulatedCluster(tmp_path_factory.mktemp("nodes"), nodes=MOST_NODES))


@pytest.fixture(scope="module")
def slurm(cluster: EmulatedCluster) -> Iterator[EmulatedSlurm]:
    yield from emulated(lambda: EmulatedSlurm(cluster))


@dataclass(frozen=True)
class Ended:
    """A launch that is over."""

    status: int
    output: str  # of all ranks, stdout and stderr
    default_results: Path  # where they go with a staging folder on each node


#: Starts a command from a folder, as TASKS ranks on each of the first so many nodes; "cyclic" numbers ranks over the
#: nodes in turn, "block" node after node.
Launcher = Callable[[Path, int, list[str], str], Ended]


def names_of_first(nodes: int) -> list[str]:
    return [f"n{i + 1}" for i in range(nodes)]


def mpirun_on(cluster: EmulatedCluster) -> Launcher:
    def launch(folder: Path, nodes: int, command: list[str], numbering: str) -> Ended:
        hosts = ",".join(f"{name}:{TASKS}" for name in names_of_first(nodes))
        mapping = ["--map-by", {"block": "slot", "cyclic": "node"}[numbering]]
        # who enters a node comes into its root folder
        launched = ["env", f"--chdir={folder}", MPIRUN, "-n", str(nodes * TASKS), "--host", hosts, *mapping, *command]
        done = subprocess.run(
            cluster.command("n0", *launched),
            env=environment() | cluster.variables(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
        return Ended(done.returncode, done.stdout, folder / "laue-bench.jsonl")

    return launch


#: Of launches of a small MPI program on three nodes, by Slurm 22.05 and Open MPI 4.1.4, 22 of 260 crashed or hung in
#: MPI_Init; with this 2 of 250.
FENCE = {"SLURM_PMIX_FENCE": "tree"}


def srun_in_a_job_of(slurm: EmulatedSlurm) -> Launcher:
    def launch(folder: Path, nodes: int, command: list[str], numbering: str) -> Ended:
        srun = ["srun", "--mpi=pmix", "--cpu-bind=none", f"--distribution={numbering}", *command]
        script = folder / "job.sbatch"
        script.write_text(f"#!/bin/bash\nexec {shlex.join(srun)}\n")
        place = [f"--nodelist={','.join(names_of_first(nodes))}", f"--ntasks-per-node={TASKS}", "--exclusive"]
        options = ["--parsable", "--job-name=grid", f"--nodes={nodes}", *place, "--output=%x-%j.log"]
        job = slurm.ask("sbatch", *options, script, cwd=folder, **environment(), **FENCE).strip()
        status = int(slurm.wait_for(job)["ExitCode"].partition(":")[0])
        return Ended(status, (folder / f"grid-{job}.log").read_text(), folder / f"grid-{job}.jsonl")

    return launch


@pytest.fixture
def launch(request: pytest.FixtureRequest) -> Launcher:
    """By the name of the launcher."""
    if request.param == "mpirun":
        return mpirun_on(request.getfixturevalue("cluster"))
    return srun_in_a_job_of(request.getfixturevalue("slurm"))


@dataclass(frozen=True)
class Launch:
    """What one launch of the grid was given."""

    case: Case
    cluster: EmulatedCluster
    nodes: int
    staging: Path

    def command(self, *more: str | Path) -> list[str]:
        options = self.case.inputs(
            mode="both",
            nodes=",".join(str(used) for used in self.axis()),
            cpu_parallel="1/node,2/node",
            gpu_parallel="1",
            runs=str(RUNS),
            staging_dir=self.staging,
            before_run=f"cd {self.staging}/input && echo *.h5 >>{self.case.folder}/on_$(hostname)",
        )
        return [str(PROGRAM), "run", *map(str, options), *map(str, more)]

    def axis(self) -> range:
        return range(1, self.nodes + 1)

    def cpu_points(self) -> dict[str, tuple[int, int]]:
        """How many nodes each point uses, and how many ranks of each."""
        return {f"cpu-n{used}-p{used * each}-t1": (used, each) for used in self.axis() for each in (1, 2)}

    def gpu_points(self) -> list[str]:
        return [f"gpu-n{used}-p1" for used in self.axis()]

    def replicas(self, node: int) -> list[int]:
        """Numbers of those that the ranks of a node read: as those of the ranks, which are numbered node after node."""
        return list(range(node * TASKS, (node + 1) * TASKS))

    def replicas_seen(self, name: str) -> list[str]:
        """The scans in the folder `input` as the node found them before each run."""
        return (self.case.folder / f"on_{name}").read_text().splitlines()


def scans(numbers: list[int]) -> list[str]:
    return [f"scan_{number}.h5" for number in numbers]


def assert_complete(results: Path, launch: Launch) -> None:
    assert violations(results) == []
    (params,) = of_type(results, "params")
    assert [node["hostname"] for node in params["environment"]["nodes"]] == names_of_first(launch.nodes)
    end = records_of(results)[-1]
    assert (end["type"], end["status"]) == ("end", "complete")
    assert (end["runs_done"], end["runs_succeeded"]) == (len(launch.cpu_points()) * RUNS,) * 2
    assert end["points_skipped"] == len(launch.gpu_points())


def assert_each_point_on_its_ranks(results: Path, launch: Launch) -> None:
    runs = of_type(results, "run")
    assert Counter(run["point_id"] for run in runs) == Counter(dict.fromkeys(launch.cpu_points(), RUNS))
    for run in runs:
        used, each = launch.cpu_points()[run["point_id"]]
        assert run["success"] is True, run
        assert (run["parallel"], run["threads"]) == (used * each, 1)
        assert run["ranks_on_nodes"] == [each] * used + [0] * (launch.nodes - used)
        assert [(rank["rank"], rank["host"]) for rank in run["per_proc"]] == [
            (node * TASKS + rank, name) for node, name in enumerate(names_of_first(used)) for rank in range(each)
        ], run["point_id"]
    assert len({rank["digest"] for run in runs for rank in run["per_proc"]}) == 1, "all made the same images"


def assert_gpu_points_skipped_once(results: Path, launch: Launch, output: str) -> None:
    """One record and one line of output for each point, however many ranks and nodes have no GPU."""
    skipped = of_type(results, "skip")
    assert [(skip["point_id"], skip["mode"]) for skip in skipped] == [(name, "gpu") for name in launch.gpu_points()]
    (reason,) = {skip["reason"] for skip in skipped}
    assert re.fullmatch(r".+ on n1", reason), "what is missing, and on which node"
    for name in launch.gpu_points():
        assert output.count(f"skipped {name}: {reason}\n") == 1, output
    assert output.count(reason) == len(skipped), output


def assert_staged_once_for_all(results: Path, launch: Launch) -> None:
    (staged,) = of_type(results, "staging")
    assert (staged["scope"], staged["scope_found_by"]) == ("shared", "token-seen")
    everything = [number for node in range(launch.nodes) for number in launch.replicas(node)]
    assert [(Path(replica["path"]).name, replica["host"]) for replica in staged["replicas"]] == [
        (scan, "n1") for scan in scans(everything)
    ]
    for name in names_of_first(launch.nodes):
        assert launch.replicas_seen(name) == [" ".join(scans(everything))] * len(of_type(results, "run"))
    kept = sorted(path.name for path in (launch.staging / "input").glob("*.h5"))
    assert kept == scans(everything), "they stay for the next launch"


def assert_staged_on_each_node(results: Path, launch: Launch) -> None:
    (staged,) = of_type(results, "staging")
    assert (staged["scope"], staged["scope_found_by"]) == ("node-local", "token-not-seen")
    assert [(replica["node"], replica["host"], replica["path"]) for replica in staged["replicas"]] == [
        (node, name, str(launch.staging / "input" / scan))
        for node, name in enumerate(names_of_first(launch.nodes))
        for scan in scans(launch.replicas(node))
    ]
    for node, name in enumerate(names_of_first(launch.nodes)):
        own = " ".join(scans(launch.replicas(node)))
        assert launch.replicas_seen(name) == [own] * len(of_type(results, "run"))
        left = files_on(launch.cluster, name, launch.staging)
        assert not [file for file in left if file.startswith("input/")], f"{name}: replicas are removed at the end"
        assert not [file for file in left if file.endswith(".jsonl")], f"{name}: out of reach when the job is over"
    for name in names_of_first(MOST_NODES)[launch.nodes :]:
        command = launch.cluster.command(name, "test", "-e", launch.staging)
        assert subprocess.run(command, check=False).returncode == 1, f"{name} is not of this launch"


#: All take more than half a minute; these two have each launcher, number of nodes and staging once.
EVERYDAY = [("mpirun", 3, "shared"), ("srun", 2, "node-local")]
COMBINATIONS = [
    pytest.param(*chosen, marks=() if chosen in EVERYDAY else pytest.mark.slow)
    for chosen in (
        (launcher, nodes, scope)
        for launcher in ("mpirun", "srun")
        for nodes in (2, MOST_NODES)
        for scope in ("shared", "node-local")
    )
]


@without_a_gpu
@pytest.mark.parametrize(("launch", "nodes", "scope"), COMBINATIONS, indirect=["launch"])
def test_whole_grid(case: Case, cluster: EmulatedCluster, launch: Launcher, nodes: int, scope: str) -> None:
    """With a staging folder on each node it is not said where results go."""
    shared = scope == "shared"
    given = Launch(case, cluster, nodes, case.staging if shared else cluster.local / case.folder.name)
    ended = launch(case.folder, nodes, given.command(*(["--results", case.results] if shared else [])), "block")
    assert ended.status == 0, ended.output
    results = case.results if shared else ended.default_results
    assert list(case.folder.rglob("*.jsonl")) == [results]
    assert f"results: {results}\n" in ended.output
    assert_complete(results, given)
    assert_each_point_on_its_ranks(results, given)
    assert_gpu_points_skipped_once(results, given, ended.output)
    (assert_staged_once_for_all if shared else assert_staged_on_each_node)(results, given)


@pytest.mark.parametrize("launch", ["mpirun", "srun"], indirect=True)
def test_ranks_numbered_over_the_nodes_in_turn(case: Case, launch: Launcher) -> None:
    """Groups are made of nodes, whatever the launcher calls their ranks."""
    options = case.inputs(nodes="1,2", cpu_parallel="1/node,2/node", results=case.results)
    ended = launch(case.folder, 2, [str(PROGRAM), "run", *map(str, options)], "cyclic")
    assert ended.status == 0, ended.output
    assert {
        run["point_id"]: [(rank["rank"], rank["host"]) for rank in run["per_proc"]]
        for run in of_type(case.results, "run")
    } == {
        "cpu-n1-p1-t1": [(0, "n1")],
        "cpu-n1-p2-t1": [(0, "n1"), (2, "n1")],
        "cpu-n2-p2-t1": [(0, "n1"), (1, "n2")],
        "cpu-n2-p4-t1": [(0, "n1"), (1, "n2"), (2, "n1"), (3, "n2")],
    }
    assert violations(case.results) == []


@pytest.mark.parametrize("nodes", [1, 2])
@pytest.mark.parametrize("mpi", [["--mpi=none"], []], ids=["none", "default"])
def test_srun_without_pmix_is_refused(case: Case, slurm: EmulatedSlurm, mpi: list[str], nodes: int) -> None:
    """Its tasks do not know of each other: each would take itself for the whole launch."""
    before = listing(case.folder)
    srun = ["srun", *mpi, f"--nodes={nodes}", "-n", "2", str(PROGRAM), "run", *map(str, case.inputs(cpu_parallel="2"))]
    done = slurm.run(*srun, cwd=case.folder, **environment())
    assert (done.returncode, done.stdout) == (2, "")
    reason = "srun started 2 tasks that do not know of each other (srun was not told to use PMIx)"
    assert done.stderr.count(f"{reason}: use srun --mpi=pmix, or mpirun\n") == 2, done.stderr
    assert listing(case.folder) == before
