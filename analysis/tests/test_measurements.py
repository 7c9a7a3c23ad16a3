"""Results files as tables."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars
import pytest
from laue_report.columns import BUSY_PHASES, PIPELINE_PHASES, TableBuilder
from laue_report.measurements import Loader, Measurements, load
from laue_report.records import LastLine
from sample_records import SESSION, end_record, params_record, run_record, summary_record, write_lines

EXAMPLE = Path(__file__).resolve().parents[2] / "configs" / "schema" / "example.jsonl"
OTHER_SESSION = "9b241101-e2bb-4255-8caf-4136c566a962"

RUNS = 100_000
FILE_BYTES = 1_000_000_000
MOST_MEMORY_BYTES = 4 << 30


def example_records() -> list[dict[str, Any]]:
    return [json.loads(line) for line in EXAMPLE.read_text(encoding="utf-8").splitlines()]


def rows(table: polars.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    return table.select(columns).rows()


def test_every_run_and_rank_of_the_example_has_its_row() -> None:
    records = [record for record in example_records() if record["type"] in ("run", "warmup")]
    found = load([EXAMPLE])
    assert rows(found.runs, "run_id", "total_wall_s", "is_warmup", "point_id") == [
        (record["run_id"], record["total_wall_s"], record["type"] == "warmup", record["point_id"]) for record in records
    ]
    ranks = [(run, rank) for run, record in enumerate(records) for rank in record["per_proc"]]
    assert rows(found.ranks, "run", "i", "elapsed_s") == [(run, rank["i"], rank["elapsed_s"]) for run, rank in ranks]
    for name in (*PIPELINE_PHASES, *BUSY_PHASES):
        assert found.ranks[name].to_list() == [rank["phases"][name] for _, rank in ranks]
    assert found.ranks["user_s"].to_list() == [rank["usage"]["user_s"] for _, rank in ranks]
    assert found.ranks["cpus"].to_list() == [len(rank["cpus"]) for _, rank in ranks]
    assert found.warnings == []


def test_other_records_are_kept_by_type() -> None:
    found, records = load([EXAMPLE]), example_records()
    assert (found.summaries, found.ceilings, found.stagings, found.skips, found.kernels) == tuple(
        [record for record in records if record["type"] == kind]
        for kind in ("summary", "ceiling", "staging", "skip", "kernel")
    )
    (launch,) = found.launches.values()
    assert launch.params == records[0]
    assert launch.end == next(record for record in records if record["type"] == "end")


def test_run_of_a_gpu_tells_of_its_device(results_path: Path) -> None:
    throttled = {"throttle_reasons": ["sw_power_cap"]}
    gpu = {"index": 1, "uuid": "GPU-1", "peak_memory_used_bytes": 5, "start": throttled, "end": {}}
    run = {**run_record("gpu-p1-t1"), "mode": "gpu", "per_proc": [{"gpu": gpu}], "ranks_on_nodes": [1, 0, 2]}
    del run["threads"]
    run["nodes"] = [{"end": {"frequency_mhz": mhz, "temperature_c": None}} for mhz in (3000.0, 2000)]
    run["energy"] = {"gpu_j": 7.5}
    write_lines(results_path, run)
    found = load([results_path])
    columns = ("threads", "nodes", "gpu_j", "cpu_j", "cpu_clock_end_mhz", "gpu_throttle_reasons")
    assert rows(found.runs, *columns) == [(None, 2, 7.5, None, 2000.0, ["sw_power_cap"])]
    assert rows(found.ranks, "gpu_uuid", "gpu_index", "gpu_peak_memory_bytes") == [("GPU-1", 1, 5)]


def test_what_records_of_the_predecessor_lack_is_null(results_path: Path) -> None:
    old = {"type": "run", "mode": "cpu", "parallel": 4, "threads": 2, "total_wall_s": 12, "success": True}
    write_lines(results_path, old | {"per_proc": [{"i": 0, "gpu": None}, {"i": 1, "gpu": 0}]})
    found = load([results_path])
    assert rows(found.runs, "session_id", "launch_id", "point_id", "total_wall_s") == [("", "", "cpu-p4-t2", 12.0)]
    assert found.ranks["i"].to_list() == [0, 1]
    empty = set(found.ranks.columns) - {"run", "i"}
    assert all(found.ranks[name].null_count() == 2 for name in empty)


def test_empty_file_has_tables_without_rows(results_path: Path) -> None:
    results_path.write_text("")
    found = load([results_path])
    full = load([EXAMPLE])
    assert (found.runs.height, found.ranks.height, found.launches) == (0, 0, {})
    assert (found.runs.schema, found.ranks.schema) == (full.runs.schema, full.ranks.schema)


def test_rows_keep_their_order_over_chunks(results_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TableBuilder, "CHUNK_ROWS", 2)
    times = [float(run) for run in range(1, 8)]
    write_lines(results_path, *({**run_record(wall_s=wall_s), "per_proc": [{"i": 0}]} for wall_s in times))
    found = load([results_path])
    assert rows(found.runs, "run", "total_wall_s") == list(enumerate(times))
    assert found.ranks["run"].to_list() == list(range(7))


def test_a_table_asked_for_after_each_row_does_not_fall_into_pieces() -> None:
    """As one does that follows a file: joining many pieces would take longer with each row."""
    builder = TableBuilder({"number": polars.Int64()})
    for number in range(1000):
        builder.add([number])
        table = builder.table()
        assert table.n_chunks() <= TableBuilder.MOST_CHUNKS
    assert table["number"].to_list() == list(range(1000))


def test_a_file_is_read_in_portions_of_whole_lines(results_path: Path) -> None:
    write_lines(results_path, *(run_record(wall_s=float(seconds)) for seconds in (1, 2, 3)))
    loader = Loader()
    file = loader.add(results_path)
    portion = len(json.dumps(run_record())) + 10
    assert [loader.read(file, most_bytes=portion) for _ in range(3)] == [2, 1, 0]
    assert loader.measurements().runs["total_wall_s"].to_list() == [1.0, 2.0, 3.0]


def test_successful_run_counts_for_the_last_launch_that_went_on_with_it(results_path: Path) -> None:
    resumed = {**params_record(["cpu-p2-t1"]), "session_id": OTHER_SESSION, "resumes": SESSION}
    runs = [run_record(), run_record(success=False), run_record(session=OTHER_SESSION)]
    write_lines(results_path, params_record(["cpu-p2-t1"]), *runs, resumed)
    found = load([results_path]).runs
    assert rows(found, "session_id", "launch_id") == [
        (SESSION, OTHER_SESSION),
        (SESSION, SESSION),
        (OTHER_SESSION, OTHER_SESSION),
    ]


def test_failed_run_tells_why_and_its_time_may_be_anything(results_path: Path) -> None:
    ranks = [{"rank": 3, "success": False, "error": "no room"}]
    write_lines(results_path, run_record(), run_record(success=False) | {"per_proc": ranks, "total_wall_s": "late"})
    found = load([results_path]).runs
    assert rows(found, "success", "error", "total_wall_s") == [(True, None, 2.0), (False, "rank 3: no room", None)]


def torn_foreign_and_wrong_lines() -> Iterator[bytes]:
    yield b'{"type": "run", "tot'
    yield b'["a", "list"]'
    yield json.dumps(run_record() | {"order_index": "first"}).encode()
    yield json.dumps({**run_record(), "per_proc": [{"io": {"bytes_read": "many"}}]}).encode()


def test_lines_that_hold_no_run_are_told(results_path: Path) -> None:
    write_lines(results_path, run_record())
    with results_path.open("ab") as stream:
        stream.writelines(line + b"\n" for line in torn_foreign_and_wrong_lines())
    found = load([results_path])
    assert found.runs.height == 1
    assert found.warnings == [
        f"{results_path}: line 2 is torn (no JSON) and left out",
        f"{results_path}: line 3 is no records of laue-bench and left out",
        f"{results_path}: 2 lines (4, 5) are wrong (line 4, order_index: 'first' is not of type 'integer', 'null') "
        "and left out: laue-report validate shows all that is wrong",
    ]


@pytest.mark.parametrize("number", ["NaN", "1e999", "-Infinity", "1" + 400 * "0"])
def test_number_that_is_none_is_wrong_wherever_it_is_read(results_path: Path, number: str) -> None:
    text = json.dumps({**run_record(), "imbalance": "@"}).replace('"@"', number)
    results_path.write_text(f"{text}\n{json.dumps(run_record())}\n", encoding="utf-8")
    found = load([results_path])
    assert (found.runs.height, len(found.warnings)) == (1, 1)
    assert "line 1 is wrong (imbalance: " in found.warnings[0]


def test_halves_of_characters_are_kept_as_escapes(results_path: Path) -> None:
    write_lines(results_path, {**run_record(), "point_id": "half \ud800"})
    assert load([results_path]).runs["point_id"].to_list() == ["half \\ud800"]


def test_whole_number_that_no_column_holds_is_left_out(results_path: Path) -> None:
    write_lines(results_path, {**run_record(), "run_index": 2.0}, {**run_record(), "run_index": 10**30})
    assert load([results_path]).runs["run_index"].to_list() == [2, None]


def test_kernel_records_are_no_launches(results_path: Path) -> None:
    write_lines(results_path, {"type": "kernel", "session_id": OTHER_SESSION}, run_record())
    found = load([results_path])
    assert (list(found.launches), len(found.kernels)) == ([SESSION], 1)


def test_copies_and_summaries_count_once(results_path: Path) -> None:
    run = {**run_record(), "run_id": "20250812T150102Z-0"}
    write_lines(results_path, params_record(["cpu-p2-t1"]), run, summary_record(), end_record())
    copy = results_path.with_name("copy.jsonl")
    shutil.copy(results_path, copy)
    found = load([results_path, copy])
    assert (found.runs.height, len(found.summaries), found.runs["path"].to_list()) == (1, 1, [str(results_path)])
    assert found.warnings == [f"{copy}: 4 lines (1, 2, 3, 4) are repeated from other lines and counted once"]


def test_growing_file_is_read_on_behind_its_last_whole_line(results_path: Path) -> None:
    text = "".join(json.dumps(run_record(wall_s=wall_s)) + "\n" for wall_s in (1.0, 2.0, 3.0))
    loader, half = Loader(), len(text) // 2
    file = loader.add(results_path)
    results_path.write_text(text[:half])
    assert loader.read(file, LastLine.UNFINISHED) == 1
    results_path.write_text(text)
    assert loader.read(file, LastLine.UNFINISHED) == 2
    found = loader.measurements()
    assert (found.runs["total_wall_s"].to_list(), found.warnings) == ([1.0, 2.0, 3.0], [])


def large_run(record: dict[str, Any], place: int) -> bytes:
    """Of a size that makes a file of the size wanted, and different from all others."""
    parts = record["per_proc"]
    record["per_proc"] = [{**parts[i % len(parts)], "i": i, "elapsed_s": place + i / 8} for i in range(len(parts))]
    record |= {"run_id": f"20261123T000919Z-{place}", "run_index": place, "total_wall_s": 1.0 + place}
    return json.dumps(record).encode() + b"\n"


def write_large_file(path: Path) -> int:
    """From the example's records; returns the number of ranks in each run."""
    records = example_records()
    run = max((record for record in records if record["type"] == "run"), key=lambda record: int(record["parallel"]))
    while len(json.dumps(run)) * RUNS < FILE_BYTES:
        run["per_proc"] = [*run["per_proc"], run["per_proc"][0]]
    with path.open("wb") as stream:
        stream.write(json.dumps(records[0]).encode() + b"\n")
        stream.writelines(large_run(run, place) for place in range(RUNS))
    return len(run["per_proc"])


