"""`laue-report compare` on launches that differ in known ways."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from laue_report.cli import app
from launch_records import Record, launch, of_type, write
from typer.testing import CliRunner


class Desk:
    """A folder with results files, and what a comparison of them says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def results(self, name: str, *launches: list[Record]) -> Path:
        return write(self.folder / f"{name}.jsonl", *launches)

    def compare(self, *arguments: str | Path) -> tuple[int, str]:
        result = CliRunner().invoke(app, ["compare", *map(str, arguments)])
        return result.exit_code, result.output

    def verdicts(self, *arguments: str | Path) -> dict[str, str]:
        status, output = self.compare(*arguments)
        assert status == 0, output
        lines = _part(output, "times by point").splitlines()
        rows = [line.split() for line in lines if line.startswith(("cpu-", "target "))]
        return {row[0]: row[-1] for row in rows if not row[0].endswith(":")}


def _part(output: str, title: str) -> str:
    """From its title to the empty line behind it."""
    return output.partition(f"{title}")[2].partition("\n\n")[0]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def only_p1(change: Callable[[Record], None]) -> Callable[[Record], None]:
    def changed(record: Record) -> None:
        if record.get("point_id") == "cpu-p1-t1":
            change(record)

    return changed


def times(factor: float) -> Callable[[Record], None]:
    @of_type("run")
    def change(record: Record) -> None:
        record["total_wall_s"] *= factor
        record["throughput_per_min"] /= factor

    return change


def test_verdicts_of_runs_within_one_launch(desk: Desk) -> None:
    base = desk.results("base", launch("base", runs=30))
    slower = desk.results("slower", launch("slower", runs=30, change=only_p1(times(1.2))))
    faster = desk.results("faster", launch("faster", runs=30, change=only_p1(times(0.8))))
    assert desk.verdicts(base, slower) == {"cpu-p1-t1": "SLOWER", "cpu-p2-t1": "SAME"}
    assert desk.verdicts(base, faster) == {"cpu-p1-t1": "FASTER", "cpu-p2-t1": "SAME"}


def test_the_unit_of_evidence_is_the_launch_where_there_are_five_a_side(desk: Desk) -> None:
    olds = [desk.results(f"old{i}", launch(f"old{i}", runs=3)) for i in range(5)]
    news = [desk.results(f"new{i}", launch(f"new{i}", runs=3, change=times(1.3))) for i in range(5)]
    base = desk.folder / "base.jsonl"
    base.write_text("".join(path.read_text() for path in olds))
    _, output = desk.compare(base, *news, "--threshold", "5")
    assert "unit of evidence: the launch (median of its runs)" in output
    assert "5/5 launches" in output
    assert desk.verdicts(base, *news, "--threshold", "5") == {"cpu-p1-t1": "SLOWER", "cpu-p2-t1": "SLOWER"}
    _, output = desk.compare(base, *news[:4], "--threshold", "5")
    assert "unit of evidence: the run (a side has less than 5 launches)" in output
    assert "15/12 runs" in output


def test_what_is_ambiguous_comes_with_the_command_that_settles_it(desk: Desk) -> None:
    base = desk.results("base", launch("base", runs=7))
    new = desk.results("new", launch("new", runs=7, change=times(1.1)))
    _, output = desk.compare(base, new)
    assert desk.verdicts(base, new) == {"cpu-p1-t1": "AMBIGUOUS", "cpu-p2-t1": "AMBIGUOUS"}
    assert "the noise floor is not known below 10 runs of each side, give --threshold or 3 more runs" in output
    (line,) = [line for line in output.splitlines() if line.startswith("to settle ")]
    assert line.startswith("to settle cpu-p2-t1,cpu-p1-t1, run once with each side's program: `mpirun -n 2 /opt/")
    assert line.endswith(" --only cpu-p2-t1,cpu-p1-t1 --runs 10`")
    assert line.count("--runs") == 1


def test_few_runs_are_insufficient(desk: Desk) -> None:
    base, new = (desk.results(name, launch(name, runs=4)) for name in ("base", "new"))
    assert set(desk.verdicts(base, new).values()) == {"INSUFFICIENT"}
    _, output = desk.compare(base, new)
    assert "cpu-p1-t1: less than 5 runs of a side say nothing; 1 more runs are the least" in output
    assert output.endswith("no point could be judged (less than 5 samples of a side)\n")


