"""Clocks of processors and GPUs when a run had ended, and why GPUs held theirs back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from laue_report.members import Record


def _objects(value: Any) -> Iterator[Record]:
    """Of a list."""
    return (entry for entry in value if isinstance(entry, dict)) if isinstance(value, list) else iter(())


def _slowest(states: list[Any], member: str) -> float | None:
    values = [state.get(member) for state in states if isinstance(state, dict)]
    return min((float(value) for value in values if isinstance(value, int | float)), default=None)


def clock_cells(run: Record) -> list[Any]:
    """The slowest node's clock and the slowest GPU's, MHz, None where nothing tells; all reasons that any GPU gave
    right before the run or after it, None where none was asked."""
    gpus = [gpu for rank in _objects(run.get("per_proc")) if isinstance(gpu := rank.get("gpu"), dict)]
    states = [state for gpu in gpus for state in (gpu.get("start"), gpu.get("end")) if isinstance(state, dict)]
    reasons = [told for state in states if isinstance(told := state.get("throttle_reasons"), list)]
    return [
        _slowest([node.get("end") for node in _objects(run.get("nodes"))], "frequency_mhz"),
        _slowest([gpu.get("end") for gpu in gpus], "sm_clock_mhz"),
        sorted({str(reason) for told in reasons for reason in told}) if reasons else None,
    ]
