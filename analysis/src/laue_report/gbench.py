"""A launch's runs in the JSON layout of Google Benchmark, whose tools compare two such files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import polars

from laue_report.launches import Launch
from laue_report.measurements import Measurements
from laue_report.members import Record
from laue_report.run_figures import run_figures

#: Its tools print whole units, and runs may take milliseconds.
TIME_UNIT, UNITS_PER_S = "us", 1e6


class UnusableRunsError(Exception):
    """Runs that the layout cannot hold."""


def gbench_record(measurements: Measurements, launch: Launch) -> Record:
    """Successful measured runs, each an iteration of its point; where the launch has several targets, these stand
    behind the point's name. CPU time is that of all ranks together. Raises UnusableRunsError."""
    figures = run_figures(measurements).filter(
        polars.any_horizontal(polars.col("session_id", "launch_id") == launch.session_id),
        polars.col("success"),
        ~polars.col("is_warmup"),
    )
    if figures.is_empty():
        raise UnusableRunsError("no run succeeded")
    if figures["cpu_s"].null_count():
        raise UnusableRunsError("runs do not tell their CPU time, which the layout wants")
    return {"context": _context(launch, figures), "benchmarks": list(_benchmarks(figures))}


def _context(launch: Launch, figures: polars.DataFrame) -> Record:
    environment = launch.params.get("environment") or {}
    node: Record = next(iter(environment.get("nodes") or []), {})
    started_s = launch.params.get("unix_time_s", figures["unix_time_s"].min())
    found = {
        "date": None if started_s is None else datetime.fromtimestamp(started_s, timezone.utc).isoformat(),
        "host_name": (launch.params.get("host") or {}).get("hostname"),
        "executable": next(iter(environment.get("command_line") or []), None),
        "num_cpus": node.get("logical_cpus"),
        "cpu_scaling_enabled": None if node.get("governor") is None else node["governor"] != "performance",
        "caches": [_cache(cache) for cache in node.get("caches") or []],
        "load_avg": node.get("load_average") or [],
        "json_schema_version": 1,
        "laue_bench_version": (environment.get("program") or {}).get("version"),
        "laue_bench_session_id": launch.session_id,
    }
    return {name: value for name, value in found.items() if value is not None}


def _cache(cache: Record) -> Record:
    """The first level is two caches, of which the program records that for data."""
    kind = "Data" if cache["level"] == 1 else "Unified"
    return {"type": kind, "level": cache["level"], "size": cache["bytes"], "num_sharing": cache["shared_by_cpus"]}


def _benchmarks(figures: polars.DataFrame) -> Iterator[dict[str, Any]]:
    has_targets = figures["staging_dir"].n_unique() > 1
    groups = figures.group_by("staging_dir", "point_id", maintain_order=True)
    for family, ((staging_dir, point_id), runs) in enumerate(groups):
        name = f"{point_id}/{staging_dir}" if has_targets else str(point_id)
        for place, run in enumerate(runs.iter_rows(named=True)):
            yield {
                "name": name,
                "family_index": family,
                "per_family_instance_index": 0,
                "run_name": name,
                "run_type": "iteration",
                "repetitions": runs.height,
                "repetition_index": place,
                "threads": (run["parallel"] or 0) * (run["threads"] or 1),
                "iterations": 1,
                "real_time": run["total_wall_s"] * UNITS_PER_S,
                "cpu_time": run["cpu_s"] * UNITS_PER_S,
                "time_unit": TIME_UNIT,
                **_counters(run),
            }


def _counters(run: dict[str, Any]) -> dict[str, float]:
    """Under the names that the layout has for them: an item is a reconstruction."""
    per_min, bytes_per_s = run["throughput_per_min"], run["bytes_per_s"]
    counters = {"items_per_second": None if per_min is None else per_min / 60.0, "bytes_per_second": bytes_per_s}
    return {name: value for name, value in counters.items() if value is not None}