def test_cells_are_corrected_together(desk: Desk) -> None:
    """Holm: the smaller of two p values counts twice."""
    base = desk.results("base", launch("base", runs=10))
    new = desk.results("new", launch("new", runs=10, change=only_p1(times(1.02))))
    alone = [
        desk.results(f"{name}1", launch(name, runs=10, change=change))
        for name, change in (
            ("base", without_p2),
            ("new", lambda record: (only_p1(times(1.02))(record), without_p2(record))),
        )
    ]

    def p_value(*arguments: Path) -> float:
        lines = _part(desk.compare(*arguments)[1], "times by point").splitlines()
        (row,) = [line.split() for line in lines if line.startswith("cpu-p1-t1 ")]
        return float(row[-2])

    assert p_value(base, new) == pytest.approx(2.0 * p_value(*alone), rel=0.06)


def without_p2(record: Record) -> None:
    """Takes its runs for warm-ups, which never count."""
    if record["type"] == "run" and record["point_id"] == "cpu-p2-t1":
        record["type"] = "warmup"


def test_what_differs_comes_first(desk: Desk) -> None:
    @of_type("params", "staging")
    def elsewhere(record: Record) -> None:
        if record["type"] == "staging":
            record["filesystem"]["options"] = "rw,noatime"
            return
        environment = record["environment"]
        environment["mpi_library"] = "MPICH 4.0.2"
        environment["hdf5"]["version"] = "1.14.0"
        environment["cuda_driver"] = "12.4"
        environment["nodes"][0]["kernel"] = "7.0.0"
        record["git"]["sha"] = "f" * 40
        record["sync"] = "none"

    base = desk.results("base", launch("base"))
    new = desk.results("new", launch("new", change=elsewhere))
    _, output = desk.compare(base, new)
    said = _part(output, "what differs").splitlines()[1:]
    assert said[0] == "driver: cuda_driver was null, is 12.4"
    assert [line.partition(" was ")[0] for line in said] == [
        "driver: cuda_driver",
        "kernel: kernel",
        "MPI: mpi_library",
        "HDF5: version",
        "binary: git.sha",
        "options: sync",
        "mount: options",
    ]
    assert output.index("what differs") < output.index("times by point")
    assert "nothing that the records tell of" in desk.compare(base, desk.results("again", launch("again")))[1]


@of_type("params")
def on_other_hardware(record: Record) -> None:
    record["environment"]["nodes"][0] |= {"hostname": "node9", "cpu_model": "Another CPU", "cores": 64}


@of_type("run")
def with_cold_cache(record: Record) -> None:
    record["cache"]["state"] = "cold"


@of_type("params")
def of_a_larger_scan(record: Record) -> None:
    record["scan"]["rows"] = 2048


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (on_other_hardware, "hardware: cpu_model was AMD EPYC, is Another CPU"),
        (with_cold_cache, "cache: replicas were warm, are cold"),
        (of_a_larger_scan, "work: rows was 32, is 2048"),
    ],
)
def test_other_conditions_are_not_comparable_unless_across(
    desk: Desk, change: Callable[[Record], None], why: str
) -> None:
    base = desk.results("base", launch("base"))
    new = desk.results("new", launch("new", change=change))
    status, output = desk.compare(base, new)
    assert (status, output.count("NOT COMPARABLE")) == (0, 2)
    assert f"cpu-p1-t1: not comparable ({why}" in output
    assert desk.compare(base, new, "--fail-on-regression")[0] == 3
    _, output = desk.compare(base, new, "--across")
    assert "NOT COMPARABLE" not in output
    assert f"cpu-p1-t1: compared across {why}" in output


def test_the_same_hardware_under_another_name_is_comparable(desk: Desk) -> None:
    @of_type("params")
    def renamed(record: Record) -> None:
        record["environment"]["nodes"][0]["hostname"] = "node2"

    base = desk.results("base", launch("base"))
    new = desk.results("new", launch("new", change=renamed))
    _, output = desk.compare(base, new)
    assert "host: name was node1, is node2" in output
    assert "NOT COMPARABLE" not in output


def test_mixed_cache_states_are_not_comparable(desk: Desk) -> None:
    @of_type("run")
    def once_cold(record: Record) -> None:
        if record["run_index"] == 3:
            record["cache"]["state"] = "partial"

    base = desk.results("base", launch("base"))
    _, output = desk.compare(base, desk.results("new", launch("new", change=once_cold)))
    assert "not comparable (cache: replicas were warm, are partial and warm)" in output


