"""The program as a user starts it: processes, files, exit statuses."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).resolve().parents[2]
GOLDEN = SOURCE / "tests" / "data" / "golden"
PROGRAM = Path(os.environ.get("LAUEBENCH_PROGRAM", SOURCE / "build" / "release" / "bin" / "laue-bench"))
MODULES = Path(os.environ.get("LAUEBENCH_MODULE_DIR", PROGRAM.parents[1] / "lib"))
MPIRUN = os.environ.get("LAUEBENCH_MPIRUN", "mpirun")
IS_OPEN_MPI = "Open" in subprocess.run([MPIRUN, "--version"], capture_output=True, text=True, check=True).stdout

#: Starts more ranks than there are cores.
LAUNCHER = [MPIRUN, "--oversubscribe"] if IS_OPEN_MPI else [MPIRUN]

#: Each rank has its number there.
RANK_VARIABLE = "OMPI_COMM_WORLD_RANK" if IS_OPEN_MPI else "PMI_RANK"

TIMEOUT_S = 120

#: Of the fixture `scan`. Few, so that few delays make a long one: a busy machine adds some milliseconds to each.
IMAGES, STRIPES, ROWS = 10, 2, 64


def environment() -> dict[str, str]:
    """Of this process without what would change the program's behaviour, and with leave to run mpirun as root."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LAUEBENCH_LOG", "SLURM_"))}
    return {
        **kept,
        "OMPI_ALLOW_RUN_AS_ROOT": "1",
        "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
        "OMPI_MCA_btl_vader_single_copy_mechanism": "none",
    }


def preloading(library: str, **variables: str) -> dict[str, str]:
    """The environment in which the library of tests/program/<library> is loaded before all others."""
    built = SOURCE / "build" / "release" / "tests" / f"liblauebench_test_{library}.so"
    path = Path(os.environ.get(f"LAUEBENCH_TEST_{library.upper()}", built))
    assert path.is_file(), f"{path} is missing: build it"
    found = {**environment(), "LD_PRELOAD": str(path), **variables}
    if "ASAN_OPTIONS" in found:  # the sanitizer wants to be first
        found["ASAN_OPTIONS"] += ":verify_asan_link_order=0"
    return found


def command_line(arguments: tuple[str | Path, ...], ranks: int | None = None) -> list[str]:
    launcher = [] if ranks is None else [*LAUNCHER, "-n", str(ranks)]
    return [*launcher, str(PROGRAM), *map(str, arguments)]


def start(
    *arguments: str | Path, ranks: int | None = None, variables: dict[str, str] | None = None
) -> subprocess.Popen[str]:
    """`variables` are all that it is given."""
    return subprocess.Popen(
        command_line(arguments, ranks),
        env=variables or environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(launch: subprocess.Popen[str], folder: Path, pattern: str) -> None:
    """Until a file of the folder has such a name."""
    deadline = time.monotonic() + TIMEOUT_S
    while not list(folder.glob(pattern)):
        assert launch.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)


def find_rank(launcher: int, rank: int) -> int | None:
    """The process of a rank below mpirun, found by its parent and its environment; None: there is none (yet)."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            variables = (folder / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if parent == launcher and f"{RANK_VARIABLE}={rank}".encode() in variables:
            return int(folder.name)
    return None


def run(
    *arguments: str | Path,
    ranks: int | None = None,
    before: Callable[[], None] | None = None,
    variables: dict[str, str] | None = None,
    timeout_s: float = TIMEOUT_S,
) -> subprocess.CompletedProcess[str]:
    """Runs the program to its end; `before` is called in the new process, `variables` are all that it is given."""
    return subprocess.run(
        command_line(arguments, ranks),
        env=variables or environment(),
        capture_output=True,
        text=True,
        errors="backslashreplace",  # a message may quote the bytes of a damaged file
        timeout=timeout_s,
        check=False,
        preexec_fn=before,
    )


def listing(folder: Path) -> dict[str, tuple[int, int]]:
    """Everything below a folder with size and modification time; equal: nothing was written or deleted."""
    return {
        str(path.relative_to(folder)): (path.lstat().st_size, path.lstat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
    }


def records_of(results: Path) -> list[dict[str, Any]]:
    text = results.read_text(encoding="utf-8")
    assert text.endswith("\n"), "the last line is whole"
    return [json.loads(line) for line in text.splitlines()]


def of_type(results: Path, kind: str) -> list[dict[str, Any]]:
    return [record for record in records_of(results) if record["type"] == kind]


@dataclass(frozen=True)
class Case:
    """A golden case, copied so that a test may change it, and a staging folder beside it."""

    folder: Path

    @property
    def scan(self) -> Path:
        return self.folder / "in" / "scan.h5"

    @property
    def geometry(self) -> Path:
        return self.folder / "in" / "geometry.xml"

    @property
    def expected(self) -> Path:
        return self.folder / "in" / "expected.h5"

    @property
    def staging(self) -> Path:
        return self.folder / "stage"

    @property
    def results(self) -> Path:
        return self.staging / "results.jsonl"

    def inputs(self, **changes: str | Path) -> list[str | Path]:
        """Options of `run` that every launch needs, `changes` by option name with underscores."""
        options: dict[str, str | Path] = {
            "h5": self.scan,
            "geometry": self.geometry,
            "depth_range": "0:40",
            "staging_dir": self.staging,
            "mode": "cpu",
            "cpu_parallel": "1",
            "cpu_threads": "1",
        }
        options.update(changes)
        return [text for name, value in options.items() for text in (f"--{name.replace('_', '-')}", value)]
