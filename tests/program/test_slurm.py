"""The job scripts of slurm/ on a real Slurm over emulated nodes."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from emulated_cluster import EmulatedCluster, emulated
from emulated_slurm import EmulatedSlurm, until
from launching import GOLDEN, PROGRAM, SOURCE, environment, of_type, records_of
from test_acceptance import violations

SCRIPTS = SOURCE / "slurm"
#: More than a test waits for.
MANY = "5000"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmulatedCluster]:
    yield from emulated(lambda: EmulatedCluster(tmp_path_factory.mktemp("nodes"), nodes=2))


@pytest.fixture(scope="module")
def slurm(cluster: EmulatedCluster) -> Iterator[EmulatedSlurm]:
    yield from emulated(lambda: EmulatedSlurm(cluster))


class Jobs:
    """Jobs of one test, submitted from a folder that the nodes share."""

    def __init__(self, slurm: EmulatedSlurm, cluster: EmulatedCluster, folder: Path) -> None:
        self.slurm = slurm
        self.folder = folder
        self.local = cluster.local
        scan = GOLDEN / "leading_u16"
        self.settings = {
            "LAUE_ROOT": str(SOURCE),
            "LAUE_PROGRAM": str(PROGRAM),
            "LAUE_SCAN": str(scan / "scan.h5"),
            "LAUE_GEOMETRY": str(scan / "geometry.xml"),
            "LAUE_DEPTH_RANGE": "0:40",
            "LAUE_THREADS": "1",
            "LAUE_RUNS": "2",
        }

    def submit(self, script: str, *options: str, program: tuple[str, ...] = (), **settings: str) -> str:
        """The number of the job. Two tasks on one node, if options do not say otherwise."""
        variables = {**environment(), **self.settings, **settings}
        command = ["sbatch", "--parsable", f"--chdir={self.folder}", "--ntasks-per-node=2", *options]
        words = [*command, SCRIPTS / script, *program]
        return self.slurm.ask(*words, cwd=self.folder, **variables).strip()

    def grid(self, *options: str, program: tuple[str, ...] = (), **settings: str) -> str:
        staging = {"LAUE_STAGING_DIR": str(self.folder / "stage"), "LAUE_PARALLEL": "2"}
        return self.submit("cpu_grid.sbatch", *options, program=program, **{**staging, **settings})

    def text(self) -> str:
        return "\n".join(log.read_text() for log in sorted(self.folder.glob("*.log")))

    def exit_status(self, number: str) -> int:
        return int(self.slurm.wait_for(number)["ExitCode"].partition(":")[0])

    def wait_for_first_run(self, number: str) -> Path:
        results = self.folder / f"laue-cpu-{number}.jsonl"
        until(lambda: results.exists() and '"type":"run"' in results.read_text(), 60.0, f"runs in {results}")
        return results


@pytest.fixture
def jobs(slurm: EmulatedSlurm, cluster: EmulatedCluster, request: pytest.FixtureRequest) -> Iterator[Jobs]:
    folder = cluster.shared / re.sub(r"\W+", "_", request.node.name)
    folder.mkdir()
    yield Jobs(slurm, cluster, folder)
    print("\n".join(log.read_text() for log in sorted(folder.glob("*.log"))))  # shown where the test failed
    shutil.rmtree(folder)


def assert_complete(results: Path, runs: int) -> None:
    assert not violations(results)
    end = records_of(results)[-1]
    assert (end["type"], end["status"], end["runs_succeeded"]) == ("end", "complete", runs)


@pytest.mark.parametrize("launcher", ["srun --mpi=pmix", "mpirun"])
def test_cpu_grid_runs_to_its_end(jobs: Jobs, launcher: str) -> None:
    job = jobs.grid(LAUE_PARALLEL="1,2,4", LAUE_LAUNCHER=launcher, program=("--tag", "two words"))
    assert jobs.exit_status(job) == 0, jobs.text()
    results = jobs.folder / f"laue-cpu-{job}.jsonl"
    assert_complete(results, runs=4)
    assert [skip["point_id"] for skip in of_type(results, "skip")] == ["cpu-p4-t1"], "there are two tasks"
    (params,) = of_type(results, "params")
    assert params["tag"] == "two words"
    assert params["environment"]["slurm"]["job_id"] == job


def test_gpu_grid_skips_what_has_no_gpu(jobs: Jobs) -> None:
    points = {"LAUE_MODE": "both", "LAUE_GPU_PARALLEL": "1,2", "LAUE_PARALLEL": "1"}
    job = jobs.submit("gpu_grid.sbatch", LAUE_STAGING_DIR=str(jobs.folder / "stage"), **points)
    assert jobs.exit_status(job) == 0, jobs.text()
    results = jobs.folder / f"laue-gpu-{job}.jsonl"
    assert_complete(results, runs=2)
    assert [skip["point_id"] for skip in of_type(results, "skip")] == ["gpu-p1", "gpu-p2"]


def test_filesystems_take_turns(jobs: Jobs) -> None:
    folders = [str(jobs.folder / "stage"), str(jobs.local / "stage")]
    job = jobs.submit(
        "filesystem_compare.sbatch", LAUE_STAGING_DIRS=":".join(folders), LAUE_RUNS="2", LAUE_PARALLEL="2"
    )
    assert jobs.exit_status(job) == 0, jobs.text()
    results = jobs.folder / f"laue-files-{job}.jsonl"
    assert_complete(results, runs=4)
    runs = [run["staging_dir"] for run in of_type(results, "run")]
    assert sorted(runs[:2]) == sorted(runs[2:]) == sorted(folders)
    assert "over all points" in jobs.text()


@pytest.mark.parametrize("launcher", ["srun --mpi=pmix", "mpirun"])
def test_scaling_array_uses_as_many_nodes_as_its_tasks_say(jobs: Jobs, launcher: str) -> None:
    staging = str(jobs.folder / "stage")
    options = ("--array=1,2%1", "--nodes=2", "--ntasks-per-node=1")
    job = jobs.submit("scaling_array.sbatch", *options, LAUE_STAGING_DIR=staging, LAUE_LAUNCHER=launcher)
    for task in ("1", "2"):
        assert jobs.exit_status(f"{job}_{task}") == 0, jobs.text()
        results = jobs.folder / f"laue-scaling-{job}_{task}.jsonl"
        assert_complete(results, runs=2)
        ran_on = {rank["host"] for run in of_type(results, "run") for rank in run["per_proc"]}
        assert ran_on == {f"n{i + 1}" for i in range(int(task))}
    assert jobs.slurm.job(f"{job}_1")["NumNodes"] == "1", "the other one was given back"
    assert not list(jobs.folder.glob("slurm_job_*"))


def test_tasks_of_an_array_have_staging_folders_of_their_own(jobs: Jobs) -> None:
    """Before each of its runs a task waits for the other one to be at that point, too."""
    at_work = f"touch {jobs.folder}/at-work-$SLURM_ARRAY_TASK_ID"
    both = f"[ -e {jobs.folder}/at-work-1 ] && [ -e {jobs.folder}/at-work-2 ]"
    meeting = f"{at_work}; for _ in $(seq 300); do {both} && exit 0; sleep 0.1; done; exit 1"
    job = jobs.grid("--array=1,2", program=("--before-run", meeting))
    for task in ("1", "2"):
        assert jobs.exit_status(f"{job}_{task}") == 0, jobs.text()
        results = jobs.folder / f"laue-cpu-{job}_{task}.jsonl"
        assert_complete(results, runs=2)
        (params,) = of_type(results, "params")
        assert params["staging_dir"] == str(jobs.folder / "stage" / f"task-{task}")
        assert [run["before_run"][0]["status"] for run in of_type(results, "run")] == [0, 0], (
            "they were at work together"
        )


# ---- stopping, and going on


def assert_interrupted(results: Path, signal: str = "SIGUSR1") -> int:
    """How many runs were done by then."""
    end = records_of(results)[-1]
    assert (end["type"], end["status"], end["signal"]) == ("end", "interrupted", signal)
    done = len(of_type(results, "run"))
    assert 1 <= done == end["runs_done"] < end["runs_planned"]
    return done


@pytest.mark.parametrize("launcher", ["srun --mpi=pmix", "mpirun"])
def test_a_signal_ends_the_job_after_the_run(jobs: Jobs, launcher: str) -> None:
    shorter = {"OMPI_MCA_odls_base_sigkill_timeout": "1"}
    job = jobs.grid("--time=10:00", LAUE_RUNS=MANY, LAUE_LAUNCHER=launcher, **shorter)
    results = jobs.wait_for_first_run(job)
    jobs.slurm.ask("scancel", "--batch", "--signal=USR1", job)
    assert jobs.exit_status(job) == 130, jobs.text()
    assert_interrupted(results)


@pytest.mark.parametrize("launcher", ["srun --mpi=pmix", "mpirun"])
def test_a_job_that_is_cancelled_still_records_its_end(jobs: Jobs, launcher: str) -> None:
    """Ranks get SIGTERM from Slurm's daemon and from their launcher."""
    job = jobs.grid("--time=10:00", LAUE_RUNS=MANY, LAUE_LAUNCHER=launcher)
    results = jobs.wait_for_first_run(job)
    jobs.slurm.ask("scancel", job)
    jobs.slurm.wait_for(job, JobState="CANCELLED")
    assert_interrupted(results, "SIGTERM")


