"""Whether nodes were loaded well: threads for processors, work for ranks, clocks."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import polars

from laue_report.finding import Finding, Severity, Values, listed, percent
from laue_report.measured_points import MeasuredLaunch, MeasuredPoint
from laue_report.members import Record
from laue_report.tables import number

#: Slowest rank over the mean of a run's ranks: about a tenth of the cores' time is lost there, and a run that takes a
#: tenth longer is a regression of latency.
LARGEST_IMBALANCE = 1.1

#: What a clock may lose within a launch: kernels lose as much speed, and +10 % of time is a regression.
LARGEST_CLOCK_LOSS = 0.1

#: As many successful runs as the program wants before it looks for outliers; thirds of them are compared.
LEAST_RUNS_FOR_CLOCKS = 6

#: Reasons of NVML that take speed from a busy GPU; the others tell that it is idle or set so.
THROTTLING = (
    "sw_power_cap",
    "hw_slowdown",
    "sw_thermal_slowdown",
    "hw_thermal_slowdown",
    "hw_power_brake_slowdown",
)


def _usable_cpus(node: Record) -> float | None:
    """Of its ranks together, as far as the cgroup's share of CPU time goes."""
    cpus = {cpu for rank in node.get("ranks") or [] for cpu in rank.get("cpus") or []}
    counts = [len(cpus) or node.get("logical_cpus"), node.get("cgroup_cpus")]
    return min((float(count) for count in counts if count), default=None)


@dataclass(frozen=True)
class Overload:
    """The node of a point that has most threads for its processors."""

    host: str
    threads: int
    cpus: float


def _overload(ranks: polars.DataFrame | None, cpus: dict[str, float | None]) -> Overload | None:
    if ranks is None or ranks["threads"].null_count():
        return None
    busiest = (
        ranks.group_by("run", "host").agg(polars.col("threads").sum()).group_by("host").agg(polars.col("threads").max())
    )
    loads = [Overload(host, threads, usable) for host, threads in busiest.iter_rows() if (usable := cpus.get(host))]
    return max(
        (load for load in loads if load.threads > load.cpus), key=lambda load: load.threads / load.cpus, default=None
    )


def _flagged(point: MeasuredPoint, flag: str) -> int:
    """Of its runs."""
    return int(point.runs["flags"].list.contains(flag).fill_null(False).sum())


def oversubscribed(launch: MeasuredLaunch) -> list[Finding]:
    """By the program's flag, and by its threads for the processors of nodes, whose limit of CPU time no flag knows."""
    nodes = (launch.launch.params.get("environment") or {}).get("nodes") or []
    names = Counter(str(node.get("hostname")) for node in nodes)
    # nodes of one name cannot be told apart among the ranks
    cpus = {name: _usable_cpus(node) for node in nodes if names[name := str(node.get("hostname"))] == 1}
    ranks = launch.ranks_by_point()
    named: dict[str, str] = {}
    values: Values = {}
    for point in launch:
        flagged, load = _flagged(point, "oversubscribed"), _overload(ranks.get(point.name), cpus)
        if not flagged and not load:
            continue
        figures = (
            f"{load.threads} threads for {number(load.cpus)} on {load.host}" if load else "threads for cores not known"
        )
        named[point.name] = f"{point.name} ({figures}, flagged in {flagged} of {len(point.wall_s)} runs)"
        values[f"{point.name}: flagged_runs"] = float(flagged)
        if load:
            values |= {f"{point.name}: threads": float(load.threads), f"{point.name}: usable_cpus": load.cpus}
    if not named:
        return []
    text = (
        f"more threads than usable processors: {listed(list(named.values()))}; fewer ranks or threads are often as fast"
    )
    return [Finding("oversubscribed", Severity.WARNING, text, values, list(named))]


