"""Results files for what draws: the example's records, changed."""

from __future__ import annotations

import copy
import json
import uuid
from pathlib import Path
from typing import Any

import numpy as np

Record = dict[str, Any]

EXAMPLE = Path(__file__).parents[2] / "configs" / "schema" / "example.jsonl"


def example_records() -> list[Record]:
    return [json.loads(line) for line in EXAMPLE.read_text(encoding="utf-8").splitlines()]


def of_type(*types: str) -> list[Record]:
    return [copy.deepcopy(record) for record in example_records() if record["type"] in types]


def changed_runs(point_id: str, walls_s: list[float], run: Record | None = None, **members: Any) -> list[Record]:
    """Runs of a point, whose name tells the grid; phases of the ranks are stretched to the time."""
    template = run or of_type("run")[0]
    mode, parallel, *threads = point_id.split("-")[:3]
    found = []
    for index, wall_s in enumerate(walls_s):
        record = copy.deepcopy(template) | {"point_id": point_id, "mode": mode, "parallel": int(parallel[1:])}
        record |= {"run_index": index, "total_wall_s": wall_s, "run_id": f"20260101T000000Z-{uuid.uuid4()}"}
        if mode == "cpu":
            record["threads"] = int(threads[0][1:])
        else:
            record.pop("threads", None)
        record["per_proc"] = [_rank(template["per_proc"][0], i, wall_s) for i in range(record["parallel"])]
        found.append(record | members)
    return found


def _rank(template: Record, i: int, wall_s: float) -> Record:
    rank = copy.deepcopy(template) | {"i": i, "rank": i, "replica": i, "start_s": 0.0, "end_s": wall_s}
    factor = wall_s / rank["elapsed_s"]
    rank["elapsed_s"] = wall_s
    for name, seconds in rank["phases"].items():
        if isinstance(seconds, float):
            rank["phases"][name] = factor * seconds
    return rank


def grid_records(seed: int = 1, runs: int = 8) -> list[Record]:
    """Points with 1, 2, 4 and 8 at a time of 1 and 2 threads, which scale by Amdahl's law with a serial share of 10 %,
    scattering by 1 %."""
    random = np.random.default_rng(seed)
    found = of_type("params", "staging", "skip", "end", "kernel")
    for threads in (1, 2):
        for parallel in (1, 2, 4, 8):
            wall_s = 2.0 / threads**0.8 * (1.0 + 0.1 * (parallel - 1))
            walls_s = [wall_s * factor for factor in random.lognormal(0.0, 0.01, runs)]
            found += changed_runs(f"cpu-p{parallel}-t{threads}", walls_s)
    return found


def failed(record: Record, error: str = "disk full") -> Record:
    changed = copy.deepcopy(record) | {"success": False, "throughput_per_min": None, "pixel_steps_per_s": None}
    for rank in changed["per_proc"]:
        rank |= {"success": False, "return_code": 3, "error": error}
    return changed


def other_launch(records: list[Record], session_id: str) -> list[Record]:
    return [copy.deepcopy(record) | {"session_id": session_id} for record in records]


def gpu_records() -> list[Record]:
    gpu = {"index": 0, "uuid": "GPU-1", "pci_bus_id": "0", "visible_gpus": 1, "ranks_on_gpu": 1}
    gpu |= {"energy_j": 50.0, "peak_memory_used_bytes": 3 * 2**30}
    found = of_type("params", "staging", "end")
    for parallel in (1, 2, 4):
        for run in changed_runs(f"gpu-p{parallel}", [0.5, 0.51, 0.52]):
            for rank in run["per_proc"]:
                rank["gpu"] = gpu
            run["energy"] |= {"cpu_j": 30.0 * parallel, "gpu_j": 50.0 * parallel, "total_j": 80.0 * parallel}
            found.append(run)
    return found


def write(path: Path, records: list[Record]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path
