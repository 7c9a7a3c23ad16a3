"""`--telemetry FILE`: how the node stands while a launch runs."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from launching import SOURCE, Case, of_type, run
from test_acceptance import violations

SCHEMA = SOURCE / "configs" / "schema" / "telemetry.schema.json"


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_every_line_is_as_its_schema_has_it(case: Case, tmp_path: Path) -> None:
    telemetry = tmp_path / "telemetry.jsonl"
    options = case.inputs(runs="3", telemetry=telemetry, before_run="sleep 0.7")
    finished = run("run", *options)
    assert finished.returncode == 0, finished.stderr
    assert violations(case.results) == []
    lines = lines_of(telemetry)
    assert len(lines) >= 2
    validator = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert [error.message for line in lines for error in validator.iter_errors(line)] == []
    (params,) = of_type(case.results, "params")
    assert params["telemetry"] == str(telemetry)
    assert {line["session_id"] for line in lines} == {params["session_id"]}
    assert all(0.0 <= line["cpu_busy_fraction"] <= 1.0 for line in lines[1:])
    assert lines[0]["memory_bytes"] == os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    assert lines[0]["host"] == os.uname().nodename


def test_an_earlier_one_is_replaced_and_is_no_part_of_the_plan(case: Case, tmp_path: Path) -> None:
    telemetry = tmp_path / "telemetry.jsonl"
    assert run("run", *case.inputs()).returncode == 0
    for _ in range(2):
        assert run("run", *case.inputs(telemetry=telemetry)).returncode == 0
    plain, _, again = of_type(case.results, "params")
    assert plain["plan_id"] == again["plan_id"]
    assert {line["session_id"] for line in lines_of(telemetry)} == {again["session_id"]}


@pytest.mark.parametrize("text", ["notes of mine", '{"type":"run"}'])
def test_another_file_is_not_replaced(case: Case, tmp_path: Path, text: str) -> None:
    telemetry = tmp_path / "notes"
    telemetry.write_text(text, encoding="utf-8")
    finished = run("run", *case.inputs(telemetry=telemetry))
    assert finished.returncode == 2
    assert "would be lost" in finished.stderr
    assert telemetry.read_text(encoding="utf-8") == text


def test_a_launch_goes_on_without_it(case: Case, tmp_path: Path) -> None:
    telemetry = tmp_path / "telemetry.jsonl"
    finished = run("run", *case.inputs(runs="2", telemetry=telemetry, before_run=f"rm -f {telemetry}; sleep 1.5"))
    assert finished.returncode == 0, finished.stderr
    assert finished.stderr.count("goes on without telemetry") == 1
    assert len(of_type(case.results, "run")) == 2
