"""Baselines: what is written into them, when, and what they say later."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from laue_report.shipped_schema import BASELINE, THRESHOLDS, THRESHOLDS_SCHEMA, shipped_schema
from launch_records import Record, launch, of_type
from test_compare import Desk, on_other_hardware, only_p1, times


class BaselineDesk(Desk):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.path = folder / "baselines" / "here.json"

    def update(self, results: Path, *options: str) -> tuple[int, str]:
        return self.compare(self.path, results, "--update-baseline", self.path, *options)

    @property
    def content(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.path.read_text())
        return content

    def sessions(self) -> dict[str, list[str]]:
        """Of the launches that each point comes from."""
        return {cell["point"]: [one["session_id"] for one in cell["launches"]] for cell in self.content["cells"]}

    def history(self) -> list[tuple[str, str, bool, bool]]:
        """Point, why, whether there was an old and is a new value."""
        return [
            (change["point"], change["why"].partition(" (")[0], change["old"] is not None, change["new"] is not None)
            for change in self.content["history"]
        ]


@pytest.fixture
def desk(tmp_path: Path) -> BaselineDesk:
    return BaselineDesk(tmp_path)


def test_what_has_no_baseline_yet_is_written(desk: BaselineDesk) -> None:
    status, output = desk.update(desk.results("first", launch("first")))
    assert status == 0
    assert f"{desk.path}: cpu-p1-t1 written (no baseline yet)" in output
    assert desk.sessions() == {"cpu-p1-t1": ["first"], "cpu-p2-t1": ["first"]}
    assert sorted(desk.history()) == [
        ("cpu-p1-t1", "no baseline yet", False, True),
        ("cpu-p2-t1", "no baseline yet", False, True),
    ]


def test_it_is_as_its_schema_describes_it(desk: BaselineDesk) -> None:
    desk.update(desk.results("first", launch("first")))
    desk.update(desk.results("second", launch("second", change=times(0.8))))
    schema = shipped_schema(BASELINE)
    Draft202012Validator.check_schema(schema)
    assert [error.message for error in Draft202012Validator(schema).iter_errors(desk.content)] == []
    assert desk.content["schema_version"] == schema["version"]


def test_shipped_thresholds_are_as_their_schema_describes_them() -> None:
    schema = shipped_schema(THRESHOLDS_SCHEMA)
    Draft202012Validator.check_schema(schema)
    assert [error.message for error in Draft202012Validator(schema).iter_errors(shipped_schema(THRESHOLDS))] == []


def test_it_says_what_the_results_said(desk: BaselineDesk) -> None:
    """A comparison with it has the same figures as one with the results that it was made of."""
    first = desk.results("first", launch("first", runs=20))
    slower = desk.results("slower", launch("slower", runs=20, change=times(1.2)))
    desk.update(first)
    said = [desk.compare(base, slower)[1].partition("times by point")[2] for base in (first, desk.path)]
    assert sorted(said[0].splitlines()) == sorted(said[1].splitlines())
    assert "SLOWER" in said[0]


def test_only_what_is_faster_takes_the_place_of_a_baseline(desk: BaselineDesk) -> None:
    desk.update(desk.results("first", launch("first", runs=20)))
    before = desk.path.read_bytes()
    desk.update(desk.results("same", launch("same", runs=20)))
    desk.update(desk.results("slower", launch("slower", runs=20, change=times(1.3))))
    assert desk.path.read_bytes() == before
    desk.update(desk.results("faster", launch("faster", runs=20, change=only_p1(times(0.7)))))
    assert desk.sessions() == {"cpu-p1-t1": ["faster"], "cpu-p2-t1": ["first"]}
    assert desk.content["launches"].keys() == {"first", "faster"}
    (change,) = desk.content["history"][2:]
    assert (change["point"], change["why"].partition(" (")[0]) == ("cpu-p1-t1", "FASTER")
    assert change["old"]["launches"] == ["first"]
    assert change["new"]["time_s"] == pytest.approx(0.7 * change["old"]["time_s"], rel=0.02)
    assert change["when"].endswith("Z")
    assert " on " in change["who"]


@of_type("params")
def unverified(record: Record) -> None:
    record["verify"] = "none"


@of_type("params")
def planned_more(record: Record) -> None:
    record["runs"] = 25


@of_type("summary", "params")
def stopped_early(record: Record) -> None:
    if record["type"] == "params":
        record |= {"runs": None, "target_ci": 2.0}
    else:
        record["stopped"] = "time_limit"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (unverified, "its depth images were not verified"),
        (planned_more, "only 20 of 25 runs succeeded"),
        (stopped_early, "its repetition did not end as asked for"),
    ],
)
def test_unverified_or_unfinished_runs_are_no_baseline(
    desk: BaselineDesk, change: Callable[[Record], None], why: str
) -> None:
    results = desk.results("first", launch("first", runs=20, change=change))
    _, output = desk.update(results)
    assert f"{desk.path}: cpu-p1-t1 (no baseline yet) is not written ({why}): --accept writes it" in output
    assert not desk.path.exists()
    desk.update(results, "--accept", "cpu-p1-t1", "--why", "a first look")
    assert desk.sessions() == {"cpu-p1-t1": ["first"]}


def test_what_is_faster_and_wrong_is_no_baseline(desk: BaselineDesk) -> None:
    def faster_and_wrong(record: Record) -> None:
        times(0.5)(record)
        for rank in record.get("per_proc", []):
            rank["accuracy"]["depth_error_um_rms"] *= 3.0

    desk.update(desk.results("first", launch("first")))
    _, output = desk.update(desk.results("wrong", launch("wrong", change=faster_and_wrong)))
    assert "is not written (its depth error, RMS has regressed): --accept writes it" in output
    assert set(map(tuple, desk.sessions().values())) == {("first",)}


def test_what_was_accepted_is_written_whatever_it_is(desk: BaselineDesk) -> None:
    desk.update(desk.results("first", launch("first")))
    slower = desk.results("slower", launch("slower", change=times(1.5)))
    status, output = desk.update(slower, "--accept", "cpu-p2-t1", "--why", "a new disk", "--fail-on-regression")
    assert status == 3
    assert f"{desk.path}: cpu-p2-t1 written (accepted: a new disk)" in output
    assert desk.sessions() == {"cpu-p1-t1": ["first"], "cpu-p2-t1": ["slower"]}
    assert desk.history()[-1] == ("cpu-p2-t1", "accepted: a new disk", True, True)
    status, output = desk.compare(desk.path, slower)
    assert "cpu-p2-t1: its baseline is NEW itself" in output
    status, output = desk.update(slower, "--accept", "cpu-p9-t1", "--why", "a guess")
    assert (status, output) == (
        2,
        "cannot accept cpu-p9-t1 (no side has it): NEW has 'cpu-p2-t1', 'cpu-p1-t1'\n",
    )


def test_a_point_that_is_gone_can_be_taken_out(desk: BaselineDesk) -> None:
    desk.update(desk.results("first", launch("first")))

    def without_p1(record: Record) -> None:
        if record.get("point_id") == "cpu-p1-t1" and record["type"] == "run":
            record["type"] = "warmup"

    new = desk.results("new", launch("new", change=without_p1))
    assert desk.compare(desk.path, new, "--fail-on-regression")[0] == 3
    _, output = desk.update(new, "--accept", "cpu-p1-t1", "--why", "no longer asked for")
    assert f"{desk.path}: cpu-p1-t1 taken out (accepted: no longer asked for)" in output
    assert desk.sessions() == {"cpu-p2-t1": ["first"]}
    assert desk.history()[-1] == ("cpu-p1-t1", "accepted: no longer asked for", True, False)
    assert desk.compare(desk.path, new, "--fail-on-regression")[0] == 0


def test_a_baseline_from_another_host_is_told_and_kept(desk: BaselineDesk) -> None:
    desk.update(desk.results("first", launch("first")))

    def elsewhere(record: Record) -> None:
        on_other_hardware(record)
        if record.get("point_id") == "cpu-p1-t1":
            record["point_id"] = "cpu-p1-t9"

    _, output = desk.update(desk.results("other", launch("other", change=elsewhere)))
    assert "cpu-p2-t1: not comparable (hardware: cpu_model was AMD EPYC, is Another CPU" in output
    assert "cpu-p1-t9 (no baseline yet) is not written (hardware or work differ from the baseline's)" in output
    assert set(desk.sessions()) == {"cpu-p1-t1", "cpu-p2-t1"}


def test_files_that_are_no_baseline_are_left_alone(desk: BaselineDesk) -> None:
    new = desk.results("new", launch("new"))
    desk.path.parent.mkdir()
    desk.path.write_text('{"mine": true}')
    status, output = desk.update(new)
    assert (status, desk.path.read_text()) == (2, '{"mine": true}')
    assert f"cannot compare {desk.path} (" in output
    results = desk.results("results", launch("base"))
    text = results.read_text()
    status, output = desk.compare(results, new, "--update-baseline", results)
    assert (status, results.read_text()) == (2, text)
    assert output == f"cannot update {results} (it is no baseline): give another file\n"


def test_a_damaged_baseline_is_refused(desk: BaselineDesk) -> None:
    new = desk.results("new", launch("new"))
    desk.update(desk.results("first", launch("first")))
    content = desk.content
    for damage, problem in (
        ({"schema_version": "2.0.0"}, "schema_version: '2.0.0' does not match"),
        ({"cells": [{**content["cells"][0], "target": 0}]}, "cells[0].target: 0 is less than the minimum of 1"),
        ({"launches": {}}, "it does not tell of launch first, which its cells name"),
        ({"more": 1}, "('more' was unexpected)"),
    ):
        desk.path.write_text(json.dumps(content | damage))
        status, output = desk.compare(desk.path, new)
        assert (status, output.count("\n")) == (2, 1), output
        assert output.startswith(f"cannot use baseline {desk.path} (")
        assert problem in output
    desk.path.write_text(json.dumps(content)[:-20])
    assert desk.compare(desk.path, new)[0] == 2
    status, output = desk.compare(new, desk.path)
    assert (status, output) == (
        2,
        f"cannot take {desk.path} for NEW (it is a baseline): give results files, and the baseline as BASE\n",
    )


def on_two_targets(records: list[Record], factor: float) -> list[Record]:
    """The same once more in a second folder, where runs take `factor` times as long."""
    second = copy.deepcopy([record for record in records if record.get("staging_dir") and record["type"] != "params"])
    for record in second:
        record["staging_dir"] = "/other"
        if record["type"] in ("run", "warmup"):
            record["run_id"] += "-other"
        times(factor)(record)
    for record in records:
        if record["type"] == "params":
            record["staging_dirs"] = [record["staging_dir"], "/other"]
    return records + second


def test_targets_are_compared_by_their_places(desk: BaselineDesk) -> None:
    desk.update(desk.results("first", on_two_targets(launch("first", runs=20), 2.0)))
    assert len(desk.content["cells"]) == 4
    new = desk.results("new", on_two_targets(launch("new", runs=20), 2.6))
    status, output = desk.update(new, "--fail-on-regression", "--limit", "throughput_percent=-99")
    assert status == 3
    rows = [line for line in output.splitlines() if line.startswith("target ") and line.endswith(("SLOWER", "SAME"))]
    assert sorted((row.partition("  ")[0], row.split()[-1]) for row in rows) == [
        ("target 1, cpu-p1-t1", "SAME"),
        ("target 1, cpu-p2-t1", "SAME"),
        ("target 2, cpu-p1-t1", "SLOWER"),
        ("target 2, cpu-p2-t1", "SLOWER"),
    ]
    assert output.splitlines()[-1] == "2 regressions"
    status, output = desk.update(new, "--accept", "cpu-p1-t1", "--why", "it stays")
    assert (status, output) == (
        2,
        "cannot accept cpu-p1-t1 (there are several): give one of 'target 1, cpu-p1-t1', 'target 2, cpu-p1-t1'\n",
    )
    desk.update(new, "--accept", "target 2, cpu-p1-t1", "--why", "it stays")
    assert [cell["launches"][0]["session_id"] for cell in desk.content["cells"]] == ["first", "first", "new", "first"]