def started_again(jobs: Jobs, job: str) -> None:
    """Slurm itself waits two minutes. In the second in which the first start was revoked a second one would be, too."""
    jobs.slurm.wait_for(job, JobState="PENDING", Restarts="1")
    jobs.slurm.ask("scontrol", "update", f"JobId={job}", "StartTime=now+2")
    jobs.slurm.wait_for(job, JobState="RUNNING")


#: Writes down what it was started with and, in the place of ranks, waits for the signal.
STANDS_IN = """#!/bin/bash
echo "$@" >>"$STANDS_IN_FOR/$PMIX_RANK"
while [ $# -gt 0 ]; do [ "$1" != --results ] || echo '{"type":"params"}' >>"$2"; shift; done
trap 'exit 130' USR1
for _ in {1..600}; do sleep 0.1; done
"""


def test_a_job_whose_time_was_short_queues_itself_again_and_goes_on(jobs: Jobs) -> None:
    """Told to stop in its last five minutes, it takes that for the limit."""
    program = jobs.folder / "program"
    program.write_text(STANDS_IN)
    program.chmod(0o755)
    started = jobs.folder / "0"
    limits = {"LAUE_PROGRAM": str(program), "STANDS_IN_FOR": str(jobs.folder), "LAUE_REQUEUES": "1"}
    job = jobs.grid("--time=4", **limits)
    for start in (1, 2):
        until(lambda: started.exists() and started.read_text().count("\n") == start, 60.0, "a start")  # noqa: B023
        jobs.slurm.ask("scancel", "--batch", "--signal=USR1", job)
        if start == 1:
            started_again(jobs, job)
    assert jobs.exit_status(job) == 130, jobs.text()
    assert ["--resume" in line.split() for line in started.read_text().splitlines()] == [False, True]
    assert "queued again, to go on" in jobs.text()
    assert f"LAUE_RESULTS={jobs.folder}/laue-cpu-{job}.jsonl and the option --resume go on" in jobs.text()


