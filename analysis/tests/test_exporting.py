"""Runs for other programs."""

from __future__ import annotations

import csv
import json
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import polars
import pytest
from laue_report.cli import app
from laue_report.measurements import load
from sample_records import SESSION, params_record, run_record, write_lines
from typer.testing import CliRunner

EXAMPLE = Path(__file__).resolve().parents[2] / "configs" / "schema" / "example.jsonl"
OTHER_SESSION = "9b241101-e2bb-4255-8caf-4136c566a962"


def export(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["export", *map(str, arguments)])
    return result.exit_code, result.output


def exported(folder: Path, form: str, *arguments: str | Path) -> Path:
    path = folder / f"out.{form}"
    assert export(form, *arguments, "-o", path) == (0, f"wrote {path}\n")
    return path


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text)))


def test_csv_has_every_run_to_the_last_digit(tmp_path: Path) -> None:
    rows = rows_of(exported(tmp_path, "csv", EXAMPLE).read_text())
    runs = load([EXAMPLE]).runs
    assert list(rows[0]) == runs.columns
    assert [float(row["total_wall_s"]) for row in rows] == runs["total_wall_s"].to_list()
    assert [row["is_warmup"] for row in rows] == ["true"] * 2 + ["false"] * 4
    assert {row["cpu_j"] for row in rows} == {""}


def test_csv_keeps_flags_and_reasons_apart(results_path: Path) -> None:
    failed = {
        **run_record(success=False),
        "error": 'no room, "none"\nat all',
        "flags": ["oversubscribed", "start_skew"],
    }
    write_lines(results_path, failed)
    (row,) = rows_of(exported(results_path.parent, "csv", results_path).read_text())
    assert (row["flags"], row["error"]) == ("oversubscribed;start_skew", failed["error"])


def test_parquet_is_the_table_itself(tmp_path: Path) -> None:
    found = load([EXAMPLE])
    assert polars.read_parquet(exported(tmp_path, "parquet", EXAMPLE)).equals(found.runs)


def test_ranks_tell_which_run_they_are_of(tmp_path: Path) -> None:
    found = load([EXAMPLE])
    table = polars.read_parquet(exported(tmp_path, "parquet", EXAMPLE, "--ranks"))
    assert table["elapsed_s"].to_list() == found.ranks["elapsed_s"].to_list()
    run_ids = found.runs["run_id"].to_list()
    assert table["run_id"].to_list() == [run_ids[run] for run in found.ranks["run"]]


def test_one_launch_of_several_may_be_exported(results_path: Path) -> None:
    write_lines(results_path, run_record(wall_s=1.0), run_record(wall_s=2.0, session=OTHER_SESSION))
    (row,) = rows_of(exported(results_path.parent, "csv", results_path, "--launch", "9b24").read_text())
    assert row["total_wall_s"] == "2.0"


def run_with_usage(wall_s: float, session: str = SESSION, **more: Any) -> dict[str, Any]:
    ranks = [{"usage": {"user_s": 0.25, "system_s": 0.5}}] * 2
    rates = {"throughput_per_min": 120.0 / wall_s, "bytes_per_s": 1000.0}
    return {**run_record(wall_s=wall_s, session=session), "per_proc": ranks, **rates, **more}


def test_gbench_has_an_entry_for_each_run_that_counts(results_path: Path) -> None:
    others = [run_with_usage(9.0, type="warmup"), run_with_usage(9.0, success=False)]
    write_lines(results_path, params_record(["cpu-p2-t1"]), *others, run_with_usage(2.0), run_with_usage(4.0))
    found = json.loads(exported(results_path.parent, "gbench", results_path).read_text())
    assert found["context"]["host_name"] == "node1"
    assert found["context"]["laue_bench_session_id"] == SESSION
    entry = {
        "name": "cpu-p2-t1",
        "family_index": 0,
        "per_family_instance_index": 0,
        "run_name": "cpu-p2-t1",
        "run_type": "iteration",
        "repetitions": 2,
        "threads": 2,
        "iterations": 1,
        "cpu_time": 1.5e6,
        "time_unit": "us",
        "bytes_per_second": 1000.0,
    }
    assert found["benchmarks"] == [
        {**entry, "repetition_index": 0, "real_time": 2e6, "items_per_second": 1.0},
        {**entry, "repetition_index": 1, "real_time": 4e6, "items_per_second": 0.5},
    ]


