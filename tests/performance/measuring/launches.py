"""Reconstructions by `laue-bench run`, measured by what its records tell."""

from __future__ import annotations

import statistics
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from launching import of_type, run

MIB = 1 << 20
#: Longer than any scan takes; a launch that hangs must end some time.
TIMEOUT_S = 4 * 3600.0


class LaunchError(Exception):
    """The program's own line on why it failed."""


@dataclass(frozen=True)
class Settings:
    """How every scan of a comparison is reconstructed."""

    geometry: Path
    depth_range: str = "0:100"
    resolution: float = 1.0
    threads: int = 1
    runs: int = 3
    memory_limit_mb: int = 8192
    work: Path = field(default_factory=lambda: Path(tempfile.gettempdir()))
    more: tuple[str, ...] = ()

    def options(self) -> list[str | Path]:
        return [
            *("--geometry", self.geometry, "--depth-range", self.depth_range, "--resolution", f"{self.resolution:.9g}"),
            *("--mode", "cpu", "--cpu-parallel", "1", "--cpu-threads", str(self.threads), "--runs", str(self.runs)),
            *("--memory-limit-mb", str(self.memory_limit_mb), *self.more),
        ]


@dataclass(frozen=True)
class Measurement:
    """One scan's reconstructions, one at a time."""

    pixel_steps: int
    depths: int
    seconds: float  #: median of the runs, opening to closing, fsync included
    busy_seconds: float  #: median of the same less fsync, which is the disk's
    kernel_seconds: float  #: median
    peak_rss_bytes: int  #: largest of the runs
    stripes: int

    @property
    def pixel_steps_per_s(self) -> float:
        return self.pixel_steps / self.seconds


def reconstruct(scan: Path, settings: Settings) -> Measurement:
    """The replica and the depth images are made in a folder of their own below `settings.work` and deleted after it.
    Throws LaunchError."""
    with tempfile.TemporaryDirectory(prefix="laue-bench-", dir=settings.work) as folder:
        results = Path(folder) / "results.jsonl"
        places: list[str | Path] = ["--h5", scan, "--staging-dir", Path(folder) / "staging", "--results", results]
        finished = run("run", *places, *settings.options(), "--verbose", "0", timeout_s=TIMEOUT_S)
        if finished.returncode != 0:
            raise LaunchError(reason_in(finished.stderr))
        (params,) = of_type(results, "params")
        return measurement_of(params["scan"], of_type(results, "run"))


def reason_in(errors: str) -> str:
    lines = [line for line in errors.splitlines() if line.startswith("laue-bench: ")]
    return lines[0].removeprefix("laue-bench: ").removeprefix("error: ") if lines else errors.strip()[-300:]


def measurement_of(scan: dict[str, Any], runs: list[dict[str, Any]]) -> Measurement:
    processes = [record["per_proc"][0] for record in runs]
    phases = [process["phases"] for process in processes]
    return Measurement(
        pixel_steps=scan["images"] * scan["rows"] * scan["columns"],
        depths=scan["depths"],
        seconds=statistics.median(record["total_wall_s"] for record in runs),
        busy_seconds=statistics.median(
            process["elapsed_s"] - phase["fsync_s"] for process, phase in zip(processes, phases, strict=True)
        ),
        kernel_seconds=statistics.median(phase["kernel_s"] for phase in phases),
        peak_rss_bytes=max(process["memory"]["peak_rss_bytes"] for process in processes),
        stripes=processes[0]["stripes"],
    )


def generate(scan: Path, geometry: Path, *options: str) -> None:
    """Throws LaunchError."""
    finished = run("generate", "--output", scan, "--geometry", geometry, *options, timeout_s=TIMEOUT_S)
    if finished.returncode != 0:
        raise LaunchError(reason_in(finished.stderr))
