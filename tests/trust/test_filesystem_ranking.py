"""The program ranks filesystems as plain reading and writing ranks them, and names what limits each."""

from __future__ import annotations

import itertools
import os
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from filesystems import mounts, throttled
from launching import SOURCE, of_type, run

pytestmark = pytest.mark.slow

GEOMETRY = SOURCE / "configs" / "geometry_34ide.xml"
KINDS = ["ext4", "xfs", "btrfs", "tmpfs", "throttled"]
THROTTLE_BYTES_PER_S = 20 << 20
ROUNDS = 5

#: Targets whose plain times differ by less may be ranked either way.
TELLING = 1.3


@pytest.fixture(scope="module")
def targets(work: Path) -> Iterator[dict[str, Path]]:
    if os.geteuid() != 0:
        pytest.skip("filesystems are made and mounted by root alone")
    with mounts(work) as mount:
        made = {kind: mount(kind) for kind in KINDS[:-1]}
        made["throttled"] = mount("ext4", name="throttled")
        with throttled(made["throttled"], THROTTLE_BYTES_PER_S):
            yield made


def plain_s(folder: Path, scan_bytes: int, files: int, file_bytes: int) -> float:
    """A scan's bytes read from the disk, and as many files as depth images written to it, one after the other."""
    piece = os.urandom(1 << 20)
    scan = folder / "plain.in"
    with scan.open("wb") as file:
        for begin in range(0, scan_bytes, len(piece)):
            file.write(piece[: scan_bytes - begin])
        file.flush()
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    began_s = time.monotonic()
    with scan.open("rb", buffering=0) as file:
        while file.read(1 << 20):
            pass
    for number in range(files):
        with (folder / f"plain.{number}").open("wb", buffering=0) as file:
            file.write((piece * (file_bytes // len(piece) + 1))[:file_bytes])
            os.fsync(file.fileno())
    took_s = time.monotonic() - began_s
    for path in folder.glob("plain.*"):
        path.unlink()
    return took_s


def measured(targets: dict[str, Path], scan: Path, results: Path) -> dict[str, Any]:
    """The program's summaries, by target."""
    folders = [word for path in targets.values() for word in ("--staging-dir", path / "stage")]
    options = ["--depth-range", "0:100", "--mode", "cpu", "--cpu-parallel", "1", "--cpu-threads", "1"]
    options += ["--runs", str(ROUNDS), "--cache", "cold", "--ceilings", "--results", results]
    finished = run("run", "--h5", scan, "--geometry", GEOMETRY, *folders, *options, timeout_s=900)
    assert finished.returncode == 0, finished.stderr
    print(finished.stdout)
    by_folder = {str(path / "stage"): kind for kind, path in targets.items()}
    return {by_folder[record["staging_dir"]]: record for record in of_type(results, "summary")}


def test_ranking_is_that_of_plain_reading_and_writing(targets: dict[str, Path], work: Path) -> None:
    """Few images and many depths: storage has more to do than the kernel, but in memory."""
    scan, results = work / "few.h5", work / "ranking.jsonl"
    size = ["--rows", "512", "--columns", "512", "--images", "50"]
    assert run("generate", *size, "--geometry", GEOMETRY, "--output", scan).returncode == 0
    summaries = measured(targets, scan, results)
    (params,) = of_type(results, "params")
    files = params["scan"]["output_files"]
    work_of_a_run = (scan.stat().st_size, files, params["scan"]["output_bytes"] // files)
    rounds = [{kind: plain_s(path, *work_of_a_run) for kind, path in targets.items()} for _ in range(ROUNDS)]
    plain = {kind: statistics.median(each[kind] for each in rounds) for kind in KINDS}
    ours = {kind: summaries[kind]["p50"] for kind in KINDS}
    bottleneck = {kind: summaries[kind]["ceilings"]["bottleneck"] for kind in KINDS}
    for kind in KINDS:
        print(f"{kind}: plain {plain[kind]:.3f} s, a run {ours[kind]:.3f} s, {bottleneck[kind]}")
    for slow, fast in itertools.permutations(KINDS, 2):
        if plain[slow] > TELLING * plain[fast]:
            assert ours[slow] > ours[fast], (
                f"plain, {slow} takes {plain[slow] / plain[fast]:.2f} times what {fast} does"
            )
    assert bottleneck["throttled"].startswith("storage-")
    assert bottleneck["tmpfs"] == "compute"
