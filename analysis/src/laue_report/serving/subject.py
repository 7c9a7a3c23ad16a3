"""What was asked to be shown."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars

from laue_report.evidence import Evidence
from laue_report.thresholds import Thresholds


@dataclass(frozen=True)
class Baseline:
    evidence: Evidence
    thresholds: Thresholds


@dataclass(frozen=True)
class Subject:
    """None: was not asked for."""

    results: Path
    telemetry: Path | None = None
    """None: the one that the launch names."""
    baseline: Baseline | None = None
    history: polars.DataFrame | None = None
    """A row per launch and point."""
