"""What stands out in the records of a launch, by named rules."""

from __future__ import annotations

from collections.abc import Callable

from laue_report.finding import Finding as Finding
from laue_report.finding import Severity as Severity
from laue_report.measured_points import MeasuredLaunch, measured_launch
from laue_report.measurements import Measurements
from laue_report.rules.best import best_latency, best_throughput
from laue_report.rules.limits import compute_bound, copy_bound, storage_bound
from laue_report.rules.load import imbalance, oversubscribed, throttled
from laue_report.rules.trust import mixed_cache_states, noisy, outliers, slow_first, slow_hosts, throughput_fell

Rule = Callable[[MeasuredLaunch], list[Finding]]

RULES: list[Rule] = [
    best_throughput,
    best_latency,
    storage_bound,
    compute_bound,
    copy_bound,
    oversubscribed,
    imbalance,
    throttled,
    mixed_cache_states,
    noisy,
    outliers,
    slow_first,
    throughput_fell,
    slow_hosts,
]


def findings_of(measurements: Measurements, launch_id: str) -> list[Finding]:
    """Of one launch, all its targets; none where no run succeeded."""
    launch = measured_launch(measurements, launch_id)
    if not launch.points:
        return []
    return [finding for rule in RULES for finding in rule(launch)]