@pytest.mark.slow
def test_the_limit_of_the_job_ends_it_in_time(jobs: Jobs) -> None:
    """Slurm itself sends the signal, up to a minute early."""
    job = jobs.grid("--time=2", "--signal=B:USR1@30", LAUE_RUNS=MANY, LAUE_REQUEUES="0")
    assert jobs.exit_status(job) == 130, jobs.text()
    assert_interrupted(jobs.folder / f"laue-cpu-{job}.jsonl")


def test_a_job_that_is_queued_again_repeats_no_run(jobs: Jobs) -> None:
    job = jobs.grid(LAUE_RUNS="40")
    results = jobs.wait_for_first_run(job)
    jobs.slurm.ask("scontrol", "requeue", job)
    started_again(jobs, job)
    assert jobs.exit_status(job) == 0, jobs.text()
    runs = of_type(results, "run")
    assert sorted(run["run_index"] for run in runs if run["success"]) == list(range(40))
    assert len({run["session_id"] for run in runs}) == 2


# ---- what is wrong is told


def test_a_mistyped_setting_is_refused(jobs: Jobs) -> None:
    job = jobs.grid(LAUE_RUN="3")
    assert jobs.exit_status(job) == 2
    assert "LAUE_RUN is no setting of this script (it has: LAUE_SCAN LAUE_GEOMETRY " in jobs.text()
    assert not list(jobs.folder.glob("*.jsonl"))


