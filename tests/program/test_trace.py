"""`--trace FILE`: the phases of every rank of every run as a Chrome trace."""

from __future__ import annotations

import json
import os
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from launching import SOURCE, TIMEOUT_S, Case, listing, of_type, run, start
from test_acceptance import violations
from test_interruption import MANY, wait_for_first_run

#: An event's begin and duration are rounded as numbers of microseconds with 16 digits.
ROUNDING_US = 1e-2
PIPELINE = ["open", "wait_read", "compute", "wait_write", "fsync", "close"]
OVERLAPPING = ["read", "decompress", "kernel", "write", "copy_to_device", "copy_to_host"]

Event = dict[str, Any]


def complete(events: list[Event]) -> list[Event]:
    return [event for event in events if event["ph"] == "X"]


def runs_of(events: list[Event]) -> list[Event]:
    (process,) = [
        event["pid"] for event in events if event["name"] == "process_name" and "runs" in event["args"].values()
    ]
    return sorted((event for event in complete(events) if event["pid"] == process), key=lambda event: event["ts"])


def phases_within(events: list[Event], span: Event) -> list[Event]:
    end = span["ts"] + span["dur"]
    return [
        event
        for event in complete(events)
        if event["pid"] != span["pid"] and span["ts"] - ROUNDING_US <= event["ts"] <= end + ROUNDING_US
    ]


def check_sums(events: list[Event], records: list[dict[str, Any]], ranks: int) -> None:
    """Of each phase of each rank of each run."""
    runs = runs_of(events)
    assert len(runs) == len(records)
    for span, record in zip(runs, records, strict=True):
        assert span["name"] == record["point_id"]
        assert span["args"]["run_index"] == record["run_index"]
        assert span["args"]["run_id"] == record["run_id"]
        found: defaultdict[tuple[int, str], float] = defaultdict(float)
        for event in phases_within(events, span):
            found[event["tid"] % ranks, event["name"]] += 1e-6 * event["dur"]
        for rank in record["per_proc"]:
            for phase in PIPELINE + OVERLAPPING:
                recorded = rank["phases"][f"{phase}_s"] or 0.0
                assert found.pop((rank["rank"], phase), 0.0) == pytest.approx(recorded, abs=1e-7), phase
        assert not found


def check_tracks(events: list[Event]) -> None:
    """No two events of a track overlap."""
    tracks: defaultdict[tuple[int, int], list[Event]] = defaultdict(list)
    for event in complete(events):
        tracks[event["pid"], event["tid"]].append(event)
    named = {(event["pid"], event["tid"]) for event in events if event["name"] == "thread_name"}
    (runs,) = set(tracks) - named
    assert {event["name"] for event in tracks[runs]} == {"cpu-p1-t2", "cpu-p2-t2"}
    for track in tracks.values():
        track.sort(key=lambda event: event["ts"])
        for before, after in zip(track, track[1:], strict=False):
            assert before["ts"] + before["dur"] <= after["ts"] + ROUNDING_US


@pytest.mark.parametrize("stored", ["plain", "gzip"])
def test_events_are_the_recorded_phases(case: Case, tmp_path: Path, stored: str) -> None:
    geometry = SOURCE / "configs" / "geometry_34ide.xml"
    compression = ["--compression", "gzip:1"] if stored == "gzip" else []
    sizes = ["--rows", "64", "--columns", "64", "--images", "61"]
    made = run("generate", "--output", tmp_path / "scan.h5", "--geometry", geometry, *sizes, *compression)
    assert made.returncode == 0, made.stderr
    trace = tmp_path / "trace.json"
    options = case.inputs(
        h5=tmp_path / "scan.h5",
        geometry=geometry,
        cpu_parallel="1,2",
        cpu_threads="2",
        runs="2",
        warmup="1",
        rows_per_stripe="16",
        trace=trace,
    )
    finished = run("run", *options, ranks=2)
    assert finished.returncode == 0, finished.stderr
    events = json.loads(trace.read_text(encoding="utf-8"))
    records = of_type(case.results, "run") + of_type(case.results, "warmup")
    records.sort(key=lambda record: record["order_index"])
    assert [span["args"]["warmup"] for span in runs_of(events)] == [record["type"] == "warmup" for record in records]
    check_sums(events, records, ranks=2)
    check_tracks(events)
    stripes = records[0]["per_proc"][0]["stripes"]
    assert stripes == 4
    assert sum(event["name"] == "compute" for event in phases_within(events, runs_of(events)[0])) >= stripes
    assert any(event["name"] == "decompress" for event in events) == (stored == "gzip")
    (params,) = of_type(case.results, "params")
    assert params["trace"] == str(trace)
    assert violations(case.results) == []


