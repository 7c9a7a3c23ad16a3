"""What a launch takes beside the reconstructions that it is there for."""

from __future__ import annotations

import math
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from launching import of_type, run
from measuring.figures import Figure
from measuring.launches import TIMEOUT_S, Settings, generate, reconstruct

GEOMETRY = Path(__file__).resolve().parents[2] / "configs" / "geometry_34ide.xml"

#: What must be reached, and what a gate allows a noisy machine: 2 % / 0.8, as for the other gates.
REQUIRED_PERCENT = 2.0
GATE_PERCENT = REQUIRED_PERCENT / 0.8
POINTS = 20
LEAST_S = 1.0
COLUMNS, IMAGES, TRIAL_ROWS = 1024, 301, 256


def make_scan(scan: Path, rows: int) -> None:
    scan.unlink(missing_ok=True)
    generate(
        scan,
        GEOMETRY,
        "--rows",
        str(rows),
        "--columns",
        str(COLUMNS),
        "--images",
        str(IMAGES),
    )


def rows_for(least_s: float, rows: int, seconds: float) -> int:
    """With a third to spare, and never more than the detector has."""
    return min(2048, 16 * math.ceil(1.33 * rows * least_s / seconds / 16))


def launch(scan: Path, folder: Path, name: str) -> Path:
    """Twenty points, once each: one and two reconstructions at a time with 1 to 10 threads."""
    results = folder / f"{name}.jsonl"
    places: list[str | Path] = [
        "--h5",
        scan,
        "--staging-dir",
        folder / "staging",
        "--results",
        results,
    ]
    grid = (
        "--mode",
        "cpu",
        "--cpu-parallel",
        "1,2",
        "--cpu-threads",
        ",".join(map(str, range(1, POINTS // 2 + 1))),
    )
    sizes = ("--geometry", GEOMETRY, "--depth-range", "0:75", "--resolution", "0.5")
    finished = run("run", *places, *sizes, *grid, ranks=2, timeout_s=TIMEOUT_S)
    assert finished.returncode == 0, finished.stderr
    return results


def outside_percent(results: Path) -> float:
    """From the end of staging to the end of the launch, less every run's first start to its last end."""
    (end,) = of_type(results, "end")
    inside_s = sum(record["total_wall_s"] for record in of_type(results, "run"))
    return float(100 * (1 - inside_s / end["after_staging_s"]))


def measure(scan: Path, folder: Path, rows: int, attempt: int) -> tuple[float, int]:
    """The percentage, and how many rows are needed for the shortest run to take long enough."""
    make_scan(scan, rows)
    results = launch(scan, folder, str(attempt))
    walls = [record["total_wall_s"] for record in of_type(results, "run")]
    assert len(walls) == POINTS
    if min(walls) < LEAST_S:
        return math.inf, rows_for(LEAST_S, rows, min(walls))
    percent = outside_percent(results)
    detail = f"{rows} x {COLUMNS} pixels, {IMAGES} images, runs of {min(walls):.2f} to {max(walls):.2f} s"
    name = "time outside reconstructions, 20 points, 2 ranks"
    print(
        Figure(name, percent, "%", at_most=REQUIRED_PERCENT, detail=detail).line(),
        flush=True,
    )
    return percent, rows


@pytest.mark.slow
def test_little_time_passes_outside_reconstructions() -> None:
    """The least of up to three: what comes between on a shared machine makes it only worse."""
    with tempfile.TemporaryDirectory(prefix="laue-bench-") as name:
        folder = Path(name)
        scan = folder / "scan.h5"
        make_scan(scan, TRIAL_ROWS)
        trial = Settings(
            geometry=GEOMETRY,
            depth_range="0:75",
            resolution=0.5,
            threads=2,
            work=folder,
        )
        rows = rows_for(LEAST_S, TRIAL_ROWS, reconstruct(scan, replace(trial, runs=3)).seconds)
        percents: list[float] = []
        while len(percents) < 3 and min(percents, default=math.inf) > GATE_PERCENT:
            percent, rows = measure(scan, folder, rows, len(percents))
            percents.append(percent)
    assert min(percents) <= GATE_PERCENT, percents
