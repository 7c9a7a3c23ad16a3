"""Alternating launches of a program that only writes records."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from laue_report.alternation import orders
from laue_report.cli import app
from laue_report.markdown import escaped
from laue_report.shipped_schema import VERDICTS, shipped_schema
from typer.testing import CliRunner

#: Stands in for laue-bench: a launch with one run of each point, whose times are the configuration's, 1 % apart from
#: launch to launch.
PROGRAM = """#!{python}
import json, signal, sys, time, uuid
arguments = dict(zip(sys.argv[2::2], sys.argv[3::2]))
config = json.load(open(arguments["--config"]))
pair = int(arguments["--tag"].split()[-1])
if pair == config.get("waits_in"):
    ended = []
    signal.signal(signal.SIGTERM, lambda *_: ended.append(1))
    print("waiting", flush=True)
    while not ended:
        time.sleep(0.01)
    print("ended in order", flush=True)
    sys.exit(130)
if config.get("fails") and pair >= config.get("fails_from", 1):
    print("laue-bench: error: no room (disk full): free some", file=sys.stderr)
    sys.exit(config["fails"])
seconds = {factor} * (1 + 0.01 * (pair % 3))
session = str(uuid.uuid4())
with open(arguments["--results"], "a") as results:
    common = {{"session_id": session, "staging_dir": "/stage"}}
    points = config["points"]
    print(json.dumps({{"type": "params", "tag": arguments["--tag"], "staging_dirs": ["/stage"], "runs": 1,
                      "points": list(points), **common}}), file=results)
    for point, time in points.items():
        print(json.dumps({{"type": "run", "point_id": point, "mode": "cpu", "parallel": 1, "threads": 1,
                          "total_wall_s": time * seconds, "success": True, **common}}), file=results)
