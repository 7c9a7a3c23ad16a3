"""Several nodes on one machine, made of Linux namespaces.

A node has its own host name, network, /dev/shm and a filesystem of its own at a path that is the same on all;
everything else is shared, as are processors, kernel and clock. Nothing outside is changed, and all of it is gone with
the last process. Root may do that, and others where they may make user namespaces.
"""

from __future__ import annotations

import os
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import pytest

START_TIMEOUT_S = 10.0
LOCAL_SIZE = "512m"
ENTERED = ["--net", "--uts", "--mount"]

#: Makes the namespaces that it runs in a node: $1 its name, $2 the table of hosts, $3 where its own filesystem goes.
#: Then it stays, as a namespace lives no longer than its processes.
FURNISH = f"""
set -eu
hostname "$1"
ip link set lo up
mount --bind "$2" /etc/hosts
mount -t tmpfs -o size={LOCAL_SIZE},mode=1777 tmpfs "$3"
mount -t tmpfs -o size={LOCAL_SIZE},mode=1777 tmpfs /dev/shm
echo ready
exec cat
"""

#: What mpirun starts its daemons with, as it would ssh: a host and words for a shell there.
AGENT = """#!/bin/sh
host=$1
shift
exec nsenter --target "$(cat '{folder}'/"$host".pid)" {namespaces} --wd="$PWD" -- /bin/sh -c "$*"
"""


class EmulationError(Exception):
    """This machine or user may not make such nodes; the text says why."""


def answer_of(command: Sequence[str]) -> None:
    attempt = subprocess.run(command, capture_output=True, text=True, check=False)
    if attempt.returncode != 0:
        raise EmulationError(f"{' '.join(command)}: {attempt.stderr.strip() or attempt.returncode}")


class Emulation(ABC):
    """Runs as long as its context lasts; nothing of it stays where it cannot be started."""

    def __enter__(self: Entered) -> Entered:
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    @abstractmethod
    def _start(self) -> None: ...

    @abstractmethod
    def _stop(self) -> None: ...


Entered = TypeVar("Entered", bound=Emulation)


def emulated(make: Callable[[], Entered]) -> Iterator[Entered]:
    """For fixtures: what `make` returns, running; the test is skipped where this machine may not have it."""
    try:
        with make() as running:
            yield running
    except EmulationError as reason:
        pytest.skip(str(reason))


class EmulatedCluster(Emulation):
    """Nodes n1, n2, .. and a head n0 without tasks of its own, from where launches start, as from a login node."""

    def __init__(self, folder: Path, nodes: int = 2) -> None:
        self.names = [f"n{i}" for i in range(nodes + 1)]
        self.shared = folder / "shared"
        #: on every node another filesystem
        self.local = folder / "local"
        self._folder = folder
        #: Others than root make one user namespace, in which they act as root, and all nodes in it.
        self._user = os.geteuid() != 0
        self._nodes: dict[str, subprocess.Popen[str]] = {}

    def command(self, node: str, *words: str | Path) -> list[str]:
        """`words` as a command on `node`."""
        user = ["--user", "--preserve-credentials"] if self._user else []
        return ["nsenter", "--target", str(self._nodes[node].pid), *user, *ENTERED, "--", *map(str, words)]

    def variables(self) -> dict[str, str]:
        """For an mpirun of Open MPI on n0 that reaches the nodes by --host."""
        return {"OMPI_MCA_plm": "rsh", "OMPI_MCA_plm_rsh_agent": str(self._folder / "agent")}

    def _start(self) -> None:
        for folder in (self.shared, self.local):
            folder.mkdir(parents=True)
        lines = [f"{self._address(name)} {name}" for name in self.names]
        (self._folder / "hosts").write_text("\n".join(["127.0.0.1 localhost", *lines]) + "\n")
        for name in self.names:
            self._start_node(name)
        self._connect()
        agent = self._folder / "agent"
        agent.write_text(AGENT.format(folder=self._folder, namespaces=" ".join(ENTERED)))
        agent.chmod(0o755)

    def _start_node(self, name: str) -> None:
        # within the head's user namespace, so that it may plug the others' network in
        outer = self.command("n0") if self._user and self._nodes else []
        user = ["--user", "--map-root-user"] if self._user and not self._nodes else []
        namespaces = [*user, *ENTERED, "--propagation", "private"]
        furnish = ["sh", "-c", FURNISH, "sh", name, str(self._folder / "hosts"), str(self.local)]
        node = subprocess.Popen(
            [*outer, "unshare", *namespaces, *furnish],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._nodes[name] = node
        assert node.stdout
        assert node.stderr
        if node.stdout.readline() != "ready\n":
            node.wait(START_TIMEOUT_S)
            raise EmulationError(f"no node can be made of namespaces: {node.stderr.read().strip()}")
        (self._folder / f"{name}.pid").write_text(str(node.pid))

    def _connect(self) -> None:
        """A switch at the head with a cable to each node."""

        def ip(node: str, words: str) -> None:
            answer_of(self.command(node, "ip", *words.split()))

        ip("n0", "link add switch type bridge")
        ip("n0", f"address add {self._address('n0')}/24 dev switch")
        ip("n0", "link set switch up")
        for name in self.names[1:]:
            ip("n0", f"link add {name} type veth peer name cable netns {self._nodes[name].pid}")
            ip("n0", f"link set {name} master switch up")
            ip(name, f"address add {self._address(name)}/24 dev cable")
            ip(name, "link set cable up")

    def _address(self, name: str) -> str:
        return f"10.77.0.{self.names.index(name) + 1}"

    def _stop(self) -> None:
        """The nodes' own processes end with their standard input; what was started there has to be waited for first."""
        for node in self._nodes.values():
            assert node.stdin
            node.stdin.close()
        deadline = time.monotonic() + START_TIMEOUT_S
        for node in self._nodes.values():
            node.wait(max(0.0, deadline - time.monotonic()))
        self._nodes.clear()
