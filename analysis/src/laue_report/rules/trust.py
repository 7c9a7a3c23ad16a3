"""What to know before runs are compared: where the bytes came from, how much times scatter, what stands out."""

from __future__ import annotations

import math
import statistics
from collections import Counter

import polars

from laue_report.finding import Finding, Severity, Values, listed, percent
from laue_report.measured_points import MeasuredLaunch, MeasuredPoint
from laue_report.tables import number

#: Log ratio: what differs by less than the noise floor cannot be told apart, and above this that is a regression of
#: latency (+10 %).
LARGEST_NOISE_FLOOR = math.log(1.1)

#: Standard deviation of the logarithm of times: up to it 10 against 10 launches find +20 % in nine cases of ten
#: (`laue-report ab`), above it they do not.
LARGEST_SPREAD = 0.05

#: Runs: the standard deviation of two tells next to nothing.
LEAST_RUNS_FOR_SPREAD = 3

#: Of the time of other members of the same runs: as much as a regression of latency.
LARGEST_SLOWNESS = 1.1

#: Runs in which a host or GPU was beside others: in fewer, one that was slow once stands out.
LEAST_RUNS_FOR_SLOWNESS = 3

#: Filesystems in memory have no page cache beside them: their bytes come from memory as warm ones do.
_SAME_STATE = {"warm-only": "warm"}


def mixed_cache_states(launch: MeasuredLaunch) -> list[Finding]:
    points: dict[str, list[str]] = {}
    runs: Counter[str] = Counter()
    for point in launch:
        for state, count in Counter(point.runs["cache_state"].drop_nulls().to_list()).items():
            points.setdefault(state, []).append(point.name)
            runs[state] += count
    if len({_SAME_STATE.get(state, state) for state in runs}) < 2 and "partial" not in runs:
        return []
    rarest_last = runs.most_common()
    told = "; ".join(
        f"{state} in {count} of {runs.total()} runs ({listed(points[state])})" for state, count in rarest_last
    )
    text = f"runs found their frames in different places, times are not to be compared: {told}"
    values: Values = {f"{state}: runs": float(count) for state, count in rarest_last}
    fewest = [name for state, _ in rarest_last[1:] or rarest_last for name in points[state]]
    return [Finding("mixed-cache-states", Severity.WARNING, text, values, list(dict.fromkeys(fewest)))]


def _noise(point: MeasuredPoint) -> dict[str, float]:
    """What is too large of it."""
    found = {}
    floor = point.summary.get("noise_floor")
    if floor is not None and floor > LARGEST_NOISE_FLOOR:
        found["noise_floor"] = float(floor)
    if len(point.wall_s) >= LEAST_RUNS_FOR_SPREAD:
        spread = statistics.stdev(math.log(seconds) for seconds in point.wall_s)
        if spread > LARGEST_SPREAD:
            found["spread"] = spread
    return found


def noisy(launch: MeasuredLaunch) -> list[Finding]:
    noises = {point.name: (point, noise) for point in launch if (noise := _noise(point))}
    if not noises:
        return []
    words = {"noise_floor": "noise floor", "spread": "standard deviation"}
    named = [
        f"{name} ({', '.join(f'{words[key]} {percent(math.expm1(value))}' for key, value in noise.items())}, "
        f"{len(point.wall_s)} runs)"
        for name, (point, noise) in noises.items()
    ]
    values: Values = {
        f"{name}: {key}_log_ratio": value for name, (_, noise) in noises.items() for key, value in noise.items()
    }
    text = (
        f"times scatter too much to tell changes of 10 %: {listed(named)}; "
        "a quieter machine or more runs (--target-ci) would"
    )
    return [Finding("noisy", Severity.WARNING, text, values, list(noises))]


def outliers(launch: MeasuredLaunch) -> list[Finding]:
    found = {point.name: point for point in launch if point.summary.get("outliers")}
    if not found:
        return []
    named = listed([f"{name} (run_index {listed(_indices(point))})" for name, point in found.items()])
    values: Values = {f"{name}: run_index": ", ".join(_indices(point)) for name, point in found.items()}
    text = f"runs further from the median than 3.5 * 1.4826 * MAD, which count all the same: {named}"
    return [Finding("anomaly-outliers", Severity.NOTE, text, values, list(found))]


