"""A Slurm of its own on emulated nodes: the real daemons, without accounting and without a system service."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from emulated_cluster import EmulatedCluster, Emulation, EmulationError

SEARCHED = f"{os.environ['PATH']}:/usr/sbin"
DAEMONS = ("munged", "slurmctld", "slurmd")
START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 20.0
POLL_S = 0.05
PROCESSORS = 2

#: Any file will do as a GPU: Slurm counts them, and the program asks the driver.
GPUS = "Name=gpu File=/dev/null\n"

CONFIGURATION = """\
ClusterName=emulated
SlurmctldHost=n0
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmctldPidFile={folder}/slurmctld.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdSpoolDir={local}/slurmd
SlurmdPidFile={local}/slurmd.pid
SlurmdLogFile={folder}/slurmd.%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
SchedulerParameters=sched_interval=1,sched_min_interval=0,bf_interval=1,batch_sched_delay=0
KillWait=10
OverTimeLimit=0
GresTypes=gpu
NodeName={nodes} CPUs={processors} CoresPerSocket={processors} RealMemory=1000 Gres=gpu:1 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def until(done: Callable[[], bool], timeout_s: float, what: str) -> None:
    deadline = time.monotonic() + timeout_s
    while not done():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {timeout_s} s")
        time.sleep(POLL_S)


class EmulatedSlurm(Emulation):
    """Slurm on all nodes but the head, from where jobs are submitted; root alone may run its daemons."""

    def __init__(self, cluster: EmulatedCluster) -> None:
        missing = [daemon for daemon in DAEMONS if shutil.which(daemon, path=SEARCHED) is None]
        if missing:
            raise EmulationError(f"no {', '.join(missing)} here: ./bootstrap test installs Slurm for root")
        if os.geteuid() != 0:
            raise EmulationError("Slurm's daemons want to be started by root")
        self._cluster = cluster
        self._folder = cluster.shared / "slurm"
        self._daemons: list[subprocess.Popen[bytes]] = []

    def run(self, *words: str | Path, cwd: Path = Path("/"), **variables: str) -> subprocess.CompletedProcess[str]:
        """A command on the head."""
        return subprocess.run(
            self._cluster.command("n0", "env", f"--chdir={cwd}", *words),
            env={**self.environment(), **variables},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def ask(self, *words: str | Path, cwd: Path = Path("/"), **variables: str) -> str:
        answer = self.run(*words, cwd=cwd, **variables)
        assert answer.returncode == 0, f"{words}: {answer.stderr}"
        return answer.stdout

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("SLURM_", "LAUE"))}
        return {**kept, "PATH": SEARCHED, "SLURM_CONF": str(self._folder / "slurm.conf")}

    def job(self, number: str) -> dict[str, str]:
        """What Slurm knows of a job, by Slurm's names."""
        return dict(re.findall(r"(\S+?)=(\S*)", self.ask("scontrol", "--oneliner", "show", "job", number)))

    def wait_for(self, number: str, timeout_s: float = 120.0, **wanted: str) -> dict[str, str]:
        """Until the job is as wanted, for instance JobState="COMPLETED"; without, until it has ended."""

        def done() -> bool:
            job = self.job(number)
            ended = job["JobState"] not in ("PENDING", "CONFIGURING", "RUNNING", "COMPLETING")
            if not wanted:
                return ended
            found = all(job.get(name) == value for name, value in wanted.items())
            assert found or not ended, f"job {number} has ended, it was to be as {wanted}: {job}"
            return found

        try:
            until(done, timeout_s, f"job {number} as {wanted or 'ended'}")
        except TimeoutError as error:
            raise TimeoutError(f"{error}, it is {self.job(number)}") from error
        return self.job(number)

    def _start(self) -> None:
        self._folder.mkdir()
        (self._folder / "state").mkdir()
        key = self._folder / "munge.key"
        key.write_bytes(os.urandom(1024))
        key.chmod(0o600)
        nodes = self._cluster.names[1:]
        (self._folder / "slurm.conf").write_text(
            CONFIGURATION.format(
                folder=self._folder, local=self._cluster.local, nodes=",".join(nodes), processors=PROCESSORS
            )
        )
        (self._folder / "gres.conf").write_text(GPUS)
        # the nodes share /tmp, where the folder of a step would be the same
        (self._folder / "mpi.conf").write_text(f"PMIxCliTmpDirBase={self._cluster.local}\n")
        # one for all nodes: a socket with a path is seen from every network
        names = {"socket": "socket", "pid-file": "pid", "log-file": "log", "seed-file": "seed", "key-file": "key"}
        files = [f"--{option}={self._folder / f'munge.{name}'}" for option, name in names.items()]
        self._start_daemon("n0", "munged", "--foreground", "--force", *files)
        until((self._folder / "munge.socket").exists, START_TIMEOUT_S, "munged")
        self._start_daemon("n0", "slurmctld", "-D", "-c")
        for node in nodes:
            self._start_daemon(node, "slurmd", "-D", "-N", node)
        idle = ["sinfo", "--noheader", "--states=idle", "--format=%D"]
        until(lambda: self.run(*idle).stdout.strip() == str(len(nodes)), START_TIMEOUT_S, "idle nodes")

    def _start_daemon(self, node: str, *words: str) -> None:
        with (self._folder / f"{words[0]}.{node}.out").open("wb") as output:
            command = self._cluster.command(node, *words)
            self._daemons.append(subprocess.Popen(command, env=self.environment(), stdout=output, stderr=output))

    def _stop(self) -> None:
        """Jobs first, as the processes of a job outlive its slurmd."""
        if len(self._daemons) > 1:
            self.run("scancel", "--state=PENDING", "--user=root")
            self.run("scancel", "--user=root")
            until(lambda: not self.run("squeue", "--noheader").stdout, STOP_TIMEOUT_S, "end of all jobs")
        for daemon in reversed(self._daemons):
            daemon.terminate()
        for daemon in self._daemons:
            daemon.wait(STOP_TIMEOUT_S)