"""


def make_program(path: Path, factor: float = 1.0) -> Path:
    path.write_text(PROGRAM.format(python=sys.executable, factor=factor), encoding="utf-8")
    path.chmod(0o755)
    return path


def make_config(path: Path, points: dict[str, float], **more: Any) -> Path:
    path.write_text(json.dumps({"points": points, **more}), encoding="utf-8")
    return path


class Bench:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.program = make_program(folder / "laue-bench")
        self.output = folder / "out"

    def ab(self, *arguments: str | Path) -> tuple[int, str]:
        options = ["--output-dir", self.output, "--seed", "1", *arguments]
        result = CliRunner().invoke(app, ["ab", *map(str, options)])
        return result.exit_code, result.output

    def configs(self, old: dict[str, float], new: dict[str, float]) -> list[str | Path]:
        files = make_config(self.folder / "A.json", old), make_config(self.folder / "B.json", new)
        return ["--program", self.program, *files]

    def verdicts(self) -> dict[str, str]:
        cells = json.loads((self.output / "verdicts.json").read_text())["cells"]
        return {cell["point"]: cell["verdict"] for cell in cells}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_configurations_point_by_point(bench: Bench) -> None:
    status, output = bench.ab(
        *bench.configs({"slow": 1.0, "fast": 2.0, "same": 3.0}, {"slow": 1.1, "fast": 1.0, "same": 3.0})
    )
    assert status == 0, output
    assert bench.verdicts() == {"slow": "SLOWER", "fast": "FASTER", "same": "SAME"}
    (line,) = [line for line in output.splitlines() if line.startswith("fast ")]
    assert "-50.00 %" in line
    assert "this could have found a slowdown >= " in output


def test_verdicts_are_as_their_schema_describes_them(bench: Bench) -> None:
    schema = shipped_schema(VERDICTS)
    Draft202012Validator.check_schema(schema)
    sides = bench.configs({"slow": 1.0, "old": 1.0}, {"slow": 1.1, "new": 1.0})
    sources = []
    for options in (["--pairs", "4"], ["--pairs", "7"], ["--pairs", "10"], ["--pairs", "7", "--threshold", "3"]):
        bench.output = bench.folder / "-".join(options)
        status, output = bench.ab(*options, *sides)
        assert status == 0, output
        record = json.loads((bench.output / "verdicts.json").read_text())
        assert [error.message for error in Draft202012Validator(schema).iter_errors(record)] == []
        assert record["schema_version"] == schema["version"]
        (cell,) = record["cells"]
        sources.append((cell["verdict"], cell["threshold_from"]))
    assert sources == [("INSUFFICIENT", None), ("AMBIGUOUS", None), ("SLOWER", "noise-floor"), ("SLOWER", "given")]


def test_the_comment_on_a_change_is_the_one_that_is_stored(bench: Bench) -> None:
    """Names of points come from options, and must take no effect in it."""
    status, output = bench.ab("--pairs", "10", *bench.configs({"a|b": 1.0, "<i>": 1.0}, {"a|b": 1.2, "<i>": 1.0}))
    assert status == 0, output
    text = (bench.output / "verdicts.md").read_text(encoding="utf-8").replace(escaped(str(bench.folder)), "FOLDER")
    # the last digits of a probability that is next to nothing differ from machine to machine
    text = re.sub(r"[0-9.]+e-1[0-9]{2}", "TINY", text)
    assert text == (Path(__file__).parent / "data" / "verdicts.md").read_text(encoding="utf-8")


def test_every_launch_has_results_of_its_own_side(bench: Bench) -> None:
    bench.ab("--pairs", "6", *bench.configs({"p": 1.0}, {"p": 1.0}))
    for side in "AB":
        lines = (bench.output / f"{side.lower()}.jsonl").read_text().splitlines()
        tags = [record["tag"] for record in map(json.loads, lines) if record["type"] == "params"]
        assert tags == [f"{side}, pair {pair}" for pair in range(1, 7)]


def test_two_programs(bench: Bench) -> None:
    slower = make_program(bench.folder / "slower", factor=1.2)
    config = make_config(bench.folder / "grid.json", {"cpu-p1-t1": 1.0})
    status, output = bench.ab("--config", config, bench.program, slower)
    assert status == 0, output
    assert bench.verdicts() == {"cpu-p1-t1": "SLOWER"}
    assert "+20.00 %" in output


def test_one_point_each_is_compared_whatever_its_name(bench: Bench) -> None:
    status, _ = bench.ab(*bench.configs({"cpu-p1-t1": 2.0}, {"cpu-p1-t2": 1.0}))
    assert status == 0
    assert bench.verdicts() == {"cpu-p1-t1 -> cpu-p1-t2": "FASTER"}


def test_precisions_are_compared_only_where_nothing_else_is_and_that_is_said(bench: Bench) -> None:
    said = "A computes in double precision, B in single: their depth images differ, and so may their accuracy"
    status, output = bench.ab(*bench.configs({"cpu-p1-t1": 2.0}, {"cpu-p1-t1-single": 1.0}))
    assert (status, output.splitlines()[-1]) == (0, said)
    assert bench.verdicts() == {"cpu-p1-t1 -> cpu-p1-t1-single": "FASTER"}
    assert json.loads((bench.output / "verdicts.json").read_text())["warnings"] == [said]
    bench.output = bench.folder / "both"
    both = {"cpu-p1-t1": 2.0, "cpu-p1-t1-single": 1.0}
    _, output = bench.ab(*bench.configs(both, both))
    assert "computes in" not in output
    assert bench.verdicts() == {"cpu-p1-t1": "SAME", "cpu-p1-t1-single": "SAME"}


def test_runs_that_a_side_tells_twice_count_once(bench: Bench) -> None:
    """A program that writes each run again, and one whose second telling differs."""
    source = bench.program.read_text(encoding="utf-8")
    tell = "        print(json.dumps({"
    assert source.count(tell) == 1
    twice = 'for again in (0, 1):\n            print(json.dumps({"run_id": "a-" + point, '
    bench.program.write_text(source.replace(tell, 8 * " " + twice))
    status, output = bench.ab("--pairs", "6", *bench.configs({"p": 1.0}, {"p": 1.0}))
    assert status == 0, output
    assert output.count("repeated from other lines and counted once") == 2
    bench.program.write_text(bench.program.read_text().replace('"total_wall_s": time', '"total_wall_s": again + time'))
    bench.output = bench.folder / "differing"
    status, output = bench.ab("--pairs", "6", *bench.configs({"p": 1.0}, {"p": 1.0}))
    assert (status, "cannot count run a-p of launch" in output) == (2, True)


def test_points_of_one_side_alone_are_named(bench: Bench) -> None:
    _, output = bench.ab(*bench.configs({"p": 1.0, "old": 1.0}, {"p": 1.0, "new": 1.0}))
    assert "in A alone: old\n" in output
    assert "in B alone: new\n" in output
    assert bench.verdicts().keys() == {"p"}


def test_few_pairs_say_what_is_missing(bench: Bench) -> None:
    _, output = bench.ab("--pairs", "4", *bench.configs({"p": 1.0}, {"p": 2.0}))
    assert bench.verdicts() == {"p": "INSUFFICIENT"}
    assert "p: insufficient data, 1 more pairs are the least" in output


def test_below_ten_pairs_a_threshold_is_needed(bench: Bench) -> None:
    sides = bench.configs({"p": 1.0}, {"p": 2.0})
    _, output = bench.ab("--pairs", "6", *sides)
    assert bench.verdicts() == {"p": "AMBIGUOUS"}
    assert "noise floor unknown below 10 pairs, 4 more would tell it, or give --threshold" in output
    bench.output = bench.folder / "again"
    bench.ab("--pairs", "6", "--threshold", "5", *sides)
    assert bench.verdicts() == {"p": "SLOWER"}


def test_a_launcher_stands_before_the_program(bench: Bench) -> None:
    bench.ab("--pairs", "1", "--launcher", "env -u NOTHING", *bench.configs({"p": 1.0}, {"p": 1.0}))
    assert (bench.output / "a.log").read_text().startswith(f"$ env -u NOTHING {bench.program} run --config ")


def test_nothing_in_common_is_told_after_one_pair(bench: Bench) -> None:
    status, output = bench.ab(*bench.configs({"p": 1.0, "q": 1.0}, {"r": 1.0}))
    assert status == 2
    assert "no point in common" in output
    assert len((bench.output / "a.jsonl").read_text().splitlines()) == 3


@pytest.mark.parametrize(("exit_status", "expected"), [(1, 1), (2, 2), (3, 2)])
def test_a_launch_that_fails_ends_it(bench: Bench, exit_status: int, expected: int) -> None:
    new = make_config(bench.folder / "B.json", {"p": 1.0}, fails=exit_status)
    old = make_config(bench.folder / "A.json", {"p": 1.0})
    status, output = bench.ab("--program", bench.program, old, new)
    assert status == expected
    assert "a launch of B failed (laue-bench: error: no room (disk full): free some)" in output
    assert not (bench.output / "verdicts.json").exists()


def test_pairs_before_a_failure_are_compared(bench: Bench) -> None:
    old = make_config(bench.folder / "A.json", {"p": 1.0})
    new = make_config(bench.folder / "B.json", {"p": 1.2}, fails=1, fails_from=8)
    status, output = bench.ab("--program", bench.program, "--threshold", "5", old, new)
    assert status == 1
    assert bench.verdicts() == {"p": "SLOWER"}
    assert "; 7 pairs of 10 done" in output


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_is_handed_on_and_waited_for(bench: Bench, number: signal.Signals) -> None:
    old = make_config(bench.folder / "A.json", {"p": 1.0})
    new = make_config(bench.folder / "B.json", {"p": 1.0}, waits_in=3)
    program = bench.program.read_text().replace("signal.SIGTERM", f"signal.{number.name}")
    bench.program.write_text(program)
    options = ["--program", bench.program, "--output-dir", bench.output, "--seed", "1"]
    with subprocess.Popen(
        [sys.executable, "-m", "laue_report", "ab", *options, old, new], stderr=subprocess.PIPE, text=True
    ) as process:
        log = bench.output / "b.log"
        while not (log.exists() and "waiting" in log.read_text()):
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(number)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert log.read_text().endswith("ended in order\n")
    assert f"{number.name} ended the launches; 2 pairs of 10 done" in errors
    assert bench.verdicts() == {"p": "INSUFFICIENT"}


def test_results_that_lack_a_launch_are_not_compared(bench: Bench) -> None:
    text = bench.program.read_text().replace('"tag": arguments["--tag"]', '"tag": "A, pair 2"')
    bench.program.write_text(text)
    status, output = bench.ab(*bench.configs({"p": 1.0}, {"p": 1.0}))
    assert status == 2
    assert "a.jsonl lacks times of a launch (A, pair 1)" in output


def test_launches_without_results_are_not_compared(bench: Bench) -> None:
    bench.program.write_text("#!/bin/sh\n")
    status, output = bench.ab(*bench.configs({"p": 1.0}, {"p": 1.0}))
    assert status == 2
    assert "launches of A left no results" in output


def test_what_cannot_be_used(bench: Bench) -> None:
    config = make_config(bench.folder / "A.json", {"p": 1.0})
    torn, number = bench.folder / "torn.json", bench.folder / "number.json"
    torn.write_text("{")
    number.write_text("3")
    dry = make_config(bench.folder / "dry.json", {"p": 1.0}, dry_run=True)
    resumed = make_config(bench.folder / "resumed.json", {"p": 1.0}, resume=True)
    for arguments, problem in (
        ([config, torn], "cannot use"),
        ([config, resumed], "each launch would go on with the one before it"),
        ([config, number], "it holds no JSON object"),
        ([config, bench.folder / "absent"], "there is no such file"),
        ([config, dry], "a dry run measures nothing"),
        (["--launcher", "mpirun '-n 2", config, config], "No closing quotation"),
        (["--program", bench.program, "--config", config, bench.program, bench.program], "--program"),
        ([config, bench.program], "only one is a program"),
        ([bench.program, bench.program], "give --config FILE"),
        (["--config", config, config, config], "leave it out"),
    ):
        status, output = bench.ab(*arguments)
        assert (status, bench.output.exists()) == (2, False)
        assert problem in output
    status, output = bench.ab("--program", bench.folder / "absent", config, config)
    assert status == 2
    assert "cannot start" in output


def test_a_folder_that_exists_is_left_alone(bench: Bench) -> None:
    bench.output.mkdir()
    (bench.output / "a.jsonl").write_text("mine\n")
    status, output = bench.ab(*bench.configs({"p": 1.0}, {"p": 1.0}))
    assert status == 2
    assert "give another --output-dir" in output
    assert (bench.output / "a.jsonl").read_text() == "mine\n"


def test_order_within_pairs_is_random_and_repeatable() -> None:
    found = list(orders(400, seed=7))
    assert found == list(orders(400, seed=7)) != list(orders(400, seed=8))
    assert set(found) == {(0, 1), (1, 0)}
    assert 160 < found.count((0, 1)) < 240
