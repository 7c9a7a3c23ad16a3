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


def write_lines(path: Path, *records: Any) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path
