"""Which scans of a folder are worth a closer look."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from measuring.errors import BadInputError

SUFFIXES = frozenset({".h5", ".hdf5", ".hdf", ".nxs"})
STACK = "/entry1/data/data"
#: Brightness is asked of this many images, spread over the scan and read whole: chunks mostly are whole frames, and to
#: read every image of every scan would take as long as to reconstruct them all.
SAMPLED_IMAGES = 16


class UnreadableError(Exception):
    """Why a file is no wire scan."""


@dataclass(frozen=True)
class Scan:
    path: Path
    images: int  #: used ones: the stored frames but the first
    rows: int
    columns: int
    mean_counts: float  #: per pixel

    @property
    def pixel_steps(self) -> int:
        return self.images * self.rows * self.columns


def find_files(folder: Path) -> list[Path]:
    """HDF5 files in the folder itself, by their names. Throws BadInputError where there are none."""
    if not folder.is_dir():
        raise BadInputError(f"no scans in {folder} (it is no folder): give the folder that holds them")
    entries = sorted(entry for entry in folder.iterdir() if entry.is_file())
    files = [entry for entry in entries if entry.suffix.lower() in SUFFIXES]
    if not entries:
        raise BadInputError(f"no scans in {folder} (it is empty): give the folder that holds them, or --generate")
    if not files:
        endings = ", ".join(sorted(SUFFIXES))
        raise BadInputError(f"no scans in {folder} (none of its {len(entries)} files ends in {endings}): give another")
    return files


def look_at(path: Path) -> Scan:
    """Throws UnreadableError."""
    try:
        with h5py.File(path) as file:
            stack = file.get(STACK)
            if not isinstance(stack, h5py.Dataset) or stack.ndim != 3 or stack.shape[0] < 2:
                raise UnreadableError(f"it holds no stack of images in {STACK}")
            frames, rows, columns = stack.shape
            return Scan(path, frames - 1, rows, columns, mean_counts(stack))
    except (KeyError, OSError, RuntimeError, TypeError, ValueError) as error:  # as h5py has it for spoilt files
        raise UnreadableError(str(error)) from error


def mean_counts(stack: h5py.Dataset) -> float:
    chosen = np.unique(np.linspace(1, stack.shape[0] - 1, SAMPLED_IMAGES).round().astype(int))
    return float(np.mean([np.mean(stack[frame], dtype=np.float64) for frame in chosen]))


@dataclass(frozen=True)
class Choice:
    scan: Scan
    reasons: tuple[str, ...]  #: "largest 1", "brightest 2", "ordinary"


def choose(scans: list[Scan], count: int) -> list[Choice]:
    """The `count` largest, the `count` brightest and the ordinary one, whose size is the (lower) median; a scan that is
    chosen twice stands there once. Smallest first."""
    by_size = sorted(scans, key=lambda scan: (scan.pixel_steps, scan.path))
    by_brightness = sorted(scans, key=lambda scan: (-scan.mean_counts, scan.path))
    reasons: dict[Scan, list[str]] = {by_size[(len(scans) - 1) // 2]: ["ordinary"]}
    for place, scan in enumerate(reversed(by_size[-count:]), start=1):
        reasons.setdefault(scan, []).append(f"largest {place}")
    for place, scan in enumerate(by_brightness[:count], start=1):
        reasons.setdefault(scan, []).append(f"brightest {place}")
    return [Choice(scan, tuple(reasons[scan])) for scan in by_size if scan in reasons]