def test_points_of_one_side_are_new_or_missing_and_a_missing_one_closes_the_gate(desk: Desk) -> None:
    def renamed(record: Record) -> None:
        if record.get("point_id") == "cpu-p1-t1":
            record["point_id"] = "cpu-p1-t9"
        if record["type"] == "params":
            record["points"] = ["cpu-p1-t9", "cpu-p2-t1"]

    base = desk.results("base", launch("base"))
    new = desk.results("new", launch("new", change=renamed))
    assert desk.verdicts(base, new)["cpu-p1-t9"] == "NEW"
    assert desk.verdicts(base, new)["cpu-p1-t1"] == "MISSING"
    status, output = desk.compare(base, new, "--fail-on-regression")
    assert (status, output.endswith("1 point missing in NEW\n")) == (3, True)
    assert "cpu-p1-t1: missing in NEW (it was not planned)" in output


def test_failed_runs_never_count_and_are_why_a_point_is_missing(desk: Desk) -> None:
    @of_type("run")
    def failed(record: Record) -> None:
        record |= {"success": False, "total_wall_s": 1e-3}
        record["per_proc"][0] |= {"success": False, "error": "disk full", "return_code": 3}

    base = desk.results("base", launch("base"))
    new = desk.results("new", launch("new", change=only_p1(failed)))
    assert desk.verdicts(base, new)["cpu-p1-t1"] == "MISSING"
    assert "cpu-p1-t1: missing in NEW (10 runs failed: " in desk.compare(base, new)[1]

    def first_failed(record: Record) -> None:
        if record.get("run_index") == 0:
            failed(record)

    some = desk.results("some", launch("some", change=first_failed))
    _, output = desk.compare(base, some)
    assert "10/9 runs" in output
    assert "1 run of cpu-p1-t1 failed and left out of its times" in output


def test_a_slowdown_is_explained_by_phase_host_and_rank(desk: Desk) -> None:
    def slow(record: Record) -> None:
        times(1.2)(record)
        for rank in record.get("per_proc", []) if record["type"] == "run" else []:
            rank["host"] = f"node{rank['rank'] + 1}"
            rank["phases"]["fsync_s"] = 0.3 if rank["rank"] == 1 else 0.11

    def on_two_hosts(record: Record) -> None:
        for rank in record.get("per_proc", []):
            rank["host"] = f"node{rank['rank'] + 1}"
            rank["phases"]["fsync_s"] = 0.1

    base = desk.results("base", launch("base", change=on_two_hosts))
    new = desk.results("new", launch("new", change=slow))
    _, output = desk.compare(base, new)
    (line,) = [line for line in output.splitlines() if line.startswith("cpu-p2-t1: changes")]
    assert line.endswith(
        "; of the phases fsync from 0.1 to 0.205 s grew most, at host node2 (+0.2 s, mean of its ranks) and "
        "rank 1 (+0.2 s)"
    )


def regressions(output: str) -> list[list[str]]:
    return [line.split() for line in _part(output, "regressions (").splitlines() if line.startswith("cpu-")]


def alerts(output: str) -> list[str]:
    return [" ".join(line.split()[:3]) for line in _part(output, "alerts").splitlines() if line.startswith("cpu-")]


def test_regressions_have_limits_of_their_own(desk: Desk) -> None:
    base = desk.results("base", launch("base", runs=20))
    slower = desk.results("slower", launch("slower", runs=20, change=only_p1(times(1.07))))
    assert desk.verdicts(base, slower)["cpu-p1-t1"] == "SLOWER"
    status, output = desk.compare(base, slower, "--fail-on-regression")
    assert (status, regressions(output)) == (0, [])
    assert output.endswith("no regression among 2 points\n")
    status, output = desk.compare(base, slower, "--fail-on-regression", "--limit", "latency_percent=5")
    assert (status, [row[:2] for row in regressions(output)]) == (3, [["cpu-p1-t1", "latency"]])
    assert desk.compare(base, slower, "--limit", "latency_percent=5")[0] == 0


def test_memory_throughput_and_accuracy_regress_too(desk: Desk) -> None:
    @of_type("run")
    def worse(record: Record) -> None:
        times(1.2)(record)
        for rank in record["per_proc"]:
            rank["memory"]["peak_rss_bytes"] += 120_000_000
            rank["accuracy"]["depth_error_um_rms"] *= 1.002

    base = desk.results("base", launch("base"))
    status, output = desk.compare(
        base, desk.results("new", launch("new", change=only_p1(worse))), "--fail-on-regression"
    )
    assert status == 3
    assert {row[0] for row in regressions(output)} == {"cpu-p1-t1"}
    assert {row[1] for row in regressions(output)} == {"latency", "throughput", "peak", "depth"}
    assert alerts(output) == ["cpu-p1-t1 warning: peak"]
    assert "not compared, since no point tells it on both sides: energy efficiency" in output


