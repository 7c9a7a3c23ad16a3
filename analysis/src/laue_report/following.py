"""Results files that a launch is writing to."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from laue_report.measurements import Loader, Measurements
from laue_report.records import LastLine, ResultsFile, UnusableResultsError

#: The program writes a line after each run; people see no difference within a second.
PAUSE_S = 0.5


def _require_growth(file: ResultsFile) -> None:
    if file.path.stat().st_size < file.read_bytes:
        raise UnusableResultsError(f"cannot follow {file.path} (it has become shorter): start again")


def _has_ended(measurements: Measurements, file: ResultsFile) -> bool:
    """Whether the last launch that began in it is over."""
    launches = [launch for launch in measurements.launches.values() if launch.path == file.path]
    return bool(launches and launches[-1].end)


def follow(paths: Sequence[Path], pause_s: float = PAUSE_S) -> Iterator[Measurements]:
    """All that is known, at once and whenever there is more, until the last launch of each file has ended. Raises
    UnusableResultsError and OSError."""
    loader = Loader()
    files = [loader.add(path) for path in paths]
    is_first = True
    while True:
        for file in files:
            _require_growth(file)
        new = sum([loader.read(file, LastLine.UNFINISHED) for file in files])
        if new or is_first:
            measurements = loader.measurements()
            yield measurements
            if all(_has_ended(measurements, file) for file in files):
                return
        is_first = False
        time.sleep(pause_s)
