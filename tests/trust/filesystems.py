"""New filesystems, whose disks are images."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

IMAGE_BYTES = 1 << 30

MAKERS = {"ext4": ["mkfs.ext4", "-q", "-F"], "xfs": ["mkfs.xfs", "-q", "-f"], "btrfs": ["mkfs.btrfs", "-q", "-f"]}

#: Kind, whether the image is itself not cached ("on", "off"), further options of mkfs; `name` is the folder's.
Mount = Callable[..., Path]

#: Where version 1 of control groups limits the speed of devices.
THROTTLES = Path("/sys/fs/cgroup/blkio")


def succeeds(*command: str | Path) -> str:
    """What the command prints; skips the test where it cannot be done here."""
    attempt = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    if attempt.returncode != 0:
        pytest.skip(f"{command[0]} does not work here: {attempt.stderr.strip()}")
    return attempt.stdout.strip()


@contextmanager
def mounts(work: Path) -> Iterator[Mount]:
    """Mounts new filesystems below a folder, each with a folder `stage` that everybody may write to."""
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

    def make(kind: str, direct_io: str = "on", *options: str, name: str | None = None) -> Path:
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
        image = work / f"{name or kind}.img"
        with image.open("wb") as file:
            file.truncate(IMAGE_BYTES)
        undo.append(["rm", str(image)])
        succeeds(*MAKERS[kind], *options, image)
        device = succeeds("losetup", "--find", "--show", f"--direct-io={direct_io}", image)
        undo.append(["losetup", "--detach", device])
        return mount(name or f"{kind}-{direct_io}", "-t", kind, device)

    try:
        yield make
    finally:
        for command in reversed(undo):
            subprocess.run(command, check=True)


@contextmanager
def throttled(folder: Path, bytes_per_s: int) -> Iterator[None]:
    """The disk of a folder's filesystem no faster than that, for the processes of this one's control group."""
    device = Path(succeeds("findmnt", "--noheadings", "--output=SOURCE", "--target", folder)).stat().st_rdev
    number = f"{os.major(device)}:{os.minor(device)}"
    (own,) = [line for line in Path("/proc/self/cgroup").read_text().splitlines() if ":blkio:" in line] or ["::/"]
    group = THROTTLES / own.split(":")[2].lstrip("/")
    limits = [group / f"blkio.throttle.{way}_bps_device" for way in ("read", "write")]
    if not all(limit.exists() for limit in limits):
        pytest.skip(f"{group} limits no device")
    for limit in limits:
        limit.write_text(f"{number} {bytes_per_s}")
    try:
        yield
    finally:
        for limit in limits:
            limit.write_text(f"{number} 0")
