from __future__ import annotations

from pathlib import Path

from laue_report.cli import app
from sample_records import end_record, params_record, run_record, write_lines
from test_validation import SKIP
from typer.testing import CliRunner


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return result.exit_code, result.output


def test_validate_accepts_a_valid_file(results_path: Path) -> None:
    write_lines(results_path, SKIP)
    status, output = run("validate", results_path)
    assert (status, output.strip()) == (0, f"{results_path}: 1 valid record")


def test_validate_names_line_and_member(results_path: Path) -> None:
    write_lines(results_path, SKIP, {**SKIP, "parallel": 0})
    status, output = run("validate", results_path)
    assert status == 1
    assert f"{results_path}:2: parallel: 0 is less than the minimum of 1" in output


def test_summary_shows_points_and_what_was_left_out(results_path: Path) -> None:
    write_lines(results_path, run_record("cpu-p1-t1", 3.0), run_record("cpu-p2-t1", 2.0), SKIP)
    with results_path.open("a") as stream:
        stream.write("torn\n")
    status, output = run("summary", results_path)
    assert status == 0
    (best_line,) = [line for line in output.splitlines() if "*" in line]
    assert "cpu-p2-t1" in best_line
    assert "60" in best_line
    assert "skipped gpu-p2: no GPU visible" in output
    assert "line 4 is torn" in output


def test_summary_of_an_empty_file_says_so(results_path: Path) -> None:
    results_path.write_text("")
    assert run("summary", results_path) == (0, "no runs\n")


def test_newer_file_is_refused(results_path: Path) -> None:
    write_lines(results_path, {"type": "params", "schema_version": "2.0.0"})
    status, output = run("summary", results_path)
    assert status == 2
    assert "schema version 2.0.0" in output


def test_missing_file_is_a_usage_error(results_path: Path) -> None:
    status, output = run("summary", results_path)
    assert status == 2
    assert output == f"cannot read {results_path} (No such file or directory): give a results file of laue-bench\n"


def test_folder_is_a_usage_error(results_path: Path) -> None:
    status, output = run("validate", results_path.parent)
    assert status == 2
    assert output == f"cannot read {results_path.parent} (Is a directory): give a results file of laue-bench\n"


def test_summary_of_another_file_is_a_usage_error(results_path: Path) -> None:
    results_path.write_bytes(b"\x89HDF\r\n\x1a\n")
    status, output = run("summary", results_path)
    assert status == 2
    assert output == (
        f"cannot summarise {results_path} (it has 2 lines, and no record of laue-bench): "
        "give a results file of laue-bench\n"
    )


def test_summary_tells_what_an_interrupted_launch_did_not_do(results_path: Path) -> None:
    interrupted = end_record("interrupted", signal="SIGTERM")
    write_lines(results_path, params_record(["cpu-p1-t1", "cpu-p2-t1"]), run_record("cpu-p2-t1"), interrupted)
    status, output = run("summary", results_path)
    assert status == 0
    assert "launch 3b241101, staging /stage\n" in output
    assert "\ninterrupted by SIGTERM; 3 planned runs not made\n" in output


def test_schema_that_is_none_is_a_usage_error(results_path: Path) -> None:
    write_lines(results_path, SKIP)
    schema = results_path.with_name("schema.json")
    schema.write_text("not JSON")
    status, output = run("validate", "--schema", schema, results_path)
    assert status == 2
    assert output.startswith(f"cannot use schema {schema} (")
