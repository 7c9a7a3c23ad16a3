from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
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


def test_file_that_fails_while_it_is_read_is_named() -> None:
    status, output = run("summary", "/proc/self/mem")
    assert status == 2
    assert output == "cannot read /proc/self/mem (Input/output error): give a results file of laue-bench\n"


def test_summary_of_wrong_records_alone_is_a_usage_error(results_path: Path) -> None:
    write_lines(results_path, {"type": "run"}, {"type": "run", "parallel": "2"})
    status, output = run("summary", results_path)
    assert status == 2
    assert output == (
        f"cannot summarise {results_path} (2 wrong records, and none that can be used): "
        f"laue-report validate {results_path} shows what is wrong\n"
    )


def test_summary_leaves_wrong_records_out_and_tells(results_path: Path) -> None:
    write_lines(results_path, {**run_record(), "parallel": "2"}, run_record(wall_s=2.0))
    status, output = run("summary", results_path)
    assert status == 0
    assert "cpu-p2-t1   1/1         2" in output
    assert output.endswith(
        f"{results_path}: line 1 is wrong (parallel: '2' is not of type 'integer') and left out: "
        "laue-report validate shows all that is wrong\n"
    )


def test_summary_shows_spread_and_phases_below_one_another(results_path: Path) -> None:
    write_lines(results_path, {**run_record(), "per_proc": [{"phases": {"fsync_s": 1.5}}]})
    status, output = run("summary", results_path)
    assert status == 0
    lines = [line.rstrip() for line in output.splitlines()]
    assert lines[3] == "no spread (one successful run of each point): laue-bench run --runs 5 makes more"
    assert lines[4] == "seconds of a reconstruction (mean of a run's ranks, median of the runs):"
    assert " ".join(lines[5].split()) == "point open wait read compute wait write fsync close other"
    assert lines[6].split() == ["cpu-p2-t1", "-", "-", "-", "-", "1.5", "-", "-"]


#: Clears the screen, ends the line, turns the direction of writing; what is in brackets or colons is no markup.
NASTY = "a\x1b[2Jb\nc\r\u202ed\u2028[bold]:bug:"
SHOWN = r"a\x1b[2Jb\nc\r\u202ed\u2028[bold]:bug:"


def test_no_text_of_a_record_steers_the_terminal(results_path: Path) -> None:
    params = {**params_record([NASTY]), "tag": NASTY, "host": {"hostname": NASTY}, "staging_dirs": [NASTY]}
    run_of_it = {**run_record(), "point_id": NASTY, "staging_dir": NASTY, "flags": [NASTY]}
    skip = {**SKIP, "session_id": params["session_id"], "staging_dir": NASTY, "reason": NASTY}
    write_lines(results_path, params, run_of_it, skip, end_record("failed", error=NASTY))
    status, output = run("summary", results_path)
    assert status == 0
    assert [char for char in output if not char.isprintable() and char != "\n"] == []
    lines = output.splitlines()
    assert f", tag {SHOWN}, on {SHOWN}," in lines[0]
    assert lines[0].endswith(f"staging {SHOWN}")
    assert lines[2].startswith(f"{SHOWN}  ")
    assert f"skipped gpu-p2: {SHOWN}" in lines
    assert f"ended early: {SHOWN}; 1 planned run not made" in lines


def test_no_name_of_a_file_steers_the_terminal(tmp_path: Path) -> None:
    missing = tmp_path / "a\x1b[2J\n.jsonl"
    status, output = run("summary", missing)
    assert status == 2
    assert output == (
        rf"cannot read {tmp_path}/a\x1b[2J\n.jsonl (No such file or directory): give a results file of laue-bench"
        + "\n"
    )


@pytest.mark.parametrize("version", ["2.0.0", "²", None, "later"])
def test_schema_version_that_is_none_of_ours_is_refused(results_path: Path, version: object) -> None:
    write_lines(results_path, {"type": "params", "schema_version": version})
    status, output = run("summary", results_path)
    assert (status, output.count("\n")) == (2, 1)
    assert f"line 1 was written by schema version {version}, this laue-report understands 1.x" in output


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


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{}", "it describes no record of laue-bench in $defs"),
        ("true", "it describes no record of laue-bench in $defs"),
        ("[]", "it is no JSON Schema: [] is not of type 'object', 'boolean'"),
        ('{"$defs": {"skip": {"$ref": "#/$defs/other"}}}', "it refers to /$defs/other, which it does not have"),
        (100_000 * "[", "it is nested too deep"),
    ],
)
def test_schema_of_nothing_is_a_usage_error(results_path: Path, text: str, why: str) -> None:
    write_lines(results_path, SKIP)
    schema = results_path.with_name("schema.json")
    schema.write_text(text)
    assert run("validate", "--schema", schema, results_path) == (
        2,
        f"cannot use schema {schema} ({why}): give a JSON Schema of the records, or leave out --schema\n",
    )


def test_record_that_a_schema_does_not_describe_is_a_violation(results_path: Path) -> None:
    write_lines(results_path, SKIP)
    schema = results_path.with_name("schema.json")
    schema.write_text('{"$defs": {"run": {}}}')
    assert run("validate", "--schema", schema, results_path) == (
        1,
        f"{results_path}:1: type: the schema does not describe 'skip'\n",
    )


def run_in_shell(redirected: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """As a program of its own: what Python says at its end counts too."""
    command = [sys.executable, "-m", "laue_report", *map(str, arguments)]
    shell = ["sh", "-c", f'exec "$@" {redirected}', "sh", *command]
    return subprocess.run(shell, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("command", ["summary", "validate"])
@pytest.mark.parametrize(
    ("redirected", "why"), [(">/dev/full", "No space left on device"), (">&-", "stdout is closed")]
)
def test_output_that_cannot_be_written_is_one_line(results_path: Path, command: str, redirected: str, why: str) -> None:
    write_lines(results_path, SKIP)
    done = run_in_shell(redirected, command, results_path)
    assert (done.returncode, done.stdout, done.stderr) == (
        3,
        "",
        f"cannot write the output ({why}): free space there, or send it elsewhere\n",
    )


def test_help_that_cannot_be_written_is_one_line() -> None:
    done = run_in_shell(">/dev/full", "--help")
    assert (done.returncode, done.stderr) == (
        3,
        "cannot write the output (No space left on device): free space there, or send it elsewhere\n",
    )


def test_output_and_messages_that_cannot_be_written_end_it(results_path: Path) -> None:
    write_lines(results_path, SKIP)
    done = run_in_shell(">/dev/full 2>&1", "validate", results_path)
    assert (done.returncode, done.stdout, done.stderr) == (3, "", "")


def test_reader_that_has_gone_ends_it_silently(results_path: Path) -> None:
    write_lines(results_path, SKIP)
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "laue_report", "validate", str(results_path)]
    with os.fdopen(writing, "wb") as gone:
        done = subprocess.run(command, stdout=gone, stderr=subprocess.PIPE, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (-signal.SIGPIPE, "")