def test_a_job_submitted_from_elsewhere_says_what_it_misses(jobs: Jobs) -> None:
    del jobs.settings["LAUE_ROOT"]
    job = jobs.grid()
    assert jobs.exit_status(job) == 2
    expected = f"no slurm/job.bash in '{jobs.folder}': submit from LaueBench's folder, or set LAUE_ROOT to it\n"
    assert jobs.text() == expected


def test_more_nodes_than_allocated_are_refused(jobs: Jobs) -> None:
    job = jobs.submit("scaling_array.sbatch", "--array=2", "--nodes=1", LAUE_STAGING_DIR=str(jobs.folder / "stage"))
    assert jobs.exit_status(f"{job}_2") == 2
    assert "2 nodes are to be used of 1: raise --nodes" in jobs.text()


# ---- by slurm/submit, and without Slurm


def test_submit_starts_a_job_with_what_the_site_says(jobs: Jobs) -> None:
    site = jobs.folder / "site.json"
    site.write_text(
        '{"partition": "main", "ntasks_per_node": 1, "setup": ["export OMP_DYNAMIC=false"], "settings": {}}'
    )
    files = [f"{name}={value}" for name, value in jobs.settings.items() if name != "LAUE_ROOT"]
    more = [f"LAUE_STAGING_DIR={jobs.folder / 'stage'}", "LAUE_PARALLEL=1"]
    words = [SCRIPTS / "submit", "--site", site, "cpu_grid", *files, *more, "--", "--tag", "by submit"]
    answer = jobs.slurm.ask(*words, cwd=jobs.folder, **environment())
    job = re.fullmatch(r"Submitted batch job (\d+)\n", answer)
    assert job
    assert jobs.exit_status(job[1]) == 0, jobs.text()
    results = jobs.folder / f"laue-cpu-{job[1]}.jsonl"
    assert_complete(results, runs=2)
    assert of_type(results, "params")[0]["tag"] == "by submit"


def record(**members: str | None) -> str:
    """The last line of a launch's results, as far as the scripts look at it."""
    end = {"type": "end", "status": "complete", "error": None, "signal": None, "stopped": None, **members}
    return json.dumps(end, separators=(",", ":"))


COMPLETE = record()
TOLD = record(status="interrupted", signal="SIGUSR1")
FAILED = record(status="failed")
#: It began no run that would not have ended before the allocation; the second one left points out altogether.
SHORT = record(stopped="allocation_end")
SHORTER = record(status="interrupted", stopped="allocation_end")
SHORT_WITH_ERROR = record(status="failed", error="no space", stopped="allocation_end")


class Launch(NamedTuple):
    """What a program in the place of laue-bench does: it has its job told to stop or not, and ends."""

    told: bool
    end: str
    status: int


#: Reads what it does from the next line of a file; the shell that started it is the job's, which would lose the status
#: of a process that ends in the moment of a signal.
ACTS = """#!/bin/bash
trap '' USR1
echo "$@" >>started
read -r told status end < <(sed -n "$(wc -l <started)p" launches)
[ "$told" = False ] || { kill -USR1 "$PPID" && command -p sleep 0.2; }
while [ $# -gt 0 ]; do [ "$1" != --results ] || [ -z "$end" ] || echo "$end" >>"$2"; shift; done
exit "$status"
"""


class Started(NamedTuple):
    """What became of a job script."""

    status: int
    launches: list[list[str]]  #: options of the program, by launch
    queued_again: bool
    text: str


