"""From what a user names as BASE and NEW to the evidence in it: results files, one of their launches, a baseline file,
or any of these in a revision of git."""

from __future__ import annotations

import subprocess
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from laue_report.baseline import Baseline, is_baseline, read_baseline
from laue_report.collecting import evidence_of
from laue_report.evidence import Evidence
from laue_report.launches import Launch
from laue_report.measurements import Measurements, load
from laue_report.members import Record


class UnusableSourceError(Exception):
    """What a user named holds nothing to compare."""


@dataclass(frozen=True)
class Source:
    """One argument."""

    text: str
    """As given."""
    path: Path
    """Where its content lies."""
    session_id: str = ""
    """Beginning of the one launch that is meant; empty: all."""

    def has(self, launch: Launch) -> bool:
        return launch.path == self.path and launch.session_id.startswith(self.session_id)


def _exists(text: str) -> bool:
    try:
        return Path(text).exists()
    except OSError:  # longer than any name of a file
        return False


def _from_git(text: str, folder: Path) -> Path:
    """Writes `revision:path` to a file."""
    expected = "give a results file, a baseline, or REVISION:PATH of one that git has"
    try:
        shown = subprocess.run(["git", "cat-file", "blob", text], capture_output=True, check=False)
    except OSError as error:
        raise UnusableSourceError(
            f"cannot read {text} (no such file, and git: {error.strerror}): {expected}"
        ) from error
    if shown.returncode != 0:
        lines = shown.stderr.decode(errors="replace").splitlines() or [f"exit status {shown.returncode}"]
        reason = lines[0].removeprefix("fatal: ").rstrip(".")
        raise UnusableSourceError(f"cannot read {text} (git: {reason}): {expected}")
    path = folder / "results.jsonl"
    path.write_bytes(shown.stdout)
    return path


def _source(text: str, folder: Path | None) -> Source:
    """`folder` takes what comes out of git, where that is allowed."""
    name, session_id = text, ""
    if "#" in text and not _exists(text):
        name, _, session_id = text.rpartition("#")
    if folder is not None and ":" in name and not _exists(name):
        return Source(text, _from_git(name, folder), session_id)
    return Source(text, Path(name), session_id)


def _of(records: Sequence[Record], sessions: Collection[str]) -> list[Record]:
    return [record for record in records if record.get("session_id", "") in sessions]


def _restricted(measurements: Measurements, sources: Sequence[Source]) -> Measurements:
    """To the launches that are meant."""
    if not any(source.session_id for source in sources):
        return measurements
    launches = {
        session_id: launch
        for session_id, launch in measurements.launches.items()
        if any(source.has(launch) for source in sources)
    }
    for source in sources:
        if not any(source.has(launch) for launch in launches.values()):
            known = ", ".join(launch.session_id for launch in measurements.launches.values()) or "none"
            raise UnusableSourceError(
                f"cannot use {source.text} (no launch there begins with '{source.session_id}'): the file has {known}"
            )
    return replace(
        measurements,
        launches=launches,
        runs=measurements.runs.filter(pl.col("launch_id").is_in(list(launches))),
        summaries=_of(measurements.summaries, launches),
        stagings=_of(measurements.stagings, launches),
        skips=_of(measurements.skips, launches),
    )


def _load(sources: Sequence[Source]) -> Measurements:
    try:
        return _restricted(load(list(dict.fromkeys(source.path for source in sources))), sources)
    except OSError as error:
        raise UnusableSourceError(
            f"cannot read {error.filename or sources[0].text} ({error.strerror or error}): "
            "give a results file of laue-bench"
        ) from error


def _evidence(name: str, sources: Sequence[Source]) -> Evidence:
    measurements = _load(sources)
    if not measurements.launches:
        lines = [warning for file in measurements.files for warning in file.warnings()]
        why = lines[0] if lines else "it holds no record of a launch"
        raise UnusableSourceError(f"cannot compare {name} ({why}): give a results file of laue-bench")
    found = evidence_of(name, measurements)
    copies = {str(source.path): source.text for source in sources if source.text != str(source.path)}
    warnings = found.warnings
    for copy, text in copies.items():
        warnings = [warning.replace(copy, text.partition("#")[0]) for warning in warnings]
    return replace(found, warnings=warnings)


@dataclass(frozen=True)
class Base:
    evidence: Evidence
    baseline: Baseline | None
    """Where a baseline file was named, and not one out of git."""


def _is_baseline(source: Source) -> bool:
    try:
        return is_baseline(source.path)
    except OSError as error:
        raise UnusableSourceError(
            f"cannot read {source.text} ({error.strerror or error}): "
            "give a results file, a baseline, or REVISION:PATH of one that git has"
        ) from error


def base_of(text: str) -> Base:
    """Raises UnusableSourceError, UnusableBaselineError and UnusableResultsError."""
    with TemporaryDirectory(prefix="laue-report-") as folder:
        source = _source(text, Path(folder))
        if _is_baseline(source):
            baseline = read_baseline(source.path)
            return Base(baseline.evidence(text), baseline)
        evidence = _evidence(text, [source])
    if not evidence.cells:
        raise UnusableSourceError(f"cannot compare with {text} (none of its runs succeeded): give another BASE")
    return Base(evidence, None)


def new_of(texts: Sequence[str]) -> Evidence:
    """Raises UnusableSourceError and UnusableResultsError."""
    sources = [_source(text, None) for text in texts]
    for source in sources:
        if _is_baseline(source):
            raise UnusableSourceError(
                f"cannot take {source.text} for NEW (it is a baseline): give results files, and the baseline as BASE"
            )
    return _evidence(", ".join(texts), sources)


def files_of(texts: Sequence[str]) -> list[Path]:
    """Where NEW lies."""
    return [_source(text, None).path for text in texts]