def _slowest_rank(ranks: polars.DataFrame | None) -> tuple[str, int, int] | None:
    """The rank that was slowest most often: its name, in how many runs, and of how many."""
    if ranks is None or ranks["elapsed_s"].null_count() == ranks.height:
        return None
    slowest = ranks.sort("elapsed_s", descending=True, nulls_last=True).group_by("run", maintain_order=True).first()
    counts = slowest.group_by("rank", "host").len().sort("len", "rank", descending=[True, False])
    rank, host, runs = counts.row(0)
    return f"rank {rank} on {host}", int(runs), slowest.height


def imbalance(launch: MeasuredLaunch) -> list[Finding]:
    ranks = launch.ranks_by_point()
    named: list[str] = []
    values: Values = {}
    points = []
    for point in launch:
        known = point.runs["imbalance"].drop_nulls()
        median = float(known.median()) if known.len() else 0.0  # type: ignore[arg-type]
        if point.parallel < 2 or median <= LARGEST_IMBALANCE:
            continue
        points.append(point.name)
        values[f"{point.name}: imbalance"] = median
        slowest = _slowest_rank(ranks.get(point.name))
        named.append(
            f"{point.name} ({number(median)}"
            + (f", {slowest[0]} in {slowest[1]} of {slowest[2]} runs)" if slowest else ")")
        )
        if slowest:
            values |= {f"{point.name}: slowest_rank": slowest[0], f"{point.name}: slowest_in_runs": float(slowest[1])}
    if not points:
        return []
    text = (
        f"ranks wait for a slow one (slowest over mean seconds, median of the runs, above {LARGEST_IMBALANCE}): "
        f"{listed(named)}"
    )
    return [Finding("imbalance", Severity.WARNING, text, values, points)]


def _clock_loss(clocks: Sequence[float]) -> float:
    """From the first third of the runs to the last, of their medians; 0 where they are too few."""
    if len(clocks) < LEAST_RUNS_FOR_CLOCKS:
        return 0.0
    third = len(clocks) // 3
    return 1.0 - statistics.median(clocks[-third:]) / statistics.median(clocks[:third])


def _clocks_fell(launch: MeasuredLaunch, column: str, device: str) -> list[Finding]:
    clocks = {point.name: [mhz for mhz in point.runs[column].drop_nulls().to_list() if mhz > 0.0] for point in launch}
    losses = {name: _clock_loss(told) for name, told in clocks.items()}
    losses = {name: loss for name, loss in losses.items() if loss > LARGEST_CLOCK_LOSS}
    if not losses:
        return []
    named = listed([f"{name} ({percent(loss)})" for name, loss in losses.items()])
    text = f"{device} clocks fell from the first third of the runs to the last: {named}"
    values: Values = {f"{name}: clock_loss": loss for name, loss in losses.items()}
    return [Finding("throttled", Severity.WARNING, text, values, list(losses))]


def _gpu_reasons(launch: MeasuredLaunch) -> list[Finding]:
    named: dict[str, str] = {}
    values: Values = {}
    for point in launch:
        reasons = point.runs["gpu_throttle_reasons"]
        slowed = {reason: int(reasons.list.contains(reason).fill_null(False).sum()) for reason in THROTTLING}
        slowed = {reason: runs for reason, runs in slowed.items() if runs}
        if slowed:
            told = ", ".join(f"{reason} in {runs} of {len(point.wall_s)} runs" for reason, runs in slowed.items())
            named[point.name] = f"{point.name} ({told})"
            values |= {f"{point.name}: runs_with_{reason}": float(runs) for reason, runs in slowed.items()}
    if not named:
        return []
    text = f"GPUs held back their clocks: {listed(list(named.values()))}; times are those of a slower GPU"
    return [Finding("throttled", Severity.WARNING, text, values, list(named))]


def throttled(launch: MeasuredLaunch) -> list[Finding]:
    """By the reasons that the driver gives, and by clocks as they were when runs ended."""
    return [
        *_gpu_reasons(launch),
        *_clocks_fell(launch, "gpu_clock_end_mhz", "GPU"),
        *_clocks_fell(launch, "cpu_clock_end_mhz", "processor"),
    ]
