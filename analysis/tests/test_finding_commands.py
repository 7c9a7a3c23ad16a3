from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from finding_records import runs_of
from jsonschema import Draft202012Validator
from laue_report.cli import app
from laue_report.exit_statuses import LIMIT_MISSED, USAGE_ERROR
from laue_report.findings import RULES
from laue_report.shipped_schema import FINDINGS, RECOMMENDATION, shipped_schema
from sample_records import params_record, run_record, write_lines
from typer.testing import CliRunner

TIMES_S = [98.0, 100.0, 102.0, 100.0]


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return result.exit_code, result.output


def checked(output: str, schema: str) -> Any:
    """What was printed for programs."""
    record = json.loads(output)
    described = shipped_schema(schema)
    Draft202012Validator(described).validate(record)
    assert record["schema_version"] == described["version"]
    return record


def test_findings_of_every_rule_are_described() -> None:
    launches = shipped_schema(FINDINGS)["properties"]["launches"]["items"]
    named = launches["properties"]["findings"]["items"]["properties"]["rule"]["enum"]
    assert len(set(named)) == len(RULES)  # found_by holds each name against these


def write_launch(path: Path) -> Path:
    return write_lines(path, params_record(["cpu-p1-t1", "cpu-p4-t1"]), *runs_of("cpu-p4-t1", TIMES_S))


def test_findings_stand_below_their_launch(results_path: Path) -> None:
    status, output = run("findings", write_launch(results_path))
    title, *findings = output.splitlines()
    assert status == 0
    assert title.startswith(f"{results_path}: 2025-08-12 15:01:02 UTC, tag night shift, on node1")
    assert findings[0].startswith(
        "note  best-throughput  most reconstructions per minute: cpu-p4-t1 with 2.4 (95 % inter"
    )
    assert [line.split()[1] for line in findings] == ["best-throughput", "best-latency"]


def test_findings_for_programs(results_path: Path) -> None:
    status, output = run("findings", "--json", write_launch(results_path))
    (launch,) = json.loads(output)["launches"]
    assert status == 0
    assert launch["findings"][0]["rule"] == "best-throughput"
    assert launch["findings"][0]["values"]["best_per_min"] == 2.4
    assert launch["findings"][0]["points"] == ["cpu-p4-t1"]


def test_findings_without_anything_say_so(results_path: Path) -> None:
    results_path.write_text("")
    assert run("findings", results_path) == (0, "no launches\n")
    write_lines(results_path, run_record(success=False))
    assert "nothing found: no run of it succeeded" in run("findings", results_path)[1]


def test_findings_of_a_damaged_file_tell_what_was_left_out(results_path: Path) -> None:
    write_launch(results_path)
    with results_path.open("a") as stream:
        stream.write("torn\n")
    assert run("findings", results_path)[1].endswith("line 6 is torn (no JSON) and left out\n")
    assert json.loads(run("findings", results_path, "--json")[1])["warnings"] == [
        f"{results_path}: line 6 is torn (no JSON) and left out"
    ]


@pytest.mark.parametrize("command", [["findings"], ["recommend", "--scans", "4", "--deadline", "8h"]])
def test_missing_file_is_a_usage_error(results_path: Path, command: list[str]) -> None:
    status, output = run(*command, results_path)
    assert status == USAGE_ERROR
    assert output == f"cannot read {results_path} (No such file or directory): give a results file of laue-bench\n"


def test_recommendation_shows_table_choice_and_commands(results_path: Path) -> None:
    status, output = run("recommend", write_launch(results_path), "--scans", "400", "--deadline", "8h")
    assert status == 0
    lines = [line.rstrip() for line in output.splitlines()]
    assert lines[1] == "scans 400, deadline 8h, staging included"
    assert lines[2].split("  ")[0] == "point"
    assert lines[3].split()[:3] == ["cpu-p4-t1", "4", "100"]
    assert lines[3].split()[-2:] == ["yes", "*"]
    assert lines[4].startswith("cheapest measured point in time: cpu-p4-t1, 2.777 hours (95 % interval ")
    assert lines[-2].startswith("this point again: mpirun -n 4 laue-bench run ")
    assert lines[-1].startswith("or as a job: LAUE_STAGING_DIR=/stage LAUE_PARALLEL=4 ")


def test_deadline_that_no_point_meets_exits_3_and_shows_the_fastest(results_path: Path) -> None:
    arguments = ["recommend", write_launch(results_path), "--scans", "400", "--deadline", "2:00:00"]
    status, output = run(*arguments)
    assert status == LIMIT_MISSED == 3
    assert "no measured point is in time; the fastest: cpu-p4-t1, 2.777 hours" in output
    status, output = run(*arguments, "--json")
    record = checked(output, RECOMMENDATION)
    assert status == LIMIT_MISSED
    assert (record["chosen"], record["fastest"]["point_id"], record["deadline_s"]) == (None, "cpu-p4-t1", 7200.0)


def test_unusable_deadline_scans_and_files_are_usage_errors(results_path: Path) -> None:
    write_launch(results_path)
    status, output = run("recommend", results_path, "--scans", "400", "--deadline", "8d")
    assert status == USAGE_ERROR
    assert output == (
        "cannot use --deadline '8d' (not a duration): give seconds, a number with s, m or h, "
        "or [days-]hh:mm:ss or mm:ss: 1800, 30m, 1-12:00:00\n"
    )
    assert run("recommend", results_path, "--scans", "0", "--deadline", "8h")[0] == USAGE_ERROR
    assert run("recommend", results_path, "--scans", "4")[0] == USAGE_ERROR
    status, output = run(
        "recommend", write_lines(results_path, run_record(success=False)), "--scans=4", "--deadline=8h"
    )
    assert status == USAGE_ERROR
    assert output == (
        f"cannot recommend anything from {results_path} (no measured run succeeded): "
        "give a results file with successful runs of the launch\n"
    )


EXAMPLE = Path(__file__).parents[2] / "configs/schema/example.jsonl"


def test_example_file_has_findings_and_a_recommendation() -> None:
    status, output = run("findings", "--json", EXAMPLE)
    (launch,) = checked(output, FINDINGS)["launches"]
    assert status == 0
    assert {"best-throughput", "best-latency"} <= {finding["rule"] for finding in launch["findings"]}
    status, output = run("recommend", EXAMPLE, "--scans", "40", "--deadline", "1h", "--json")
    record = checked(output, RECOMMENDATION)
    measured = {"cpu-p1-t1", "cpu-p2-t1"}
    assert status == 0
    assert {point["point_id"] for point in record["points"]} == measured
    assert record["sbatch"].endswith(f"--only {record['chosen']['point_id']}")


def test_predecessors_runs_are_told_apart_by_file(tmp_path: Path) -> None:
    own = {"type": "run", "mode": "cpu", "parallel": 2, "threads": 1, "success": True, "staging_dir": "/stage"}
    files = [write_lines(tmp_path / name, {**own, "total_wall_s": 3.0 - i}) for i, name in enumerate(("a", "b"))]
    status, output = run("findings", "--json", *files)
    (launch,) = json.loads(output)["launches"]
    assert (status, launch["session_id"]) == (0, "")
    assert launch["findings"][0]["points"] == [f"cpu-p2-t1 of {files[1]}"]
    status, output = run("recommend", files[0], "--scans", "4", "--deadline", "1h")
    assert status == 0
    assert "the records do not tell on how many the runs were: taken for 1" in output
    assert "laue-bench run --staging-dir /stage --mode cpu --cpu-parallel 2 --cpu-threads 1\n" in output
