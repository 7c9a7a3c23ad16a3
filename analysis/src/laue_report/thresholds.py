"""From what size on a change is a regression or worth an alert: configs/thresholds.json, or what a user says."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from laue_report.members import RecordValidator, problems_of
from laue_report.shipped_schema import THRESHOLDS, THRESHOLDS_SCHEMA, shipped_schema

#: How options look that say something else than the file.
_FORMS = {"--limit": "NAME=VALUE", "--alert": "NAME=WARNING:CRITICAL"}


class UnusableThresholdsError(ValueError):
    """Limits that cannot be used."""


@dataclass(frozen=True)
class Levels:
    """From which on a change is worth an alert. Negative ones are for what gets worse as it falls."""

    warning: float
    critical: float

    def reached(self, change: float) -> str | None:
        """The level that a change has."""
        sign = math.copysign(1.0, self.warning)
        for name, level in (("critical", self.critical), ("warning", self.warning)):
            if sign * change > sign * level:
                return name
        return None


@dataclass(frozen=True)
class Thresholds:
    latency_percent: float
    memory_percent: float
    throughput_percent: float
    accuracy_drift: float
    """Relative."""
    time_percent: Levels
    memory_bytes: Levels
    energy_efficiency_percent: Levels


def _file(path: Path | None) -> dict[str, Any]:
    if path is None:
        return shipped_schema(THRESHOLDS)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise UnusableThresholdsError(
            f"cannot use thresholds {path} ({error}): give a JSON file like configs/thresholds.json"
        ) from error
    if not isinstance(content, dict):
        raise UnusableThresholdsError(
            f"cannot use thresholds {path} (it holds no JSON object): give a JSON file like configs/thresholds.json"
        )
    return content


def _number(option: str, text: str, value: str) -> float:
    try:
        return float(value)
    except ValueError as error:
        raise UnusableThresholdsError(
            f"cannot use {option} {text} ('{value}' is no number): give it as {_FORMS[option]}"
        ) from error


def _split(option: str, text: str, known: dict[str, Any]) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise UnusableThresholdsError(f"cannot use {option} {text} (no '=' in it): give it as {_FORMS[option]}")
    if name not in known:
        raise UnusableThresholdsError(
            f"cannot use {option} {text} (there is no '{name}'): give one of {', '.join(known)}"
        )
    return name, value


def _override(content: dict[str, Any], limits: Sequence[str], alerts: Sequence[str]) -> None:
    for text in limits:
        name, value = _split("--limit", text, content["regression"])
        content["regression"][name] = _number("--limit", text, value)
    for text in alerts:
        name, value = _split("--alert", text, content["alerts"])
        warning, _, critical = value.partition(":")
        levels = {"warning": _number("--alert", text, warning), "critical": _number("--alert", text, critical)}
        content["alerts"][name] = levels


def _check(content: dict[str, Any], source: str) -> None:
    validator = RecordValidator(shipped_schema(THRESHOLDS_SCHEMA))
    if problems := sorted(problems_of(validator, content)):
        member, problem = problems[0]
        raise UnusableThresholdsError(
            f"cannot use {source} ({member}: {problem}): see configs/schema/thresholds.schema.json"
        )
    for name, levels in content["alerts"].items():
        if abs(levels["critical"]) < abs(levels["warning"]):
            raise UnusableThresholdsError(
                f"cannot use {source} ({name}: critical {levels['critical']:g} comes before warning "
                f"{levels['warning']:g}): give the warning first"
            )


def thresholds_from(path: Path | None = None, limits: Sequence[str] = (), alerts: Sequence[str] = ()) -> Thresholds:
    """Those of a file, or those that came with this package; `limits` (NAME=VALUE) and `alerts`
    (NAME=WARNING:CRITICAL) win. Raises UnusableThresholdsError."""
    content = _file(path)
    _check(content, f"thresholds {path}" if path else "the thresholds of this package")
    _override(content, limits, alerts)
    _check(content, "these --limit and --alert")
    limits_and_levels = content["regression"] | {name: Levels(**entry) for name, entry in content["alerts"].items()}
    return Thresholds(**limits_and_levels)
