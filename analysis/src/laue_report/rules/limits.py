"""What limits the points: storage, computing, or copies between host and GPU."""

from __future__ import annotations

from dataclasses import dataclass

import polars

from laue_report.finding import Finding, Severity, Values, listed, percent
from laue_report.measured_points import MeasuredLaunch, MeasuredPoint

#: Of the pipeline thread's time: what takes more than half of it is longer than everything else together.
LARGEST_SHARE = 0.5

#: Of the attainable speed: below the first, more than half of a run went to something that no ceiling tells of; above
#: the second, the machine was another one while they were measured (by as much as the program tells of ceilings that
#: drifted). Then the phases are asked instead.
LEAST_ATTAINED, MOST_ATTAINED = 0.5, 1.3


@dataclass(frozen=True)
class Limit:
    rule: str
    bottlenecks: tuple[str, ...]
    """Words of the program for it."""
    share: str
    """Column of `_shares`."""
    title: str
    doing: str
    """What the pipeline thread did meanwhile."""
    advice: str


STORAGE = Limit(
    "storage-bound",
    ("storage-read", "storage-write"),
    "storage",
    "storage limits",
    "waiting for reading, writing and fsync",
    "faster storage or fewer bytes would help, more threads would not",
)
COMPUTE = Limit(
    "compute-bound",
    ("compute",),
    "compute",
    "computing limits",
    "computing and decompressing",
    "more threads, more cores or a GPU would help, faster storage would not",
)
COPIES = Limit(
    "copy-bound",
    ("host-device-copy",),
    "copies",
    "copies between host and GPU limit",
    "copying to and from the GPU",
    "a faster bus or fewer ranks on a GPU would help, faster kernels would not",
)


def _sum(*names: str) -> polars.Expr:
    """What no record tells is none."""
    return polars.sum_horizontal(polars.col(name).fill_null(0.0) for name in names)


def _part(*names: str, of: tuple[str, ...]) -> polars.Expr:
    """Of the busy times `of`; 0 where there were none."""
    whole = _sum(*of)
    return polars.when(whole > 0.0).then(_sum(*names) / whole).otherwise(0.0)


def _shares(ranks: polars.DataFrame) -> dict[str, dict[str, float]]:
    """Of each point's elapsed seconds, by name: mean over the ranks of a run, median over the runs. Waiting for frames
    is divided as reading and decompressing were busy, computing as the kernel and the copies were."""
    told = ranks.filter(polars.col("compute_s").is_not_null() & (polars.col("elapsed_s") > 0.0))
    decompressing = polars.col("wait_read_s").fill_null(0.0) * _part("decompress_s", of=("read_s", "decompress_s"))
    copies = ("copy_to_device_s", "copy_to_host_s")
    copying = polars.col("compute_s") * _part(*copies, of=("kernel_s", *copies))
    seconds = {
        "storage": _sum("wait_read_s", "wait_write_s", "fsync_s") - decompressing,
        "compute": polars.col("compute_s") - copying + decompressing,
        "copies": copying,
    }
    of_ranks = told.select("name", "run", **{name: part / polars.col("elapsed_s") for name, part in seconds.items()})
    of_points = of_ranks.group_by("name", "run").mean().drop("run").group_by("name").median()
    return {row.pop("name"): row for row in of_points.to_dicts()}


def _is_explained(point: MeasuredPoint) -> bool:
    """By its ceilings."""
    ceilings = point.summary.get("ceilings") or {}
    attained = ceilings.get("whole_fraction") or 0.0
    return bool(ceilings.get("bottleneck")) and LEAST_ATTAINED <= attained <= MOST_ATTAINED


def _from_ceilings(launch: MeasuredLaunch, limit: Limit) -> list[Finding]:
    limited = {
        point.name: point.summary["ceilings"]
        for point in launch
        if _is_explained(point) and point.summary["ceilings"]["bottleneck"] in limit.bottlenecks
    }
    if not limited:
        return []
    values: Values = {}
    for name, ceilings in limited.items():
        values[f"{name}: bottleneck"] = ceilings["bottleneck"]
        values[f"{name}: attained_fraction"] = ceilings["whole_fraction"]
    named = [
        f"{name} ({ceilings['bottleneck']}, {percent(ceilings['whole_fraction'])})"
        for name, ceilings in limited.items()
    ]
    text = (
        f"{limit.title} {listed(named)}: bottleneck and share of the attainable speed, by the ceilings; {limit.advice}"
    )
    return [Finding(limit.rule, Severity.NOTE, text, values, list(limited))]


def _why_phases(points: list[MeasuredPoint]) -> str:
    """Why no ceiling tells."""
    measured = [ceilings for point in points if (ceilings := point.summary.get("ceilings"))]
    if not measured:
        return "no ceilings were measured, which would tell more: laue-bench run --ceilings"
    attained = [ceilings["whole_fraction"] for ceilings in measured if ceilings.get("whole_fraction") is not None]
    if len(attained) < len(points):
        return "ceilings do not tell of all of them"
    spans = " to ".join(dict.fromkeys((percent(min(attained)), percent(max(attained)))))
    return f"ceilings do not explain their time ({spans} of the attainable speed)"


def _from_phases(launch: MeasuredLaunch, limit: Limit) -> list[Finding]:
    shares = _shares(launch.ranks)
    limited = [
        (point, shares[point.name][limit.share])
        for point in launch
        if not _is_explained(point) and shares.get(point.name, {}).get(limit.share, 0.0) > LARGEST_SHARE
    ]
    if not limited:
        return []
    values: Values = {f"{point.name}: {limit.share}_share": share for point, share in limited}
    named = listed([f"{point.name} ({percent(share)})" for point, share in limited])
    reason = _why_phases([point for point, _ in limited])
    text = f"{limit.title} {named}: share of the time of a reconstruction {limit.doing}; {limit.advice}; {reason}"
    return [Finding(limit.rule, Severity.NOTE, text, values, [point.name for point, _ in limited])]


def _limited(launch: MeasuredLaunch, limit: Limit) -> list[Finding]:
    return _from_ceilings(launch, limit) + _from_phases(launch, limit)


def storage_bound(launch: MeasuredLaunch) -> list[Finding]:
    return _limited(launch, STORAGE)


def compute_bound(launch: MeasuredLaunch) -> list[Finding]:
    return _limited(launch, COMPUTE)


def copy_bound(launch: MeasuredLaunch) -> list[Finding]:
    return _limited(launch, COPIES)
