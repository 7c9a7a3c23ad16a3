"""What a report is of: one launch, its points and what else the files hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars

from laue_report.findings import Finding, findings_of
from laue_report.launches import Launch
from laue_report.measured_points import MeasuredLaunch, MeasuredPoint, measured_launch
from laue_report.measurements import Measurements
from laue_report.members import Record
from laue_report.point_table import best_row, point_table
from laue_report.selection import LAUNCH, launch_keys, measured, narrowed, of_launch


@dataclass(frozen=True)
class Subject:
    everything: Measurements
    """Of the files."""
    measurements: Measurements
    """Of the launch alone; of the files' kernel records all."""
    launch: Launch | None
    """None where the files hold no launch."""
    points: polars.DataFrame
    findings: list[Finding]

    @property
    def params(self) -> Record:
        return self.launch.params if self.launch else {}

    @property
    def best(self) -> dict[str, Any] | None:
        """The row of the point with the most reconstructions per minute."""
        return best_row(self.points)

    @property
    def best_summary(self) -> Record:
        """The program's own of the best point; empty where it has written none."""
        best = self.best or {}
        for record in self.measurements.summaries:
            same = str(record.get("staging_dir", "")) == best.get("staging_dir")
            if same and record.get("point_id") == best.get("point_id"):
                return record
        return {}

    def has_several_targets(self) -> bool:
        return self.points["staging_dir"].n_unique() > 1

    def name_of(self, row: dict[str, Any]) -> str:
        """Of a point, with its folder where there are several."""
        return f"{row['point_id']} in {row['staging_dir']}" if self.has_several_targets() else str(row["point_id"])

    def measured_best(self) -> tuple[MeasuredLaunch, MeasuredPoint] | None:
        """The best point with its runs; None where none succeeded, or where the file knows no launches."""
        best = self.best
        if best is None or self.launch is None:
            return None
        whole = measured_launch(self.measurements, self.launch.session_id)
        for point in whole:
            if (point.target, point.point_id) == (best["staging_dir"], best["point_id"]):
                return whole, point
        return None


def subject_of(measurements: Measurements, wanted_launch: str) -> Subject:
    """Raises UnusableSelectionError where no launch is the one that was asked for."""
    keys = launch_keys(measurements)
    if not keys:
        return Subject(measurements, measurements, None, point_table(measurements), [])
    own = (
        narrowed(measurements, {LAUNCH.option: wanted_launch})
        if measured(measurements).height
        else of_launch(measurements, keys[-1])
    )
    launch = next(reversed(own.launches.values()), None)
    findings = findings_of(own, launch.session_id) if launch else []
    return Subject(measurements, own, launch, point_table(own), findings)