def started_alone(folder: Path, script: str, *launches: Launch, left_s: int = 100, **variables: str) -> Started:
    """A job script without Slurm or PBS: what they set in a job, and commands in the place of Slurm's."""
    (folder / "launches").write_text("".join(f"{told} {status} {end}\n" for told, end, status in launches))
    commands = {"program": ACTS, "scontrol": '#!/bin/sh\necho "$@" >>requeued\n', "sleep": "#!/bin/sh\nexit 1\n"}
    for name, text in commands.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    for trace in ("started", "requeued"):
        (folder / trace).unlink(missing_ok=True)
    slurm = {
        "SLURM_JOB_ID": "7",
        **({"SLURM_ARRAY_JOB_ID": "7"} if "SLURM_ARRAY_TASK_ID" in variables else {}),
        "SLURM_SUBMIT_DIR": str(folder),
        "SLURM_JOB_END_TIME": str(int(time.time()) + left_s),
    }
    pbs = {"PBS_JOBID": "7.server", "PBS_O_WORKDIR": str(folder)}
    settings = {
        **(pbs if script.endswith(".pbs") else slurm),
        "PATH": f"{folder}:{os.environ['PATH']}",
        "LAUE_ROOT": str(SOURCE),
        "LAUE_PROGRAM": str(folder / "program"),
        "LAUE_LAUNCHER": "env",
    }
    job = subprocess.run(
        [SCRIPTS / script],
        cwd=folder,
        env={**environment(), **settings, **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    started = (folder / "started").read_text().splitlines()
    queued_again = (folder / "requeued").exists()
    if queued_again:
        task = variables.get("SLURM_ARRAY_TASK_ID")
        assert (folder / "requeued").read_text() == f"requeue 7{f'_{task}' if task else ''}\n"
    return Started(job.returncode, [line.split() for line in started], queued_again, job.stdout + job.stderr)


@pytest.mark.parametrize(
    ("launch", "left_s", "queued_again"),
    [
        (Launch(told=True, end=TOLD, status=130), 100, True),
        (Launch(told=True, end="", status=138), 100, True),  # the signal met it before it listened
        (Launch(told=True, end=TOLD, status=143), 100, True),  # its launcher killed the ranks that ended last
        (Launch(told=True, end=SHORT, status=0), 100, True),
        (Launch(told=False, end=SHORT, status=0), 100, True),
        (Launch(told=False, end=SHORTER, status=1), 100, True),
        (Launch(told=True, end=COMPLETE, status=0), 100, False),
        (Launch(told=True, end=FAILED, status=1), 100, False),
        (Launch(told=True, end="", status=2), 100, False),
        (Launch(told=True, end="", status=139), 100, False),
        (Launch(told=True, end=TOLD, status=130), 3000, False),  # somebody stopped it
        (Launch(told=False, end=SHORT_WITH_ERROR, status=1), 100, False),
    ],
)
def test_only_a_launch_that_was_cut_short_is_queued_again(
    tmp_path: Path, launch: Launch, left_s: int, queued_again: bool
) -> None:
    job = started_alone(tmp_path, "cpu_grid.sbatch", launch, left_s=left_s, LAUE_STAGING_DIR="s")
    assert (job.status, job.queued_again) == (launch.status, queued_again), job.text


def test_what_an_earlier_start_ended_with_queues_nothing_again(tmp_path: Path) -> None:
    """The launch that went on was refused, and left no record."""
    (tmp_path / "laue-cpu-7.jsonl").write_text(SHORTER + "\n")
    refused = Launch(told=False, end="", status=2)
    job = started_alone(tmp_path, "cpu_grid.sbatch", refused, LAUE_STAGING_DIR="s", SLURM_RESTART_COUNT="1")
    assert "--resume" in job.launches[0]
    assert (job.status, job.queued_again) == (2, False), job.text


@pytest.mark.parametrize(
    ("script", "variables", "folders"),
    [
        ("cpu_grid.sbatch", {"SLURM_ARRAY_TASK_ID": "3"}, ["a/task-3"]),
        ("gpu_grid.sbatch", {"SLURM_ARRAY_TASK_ID": "3"}, ["a/task-3"]),
        ("filesystem_compare.sbatch", {"SLURM_ARRAY_TASK_ID": "3"}, ["a/task-3", "b/task-3"]),
        ("scaling_array.sbatch", {"SLURM_ARRAY_TASK_ID": "3"}, ["a/nodes-3"]),
        ("cpu_grid.pbs", {"PBS_ARRAY_INDEX": "3"}, ["a/task-3"]),
        ("cpu_grid.sbatch", {}, ["a"]),
        ("filesystem_compare.sbatch", {}, ["a", "b"]),
    ],
)
def test_every_script_stages_in_folders_of_its_task(
    tmp_path: Path, script: str, variables: dict[str, str], folders: list[str]
) -> None:
    """Again in the same ones when the job is queued again."""
    settings = {"LAUE_STAGING_DIRS": "a:b"} if "compare" in script else {"LAUE_STAGING_DIR": "a"}
    nodes = {"SLURM_JOB_NUM_NODES": "3", "SLURM_NTASKS_PER_NODE": "1"} if "scaling" in script else {}
    launcher = tmp_path / "launcher"
    launcher.write_text('#!/bin/bash\n[ "$1" != -n ] || shift 2\nexec "$@"\n')
    launcher.chmod(0o755)
    launches = [Launch(told=True, end=TOLD, status=130), Launch(told=False, end=COMPLETE, status=0)]
    for start in ("0", "1"):
        more = {**settings, **nodes, **variables, "LAUE_LAUNCHER": str(launcher), "SLURM_RESTART_COUNT": start}
        job = started_alone(tmp_path, script, *launches[int(start) :], **more)
        (launch,) = job.launches
        found = [launch[index + 1] for index, word in enumerate(launch) if word == "--staging-dir"]
        assert found == folders, job.text


def test_a_task_of_an_array_says_how_to_go_on_by_hand(tmp_path: Path) -> None:
    short = Launch(told=False, end=SHORT, status=0)
    settings = {"LAUE_STAGING_DIR": "a", "SLURM_ARRAY_TASK_ID": "3"}
    job = started_alone(tmp_path, "cpu_grid.sbatch", short, **settings, LAUE_REQUEUES="0")
    base = tmp_path / "laue-cpu-7.jsonl"
    assert not job.queued_again
    assert f"LAUE_RESULTS={base}, --array=3 and the option --resume go on" in job.text

    by_hand = started_alone(
        tmp_path, "cpu_grid.sbatch", short, **settings, SLURM_ARRAY_JOB_ID="8", LAUE_RESULTS=str(base)
    )
    assert by_hand.launches == job.launches, "the same results and staging folder"
    (launch,) = by_hand.launches
    assert Path(launch[launch.index("--results") + 1]).name == "laue-cpu-7_3.jsonl"


def test_a_task_of_an_array_asks_for_its_own_end_and_queues_itself_alone_again(tmp_path: Path) -> None:
    """The number of the last task is that of the array, too: Slurm would answer for all tasks, and queue them all."""
    squeue = tmp_path / "squeue"
    line = "date --date=+100sec +%FT%T"
    squeue.write_text(f'#!/bin/sh\n{line}\ncase "$*" in *--jobs=7_3" "*) ;; *) {line} ;; esac\n')
    squeue.chmod(0o755)
    told = Launch(told=True, end=TOLD, status=130)
    task = {"SLURM_ARRAY_TASK_ID": "3", "SLURM_JOB_END_TIME": ""}
    job = started_alone(tmp_path, "cpu_grid.sbatch", told, LAUE_STAGING_DIR="a", **task)
    assert (job.status, job.queued_again) == (130, True), job.text


def test_pbs_example_runs_and_goes_on_with_the_same_job(tmp_path: Path) -> None:
    """Without PBS: what it sets in a job, one task, and a program that tells what it is started with."""
    started = tmp_path / "0"
    program = tmp_path / "program"
    program.write_text(STANDS_IN.replace("trap", "exit 0 #"))
    program.chmod(0o755)
    variables = {
        "PBS_O_WORKDIR": str(tmp_path),
        "PBS_JOBID": "7.server",
        "PMIX_RANK": "0",
        "STANDS_IN_FOR": str(tmp_path),
    }
    settings = {"LAUE_ROOT": str(SOURCE), "LAUE_PROGRAM": str(program), "LAUE_LAUNCHER": "env", "LAUE_STAGING_DIR": "s"}
    variables["STANDS_IN_FOR"] = str(tmp_path)
    for _ in range(2):
        job = [SCRIPTS / "cpu_grid.pbs", "--tag", "pbs"]
        subprocess.run(job, env={**environment(), **variables, **settings}, timeout=60, check=True)
    results = f"run --results {tmp_path}/laue-cpu-7.server.jsonl"
    rest = "--staging-dir s --mode cpu --cpu-parallel 1,2,4,8,16 --cpu-threads 1,2,4 --runs 5 --skip-oversized"
    more = "--time-limit 55m --tag pbs"
    assert started.read_text().splitlines() == [f"{results} {rest} {more}", f"{results} --resume {rest} {more}"]
