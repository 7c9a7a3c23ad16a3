"""How the node of rank 0 stands, as ``laue-bench run --telemetry`` writes it each second."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from laue_report.members import Record
from laue_report.records import parsed
from laue_report.rules.load import THROTTLING
from laue_report.serving.growing_file import LastLines
from laue_report.shipped_schema import supported_major
from laue_report.tables import number

#: Lines that are shown, one of each second.
MOST_LINES = 300

#: More than so many lines have, with eight GPUs and reasons for all that is not known.
MOST_BYTES = 2_000_000

#: Without a line for so long, figures are no longer those of now.
FRESH_S = 10.0

_GIB = 2.0**30


class Telemetry:
    """Of the launch that is followed."""

    def __init__(self, path: Path) -> None:
        self._lines = LastLines(path, MOST_LINES, MOST_BYTES)
        self._samples: list[Record] = []
        self._problem = ""

    @property
    def path(self) -> Path:
        return self._lines.path

    def read(self) -> bool:
        """Whether anything has changed."""
        before = self._problem
        try:
            is_new = self._lines.read()
            self._problem = ""
        except OSError as error:
            is_new = False
            self._problem = f"cannot read {self.path} ({error.strerror or error}): it is tried again"
        if is_new:
            self._samples = [sample for line in self._lines.lines if (sample := _sample(line)) is not None]
        return is_new or self._problem != before

    def running(self, session_id: str, now_s: float) -> str | None:
        """The run that ranks of the launch are at; None where nothing tells, empty between two runs."""
        own = self._own(session_id)
        if not own or now_s - _number(own[-1], "unix_time_s", 0.0) > FRESH_S:
            return None
        return str(own[-1].get("running") or "")

    def view(self, session_id: str) -> Record:
        """For the page."""
        own = self._own(session_id)
        last = own[-1] if own else {}
        return {
            "problem": self._problem or self._why_nothing(own),
            "host": str(last.get("host", "")),
            "unix_time_s": last.get("unix_time_s"),
            "fresh_s": FRESH_S,
            "cpu_busy_percent": _scaled(last.get("cpu_busy_fraction"), 0.01),
            "memory_used_gib": _memory_used_gib(last),
            "memory_gib": _scaled(last.get("memory_bytes"), _GIB),
            "load_average": _numbers(last.get("load_average")),
            "unavailable": _reasons(last),
            "gpus": [_gpu(gpu) for gpu in last.get("gpus") or [] if isinstance(gpu, dict)],
            "trend": _trend(own),
        }

    def _own(self, session_id: str) -> list[Record]:
        if self._samples and _is_newer(self._samples[-1]):
            return []
        return [sample for sample in self._samples if sample.get("session_id") == session_id]

    def _why_nothing(self, own: Sequence[Record]) -> str:
        if not self._lines.is_there:
            return f"{self.path} is not there yet: it is waited for"
        if self._samples and _is_newer(self._samples[-1]):
            return (
                f"{self.path} cannot be read (it is of schema version {self._samples[-1]['schema_version']}, this "
                f"laue-report understands {supported_major()}.x): use the laue-report of that version"
            )
        if own:
            return ""
        others = f"its lines are of another launch, {self._samples[-1].get('session_id')}" if self._samples else ""
        return f"{self.path} tells nothing of this launch yet ({others or 'it has no line of telemetry'})"


def _sample(line: bytes) -> Record | None:
    """None for a line that is no telemetry."""
    try:
        record, _ = parsed(line)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) and record.get("type") == "telemetry" else None


def _is_newer(sample: Record) -> bool:
    major = str(sample.get("schema_version", "1")).split(".", 1)[0]
    return not major.isdigit() or int(major) > supported_major()


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(record: Record, name: str, otherwise: float) -> float:
    value = record.get(name)
    return float(value) if _is_number(value) else otherwise  # type: ignore[arg-type]


def _scaled(value: Any, unit: float) -> float | None:
    return float(value) / unit if _is_number(value) else None


def _numbers(value: Any) -> list[float]:
    return [float(entry) for entry in value if _is_number(entry)] if isinstance(value, list) else []


def _memory_used_gib(sample: Record) -> float | None:
    total, available = (_scaled(sample.get(name), _GIB) for name in ("memory_bytes", "memory_available_bytes"))
    return None if total is None or available is None else total - available


def _reasons(record: Record) -> list[str]:
    """Why members are not known."""
    unavailable = record.get("unavailable")
    return [f"{name}: {reason}" for name, reason in unavailable.items()] if isinstance(unavailable, dict) else []


def _gpu(gpu: Record) -> Record:
    reasons = gpu.get("throttle_reasons")
    told = [str(reason) for reason in reasons] if isinstance(reasons, list) else None
    return {
        "uuid": str(gpu.get("uuid") or "not told"),
        "cells": [
            _with_unit(gpu.get("power_w"), "W"),
            _of(gpu.get("memory_used_bytes"), gpu.get("memory_bytes")),
            _with_unit(gpu.get("sm_clock_mhz"), "MHz"),
            _with_unit(gpu.get("temperature_c"), "°C"),
            "not known" if told is None else ", ".join(told) or "none",
        ],
        "is_throttled": any(reason in THROTTLING for reason in told or []),
        "unavailable": _reasons(gpu),
    }


def _with_unit(value: Any, unit: str) -> str:
    return f"{number(float(value))} {unit}" if _is_number(value) else "-"


def _of(used: Any, whole: Any) -> str:
    parts = [number(part) if (part := _scaled(value, _GIB)) is not None else "-" for value in (used, whole)]
    return f"{parts[0]} of {parts[1]} GiB"


def _trend(samples: Sequence[Record]) -> Record:
    """Of the time that is shown; null where a line does not tell."""
    gpus = [[gpu for gpu in sample.get("gpus") or [] if isinstance(gpu, dict)] for sample in samples]
    count = max(map(len, gpus), default=0)
    return {
        "unix_time_s": [sample.get("unix_time_s") for sample in samples],
        "cpu_busy_percent": [_scaled(sample.get("cpu_busy_fraction"), 0.01) for sample in samples],
        "memory_used_gib": [_memory_used_gib(sample) for sample in samples],
        "gpu_power_w": [
            [_scaled(told[place].get("power_w"), 1.0) if place < len(told) else None for told in gpus]
            for place in range(count)
        ],
    }


def telemetry_path(results: Path, params: Record) -> Path | None:
    """Where the launch writes it, as its `params` tell. A relative path is one from the folder in which the launch was
    started: that of which `params.results` leads to the results file."""
    told = params.get("telemetry")
    if not isinstance(told, str) or not told:
        return None
    path = Path(told)
    if path.is_absolute():
        return path
    named = Path(str(params.get("results") or results.name))
    whole = results.absolute()
    if not named.is_absolute() and whole.parts[-len(named.parts) :] == named.parts:
        return Path(*whole.parts[: -len(named.parts)]) / path
    return whole.parent / path