MEASURING = """
import io, json, resource, sys, time
from pathlib import Path
from rich.console import Console
from laue_report.measurements import load
from laue_report.slow_members import MemberKind
from laue_report.summary_view import Part, View, print_summary
begin = time.perf_counter()
found = load([Path(sys.argv[1])])
loaded = time.perf_counter()
summary = io.StringIO()
print_summary(Console(file=summary), found, View(frozenset(Part), MemberKind.HOST, []))
print(json.dumps({
    "load_s": loaded - begin,
    "summary_s": time.perf_counter() - loaded,
    "peak_bytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
    "runs": found.runs.height,
    "run_ids": found.runs["run_id"].n_unique(),
    "wall_s": found.runs["total_wall_s"].sum(),
    "ranks": found.ranks.height,
    "elapsed_s": found.ranks["elapsed_s"].sum(),
    "warnings": found.warnings,
    "summary": summary.getvalue(),
}))
"""


@pytest.mark.slow
def test_hundred_thousand_runs_fit_into_memory(results_path: Path) -> None:
    """The seconds are printed: they are those of the machine."""
    ranks = write_large_file(results_path)
    file_bytes = results_path.stat().st_size
    assert file_bytes >= FILE_BYTES
    done = subprocess.run(
        [sys.executable, "-c", MEASURING, str(results_path)], stdout=subprocess.PIPE, text=True, check=True
    )
    found = json.loads(done.stdout)
    seconds = f"loaded in {found['load_s']:.1f} s, summarised in {found['summary_s']:.1f} s"
    print(f"{file_bytes / 1e9:.2f} GB {seconds}, {found['peak_bytes'] / (1 << 30):.2f} GiB at most")
    indices = RUNS * (RUNS - 1) / 2
    assert (found["runs"], found["run_ids"], found["ranks"]) == (RUNS, RUNS, RUNS * ranks)
    assert found["wall_s"] == RUNS + indices
    assert found["elapsed_s"] == ranks * indices + RUNS * sum(i / 8 for i in range(ranks))
    assert found["warnings"] == []
    assert f" {RUNS}/" in found["summary"]
    assert found["peak_bytes"] < MOST_MEMORY_BYTES


def test_measurements_say_what_each_file_says(results_path: Path) -> None:
    write_lines(results_path, run_record())
    with results_path.open("a") as stream:
        stream.write("torn\n")
    found: Measurements = load([results_path, EXAMPLE])
    assert found.warnings == [f"{results_path}: line 2 is torn (no JSON) and left out"]
    assert [file.record_count for file in found.files] == [1, len(example_records())]
