"""Lines that are records of ours by their type, with members that cannot be what they say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from laue_report.measurements import load
from laue_report.members import first_problem
from laue_report.records import read_results
from laue_report.shipped_schema import shipped_schema
from laue_report.summary import summarise
from laue_report.validation import Validator
from sample_records import end_record, params_record, run_record
from test_validation import SKIP

DEEPER_THAN_PYTHON_READS = 100_000
#: Python reads it, but cannot walk through it any more.
DEEPER_THAN_PYTHON_WALKS = 900


def text_of(member: str, value: str, record: dict[str, Any] | None = None) -> str:
    """A record with one member written as `value`, which no JSON writer may want to write."""
    return json.dumps({**(record or run_record()), member: "@"}).replace('"@"', value)


def read_lines(path: Path, *lines: str) -> Any:
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return read_results(path)


@pytest.mark.parametrize(
    ("member", "value", "problem"),
    [
        ("total_wall_s", "1e999", "inf is not of type 'number'"),
        ("total_wall_s", "NaN", "nan is not of type 'number'"),
        ("total_wall_s", "1" + 400 * "0", "is not of type 'number'"),
        ("total_wall_s", '"2.0"', "'2.0' is not of type 'number'"),
        ("total_wall_s", "null", "None is not of type 'number'"),
        ("total_wall_s", "-1", "-1 is less than the minimum of 0"),
        ("pixel_steps_per_s", '"fast"', "'fast' is not of type 'number', 'null'"),
        ("parallel", '"2"', "'2' is not of type 'integer'"),
        ("parallel", "1e999", "inf is not of type 'integer'"),
        ("success", '"yes"', "'yes' is not of type 'boolean'"),
        ("point_id", "[]", "[] is not of type 'string'"),
        ("flags", "null", "None is not of type 'array'"),
        ("per_proc", "[3]", "3 is not of type 'object'"),
        ("per_proc", '[{"phases": {"kernel_s": "x"}}]', "'x' is not of type 'number', 'null'"),
        (
            "total_wall_s",
            DEEPER_THAN_PYTHON_WALKS * "[" + DEEPER_THAN_PYTHON_WALKS * "]",
            "",
        ),
    ],
)
def test_wrong_run_is_left_out_and_told(results_path: Path, member: str, value: str, problem: str) -> None:
    results = read_lines(results_path, json.dumps(run_record(wall_s=2.0)), text_of(member, value))
    assert [line.number for line in results.lines] == [1]
    (wrong,) = results.wrong_lines
    assert wrong.number == 2
    assert wrong.problem.endswith(problem)
    assert len(wrong.problem) < 250
    assert [point.wall_s for point in summarise(load([results_path]))] == [[2.0]]
    (warning,) = results.warnings()
    assert warning == (
        f"{results_path}: line 2 is wrong ({wrong.member}: {wrong.problem}) and left out: "
        "laue-report validate shows all that is wrong"
    )


@pytest.mark.parametrize(
    ("record", "member", "value"),
    [
        (params_record(["cpu-p2-t1"]), "runs", '"3"'),
        (params_record(["cpu-p2-t1"]), "points", "3"),
        (params_record(["cpu-p2-t1"]), "host", '"node1"'),
        (params_record(["cpu-p2-t1"]), "environment", '{"nodes": ["node1"]}'),
        (params_record(["cpu-p2-t1"]), "environment", '{"backends": [{"kokkos_version": 4.5}]}'),
        (params_record(["cpu-p2-t1"]), "trace", "{}"),
        (end_record(), "status", "{}"),
        ({"type": "staging", "staging_dir": "/stage"}, "filesystem", '{"total_bytes": "much"}'),
        ({"type": "summary", "mode": "cpu", "parallel": 1}, "energy", '{"unavailable": "nobody knows"}'),
        (SKIP, "reason", "null"),
        ({"type": "staging", "staging_dir": "/stage"}, "replicas", '[{"action": "copied", "seconds": "1"}]'),
        ({"type": "staging", "staging_dir": "/stage"}, "copy_wall_s", '"long"'),
        ({"type": "summary", "mode": "cpu", "parallel": 1}, "ceilings", '{"whole_fraction": "much"}'),
        ({"type": "summary", "mode": "cpu", "parallel": 1}, "sustained", '{"throughput_fell": true}'),
        (params_record(["cpu-p2-t1"]), "environment", '{"nodes": [{"ranks": [{"cpus": "all"}]}]}'),
    ],
)
def test_wrong_record_of_any_type_is_left_out(
    results_path: Path, record: dict[str, Any], member: str, value: str
) -> None:
    results = read_lines(results_path, json.dumps(record), text_of(member, value, record))
    assert [line.number for line in results.lines] == [1]
    assert [line.number for line in results.wrong_lines] == [2]


@pytest.mark.parametrize("member", ["mode", "parallel", "success", "total_wall_s"])
def test_run_without_a_member_that_is_needed_is_wrong(results_path: Path, member: str) -> None:
    record = run_record()
    del record[member]
    (wrong,) = read_lines(results_path, json.dumps(record)).wrong_lines
    assert (wrong.member, wrong.problem) == ("$", f"'{member}' is a required property")


def test_time_of_a_failed_run_may_be_anything(results_path: Path) -> None:
    failed = text_of("total_wall_s", "null", run_record(success=False))
    read_lines(results_path, failed)
    (point,) = summarise(load([results_path]))
    assert point.failed == 1


def test_several_wrong_lines_are_told_in_one(results_path: Path) -> None:
    (warning,) = read_lines(results_path, text_of("parallel", "null"), text_of("flags", "3")).warnings()
    assert warning == (
        f"{results_path}: 2 lines (1, 2) are wrong (line 1, parallel: None is not of type 'integer') and left out: "
        "laue-report validate shows all that is wrong"
    )


def test_lines_too_deep_to_read_are_no_records(results_path: Path) -> None:
    results = read_lines(results_path, DEEPER_THAN_PYTHON_READS * "[", '{"type": []}')
    assert (results.torn_lines, results.foreign_lines) == ([], [1, 2])


def test_validation_names_the_infinite_member(results_path: Path) -> None:
    results = read_lines(results_path, text_of("unix_time_s", "1e999", SKIP), text_of("parallel", "1e999", SKIP))
    violations = Validator(shipped_schema()).check(results)
    assert [str(violation) for violation in violations] == [
        f"{results_path}:1: unix_time_s: inf is not of type 'number'",
        f"{results_path}:2: parallel: inf is not of type 'integer'",
    ]


def test_wrong_line_is_a_violation_where_another_schema_finds_nothing(results_path: Path) -> None:
    results = read_lines(results_path, text_of("parallel", "null"))
    (violation,) = Validator({"$defs": {"run": {}}}).check(results)
    assert (violation.member, violation.problem) == ("parallel", "None is not of type 'integer'")


def test_newer_and_older_members_are_no_problem() -> None:
    assert first_problem({**run_record(), "unheard_of": [], "per_proc": [{"phases": None}, {"i": 1}]}) is None
    assert first_problem({"type": "params"}) is None
