"""Scans that differ in one extent: rows, images or depths, doubled in turn."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from measuring.launches import Measurement, Settings, generate, reconstruct

#: As deep as a wire's shadow reaches; every scan covers it, with steps as long as its images make them.
DEPTH_UM = 100.0


@dataclass(frozen=True)
class Case:
    """What is reconstructed; a sweep replaces one of the three by its doubles."""

    rows: int
    images: int
    depths: int
    columns: int = 256

    def doubled(self, extent: str, times: int) -> Case:
        return replace(self, **{extent: getattr(self, extent) * 2**times})

    def generate(self, scan: Path, geometry: Path) -> None:
        extents = {"rows": self.rows, "columns": self.columns, "images": self.images}
        options = [text for name, value in extents.items() for text in (f"--{name}", str(value))]
        generate(scan, geometry, *options, "--depth-range", f"0:{DEPTH_UM}")


#: Large enough that the start counts little and that 64 MiB make stripes of all; narrow, as stripes are whole rows and
#: would else leave much of the limit unused. The largest scan takes 0.4 GB, its replica the same.
BASES = {
    "rows": Case(rows=256, images=480, depths=41),
    "images": Case(rows=2048, images=50, depths=11),
    "depths": Case(rows=1024, images=100, depths=40),
}


@dataclass(frozen=True)
class Sweep:
    extent: str
    sizes: list[int]
    measured: list[Measurement]


def sweep(extent: str, doublings: int, rounds: int, settings: Settings) -> Sweep:
    """Every round takes all sizes once, so that drift of the machine meets all of them. Throws LaunchError."""
    cases = [BASES[extent].doubled(extent, times) for times in range(doublings + 1)]
    with tempfile.TemporaryDirectory(prefix="laue-bench-", dir=settings.work) as folder:
        scans = [Path(folder) / f"{number}.h5" for number in range(len(cases))]
        for case, scan in zip(cases, scans, strict=True):
            case.generate(scan, settings.geometry)
        measured = [[measure(*pair, settings) for pair in zip(cases, scans, strict=True)] for _ in range(rounds)]
    sizes = [getattr(case, extent) for case in cases]
    return Sweep(extent, sizes, [best_of(list(rounds_of_one)) for rounds_of_one in zip(*measured, strict=True)])


def measure(case: Case, scan: Path, settings: Settings) -> Measurement:
    resolution = DEPTH_UM / (case.depths - 1)
    return reconstruct(scan, replace(settings, depth_range=f"0:{DEPTH_UM}", resolution=resolution, runs=1))


def best_of(measured: list[Measurement]) -> Measurement:
    """The shortest times, as what comes between only adds to them, and the largest peak."""
    return replace(
        measured[0],
        busy_seconds=min(one.busy_seconds for one in measured),
        kernel_seconds=min(one.kernel_seconds for one in measured),
        peak_rss_bytes=max(one.peak_rss_bytes for one in measured),
    )
