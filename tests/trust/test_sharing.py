"""Identical replicas are noted where the filesystem can share blocks: asked of real filesystems."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from filesystems import Mount
from launching import SOURCE, of_type, run

GEOMETRY = SOURCE / "configs" / "geometry_34ide.xml"
NOTE = "identical_replicas_on_sharing_filesystem"


@pytest.fixture(scope="module")
def scans(work: Path) -> list[Path]:
    size = ["--rows", "12", "--columns", "16", "--images", "20"]
    made = run("generate", *size, "--geometry", GEOMETRY, "--output", work / "scan.h5", "--count", "2")
    assert made.returncode == 0, made.stderr
    return [work / "scan-0.h5", work / "scan-1.h5"]


def options(scans: list[Path], folder: Path) -> list[str | Path]:
    inputs: list[str | Path] = [word for scan in scans for word in ("--h5", scan)]
    grid = ["--depth-range", "0:20", "--mode", "cpu", "--cpu-parallel", "2", "--cpu-threads", "1"]
    return ["run", *inputs, "--geometry", GEOMETRY, "--staging-dir", folder / "stage", *grid]


@pytest.mark.parametrize(("kind", "mkfs"), [("xfs", ["-m", "reflink=1"]), ("btrfs", []), ("ext4", [])])
def test_replicas_share_blocks_only_when_asked(
    kind: str, mkfs: list[str], make_mount: Mount, scans: list[Path]
) -> None:
    folder = make_mount(kind, "on", *mkfs) if mkfs else make_mount(kind)
    scan = folder / "scan.h5"
    scan.write_bytes(scans[0].read_bytes())
    replica = folder / "stage" / "input" / "scan_0.h5"
    for asked in (False, True, False):
        finished = run(*options([scan], folder), *(["--reflink"] if asked else []), ranks=2)
        if asked and kind == "ext4":
            assert finished.returncode == 2, finished.stderr
            assert "cannot share the scan's blocks" in finished.stderr
            continue
        assert finished.returncode == 0, finished.stderr
        assert shares_blocks(replica) == asked
    scan.write_bytes(bytes(scan.stat().st_size))
    assert replica.read_bytes() == scans[0].read_bytes(), "a replica is its own file"


def shares_blocks(file: Path) -> bool:
    """What the filesystem's map of the file says."""
    subprocess.run(["sync", str(file)], check=True)
    shown = subprocess.run(["filefrag", "-v", str(file)], capture_output=True, text=True, check=True).stdout
    return "shared" in shown


def can_clone(folder: Path) -> bool:
    """What cp says, which asks the filesystem to share a file's blocks."""
    (folder / "one").write_bytes(b"x" * 100_000)
    copied = subprocess.run(
        ["cp", "--reflink=always", str(folder / "one"), str(folder / "other")], capture_output=True, check=False
    )
    return copied.returncode == 0


@pytest.mark.parametrize(
    ("kind", "mkfs", "shares"),
    [
        ("ext4", [], False),
        ("tmpfs", [], False),
        ("xfs", ["-m", "reflink=0"], False),
        ("xfs", ["-m", "reflink=1"], True),
        ("btrfs", [], True),
        ("overlay", [], None),
    ],
)
def test_identical_replicas_are_noted(
    kind: str, mkfs: list[str], shares: bool | None, make_mount: Mount, scans: list[Path]
) -> None:
    folder = make_mount(kind, "on", *mkfs) if mkfs else make_mount(kind)
    assert can_clone(folder) == bool(shares)
    for given, noted in ((scans[:1], bool(shares)), (scans, False)):
        shown = run(*options(given, folder), "--dry-run", ranks=2)
        assert shown.returncode == 0, shown.stderr
        assert ("note: some replicas are identical" in shown.stdout) == noted
        finished = run(*options(given, folder), ranks=2)
        assert finished.returncode == 0, finished.stderr
        assert ("some replicas are identical" in finished.stderr) == noted
        record = of_type(folder / "stage" / "results.jsonl", "staging")[-1]
        assert record["filesystem"]["can_share_blocks"] is shares
        assert record["notes"] == ([NOTE] if noted else [])