def test_energy_efficiency_gives_alerts(desk: Desk) -> None:
    def taking(joules: float) -> Callable[[Record], None]:
        @of_type("run")
        def change(record: Record) -> None:
            record["energy"]["total_j"] = joules * record["total_wall_s"]

        return change

    base = desk.results("base", launch("base", change=taking(100.0)))
    new = desk.results("new", launch("new", change=taking(125.0)))
    status, output = desk.compare(base, new, "--fail-on-regression")
    assert (status, alerts(output)) == (0, ["cpu-p2-t1 warning: energy", "cpu-p1-t1 warning: energy"])
    _, output = desk.compare(base, new, "--alert", "energy_efficiency_percent=-5:-10")
    assert alerts(output) == ["cpu-p2-t1 critical: energy", "cpu-p1-t1 critical: energy"]


def test_nothing_is_alarmed_by_what_is_the_same(desk: Desk) -> None:
    base, new = (desk.results(name, launch(name, runs=12, noise=0.05)) for name in ("base", "new"))
    _, output = desk.compare(base, new)
    assert (regressions(output), alerts(output)) == ([], [])


def test_markdown_says_the_same_and_replaces_only_its_own(desk: Desk) -> None:
    @of_type("params")
    def tagged(record: Record) -> None:
        record["tag"] = "a|b<script>"

    base = desk.results("base", launch("base"))
    new = desk.results("new", launch("new", change=lambda record: (times(1.6)(record), tagged(record))))
    output = desk.folder / "regressions.md"
    for _ in range(2):
        assert desk.compare(base, new, "--output", output)[0] == 0
    text = output.read_text()
    assert text.startswith("<!-- made by laue-report compare -->\n\n# Regressions\n\n4 regressions\n")
    assert "| cpu-p1-t1 | 10/10 runs |" in text
    assert r"a\|b\<script\>" in text
    assert "<script" not in text.replace(r"\<script", "")
    output.write_text("mine\n")
    status, said = desk.compare(base, new, "--output", output)
    assert (status, output.read_text()) == (2, "mine\n")
    assert said == f"cannot write {output} (it is there and not from laue-report compare): give another --output\n"


