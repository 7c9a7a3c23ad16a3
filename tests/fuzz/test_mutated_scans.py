"""Scans with damaged bytes. HDF5 itself may crash of them, which is counted; the program ends all the same, and what
did not succeed leaves no depth image behind."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from launching import SOURCE, run
from mutation import mutated

GEOMETRY = SOURCE / "configs" / "geometry_34ide.xml"
FIRST_SEED = 20261122
DEPTHS = 6

#: How the frames of the scans lie in their files that are damaged in turn.
LAYOUTS: tuple[tuple[str, ...], ...] = ((), ("--compression", "gzip:6", "--shuffle"))


@dataclass(frozen=True)
class Damaged:
    """A scan, the seed of its damage, and how the program ended that was given it."""

    scan: Path
    seed: int
    outcome: str  #: "done", "status 2", "SIGSEGV", "sanitizer", "hang"
    images: tuple[str, ...]

    def finding(self) -> str:
        """Empty: all is as it should be."""
        expected = tuple(f"out_{m}.h5" for m in range(DEPTHS)) if self.outcome == "done" else ()
        if self.outcome == "hang" or self.images != expected:
            left = " ".join(self.images) or "no depth images"
            return f"seed {self.seed}, {self.scan}: {self.outcome}, which left {left}"
        return ""


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    folder = tmp_path_factory.mktemp("originals")
    sizes = ("--rows", "8", "--columns", "8", "--images", "10", "--depth-range", "0:10")
    scans = []
    for number, layout in enumerate(LAYOUTS):
        scan = folder / f"{number}.h5"
        made = run("generate", "--output", scan, "--geometry", GEOMETRY, *sizes, *layout)
        assert made.returncode == 0, made.stderr
        scans.append(scan.read_bytes())
    return scans


@pytest.fixture
def bounded_memory() -> Iterator[None]:
    """For this process and those that it starts: sizes in a damaged file can be anything. The address sanitizer
    reserves more than there is."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    if "ASAN_OPTIONS" not in os.environ:
        resource.setrlimit(resource.RLIMIT_AS, (8 << 30, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


def outcome_of(scan: Path) -> str:
    arguments = ("--depth-range", "0:10", "--resolution", "2", "--threads", "1", "--memory-limit-mb", "256")
    try:
        ended = run("reconstruct", "--h5", scan, "--geometry", GEOMETRY, "--output", scan.parent / "out_", *arguments)
    except subprocess.TimeoutExpired:
        return "hang"
    if ended.returncode < 0:
        return signal.Signals(-ended.returncode).name
    if "Sanitizer" in ended.stderr:
        return "sanitizer"
    return "done" if ended.returncode == 0 else f"status {ended.returncode}"


def damage(folder: Path, original: bytes, seed: int) -> Damaged:
    """Keeps the file where it shows something to mend."""
    folder.mkdir()
    scan = folder / "scan.h5"
    scan.write_bytes(mutated(original, seed))
    outcome = outcome_of(scan)
    images = tuple(sorted(path.name for path in folder.glob("out_*.h5")))
    damaged = Damaged(scan, seed, outcome, images)
    if not damaged.finding():
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()
    return damaged


def damage_all(folder: Path, originals: list[bytes], count: int) -> None:
    seeds = range(FIRST_SEED, FIRST_SEED + count)
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        ended = list(pool.map(lambda s: damage(folder / str(s), originals[s % len(originals)], s), seeds))
    print(f"\nmutated scans, seeds from {FIRST_SEED} on:", dict(Counter(each.outcome for each in ended).most_common()))
    findings = [finding for each in ended if (finding := each.finding())]
    assert not findings, "\n".join(findings)
    # Damage that nothing notices, or that nothing gets past, would be no test.
    outcomes = {each.outcome for each in ended}
    assert {"done", "status 2"} <= outcomes, f"seeds from {FIRST_SEED} on: {outcomes}"


@pytest.mark.usefixtures("bounded_memory")
def test_a_hundred_mutated_scans(tmp_path: Path, originals: list[bytes]) -> None:
    damage_all(tmp_path, originals, 100)


@pytest.mark.slow
@pytest.mark.usefixtures("bounded_memory")
def test_five_thousand_mutated_scans(tmp_path: Path, originals: list[bytes]) -> None:
    """Takes several minutes: a process for each."""
    damage_all(tmp_path, originals, 5000)
