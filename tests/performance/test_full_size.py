"""The largest scans that are taken, in little memory."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from launching import of_type, start
from measuring.figures import Figure
from measuring.launches import MIB

GEOMETRY = Path(__file__).resolve().parents[2] / "configs" / "geometry_34ide.xml"
EDGE, IMAGES, DEPTHS = 2048, 401, 301
LIMIT_MIB = 2048
#: What generating may take on two cores.
GENERATE_S = 240.0
LAYOUTS = {"contiguous": (), "gzip": ("--compression", "gzip:1")}
#: Scan, replica and depth images, uncompressed, and some to spare.
NEEDED_BYTES = 2 * EDGE * EDGE * (2 * (IMAGES + 1) + DEPTHS) + 512 * MIB
#: Outermost depths and one between: equal for both layouts, which hold the same frames.
COMPARED_DEPTHS = (0, 150, 300)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Emptied at once: pytest would keep the files of its last three sessions."""
    with tempfile.TemporaryDirectory(prefix="laue-bench-") as name:
        free = shutil.disk_usage(name).free
        if free < NEEDED_BYTES:
            pytest.skip(f"{NEEDED_BYTES} bytes needed in {name}, {free} free: set TMPDIR to a larger disk")
        yield Path(name)


def run_whole(*arguments: str | Path) -> tuple[float, int]:
    """Runs `laue-bench ...`; seconds, and the peak in bytes that the system saw of the whole process."""
    began_s = time.monotonic()
    process = start(*arguments)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - began_s
    process.returncode = os.waitstatus_to_exitcode(status)
    _, errors = process.communicate()
    assert process.returncode == 0, errors
    return seconds, usage.ru_maxrss * 1024


def generate(scan: Path, layout: str) -> None:
    """In less time and memory than is allowed where the processor has two free cores; time is only told."""
    size = ("--rows", str(EDGE), "--columns", str(EDGE), "--images", str(IMAGES))
    seconds, peak_bytes = run_whole("generate", "--output", scan, "--geometry", GEOMETRY, *size, *LAYOUTS[layout])
    name = f"generating the full-size scan, {layout}"
    print(Figure(f"{name}: time", seconds, "s", at_most=GENERATE_S).line(), flush=True)
    print(Figure(f"{name}: peak resident memory", peak_bytes / MIB, "MiB", at_most=LIMIT_MIB).line(), flush=True)
    assert peak_bytes <= LIMIT_MIB * MIB


def reconstruct(scan: Path, folder: Path) -> tuple[dict[str, Any], int]:
    """What the program says of the run, and the peak in bytes that the system saw of the whole process."""
    places: list[str | Path] = [
        "--h5",
        scan,
        "--staging-dir",
        folder / "staging",
        "--results",
        folder / "results.jsonl",
    ]
    sizes = ("--geometry", GEOMETRY, "--depth-range", "0:100", "--resolution", f"{100 / (DEPTHS - 1):.12g}")
    point = ("--mode", "cpu", "--cpu-parallel", "1", "--cpu-threads", "2", "--memory-limit-mb", str(LIMIT_MIB))
    _, peak_bytes = run_whole("run", *places, *sizes, *point, "--verbose", "0")
    (record,) = of_type(folder / "results.jsonl", "run")
    return record["per_proc"][0], peak_bytes


def compared_images(folder: Path) -> np.ndarray[Any, Any]:
    (output,) = (folder / "staging" / "output").glob("run_*/proc_0")
    assert len(list(output.glob("out*.h5"))) == DEPTHS
    images = []
    for depth in COMPARED_DEPTHS:
        with h5py.File(output / f"out{depth}.h5") as file:
            images.append(file["/entry1/data/data"][...])
    return np.stack(images)


def measure(folder: Path, layout: str) -> np.ndarray[Any, Any]:
    with tempfile.TemporaryDirectory(dir=folder) as name:
        scan = Path(name) / "scan.h5"
        generate(scan, layout)
        process, peak_bytes = reconstruct(scan, Path(name))
        images = compared_images(Path(name))
    memory = process["memory"]
    detail = f"{process['elapsed_s']:.1f} s in {process['stripes']} stripes"
    name = f"full-size scan, {layout}: peak resident memory"
    print(Figure(name, peak_bytes / MIB, "MiB", at_most=LIMIT_MIB, detail=detail).line(), flush=True)
    assert memory["limit_bytes"] == LIMIT_MIB * MIB
    assert memory["peak_rss_bytes"] <= LIMIT_MIB * MIB
    assert peak_bytes <= LIMIT_MIB * MIB
    assert process["stripes"] >= 4
    return images


@pytest.mark.slow
def test_full_size_scan_keeps_two_gibibytes_in_every_layout(folder: Path) -> None:
    contiguous, compressed = (measure(folder, layout) for layout in LAYOUTS)
    assert contiguous.max() > 0
    assert np.array_equal(contiguous, compressed)
