"""Tables of a launch's points beyond the one that stands first: order, percentiles, resources, energy."""

from __future__ import annotations

from collections.abc import Iterable

import numpy
from rich.table import Table

from laue_report.members import Record
from laue_report.run_figures import PointFigures
from laue_report.summary import PointSummary
from laue_report.tables import number, point_table

MB = 1e6
MIB = 1 << 20

PERCENTILES = (50, 90, 95, 99)

#: Below as many runs a percentile lies between the slowest ones, whatever the others were.
LEAST_FOR_P99 = 100

THROUGHPUT_TITLE = "most reconstructions per minute (at the median time):"
LATENCY_TITLE = "shortest time of a run (median):"
PERCENTILES_TITLE = "seconds of a run (successful measured runs, percentiles linearly interpolated):"
RESOURCES_TITLE = "resources of a run (all its ranks together, median of the runs; peaks: most of any rank and run):"
ENERGY_TITLE = "energy of a run (median of the runs that know it):"

#: A table with the lines above and below it; without a table the lines below stand alone.
TitledTable = tuple[str, Table | None, list[str]]


def leaderboards(points: Iterable[PointSummary]) -> list[TitledTable]:
    """The same points twice: those that are best for many scans are not those that are first with one."""
    measured = [point for point in points if point.median_s is not None]
    return [(THROUGHPUT_TITLE, _by_throughput(measured), []), (LATENCY_TITLE, _by_latency(measured), [])]


def _by_throughput(points: list[PointSummary]) -> Table:
    ordered = sorted(points, key=lambda point: -(point.throughput_per_min or 0.0))
    best = (ordered[0].throughput_per_min or 0.0) if ordered else 0.0
    table = point_table(["per minute", "of the best"])
    for point in ordered:
        rate = point.throughput_per_min
        table.add_row(
            point.key.point_id, number(rate), f"{100.0 * rate / best:.0f} %" if rate is not None and best else "-"
        )
    return table


def _by_latency(points: list[PointSummary]) -> Table:
    ordered = sorted(points, key=lambda point: point.median_s or 0.0)
    best = (ordered[0].median_s or 0.0) if ordered else 0.0
    table = point_table(["median s", "times the best"])
    for point in ordered:
        table.add_row(
            point.key.point_id, number(point.median_s), number((point.median_s or 0.0) / best if best else None)
        )
    return table


def percentiles_table(points: Iterable[PointSummary]) -> TitledTable:
    measured = [point for point in points if point.wall_s]
    table = point_table(["runs", *(f"p{percentile} s" for percentile in PERCENTILES), "max s"])
    for point in measured:
        values = numpy.percentile(point.wall_s, PERCENTILES)
        table.add_row(
            point.key.point_id,
            str(len(point.wall_s)),
            *(number(float(value)) for value in values),
            number(max(point.wall_s)),
        )
    few = [point.key.point_id for point in measured if len(point.wall_s) < LEAST_FOR_P99]
    those = "each point" if len(few) == len(measured) else ", ".join(few)
    note = f"p99 says little (fewer than {LEAST_FOR_P99} runs of {those}): it lies between the two slowest"
    return PERCENTILES_TITLE, table, [note] if few else []


def _scaled(value: float | None, unit: float) -> str:
    return number(None if value is None else value / unit)


def resources_table(points: dict[str, PointFigures]) -> TitledTable:
    """`points` are by name."""
    table = point_table(
        ["CPU s", "cores busy", "peak MiB", "GPU peak MiB", "read MB", "written MB", "from disk MB", "to disk MB"]
    )
    for name, point in points.items():
        table.add_row(
            name,
            number(point.median("cpu_s")),
            number(point.median("cores_busy")),
            _scaled(point.largest("peak_rss_bytes"), MIB),
            _scaled(point.largest("gpu_peak_memory_bytes"), MIB),
            _scaled(point.median("bytes_read"), MB),
            _scaled(point.median("bytes_written"), MB),
            _scaled(point.median("read_from_device_bytes"), MB),
            _scaled(point.median("written_to_device_bytes"), MB),
        )
    return RESOURCES_TITLE, table, []


def energy_table(points: dict[str, PointFigures], summaries: dict[str, Record]) -> TitledTable:
    """Points whose energy no run knows are told below, with the reason. `points` and `summaries` are by name."""
    table = point_table(["runs", "CPU J", "GPU J", "total J", "J per reconstruction"])
    unknown: dict[str, list[str]] = {}
    for name, point in points.items():
        if not any(point.known(column) for column in ("cpu_j", "gpu_j", "total_j")):
            unknown.setdefault(_why_unknown(summaries.get(name, {})), []).append(name)
            continue
        table.add_row(
            name,
            str(point.known("total_j")),
            *(number(point.median(column)) for column in ("cpu_j", "gpu_j", "total_j", "j_per_reconstruction")),
        )
    notes = [f"energy not known ({reason}): {', '.join(names)}" for reason, names in unknown.items()]
    return ENERGY_TITLE, table, notes


def _why_unknown(summary: Record) -> str:
    reasons = (summary.get("energy") or {}).get("unavailable") or {}
    return str(reasons.get("total_j") or "its records give no reason")
