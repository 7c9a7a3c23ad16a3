"""Cold means cold: on new filesystems, whose disks are images that are themselves not cached."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from filesystems import MAKERS, Mount, succeeds
from launching import LAUNCHER, PROGRAM, SOURCE, environment, of_type, run

pytestmark = pytest.mark.slow

GEOMETRY = SOURCE / "configs" / "geometry_34ide.xml"
RANKS = 2
RUNS = 3
#: A throw-away user: nobody has this number.
PLAIN_USER = 54321

USERS = ["root", "plain user"]


@pytest.fixture(scope="module")
def scan(work: Path) -> Path:
    """Of many small frames: the first one, which no reconstruction reads, is next to nothing of the file."""
    path = work / "scan.h5"
    size = ["--rows", "256", "--columns", "256", "--images", "400"]
    made = run("generate", *size, "--geometry", GEOMETRY, "--output", path)
    assert made.returncode == 0, made.stderr
    return path


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
        [*launcher(user), *LAUNCHER, "-n", str(RANKS), str(PROGRAM), "run", *arguments],
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


def test_overlay_whose_layer_is_out_of_reach_is_not_cold(make_mount: Mount, scan: Path) -> None:
    """As inside a container, where nobody can tell which disk it lies on."""
    overlay = make_mount("overlay")
    upper = overlay.with_name("ext4-on") / "upper"
    succeeds("mount", "-t", "tmpfs", "hidden", upper)
    try:
        records = cold_runs(scan, overlay)
    finally:
        succeeds("umount", upper)
    show("overlay, layer hidden", "root", records)
    for record in records:
        assert record["cache"]["state"] == "unknown"
        for rank in record["per_proc"]:
            assert rank["cache"]["resident_before"] <= 0.01
            assert f"upper layer '{upper}' cannot be looked at" in rank["cache"]["unavailable"]["state"]
        assert "cache_not_cold" in record["flags"]
