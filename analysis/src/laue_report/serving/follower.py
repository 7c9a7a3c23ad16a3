"""Reads on what a launch writes, and says how things stand."""

from __future__ import annotations

import time
from typing import Any

from laue_report.members import Record
from laue_report.serving.alerts import in_order, throttled_gpus
from laue_report.serving.followed_results import FollowedResults, State
from laue_report.serving.launch_view import LaunchView, launch_view, newest_launch
from laue_report.serving.subject import Subject
from laue_report.serving.telemetry import Telemetry, telemetry_path
from laue_report.tables import shown


class Follower:
    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._results = FollowedResults(subject.results)
        self._telemetry = Telemetry(subject.telemetry) if subject.telemetry else None
        self._view: LaunchView | None = None
        self._problem = ""

    def read(self) -> bool:
        """Whether anything has changed."""
        has_records = self._results.read()
        if has_records:
            self._take_records()
        has_telemetry = self._telemetry.read() if self._telemetry else False
        return has_records or has_telemetry

    def state(self) -> Record:
        """All that the page shows, which works nothing out itself but how long ago things were."""
        now_s = time.time()
        state: Record = {
            "file": str(self._subject.results),
            "state": self._results.state.value,
            "problem": self._problem,
            "now_s": now_s,
            "launch": self._launch_record(self._view, now_s) if self._view else None,
        }
        cleaned: Record = _shown(state)
        return cleaned

    def _take_records(self) -> None:
        self._view, self._problem = None, self._results.problem
        if self._results.state is not State.FOLLOWED:
            return
        measurements = self._results.measurements()
        launch = newest_launch(measurements)
        if launch is None:
            self._problem = "; ".join(measurements.warnings) or f"{self._results.path} has no record of a launch yet"
            return
        self._follow_telemetry(telemetry_path(self._results.path, launch.params))
        self._view = launch_view(self._subject, measurements, launch)

    def _follow_telemetry(self, told: Any) -> None:
        """Of each launch its own, unless another file was asked for."""
        if self._subject.telemetry or (self._telemetry and self._telemetry.path == told):
            return
        self._telemetry = Telemetry(told) if told else None

    def _launch_record(self, view: LaunchView, now_s: float) -> Record:
        """With what telemetry tells."""
        session_id = view.launch.session_id
        hardware = self._telemetry.view(session_id) if self._telemetry else None
        is_under_way = self._telemetry is not None and not view.launch.end
        running = self._telemetry.running(session_id, now_s) if self._telemetry and is_under_way else None
        alerts = in_order([*view.alerts, *(throttled_gpus(hardware) if not view.launch.end else [])])
        return view.record | {
            "running": running,
            "hardware": hardware,
            "alerts": [{"level": alert.level.value, "text": alert.text} for alert in alerts],
        }


def _shown(value: Any) -> Any:
    """Whatever records say, no text steers its reader."""
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, list | tuple):
        return [_shown(entry) for entry in value]
    if isinstance(value, dict):
        return {name: _shown(entry) for name, entry in value.items()}
    return value
