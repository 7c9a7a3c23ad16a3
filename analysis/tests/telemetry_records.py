"""Lines of telemetry as laue-bench writes them."""

from __future__ import annotations

from typing import Any

from sample_records import SESSION

GIB = 2**30


def gpu_record(place: int = 0, **members: Any) -> dict[str, Any]:
    return {
        "uuid": f"GPU-{place}",
        "power_w": 350.5,
        "memory_used_bytes": 12 * GIB,
        "memory_bytes": 80 * GIB,
        "sm_clock_mhz": 1410.0,
        "memory_clock_mhz": 2619.0,
        "temperature_c": 63.0,
        "throttle_reasons": [],
    } | members


def telemetry_record(unix_time_s: float, **members: Any) -> dict[str, Any]:
    return {
        "type": "telemetry",
        "schema_version": "1.1.0",
        "session_id": SESSION,
        "unix_time_s": unix_time_s,
        "host": "node1",
        "running": "run 0 of cpu-p2-t1",
        "cpu_busy_fraction": 0.75,
        "memory_bytes": 64 * GIB,
        "memory_available_bytes": 48 * GIB,
        "load_average": [1.5, 1.0, 0.5],
        "gpus": [],
    } | members
