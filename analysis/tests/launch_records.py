"""Whole launches, made from the example of a results file: what is not changed is as the program wrote it."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

EXAMPLE = Path(__file__).parents[2] / "configs" / "schema" / "example.jsonl"

Record = dict[str, Any]


def _example() -> list[Record]:
    """Of its one launch."""
    records = [json.loads(line) for line in EXAMPLE.read_text(encoding="utf-8").splitlines()]
    return [record for record in records if record["type"] != "kernel"]


def _repeated(run: Record, runs: int, wall_s: Callable[[int], float]) -> list[Record]:
    """The run again and again, in other times; the phases of its ranks are changed by the tests that look at them."""
    found = []
    for index in range(runs):
        again = copy.deepcopy(run)
        again |= {"run_index": index, "order_index": index, "run_id": f"{run['run_id']}-{index}"}
        again["total_wall_s"] = wall_s(index)
        again["throughput_per_min"] = 60.0 * run["parallel"] / again["total_wall_s"]
        again["unix_time_s"] = run["unix_time_s"] + index
        found.append(again)
    return found


def launch(
    session: str,
    runs: int = 10,
    median_s: float = 1.0,
    noise: float = 0.01,
    change: Callable[[Record], None] | None = None,
) -> list[Record]:
    """A launch of the example's two points with so many runs of each; `change` may alter every record."""
    scatter = random.Random(session)
    found: list[Record] = []
    for record in _example():
        record["session_id"] = session
        if record["type"] == "params":
            record["runs"] = runs
        if record["type"] != "run":
            found.append(record)
        elif record["run_index"] == 0:
            found += _repeated(record, runs, lambda _: median_s * (1.0 + noise * scatter.gauss(0.0, 1.0)))
    for record in found if change else []:
        change(record)
    return found


def write(path: Path, *launches: list[Record]) -> Path:
    lines = [json.dumps(record) + "\n" for records in launches for record in records]
    path.write_text("".join(lines), encoding="utf-8")
    return path


def of_type(*types: str) -> Callable[[Callable[[Record], None]], Callable[[Record], None]]:
    """Makes a change one of records of these types alone."""

    def restrict(change: Callable[[Record], None]) -> Callable[[Record], None]:
        def changed(record: Record) -> None:
            if record["type"] in types:
                change(record)

        return changed

    return restrict