def test_gbench_tells_the_machine(tmp_path: Path) -> None:
    context = json.loads(exported(tmp_path, "gbench", EXAMPLE).read_text())["context"]
    params = json.loads(EXAMPLE.read_text().splitlines()[0])
    node = params["environment"]["nodes"][0]
    assert context["num_cpus"] == node["logical_cpus"]
    assert context["load_avg"] == node["load_average"]
    assert [cache["type"] for cache in context["caches"]] == ["Data", "Unified", "Unified"]
    assert context["executable"] == params["environment"]["command_line"][0]
    began = datetime.strptime(params["ts"], "%Y%m%dT%H%M%SZ")
    assert context["date"].startswith(began.isoformat())
    assert "cpu_scaling_enabled" not in context  # nobody knows it there


def test_gbench_has_runs_that_a_resumed_launch_made(results_path: Path) -> None:
    resuming = {**params_record(["cpu-p2-t1"], session=OTHER_SESSION), "resumes": SESSION}
    write_lines(
        results_path, params_record(["cpu-p2-t1"]), run_with_usage(2.0), resuming, run_with_usage(3.0, OTHER_SESSION)
    )
    found = json.loads(exported(results_path.parent, "gbench", results_path, "--launch", OTHER_SESSION).read_text())
    assert [entry["real_time"] for entry in found["benchmarks"]] == [2e6, 3e6]


def test_gbench_names_staging_folders_where_there_are_several(results_path: Path) -> None:
    write_lines(results_path, run_with_usage(2.0), run_with_usage(3.0, staging_dir="/fast"))
    found = json.loads(exported(results_path.parent, "gbench", results_path).read_text())
    assert [(entry["name"], entry["family_index"]) for entry in found["benchmarks"]] == [
        ("cpu-p2-t1//stage", 0),
        ("cpu-p2-t1//fast", 1),
    ]


@pytest.mark.parametrize(
    ("records", "arguments", "why"),
    [
        ([run_with_usage(2.0), run_with_usage(2.0, OTHER_SESSION)], [], "there are 2 launches: 3b241101, 9b241101"),
        ([run_with_usage(2.0)], ["--launch", "ffff"], "no launch 'ffff' has runs there"),
        ([run_with_usage(2.0, success=False)], [], "no run succeeded"),
        ([run_record()], [], "runs do not tell their CPU time, which the layout wants"),
        ([], [], "there are no runs"),
    ],
)
def test_what_gbench_cannot_hold_is_a_usage_error(
    results_path: Path, records: list[dict[str, Any]], arguments: list[str], why: str
) -> None:
    write_lines(results_path, *records)
    output = results_path.with_name("out.json")
    status, said = export("gbench", results_path, "-o", output, *arguments)
    assert (status, output.exists()) == (2, False)
    assert said == (
        f"cannot export {results_path} ({why}): give a results file with runs, and --launch where it has several "
        "launches\n"
    )


def test_file_that_is_there_stays_unless_it_may_go(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("mine")
    assert export("csv", EXAMPLE, "-o", path) == (
        2,
        f"cannot write {path} (it exists): give another -o, or --force to replace it\n",
    )
    assert path.read_text() == "mine"
    assert export("csv", EXAMPLE, "-o", path, "--force") == (0, f"wrote {path}\n")
    assert len(rows_of(path.read_text())) == load([EXAMPLE]).runs.height
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.csv"]


def test_folder_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    path = tmp_path / "none" / "out.csv"
    assert export("csv", EXAMPLE, "-o", path) == (
        2,
        f"cannot write {path} (there is no folder {path.parent}): make it, or give another -o\n",
    )


@pytest.mark.parametrize("arguments", [["xml"], ["gbench", "--ranks"]])
def test_what_cannot_be_exported_is_a_usage_error(tmp_path: Path, arguments: list[str]) -> None:
    form, *options = arguments
    assert export(form, EXAMPLE, "-o", tmp_path / "out", *options)[0] == 2
    assert list(tmp_path.iterdir()) == []


def test_what_was_left_out_is_told(results_path: Path) -> None:
    write_lines(results_path, run_record())
    with results_path.open("a") as stream:
        stream.write("torn\n")
    output = results_path.with_name("out.csv")
    assert export("csv", results_path, "-o", output) == (
        0,
        f"{results_path}: line 2 is torn (no JSON) and left out\nwrote {output}\n",
    )
