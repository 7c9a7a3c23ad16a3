"""What the page is told of a launch."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import launch_records
import pytest
from laue_report.plots.style import PALETTE, SYMBOLS
from laue_report.serving import trends
from laue_report.serving.earlier import history_of
from laue_report.serving.follower import Follower
from laue_report.serving.subject import Baseline, Subject
from laue_report.sides import base_of
from laue_report.thresholds import thresholds_from
from sample_records import SESSION, end_record, params_record, run_record, summary_record, write_lines
from telemetry_records import gpu_record, telemetry_record

POINTS = ["cpu-p1-t1", "cpu-p2-t1"]

Record = dict[str, Any]


def state_of(subject: Subject) -> Record:
    follower = Follower(subject)
    follower.read()
    return follower.state()


def launch_of(path: Path, *records: Record) -> Record:
    launch: Record = state_of(Subject(write_lines(path, *records)))["launch"]
    return launch


def at(unix_time_s: float, record: Record) -> Record:
    return record | {"unix_time_s": unix_time_s}


def test_progress_counts_runs_of_those_planned(results_path: Path) -> None:
    launch = launch_of(
        results_path,
        params_record(POINTS, runs=2),
        run_record("cpu-p1-t1", kind="warmup"),
        run_record("cpu-p1-t1"),
        run_record("cpu-p2-t1", success=False),
        run_record("cpu-p1-t1"),
        summary_record("cpu-p1-t1"),
    )
    assert launch["progress"] == {
        "text": "3 of 4 runs done (1 failed), 1 of 2 points finished, 1 warm-up besides",
        "fraction": 0.75,
    }


def test_progress_goes_by_points_where_runs_themselves_tell_how_many_are_made(results_path: Path) -> None:
    params = params_record(POINTS) | {"runs": None, "target_ci": 2.0}
    launch = launch_of(results_path, params, run_record("cpu-p1-t1"), summary_record("cpu-p1-t1"))
    assert launch["progress"] == {"text": "1 run done, 1 of 2 points finished", "fraction": 0.5}
    assert launch["left_s"] is None


def test_runs_of_the_launch_that_is_resumed_count(results_path: Path) -> None:
    launch = launch_of(
        results_path,
        params_record(POINTS),
        run_record("cpu-p1-t1"),
        run_record("cpu-p2-t1", success=False),
        params_record(POINTS, session="later") | {"resumes": SESSION},
        run_record("cpu-p2-t1", session="later"),
    )
    assert launch["progress"]["text"].startswith("2 of 4 runs done,")


def test_time_left_is_by_the_pace_so_far(results_path: Path) -> None:
    records = [params_record(POINTS, runs=3), *(at(100.0 + 10.0 * run, run_record()) for run in range(3))]
    assert launch_of(results_path, *records)["left_s"] == pytest.approx(30.0)
    assert launch_of(results_path, *records, end_record("interrupted", signal="SIGINT"))["left_s"] is None


def test_the_last_run_and_its_speed(results_path: Path) -> None:
    good, failed = run_record("cpu-p2-t1", 1.5), run_record("cpu-p1-t1", success=False)
    launch = launch_of(
        results_path, params_record(POINTS), at(7.0, good), at(9.0, failed | {"run_index": 1, "error": "no room"})
    )
    assert launch["last_success"] == {"point": "cpu-p2-t1", "time_s": "1.5", "throughput_per_min": "80"}
    assert launch["last_run"] == {
        "point": "cpu-p1-t1",
        "run": 1,
        "unix_time_s": 9.0,
        "success": False,
        "error": "no room",
    }
    assert launch["best"] == {"point": "cpu-p2-t1", "throughput_per_min": "80"}


def test_a_launch_without_a_run_has_no_figures(results_path: Path) -> None:
    launch = launch_of(results_path, params_record(POINTS))
    assert (launch["last_run"], launch["last_success"], launch["best"]) == (None, None, None)
    assert launch["trends"]["series"] == []
    assert launch["points"]["rows"] == [[point, "0/2", "-", "-", "-"] for point in POINTS]


def test_trends_have_each_point_in_the_order_of_its_runs(results_path: Path) -> None:
    launch = launch_of(
        results_path,
        params_record(POINTS),
        run_record("cpu-p2-t1", 9.0, kind="warmup"),
        run_record("cpu-p2-t1", 2.0),
        run_record("cpu-p1-t1", 1.0),
        run_record("cpu-p2-t1", 7.0, success=False),
        run_record("cpu-p2-t1", 3.0),
    )
    one, two = launch["trends"]["series"]
    assert (one["name"], one["place"], one["time_s"], one["throughput_per_min"]) == ("cpu-p1-t1", [2], [1.0], [60.0])
    assert (two["name"], two["place"], two["time_s"], two["throughput_per_min"]) == (
        "cpu-p2-t1",
        [1, 4],
        [2.0, 3.0],
        [60.0, 40.0],
    )
    assert launch["points"]["rows"][1] == ["cpu-p2-t1", "2/2 (1 failed)", "2.5", "2-3", "48"]


def test_trends_show_the_last_runs_of_many_and_say_so(results_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trends, "MOST_RUNS", 2)
    runs = [run_record(wall_s=float(seconds)) for seconds in (1, 2, 3)]
    told = launch_of(results_path, params_record(["cpu-p2-t1"], runs=3), *runs)["trends"]
    assert told["note"] == "the last 2 of 3 runs are drawn"
    assert (told["series"][0]["place"], told["series"][0]["time_s"]) == ([2, 3], [2.0, 3.0])


def test_points_of_several_folders_are_told_apart(results_path: Path) -> None:
    params = params_record(["cpu-p2-t1"]) | {"staging_dirs": ["/a", "/b"]}
    runs = [run_record() | {"staging_dir": folder} for folder in ("/a", "/b")]
    launch = launch_of(results_path, params, *runs)
    assert [row[0] for row in launch["points"]["rows"]] == ["cpu-p2-t1 in /a", "cpu-p2-t1 in /b"]
    assert launch["last_run"]["point"] == "cpu-p2-t1 in /b"


def test_the_newest_launch_of_a_file_is_followed(results_path: Path) -> None:
    launch = launch_of(
        results_path,
        params_record(POINTS),
        run_record("cpu-p1-t1"),
        end_record(),
        params_record(POINTS, session="later") | {"tag": "second"},
    )
    assert (launch["title"], launch["status"]) == ("second", None)
    assert launch["progress"]["text"].startswith("0 of 4 runs done")


def test_records_of_the_predecessor_are_shown(results_path: Path) -> None:
    run = {name: value for name, value in run_record().items() if name not in ("session_id", "point_id")}
    launch = launch_of(results_path, run, run)
    assert launch["progress"] == {"text": "2 runs done", "fraction": None}
    assert launch["points"]["rows"] == [["cpu-p2-t1", "2", "2", "2-2", "60"]]


def alerts(launch: Record) -> list[tuple[str, str]]:
    return [(alert["level"], alert["text"]) for alert in launch["alerts"]]


def test_failures_come_first_among_the_alerts_and_damaged_lines_last(results_path: Path) -> None:
    write_lines(
        results_path,
        params_record(POINTS),
        run_record(success=False) | {"per_proc": [{"rank": 3, "success": False, "error": "no space left"}]},
    )
    with results_path.open("a") as stream:
        stream.write("torn\n" + json.dumps(end_record("interrupted", signal="SIGINT")) + "\n")
    assert alerts(state_of(Subject(results_path))["launch"]) == [
        ("critical", "1 run failed: rank 3: no space left"),
        ("warning", "interrupted by SIGINT; 3 planned runs not made"),
        ("note", f"{results_path}: line 3 is torn (no JSON) and left out"),
    ]


def test_a_launch_that_ran_as_planned_raises_no_alert(results_path: Path) -> None:
    launch = launch_of(results_path, params_record(["cpu-p2-t1"], runs=1), run_record(), end_record())
    assert (launch["status"], launch["alerts"]) == ("complete", [])


def test_a_gpu_that_holds_back_its_clocks_is_an_alert_while_the_launch_runs(results_path: Path, tmp_path: Path) -> None:
    telemetry = tmp_path / "telemetry.jsonl"
    gpus = [gpu_record(0), gpu_record(1, throttle_reasons=["hw_slowdown"])]
    write_lines(telemetry, telemetry_record(3661.0, gpus=gpus))
    write_lines(results_path, params_record(POINTS, runs=1), run_record(), run_record("cpu-p1-t1"))
    subject = Subject(results_path, telemetry=telemetry)
    assert alerts(state_of(subject)["launch"]) == [
        ("warning", "GPU GPU-1 held back its clocks at 01:01:01 UTC (hw_slowdown)")
    ]
    with results_path.open("a") as stream:
        stream.write(json.dumps(end_record()) + "\n")
    assert alerts(state_of(subject)["launch"]) == []


def test_what_is_running_is_told_until_the_launch_has_ended(results_path: Path, tmp_path: Path) -> None:
    telemetry = write_lines(tmp_path / "telemetry.jsonl", telemetry_record(time.time()))
    write_lines(results_path, params_record(POINTS), run_record())
    subject = Subject(results_path, telemetry=telemetry)
    assert state_of(subject)["launch"]["running"] == "run 0 of cpu-p2-t1"
    write_lines(results_path, params_record(POINTS), run_record(), end_record())
    assert state_of(subject)["launch"]["running"] is None


def test_telemetry_is_where_the_launch_says(results_path: Path, tmp_path: Path) -> None:
    write_lines(tmp_path / "t.jsonl", telemetry_record(time.time()))
    launch = launch_of(results_path, params_record(POINTS) | {"telemetry": "t.jsonl", "results": str(results_path)})
    assert launch["hardware"]["cpu_busy_percent"] == 75.0
    assert launch_of(results_path, params_record(POINTS) | {"telemetry": None})["hardware"] is None


def test_texts_that_steer_their_reader_are_escaped(results_path: Path) -> None:
    launch = launch_of(results_path, params_record(["a\u202eb"]) | {"tag": "a\x1b[2Jb"})
    assert launch["title"] == r"a\x1b[2Jb"
    assert launch["points"]["rows"][0][0] == r"a\u202eb"


def test_a_file_without_a_launch_says_what_it_has(results_path: Path) -> None:
    results_path.write_text("torn\n")
    state = state_of(Subject(results_path))
    assert (state["launch"], state["problem"]) == (None, f"{results_path}: line 1 is torn (no JSON) and left out")


def against(tmp_path: Path, base: list[Record], new: list[Record]) -> Record:
    base_path = launch_records.write(tmp_path / "base.jsonl", base)
    baseline = Baseline(base_of(str(base_path)).evidence, thresholds_from())
    new_path = launch_records.write(tmp_path / "new.jsonl", new)
    launch: Record = state_of(Subject(new_path, baseline=baseline))["launch"]
    return launch


def part(launch: Record, title: str) -> Record:
    (found,) = [entry for entry in launch["comparison"]["parts"] if entry["title"] == title]
    return dict(found)


def test_a_launch_that_is_slower_than_the_baseline_raises_its_alerts(tmp_path: Path) -> None:
    launch = against(tmp_path, launch_records.launch("base", 12, 1.0), launch_records.launch("new", 12, 1.3))
    slower = [text for level, text in alerts(launch) if level == "warning" and "of the baseline" in text]
    assert [text.partition(" ")[0] for text in slower if ": latency 1." in text] == ["cpu-p2-t1:", "cpu-p1-t1:"]
    assert all("limit +20 %" in text for text in slower if ": latency" in text)
    verdicts = {row[0]: row[-1] for row in part(launch, "times by point")["rows"]}
    assert verdicts == {"cpu-p1-t1": "SLOWER", "cpu-p2-t1": "SLOWER"}
    for series in launch["trends"]["series"]:
        assert series["baseline_s"] == pytest.approx(1.0, rel=0.02)
        parallel = int(series["name"][5])
        assert series["baseline_per_min"] == pytest.approx(60.0 * parallel / series["baseline_s"])


def test_a_launch_as_fast_as_the_baseline_raises_none(tmp_path: Path) -> None:
    launch = against(tmp_path, launch_records.launch("base", 12, 1.0), launch_records.launch("new", 12, 1.0))
    assert [text for _, text in alerts(launch) if "baseline" in text] == []
    assert launch["comparison"]["conclusion"] == "no regression among 2 points"


def test_a_point_that_is_still_to_come_is_not_missing(tmp_path: Path) -> None:
    whole = launch_records.launch("new", 12, 1.0)
    begun = [record for record in whole if record["type"] != "end" and record.get("point_id") != "cpu-p1-t1"]
    base = launch_records.launch("base", 12, 1.0)
    launch = against(tmp_path, base, begun)
    assert launch["comparison"]["conclusion"].endswith("; 1 point of the baseline still to come")
    assert [row[0] for row in part(launch, "times by point")["rows"]] == ["cpu-p2-t1"]
    launch = against(tmp_path, base, [*begun, whole[-1] | {"session_id": "new"}])
    assert "1 point missing in NEW" in launch["comparison"]["conclusion"]


def test_a_launch_that_is_its_own_baseline_is_not_compared(tmp_path: Path) -> None:
    records = launch_records.launch("base", 12, 1.0)
    assert "is on both sides" in against(tmp_path, records, records)["comparison"]["problem"]


def test_earlier_launches_stand_below_the_one_that_is_followed(tmp_path: Path) -> None:
    folder = tmp_path / "earlier"
    folder.mkdir()
    old = launch_records.launch("old", 5, 2.0, change=lambda record: record.update(tag="old one"))
    launch_records.write(folder / "old.jsonl", old)
    path = launch_records.write(tmp_path / "new.jsonl", launch_records.launch("new", 5, 1.0))
    history = state_of(Subject(path, history=history_of(folder)))["launch"]["history"]
    table = [dict(zip(history["headings"], row, strict=True)) for row in history["rows"]]
    assert [row["launched (UTC)"].endswith(", this one") for row in table] == [True, False]
    assert (table[1]["tag"], table[1]["best point"], table[1]["runs"]) == ("old one", "cpu-p2-t1", "10")
    assert float(table[1]["reconstructions/min"]) == pytest.approx(60.0, rel=0.02)
    assert float(table[1]["median s"]) == pytest.approx(2.0, rel=0.02)
    assert float(table[0]["reconstructions/min"]) == pytest.approx(120.0, rel=0.02)


def test_what_is_followed_is_no_earlier_launch_of_itself(tmp_path: Path) -> None:
    path = launch_records.write(tmp_path / "new.jsonl", launch_records.launch("new", 5, 1.0))
    history = state_of(Subject(path, history=history_of(tmp_path)))["launch"]["history"]
    assert len(history["rows"]) == 1


def test_points_look_as_in_the_report() -> None:
    """The page's scripts cannot ask Python."""
    script = (Path(trends.__file__).parent / "page" / "charts.js").read_text(encoding="utf-8")
    assert f"const COLOURS = {json.dumps(list(PALETTE))};" in script
    assert [symbol for symbol in SYMBOLS if f'["{symbol}",' in script] == list(SYMBOLS)[:5]