def _indices(point: MeasuredPoint) -> list[str]:
    return [str(index) for index in point.summary["outliers"]]


def slow_first(launch: MeasuredLaunch) -> list[Finding]:
    found = [point for point in launch if point.summary.get("slow_first")]
    if not found:
        return []
    values: Values = {}
    named = []
    for point in found:
        first, others = _first_and_others(point)
        values |= {f"{point.name}: first_s": first, f"{point.name}: median_of_others_s": others}
        named.append(f"{point.name} ({number(first)} s, the others {number(others)} s)")
    text = f"the first run is slow against the others: {listed(named)}; laue-bench run --warmup 1 leaves it out"
    return [Finding("anomaly-slow-first", Severity.NOTE, text, values, [point.name for point in found])]


def _first_and_others(point: MeasuredPoint) -> tuple[float, float]:
    """Seconds; of the others the median."""
    is_first = (point.runs["run_index"] == 0).fill_null(False)
    first, others = point.runs.filter(is_first)["total_wall_s"], point.runs.filter(~is_first)["total_wall_s"]
    return statistics.median(first), statistics.median(others)


def throughput_fell(launch: MeasuredLaunch) -> list[Finding]:
    found = {
        point.name: point.summary["sustained"]
        for point in launch
        if (point.summary.get("sustained") or {}).get("throughput_fell")
    }
    if not found:
        return []
    named: list[str] = []
    values: Values = {}
    for name, sustained in found.items():
        first, last = float(sustained["first_tenth_s"]), float(sustained["last_tenth_s"])
        named.append(f"{name} ({number(first)} s, then {number(last)} s)")
        values |= {f"{name}: first_tenth_s": first, f"{name}: last_tenth_s": last}
    text = f"the last tenth of the runs took over 20 % longer than the first: {listed(named)}"
    return [Finding("anomaly-throughput-fell", Severity.WARNING, text, values, list(found))]


def _beside_others(launch: MeasuredLaunch, column: str) -> polars.DataFrame:
    """Of each run the hosts or GPUs that were not alone in it, and their seconds over the mean of the others'."""
    known = launch.ranks.filter(polars.col(column).is_not_null() & (polars.col("elapsed_s") > 0.0))
    by_run = known.group_by("name", "run", column, maintain_order=True).agg(polars.col("elapsed_s").mean())
    total, count = polars.col("elapsed_s").sum().over("run"), polars.len().over("run")
    others = (total - polars.col("elapsed_s")) / (count - 1)
    return by_run.filter(count > 1).with_columns(ratio=polars.col("elapsed_s") / others)


def _slow_members(ratios: polars.DataFrame, column: str) -> dict[str, tuple[float, int]]:
    """Hosts or GPUs: the median of their seconds over those of the others in the same runs, and in how many runs."""
    members = (
        ratios.group_by(column)
        .agg(polars.col("ratio").median(), polars.len().alias("runs"))
        .sort("ratio", descending=True)
    )
    return {
        str(name): (ratio, runs)
        for name, ratio, runs in members.select(column, "ratio", "runs").iter_rows()
        if ratio > LARGEST_SLOWNESS and runs >= LEAST_RUNS_FOR_SLOWNESS
    }


def _slow(launch: MeasuredLaunch, column: str, noun: str) -> list[Finding]:
    ratios = _beside_others(launch, column)
    slow = _slow_members(ratios, column)
    if not slow:
        return []
    named = listed(
        [f"{name} ({number(ratio)} times their seconds, median of {runs} runs)" for name, (ratio, runs) in slow.items()]
    )
    values: Values = {f"{name}: times_the_others": ratio for name, (ratio, _) in slow.items()}
    is_slow = polars.col(column).is_in(list(slow))
    points = ratios.filter(is_slow)["name"].unique(maintain_order=True).to_list()
    text = f"{noun} slower than the others of the same runs: {named}"
    return [Finding("anomaly-slow-host", Severity.WARNING, text, values, points)]


def slow_hosts(launch: MeasuredLaunch) -> list[Finding]:
    """And slow GPUs."""
    return _slow(launch, "host", "hosts") + _slow(launch, "gpu_uuid", "GPUs")
