"""Targets held against points."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from laue_report.cli import app
from laue_report.measurements import load
from laue_report.run_figures import figures_of, run_figures
from laue_report.shipped_schema import TARGETS, shipped_schema
from laue_report.summary import summarise
from laue_report.targets import METRICS, Candidate, Judgement, State, judge_targets, targets_from
from sample_records import run_record, summary_record, write_lines
from typer.testing import CliRunner

CONFIGS = Path(__file__).resolve().parents[2] / "configs"
OTHER_SESSION = "9b241101-e2bb-4255-8caf-4136c566a962"


def write_targets(folder: Path, *targets: dict[str, Any]) -> Path:
    path = folder / "targets.json"
    path.write_text(json.dumps({"schema_version": "1.0.0", "targets": list(targets)}), encoding="utf-8")
    return path


def target(metric: str, value: float, point: str = "cpu-p2-t1", **more: Any) -> dict[str, Any]:
    return {"point": point, "metric": metric, "target": value, **more}


def judged(results: Path, *targets: dict[str, Any]) -> list[Judgement]:
    found = load([results])
    figures = run_figures(found)
    candidates = [Candidate(point, figures_of(figures, point.runs)) for point in summarise(found)]
    return judge_targets(targets_from(write_targets(results.parent, *targets)), candidates)


def summary_of(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["summary", *map(str, arguments)])
    return result.exit_code, result.output


def full_run(wall_s: float) -> dict[str, Any]:
    ranks = [
        {
            "usage": {"user_s": 3.0, "system_s": 1.0},
            "memory": {"peak_rss_bytes": peak},
            "accuracy": {"depth_error_um_rms": 1.25},
        }
        for peak in (1000, 3000)
    ]
    return {**run_record(wall_s=wall_s), "per_proc": ranks, "imbalance": 1.5, "energy": {"total_j": 10.0}}


@pytest.mark.parametrize(
    ("metric", "current"),
    [
        ("throughput_per_min", 60.0),
        ("pixel_steps_per_s", 4e6),
        ("median_wall_s", 2.0),
        ("p95_wall_s", 2.9),
        ("p99_wall_s", 2.98),
        ("success_rate", 0.75),
        ("imbalance", 1.5),
        ("attainable_fraction", 0.5),
        ("cpu_s", 8.0),
        ("peak_rss_bytes", 3000.0),
        ("j_per_reconstruction", 5.0),
        ("depth_error_um_rms", 1.25),
    ],
)
def test_every_metric_is_met_and_missed_from_its_own_side(results_path: Path, metric: str, current: float) -> None:
    runs = [full_run(wall_s) for wall_s in (1.0, 2.0, 3.0)]
    summary = summary_record(ceilings={"whole_fraction": 0.5})
    write_lines(results_path, *runs, run_record(success=False), summary)
    easy, hard = (0.9, 1.1) if METRICS[metric].aim.value == ">=" else (1.1, 0.9)
    met, missed = judged(results_path, target(metric, easy * current), target(metric, hard * current))
    assert met.current == pytest.approx(current)
    assert (met.state, missed.state) == (State.MET, State.MISSED)
    assert (met.fails, missed.fails) == (False, True)


def test_metrics_are_those_that_the_schema_describes() -> None:
    described = shipped_schema(TARGETS)["$defs"]["target"]["properties"]["metric"]["oneOf"]
    assert [entry["const"] for entry in described] == list(METRICS)
    for entry in described:
        assert entry["description"].endswith("at least" if METRICS[entry["const"]].aim.value == ">=" else "at most")


def test_value_that_is_not_known_is_a_miss_unless_it_need_not_be(results_path: Path) -> None:
    write_lines(results_path, run_record())
    wanted, optional = judged(results_path, target("cpu_s", 1.0), target("cpu_s", 1.0, required=False))
    assert (wanted.state, wanted.fails) == (State.UNKNOWN, True)
    assert (optional.state, optional.fails) == (State.UNKNOWN, False)


def test_target_of_no_point_is_a_miss(results_path: Path) -> None:
    write_lines(results_path, run_record())
    (judgement,) = judged(results_path, target("cpu_s", 1.0, point="gpu-*", required=False))
    assert (judgement.name, judgement.state, judgement.fails) == ("gpu-*", State.NOT_MEASURED, True)


def test_pattern_names_points_and_the_last_launch_counts(results_path: Path) -> None:
    write_lines(
        results_path,
        run_record("cpu-p1-t1", 8.0),
        run_record("cpu-p2-t1", 8.0),
        run_record("cpu-p2-t1", 2.0, session=OTHER_SESSION),
    )
    judgements = judged(results_path, target("median_wall_s", 4.0, point="cpu-*"))
    assert [(judgement.name, judgement.current, judgement.state) for judgement in judgements] == [
        ("cpu-p1-t1", 8.0, State.MISSED),
        ("cpu-p2-t1", 2.0, State.MET),
    ]


def test_staging_folders_are_told_apart(results_path: Path) -> None:
    write_lines(results_path, run_record(), {**run_record(wall_s=9.0), "staging_dir": "/slow"})
    both = judged(results_path, target("median_wall_s", 4.0))
    assert [(judgement.name, judgement.state) for judgement in both] == [
        ("cpu-p2-t1 on /stage", State.MET),
        ("cpu-p2-t1 on /slow", State.MISSED),
    ]
    (one,) = judged(results_path, target("median_wall_s", 4.0, staging_dir="/slow"))
    assert (one.name, one.state) == ("cpu-p2-t1", State.MISSED)


def test_summary_shows_targets_and_fails_only_when_asked_to(results_path: Path) -> None:
    write_lines(results_path, run_record(wall_s=2.0))
    targets = write_targets(results_path.parent, target("median_wall_s", 1.0), target("throughput_per_min", 60.0))
    status, output = summary_of("--targets", targets, results_path)
    rows = [line.split() for line in output.splitlines()]
    assert status == 0
    assert ["cpu-p2-t1", "median_wall_s", "s", "<=", "1", "2", "missed"] in rows
    assert ["cpu-p2-t1", "throughput_per_min", "1/min", ">=", "60", "60", "met"] in rows
    assert summary_of("--targets", targets, "--fail-on-target", results_path) == (3, output)


def test_met_targets_do_not_fail(results_path: Path) -> None:
    write_lines(results_path, run_record(wall_s=2.0))
    targets = write_targets(results_path.parent, target("median_wall_s", 2.0))
    assert summary_of("--targets", targets, "--fail-on-target", results_path)[0] == 0


def test_failing_without_targets_is_a_usage_error(results_path: Path) -> None:
    write_lines(results_path, run_record())
    assert summary_of("--fail-on-target", results_path) == (
        2,
        "--fail-on-target has nothing to look at (no targets were given): add --targets FILE\n",
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "Expecting property name"),
        ("[]", "$: [] is not of type 'object'"),
        ('{"schema_version": "2.0.0", "targets": []}', "schema_version: '2.0.0' does not match"),
        (
            '{"schema_version": "1.0.0", "targets": [{"point": "a", "metric": "cpu_s", "target": NaN}]}',
            "targets[0].target: nan is not of type 'number'",
        ),
        (
            '{"schema_version": "1.0.0", "targets": [{"point": "a", "metric": "speed", "target": 1}]}',
            "targets[0].metric: 'speed' is not valid",
        ),
    ],
)
def test_file_of_no_targets_is_a_usage_error(results_path: Path, text: str, why: str) -> None:
    write_lines(results_path, run_record())
    targets = results_path.with_name("targets.json")
    targets.write_text(text)
    status, output = summary_of("--targets", targets, results_path)
    assert (status, output.count("\n")) == (2, 1)
    assert output.startswith(f"cannot use targets {targets} ({why}")


def test_missing_targets_are_a_usage_error(results_path: Path) -> None:
    write_lines(results_path, run_record())
    status, output = summary_of("--targets", results_path.with_name("none.json"), results_path)
    assert status == 2
    assert "(No such file or directory): give a file like configs/targets.json" in output


def test_shipped_targets_are_targets() -> None:
    assert {entry.metric for entry in targets_from(CONFIGS / "targets.json")} == {
        "success_rate",
        "imbalance",
        "attainable_fraction",
    }
    status, output = summary_of("--targets", CONFIGS / "targets.json", CONFIGS / "schema" / "example.jsonl")
    assert (status, output.count("success_rate")) == (0, 2)
