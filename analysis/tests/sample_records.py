"""Records as a launch would write them, small enough to read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SESSION = "3b241101-e2bb-4255-8caf-4136c566a962"


def run_record(
    point_id: str = "cpu-p2-t1", wall_s: float = 2.0, success: bool = True, kind: str = "run", session: str = SESSION
) -> dict[str, Any]:
    parallel = int(point_id.split("-")[1][1:])
    return {
        "type": kind,
        "session_id": session,
        "point_id": point_id,
        "staging_dir": "/stage",
        "mode": "cpu",
        "parallel": parallel,
        "threads": 1,
        "total_wall_s": wall_s,
        "pixel_steps_per_s": 8e6 / wall_s if success else None,
        "success": success,
    }


def params_record(points: list[str], runs: int = 2, session: str = SESSION) -> dict[str, Any]:
    return {
        "type": "params",
        "ts": "20250812T150102Z",
        "session_id": session,
        "tag": "night shift",
        "host": {"hostname": "node1", "platform": "Linux"},
        "git": {"sha": "0123456789abcdef0123456789abcdef01234567"},
        "staging_dirs": ["/stage"],
        "runs": runs,
        "points": points,
    }


def summary_record(point_id: str = "cpu-p2-t1", n: int = 6, **members: Any) -> dict[str, Any]:
    head = {"type": "summary", "session_id": SESSION, "point_id": point_id, "staging_dir": "/stage", "mode": "cpu"}
    return {**head, "parallel": 2, "threads": 1, "n": n, "failed": 0, **members}


def end_record(status: str = "complete", error: str | None = None, signal: str | None = None) -> dict[str, Any]:
    return {"type": "end", "session_id": SESSION, "status": status, "error": error, "signal": signal}


def write_lines(path: Path, *records: Any) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path
