"""Comparisons of real launches on this machine: equal sides raise no alarm, a slower one is found."""

from __future__ import annotations

import json
import shlex
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from launching import PROGRAM, SOURCE, environment, of_type, preloading, run

GEOMETRY = SOURCE / "configs" / "geometry_34ide.xml"
COMPARISONS, PAIRS = 20, 10
#: Of the time of a run, lost on one side.
INJECTED = 0.2
TIMEOUT_S = 1800


@dataclass(frozen=True)
class Workplace:
    """A short scan, and what both sides do with it."""

    folder: Path

    @property
    def options(self) -> Path:
        return self.folder / "options.json"

    def compare(self, name: str, old: Path, new: Path, seed: int) -> dict[str, Any]:
        """What `laue-report ab` says of the one point."""
        command = [sys.executable, "-m", "laue_report", "ab", "--config", self.options, "--pairs", str(PAIRS)]
        output = self.folder / f"ab {name}"
        places = ["--seed", str(seed), "--output-dir", output, old, new]
        finished = subprocess.run(
            [*command, *places], env=environment(), capture_output=True, text=True, timeout=TIMEOUT_S, check=False
        )
        assert finished.returncode == 0, finished.stderr
        verdicts = json.loads((output / "verdicts.json").read_text(encoding="utf-8"))
        (cell,) = verdicts["cells"]
        print(
            f"{name}: {cell['verdict']}, {cell['change_percent']:+.2f} %, p {cell['p_value_holm']:.2g}, "
            f"noise floor {cell['threshold_percent']:.2f} %, "
            f"could have found {cell['could_have_found_percent']:.2f} %",
            flush=True,
        )
        return dict(cell)


@pytest.fixture
def workplace(tmp_path: Path) -> Workplace:
    scan = tmp_path / "scan.h5"
    size = ("--rows", "256", "--columns", "256", "--images", "101")
    generated = run("generate", "--output", scan, "--geometry", GEOMETRY, *size)
    assert generated.returncode == 0, generated.stderr
    place = Workplace(tmp_path)
    options = {
        "h5": str(scan),
        "geometry": str(GEOMETRY),
        "depth_range": [0, 20],
        "staging_dir": str(tmp_path / "staging"),
        "mode": "cpu",
        "cpu_parallel": [1],
        "cpu_threads": [1],
        "runs": 5,
        "verify": "none",
        "verbose": 0,
    }
    place.options.write_text(json.dumps(options), encoding="utf-8")
    return place


@pytest.mark.slow
def test_equal_sides_raise_no_alarm(workplace: Workplace) -> None:
    """Twenty times; what is simulated has an alarm in less than one of a hundred."""
    answers = [
        workplace.compare(f"equal {number}", PROGRAM, PROGRAM, seed=number)["verdict"] for number in range(COMPARISONS)
    ]
    assert not {"SLOWER", "FASTER"} & set(answers), answers


def slowed_program(folder: Path, seconds: float) -> Path:
    """The program with so much lost in each run."""
    program = folder / "slowed"
    variables = preloading("spin", LAUEBENCH_SPIN_S=repr(seconds))
    added = {name: variables[name] for name in ("LD_PRELOAD", "LAUEBENCH_SPIN_S")}
    text = " ".join(f"{name}={shlex.quote(value)}" for name, value in added.items())
    program.write_text(f'#!/bin/sh\n{text} exec {shlex.quote(str(PROGRAM))} "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    return program


@pytest.mark.slow
def test_slowdown_by_spinning_is_found(workplace: Workplace) -> None:
    results = workplace.folder / "alone.jsonl"
    finished = run("run", "--config", workplace.options, "--results", results)
    assert finished.returncode == 0, finished.stderr
    alone_s = statistics.median(record["total_wall_s"] for record in of_type(results, "run"))
    slowed = slowed_program(workplace.folder, INJECTED * alone_s)
    cell = workplace.compare("slowed", PROGRAM, slowed, seed=1)
    assert cell["verdict"] == "SLOWER"
    low, high = cell["change_interval95_percent"]
    assert low > 0.0
    assert high > 100.0 * INJECTED / 2
    assert workplace.compare("slowed, exchanged", slowed, PROGRAM, seed=2)["verdict"] == "FASTER"
