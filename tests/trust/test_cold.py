"""Cold means cold: on new filesystems, whose disks are images that are themselves not cached."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from launching import MPIRUN, PROGRAM, SOURCE, environment, of_type, run

pytestmark = pytest.mark.slow

GEOMETRY = SOURCE / "configs" / "geometry_34ide.xml"
IMAGE_BYTES = 1 << 30
RANKS = 2
RUNS = 3
#: A throw-away user: nobody has this number.
PLAIN_USER = 54321

MAKERS = {"ext4": ["mkfs.ext4", "-q", "-F"], "xfs": ["mkfs.xfs", "-q", "-f"], "btrfs": ["mkfs.btrfs", "-q", "-f"]}
USERS = ["root", "plain user"]

Mount = Callable[..., Path]


def succeeds(*command: str | Path) -> str:
    """What the command prints; skips the test where it cannot be done here."""
    attempt = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    if attempt.returncode != 0:
        pytest.skip(f"{command[0]} does not work here: {attempt.stderr.strip()}")
    return attempt.stdout.strip()


@pytest.fixture(scope="module")
def work() -> Iterator[Path]:
    """A folder that plain users may look into, unlike pytest's own."""
    with TemporaryDirectory(prefix="laue-bench-trust-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="module")
def scan(work: Path) -> Path:
    """Of many small frames: the first one, which no reconstruction reads, is next to nothing of the file."""
    path = work / "scan.h5"
    size = ["--rows", "256", "--columns", "256", "--images", "400"]
    made = run("generate", *size, "--geometry", GEOMETRY, "--output", path)
    assert made.returncode == 0, made.stderr
    return path


@pytest.fixture
def make_mount(work: Path) -> Iterator[Mount]:
    """Mounts new filesystems below a folder that everybody may write to."""
    if os.geteuid() != 0:
        pytest.skip("filesystems are made and mounted by root alone")
    undo: list[list[str]] = []

    def mount(name: str, *arguments: str | Path) -> Path:
        folder = work / name
        folder.mkdir()
        undo.append(["rmdir", str(folder)])
        succeeds("mount", *arguments, folder)
        undo.append(["umount", str(folder)])
        (folder / "stage").mkdir()
        (folder / "stage").chmod(0o777)
        return folder

    def make(kind: str, direct_io: str = "on") -> Path:
        if kind == "tmpfs":
            return mount(kind, "-t", kind, "-o", "size=1g", kind)
        if kind == "overlay":
            below = make("ext4")
            for part in ("upper", "work", "lower"):
                (below / part).mkdir()
            layers = f"lowerdir={below}/lower,upperdir={below}/upper,workdir={below}/work"
            return mount(kind, "-t", kind, "-o", layers, kind)
        if shutil.which(MAKERS[kind][0]) is None:
            pytest.skip(f"{MAKERS[kind][0]} is not installed")
        image = work / f"{kind}.img"
        with image.open("wb") as file:
            file.truncate(IMAGE_BYTES)
        undo.append(["rm", str(image)])
        succeeds(*MAKERS[kind], image)
        device = succeeds("losetup", "--find", "--show", f"--direct-io={direct_io}", image)
        undo.append(["losetup", "--detach", device])
        return mount(f"{kind}-{direct_io}", "-t", kind, device)

    yield make
    for command in reversed(undo):
        subprocess.run(command, check=True)


def launcher(user: str) -> list[str]:
    if user == "root":
        return []
    number = str(PLAIN_USER)
    who = ["setpriv", f"--reuid={number}", f"--regid={number}", "--clear-groups", "--"]
    succeeds(*who, "test", "-x", PROGRAM)
    return who


def cold_runs(scan: Path, folder: Path, user: str = "root") -> list[dict[str, Any]]:
    stage = folder / "stage"
    options = {
        "h5": scan,
        "geometry": GEOMETRY,
        "depth-range": "0:20",
        "staging-dir": stage,
        "mode": "cpu",
        "cpu-parallel": RANKS,
        "cpu-threads": 1,
        "runs": RUNS,
        "cache": "cold",
    }
    arguments = [text for name, value in options.items() for text in (f"--{name}", str(value))]
    finished = subprocess.run(
        [*launcher(user), MPIRUN, "--oversubscribe", "-n", str(RANKS), str(PROGRAM), "run", *arguments],
        env={**environment(), "HOME": str(stage), "TMPDIR": "/tmp"},
        cwd="/",
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    records = of_type(stage / "results.jsonl", "run")
    assert len(records) == RUNS
    (replicas,) = (record["replicas"] for record in of_type(stage / "results.jsonl", "staging"))
    owners = {Path(replica["path"]).stat().st_uid for replica in replicas}
    assert owners == {0 if user == "root" else PLAIN_USER}
    return records


def show(kind: str, user: str, records: list[dict[str, Any]]) -> None:
    """For people, with pytest -s."""
    for record in records:
        ranks = record["per_proc"]
        resident = max(rank["cache"]["resident_before"] for rank in ranks)
        attempts = [rank["cache"]["attempts"] for rank in ranks]
        least = min(rank["usage"]["read_from_device_bytes"] / rank["cache"]["replica_bytes"] for rank in ranks)
        print(
            f"{kind} {user}: {record['cache']['state']}, resident {resident:.4f} at most, attempts {attempts}, "
            f"from the device {least:.4f} at least, of all ranks {record['cache']['from_device_fraction']:.4f}, "
            f"{record['total_wall_s']:.3f} s"
        )


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("kind", [*MAKERS, "overlay"])
def test_every_byte_of_a_cold_run_comes_from_the_device(kind: str, user: str, make_mount: Mount, scan: Path) -> None:
    records = cold_runs(scan, make_mount(kind), user)
    show(kind, user, records)
    for record in records:
        assert record["cache"]["state"] == "cold"
        assert record["cache"]["from_device_fraction"] >= 0.99
        assert "cache_not_cold" not in record["flags"]
        for rank in record["per_proc"]:
            assert rank["cache"]["state"] == "cold"
            assert rank["cache"]["resident_before"] <= 0.01
            assert rank["cache"]["replica_bytes"] == scan.stat().st_size
            assert rank["usage"]["read_from_device_bytes"] >= 0.99 * rank["cache"]["replica_bytes"]


@pytest.mark.parametrize("user", USERS)
def test_files_in_memory_are_warm_only(user: str, make_mount: Mount, scan: Path) -> None:
    records = cold_runs(scan, make_mount("tmpfs"), user)
    show("tmpfs", user, records)
    for record in records:
        states = {rank["cache"]["state"] for rank in record["per_proc"]}
        assert {record["cache"]["state"], *states} == {"warm-only"}
        assert record["cache"]["read_from_device_bytes"] <= 0.01 * record["cache"]["replica_bytes"]
        assert "cache_not_cold" in record["flags"]


def test_disk_whose_image_is_cached_is_not_cold(make_mount: Mount, scan: Path) -> None:
    records = cold_runs(scan, make_mount("ext4", direct_io="off"))
    show("ext4 on a cached image", "root", records)
    for record in records:
        assert record["cache"]["state"] == "unknown", "its bytes come from the device, which has them from memory"
        for rank in record["per_proc"]:
            assert "loop device without direct I/O" in rank["cache"]["unavailable"]["state"]
        assert "cache_not_cold" in record["flags"]