def test_a_trace_is_no_part_of_the_plan(case: Case, tmp_path: Path) -> None:
    assert run("run", *case.inputs()).returncode == 0
    for _ in range(2):
        assert run("run", *case.inputs(trace=tmp_path / "trace.json")).returncode == 0
    without, first, again = of_type(case.results, "params")
    assert without["trace"] is None
    assert without["plan_id"] == first["plan_id"] == again["plan_id"]
    assert len(runs_of(json.loads((tmp_path / "trace.json").read_text()))) == 1, "the second one replaced it"


def test_the_trace_of_a_killed_launch_lacks_its_bracket_alone(case: Case, tmp_path: Path) -> None:
    trace = tmp_path / "trace.json"
    process = start("run", *case.inputs(runs="100000", trace=trace))
    deadline = time.monotonic() + 30
    while not (trace.is_file() and '"run_index":2' in trace.read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.kill()
    process.communicate()
    # an event that was being written may be cut, which readers of this format leave out
    whole, _, _ = trace.read_text().rpartition("\n")
    events = json.loads(whole.rstrip(",") + "\n]")
    assert len(runs_of(events)) >= 3


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("in/scan.h5", "it is the scan"),
        ("stage/results.jsonl", "it is the results file"),
        ("notes.json", "would be lost"),
        ("absent/trace.json", "does not exist"),
        ("stage/output/trace.json", "belongs to the launch"),
    ],
)
def test_what_cannot_be_a_trace_is_refused_before_anything_is_written(case: Case, place: str, words: str) -> None:
    (case.folder / "notes.json").write_text("[{}]")
    before = listing(case.folder)
    finished = run("run", *case.inputs(trace=case.folder / place))
    assert finished.returncode == 2
    assert words in finished.stderr
    assert "--trace" in finished.stderr
    assert listing(case.folder) == before


def test_two_launches_do_not_share_a_trace(case: Case, tmp_path: Path) -> None:
    trace = tmp_path / "trace.json"
    first = start("run", *case.inputs(runs=MANY, trace=trace))
    wait_for_first_run(case)
    other = tmp_path / "other"
    second = run("run", *case.inputs(trace=trace, staging_dir=other))
    first.terminate()
    first.communicate(timeout=TIMEOUT_S)
    assert second.returncode == 2
    assert f"trace {trace} is in use (process {first.pid} on " in second.stderr
    assert not other.exists(), "nothing was staged"
    runs = runs_of(json.loads(trace.read_text(encoding="utf-8")))
    assert len(runs) == len(of_type(case.results, "run"))
    assert run("run", *case.inputs(trace=trace, staging_dir=other)).returncode == 0, "its lock went with the first"


@pytest.mark.parametrize(
    ("spoil", "words"), [(Path.unlink, "removed"), (lambda path: os.truncate(path, 100), "cut")], ids=["remove", "cut"]
)
def test_trace_that_is_spoilt_is_given_up_and_the_launch_goes_on(
    case: Case, tmp_path: Path, spoil: Callable[[Path], None], words: str
) -> None:
    trace = tmp_path / "trace.json"
    process = start("run", *case.inputs(runs="40", trace=trace))
    wait_for_first_run(case)
    spoil(trace)
    _, errors = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 0, errors
    assert errors.count("the launch goes on without a trace") == 1
    assert f"(it was {words} during the launch)" in errors
    assert len(of_type(case.results, "run")) == 40
    assert not trace.exists() or trace.stat().st_size == 100
