from __future__ import annotations

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from laue_report.serving.telemetry import FRESH_S, Telemetry, telemetry_path
from laue_report.shipped_schema import shipped_schema
from sample_records import SESSION, write_lines
from telemetry_records import gpu_record, telemetry_record

NOW_S = 1_000_000.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "telemetry.jsonl"


def read(path: Path) -> Telemetry:
    telemetry = Telemetry(path)
    telemetry.read()
    return telemetry


def test_samples_are_as_the_schema_has_them() -> None:
    validator = Draft202012Validator(shipped_schema("telemetry.schema.json"))
    assert list(validator.iter_errors(telemetry_record(NOW_S, gpus=[gpu_record()]))) == []


def test_the_last_line_tells_how_the_node_stands(path: Path) -> None:
    write_lines(path, telemetry_record(NOW_S - 1.0, cpu_busy_fraction=0.5), telemetry_record(NOW_S))
    view = read(path).view(SESSION)
    assert (view["problem"], view["host"], view["unix_time_s"]) == ("", "node1", NOW_S)
    assert (view["cpu_busy_percent"], view["memory_used_gib"], view["memory_gib"]) == (75.0, 16.0, 64.0)
    assert view["load_average"] == [1.5, 1.0, 0.5]
    assert view["trend"]["cpu_busy_percent"] == [50.0, 75.0]
    assert view["trend"]["memory_used_gib"] == [16.0, 16.0]


def test_gpus_are_told_with_units_and_with_what_holds_them_back(path: Path) -> None:
    gpus = [gpu_record(), gpu_record(1, power_w=None, throttle_reasons=["gpu_idle", "hw_thermal_slowdown"])]
    write_lines(path, telemetry_record(NOW_S, gpus=gpus))
    view = read(path).view(SESSION)
    assert view["gpus"][0]["cells"] == ["350.5 W", "12 of 80 GiB", "1410 MHz", "63 °C", "none"]
    assert view["gpus"][1]["cells"][0] == "-"
    assert [gpu["is_throttled"] for gpu in view["gpus"]] == [False, True]
    assert view["trend"]["gpu_power_w"] == [[350.5], [None]]


def test_what_is_not_known_is_said_with_its_reason(path: Path) -> None:
    line = telemetry_record(NOW_S, gpus=None, cpu_busy_fraction=None, memory_available_bytes=None)
    write_lines(path, line | {"unavailable": {"gpus": "no driver"}})
    view = read(path).view(SESSION)
    assert (view["cpu_busy_percent"], view["memory_used_gib"], view["gpus"]) == (None, None, [])
    assert view["unavailable"] == ["gpus: no driver"]


def test_what_is_running_is_known_only_from_a_fresh_line(path: Path) -> None:
    write_lines(path, telemetry_record(NOW_S))
    telemetry = read(path)
    assert telemetry.running(SESSION, NOW_S + 1.0) == "run 0 of cpu-p2-t1"
    assert telemetry.running(SESSION, NOW_S + FRESH_S + 1.0) is None
    assert telemetry.running("another launch", NOW_S) is None
    write_lines(path, telemetry_record(NOW_S + 1.0, running=None))
    telemetry.read()
    assert telemetry.running(SESSION, NOW_S + 1.0) == ""


def test_lines_of_another_launch_are_not_shown(path: Path) -> None:
    write_lines(path, telemetry_record(NOW_S, session_id="other"))
    view = read(path).view(SESSION)
    assert view["problem"] == f"{path} tells nothing of this launch yet (its lines are of another launch, other)"
    assert view["trend"]["unix_time_s"] == []


def test_a_newer_schema_is_refused(path: Path) -> None:
    write_lines(path, telemetry_record(NOW_S, schema_version="2.0.0"))
    telemetry = read(path)
    assert "schema version 2.0.0" in telemetry.view(SESSION)["problem"]
    assert telemetry.running(SESSION, NOW_S) is None


def test_it_waits_for_the_file_and_passes_over_other_lines(path: Path) -> None:
    telemetry = read(path)
    assert telemetry.view(SESSION)["problem"] == f"{path} is not there yet: it is waited for"
    path.write_text('no JSON\n{"type":"run"}\n[]\n')
    assert telemetry.read() is True
    assert "it has no line of telemetry" in telemetry.view(SESSION)["problem"]


@pytest.mark.parametrize(
    ("told", "results", "expected"),
    [
        ("/var/t.jsonl", "r.jsonl", "/var/t.jsonl"),
        ("t.jsonl", "out/r.jsonl", "/work/t.jsonl"),
        ("t.jsonl", "/elsewhere/r.jsonl", "/work/out/t.jsonl"),
        ("t.jsonl", "moved/r.jsonl", "/work/out/t.jsonl"),
        (None, "out/r.jsonl", None),
        ("", "out/r.jsonl", None),
    ],
)
def test_the_path_is_one_from_where_the_launch_was_started(
    told: str | None, results: str, expected: str | None
) -> None:
    found = telemetry_path(Path("/work/out/r.jsonl"), {"telemetry": told, "results": results})
    assert found == (None if expected is None else Path(expected))
