"""Hosts and GPUs that are unlike the others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from laue_report.cli import app
from laue_report.measurements import load
from laue_report.slow_members import MemberKind, Members, members_of, notes_of
from laue_report.summary import summarise
from sample_records import run_record, write_lines
from typer.testing import CliRunner


def run_on(times: dict[str, float], point_id: str = "cpu-p4-t1", **more: Any) -> dict[str, Any]:
    """One rank on each host, with a GPU of the host's name."""
    ranks = [
        {"host": host, "elapsed_s": elapsed_s, "gpu": {"uuid": f"GPU-{host}"}} for host, elapsed_s in times.items()
    ]
    return {**run_record(point_id), "per_proc": ranks, **more}


def compared(path: Path, *records: dict[str, Any], kind: MemberKind = MemberKind.HOST) -> Members:
    found = load([write_lines(path, *records)])
    runs = {point.key.point_id: point.runs for point in summarise(found)}
    return members_of(found.ranks, runs, kind)


def test_slow_host_is_named_with_the_values(results_path: Path) -> None:
    members = compared(results_path, *(run_on({"a": 1.0 + i / 1000, "b": 1.01, "c": 1.0, "d": 1.2}) for i in range(3)))
    (slow,) = members.outliers()
    assert (slow.name, slow.ranks) == ("d", 3)
    assert slow.relative_time == pytest.approx(1.2 / 1.0015, rel=1e-2)
    (note,) = notes_of(members)
    assert note.startswith("outliers (further than ")
    assert "3.5 * 1.4826 * MAD" in note
    assert note.endswith(f": d ({slow.relative_time:.3f})")


def test_points_of_other_work_are_not_mixed(results_path: Path) -> None:
    hosts = dict.fromkeys("abc", 1.0)
    long_one = run_on({"d": 50.0, "e": 50.0}, "cpu-p2-t1")
    members = compared(results_path, run_on(hosts), long_one)
    assert [(member.name, member.relative_time) for member in members.all] == [(name, 1.0) for name in "abcde"]
    assert members.outliers() == []


def test_less_than_five_per_cent_is_no_outlier(results_path: Path) -> None:
    """All others agree to the last digit, so that MAD is 0."""
    times = dict.fromkeys("abcd", 1.0)
    assert compared(results_path, run_on(times | {"e": 1.04})).outliers() == []
    assert [member.name for member in compared(results_path, run_on(times | {"e": 1.06})).outliers()] == ["e"]


def test_scatter_of_the_hosts_widens_the_limit(results_path: Path) -> None:
    members = compared(results_path, run_on({"a": 0.9, "b": 0.95, "c": 1.0, "d": 1.05, "e": 1.2}))
    assert members.limit == pytest.approx(3.5 * 1.4826 * 0.05)
    assert members.outliers() == []


def test_two_hosts_tell_of_no_outlier(results_path: Path) -> None:
    members = compared(results_path, run_on({"a": 1.0, "b": 9.0}))
    assert members.outliers() == []
    assert notes_of(members) == ["no outliers can be told (it takes 3 hosts, the runs used 2)"]


def test_failed_runs_and_warm_ups_do_not_count(results_path: Path) -> None:
    times = dict.fromkeys("abc", 1.0)
    slow = times | {"a": 9.0}
    members = compared(results_path, run_on(times), run_on(slow, success=False), run_on(slow, type="warmup"))
    assert [member.ranks for member in members.all] == [1, 1, 1]
    assert members.outliers() == []


def test_gpus_are_told_apart_by_their_names(results_path: Path) -> None:
    times = dict.fromkeys("abcd", 1.0)
    members = compared(results_path, run_on(times | {"d": 2.0}), kind=MemberKind.GPU)
    assert [member.name for member in members.outliers()] == ["d GPU-d"]


def test_runs_without_gpus_say_so(results_path: Path) -> None:
    members = compared(
        results_path, {**run_record(), "per_proc": [{"host": "a", "elapsed_s": 1.0}]}, kind=MemberKind.GPU
    )
    assert notes_of(members) == ["no GPUs to compare (no successful run tells which ones its ranks used)"]


def test_summary_shows_hosts_when_asked_for(results_path: Path) -> None:
    write_lines(results_path, run_on(dict.fromkeys("abcd", 1.0) | {"d": 2.0}))
    result = CliRunner().invoke(app, ["summary", "--by", "host", str(results_path)])
    assert result.exit_code == 0
    assert ["d", "1", "2", "outlier,", "slower"] in [line.split() for line in result.output.splitlines()]
    assert result.output.endswith(": d (2)\n")
