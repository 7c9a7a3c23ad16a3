"""ReFrame check: a suite of LaueBench's points on every partition it is given; throughput and latency are its figures.

    reframe -c configs/reframe/laue_bench.py -C SITE.py -r -S program=/opt/laue-bench/bin/laue-bench

The staging folder is on the filesystem under test. The scan is generated where the check's stage lies.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import reframe as rfm
import reframe.utility.sanity as sn
from reframe.core.builtins import parameter, run_after, run_before, sanity_function, variable

CONFIGS = Path(__file__).resolve().parents[1]
RESULTS = "results.jsonl"


def records_of(stage: str, kind: str) -> list[dict[str, Any]]:
    lines = Path(stage, RESULTS).read_text(encoding="utf-8").splitlines()
    return [record for record in map(json.loads, lines) if record["type"] == kind]


def median_s(summary: dict[str, Any]) -> float:
    return float(summary["p50"])


def per_minute(summary: dict[str, Any]) -> float:
    return 60.0 * float(summary["parallel"]) / median_s(summary)


@rfm.simple_test
class LaueBench(rfm.RunOnlyRegressionTest):
    """Sound when every run succeeded, its depth images verified; each point's figures are medians."""

    suite = parameter(["smoke"])
    program = variable(str, value="laue-bench")
    geometry = variable(str, value=str(CONFIGS / "geometry_34ide.xml"))
    staging_dir = variable(str, value="staging")
    rows = variable(int, value=256)
    images = variable(int, value=101)

    valid_systems = ["*"]
    valid_prog_environs = ["*"]
    num_tasks = 4
    time_limit = "30m"

    @run_after("setup")
    def describe_run(self) -> None:
        sizes = f"--rows {self.rows} --columns {self.rows} --images {self.images} --seed 1"
        self.prerun_cmds = [f"{self.program} generate {sizes} --geometry {self.geometry} --output scan.h5"]
        self.executable = self.program
        self.executable_opts = [
            "run",
            f"--config {CONFIGS / f'{self.suite}.json'}",
            f"--h5 scan.h5 --geometry {self.geometry} --depth-range 0:100",
            f"--staging-dir {self.staging_dir} --results {RESULTS}",
        ]

    @sanity_function
    def all_runs_succeeded(self) -> bool:
        ends = records_of(self.stagedir, "end")
        sn.evaluate(sn.assert_eq(len(ends), 1, msg="the launch has left no end record"))
        return sn.assert_eq((ends[0]["status"], ends[0]["runs_failed"]), ("complete", 0), msg="{0} instead of {1}")

    @run_before("performance")
    def name_figures(self) -> None:
        """One of each kind for every point that was measured."""
        figures = {}
        for summary in records_of(self.stagedir, "summary"):
            point = summary["point_id"]
            if summary["n"]:
                figures[f"{point}_wall"] = sn.make_performance_function(median_s, "s", summary)
                figures[f"{point}_throughput"] = sn.make_performance_function(
                    per_minute, "reconstructions/min", summary
                )
        self.perf_variables = figures