def read_alerts(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_each_alert_is_sent_once_for_a_launch(desk: Desk) -> None:
    base = desk.results("base", launch("base"))
    new = desk.results("new", launch("new", change=only_p1(times(1.6))))
    got = desk.folder / "got"
    for _ in range(2):
        assert desk.compare(base, new, "--notify", f"cat >> {got}")[0] == 0
    (alert,) = read_alerts(got)
    told = {name: alert[name] for name in ("level", "metric", "target", "point", "limit", "session_id", "base")}
    assert told == {
        "level": "critical",
        "metric": "latency",
        "target": 1,
        "point": "cpu-p1-t1",
        "limit": "+50 %",
        "session_id": "new",
        "base": str(base),
    }
    assert alert["change_percent"] == pytest.approx(60.0, abs=2.0)
    later = desk.results("later", launch("later", change=only_p1(times(1.6))))
    desk.compare(base, later, "--notify", f"cat >> {got}")
    assert [alert["session_id"] for alert in read_alerts(got)] == ["new", "later"]


def test_a_command_that_fails_is_told_and_tried_again(desk: Desk) -> None:
    base = desk.results("base", launch("base"))
    new = desk.results("new", launch("new", change=only_p1(times(1.6))))
    status, output = desk.compare(base, new, "--notify", "exit 7")
    assert status == 1
    assert "SLOWER" in output
    assert "1 alert not sent (--notify exit 7: exit status 7): mend the command and compare again" in output
    assert desk.compare(base, new, "--notify", "exit 7", "--fail-on-regression")[0] == 3
    got = desk.folder / "got"
    assert desk.compare(base, new, "--notify", f"cat > {got}")[0] == 0
    assert len(read_alerts(got)) == 1


def test_one_launch_of_a_file(desk: Desk) -> None:
    both = desk.results("both", launch("3b24", runs=20), launch("77aa", runs=20, change=times(1.3)))
    assert set(desk.verdicts(f"{both}#3b24", f"{both}#77").values()) == {"SLOWER"}
    status, output = desk.compare(both, both)
    assert status == 2
    assert f"cannot compare {both} with {both} (launch 3b24 is on both sides): give other files, or name" in output
    status, output = desk.compare(f"{both}#3b24", f"{both}#99")
    assert (status, output) == (
        2,
        f"cannot use {both}#99 (no launch there begins with '99'): the file has 3b24, 77aa\n",
    )


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=n", "-c", "user.email=e@example.org"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_base_may_lie_in_a_revision(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    results = desk.results("results", launch("old", runs=20))
    git(desk.folder, "init", "--quiet")
    git(desk.folder, "add", "results.jsonl")
    git(desk.folder, "commit", "--quiet", "-m", "results")
    desk.results("results", launch("new", runs=20, change=times(1.3)))
    monkeypatch.chdir(desk.folder)
    assert set(desk.verdicts("HEAD:results.jsonl", results).values()) == {"SLOWER"}
    for unknown in ("nowhere:results.jsonl", "HEAD:other.jsonl"):
        status, output = desk.compare(unknown, results)
        assert (status, output.count("\n")) == (2, 1)
        assert output.startswith(f"cannot read {unknown} (git: ")
        assert output.endswith("): give a results file, a baseline, or REVISION:PATH of one that git has\n")


def test_what_cannot_be_compared(desk: Desk) -> None:
    base = desk.results("base", launch("base"))
    empty, foreign, other = (desk.folder / name for name in ("empty.jsonl", "foreign.jsonl", "other.jsonl"))
    empty.write_text("")
    foreign.write_text('{"hello": 1}\n')
    other.write_text('{"type": "params", "schema_version": "2.0.0"}\n')
    failed = desk.results(
        "failed", launch("failed", change=of_type("run")(lambda record: record.update(success=False)))
    )
    for arguments, problem in (
        ((base, desk.folder / "absent"), "absent (No such file or directory): give a results file"),
        ((desk.folder / "absent", base), "absent (No such file or directory): give a results file"),
        ((base, desk.folder), "(Is a directory): give a results file"),
        ((base, empty), f"cannot compare {empty} (it holds no record of a launch): give a results file"),
        ((empty, base), f"cannot compare {empty} (it holds no record of a launch): give a results file"),
        ((base, foreign), f"cannot compare {foreign} ({foreign}: line 1 is no records of laue-bench"),
        ((base, other), "line 1 was written by schema version 2.0.0"),
        ((failed, base), f"cannot compare with {failed} (none of its runs succeeded): give another BASE"),
    ):
        status, output = desk.compare(*arguments)
        assert (status, output.count("\n")) == (2, 1), output
        assert problem in output
    status, output = desk.compare(base, failed, "--fail-on-regression")
    assert (status, output.endswith("2 points missing in NEW\n")) == (3, True)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--limit", "latency=5"], "cannot use --limit latency=5 (there is no 'latency'): give one of latency_percent"),
        (["--limit", "latency_percent"], "cannot use --limit latency_percent (no '=' in it): give it as NAME=VALUE"),
        (["--limit", "latency_percent=much"], "('much' is no number): give it as NAME=VALUE"),
        (["--limit", "latency_percent=-5"], "cannot use these --limit and --alert (regression.latency_percent: -5.0"),
        (["--limit", "latency_percent=nan"], "cannot use these --limit and --alert (regression.latency_percent: nan"),
        (["--alert", "time_percent=30"], "('' is no number): give it as NAME=WARNING:CRITICAL"),
        (["--alert", "time_percent=30:10"], "(time_percent: critical 10 comes before warning 30): give the warning"),
        (["--accept", "cpu-p1-t1"], "--accept cpu-p1-t1 has no use (no baseline is written)"),
        (["--why", "because"], "--accept POINT and --why TEXT belong together"),
        (["--update-baseline", "x.json"], "cannot update x.json (it is compared with "),
        (["--output", "absent/r.md"], "cannot write absent/r.md (there is no folder absent): make it"),
        (["--thresholds", "absent.json"], "cannot use thresholds absent.json ("),
    ],
)
def test_options_that_cannot_be_used(desk: Desk, options: list[str], problem: str) -> None:
    base, new = (desk.results(name, launch(name)) for name in ("base", "new"))
    status, output = desk.compare(base, new, *options)
    assert (status, output.count("\n")) == (2, 1), output
    assert problem in output


def test_limits_from_a_file(desk: Desk) -> None:
    base, new = (desk.results(name, launch(name, median_s=time)) for name, time in (("base", 1.0), ("new", 1.05)))
    limits = json.loads((Path(__file__).parents[2] / "configs" / "thresholds.json").read_text())
    limits["regression"]["latency_percent"] = 2
    path = desk.folder / "limits.json"
    path.write_text(json.dumps(limits))
    assert desk.compare(base, new, "--fail-on-regression")[0] == 0
    assert desk.compare(base, new, "--fail-on-regression", "--thresholds", path)[0] == 3
    path.write_text(json.dumps({**limits, "more": 1}))
    status, output = desk.compare(base, new, "--thresholds", path)
    assert (status, "('more' was unexpected)" in output) == (2, True)
