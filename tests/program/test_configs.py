"""The configurations that the program ships."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from launching import SOURCE, Case, run

#: What laue-report reads has a version of its own.
CONFIGS = sorted(
    path for path in (SOURCE / "configs").glob("*.json") if "schema_version" not in json.loads(path.read_text())
)


def test_there_are_some() -> None:
    assert {path.stem for path in CONFIGS} >= {
        "smoke",
        "full",
        "cpu_grid",
        "gpu_grid",
        "filesystem_compare",
        "io_layouts",
    }


@pytest.mark.parametrize("config", CONFIGS, ids=lambda path: path.stem)
def test_it_plans_as_many_points_as_its_comment_says(case: Case, config: Path) -> None:
    inputs = {"h5": case.scan, "geometry": case.geometry, "depth-range": "0:40", "staging-dir": case.staging}
    options = [word for name, value in inputs.items() for word in (f"--{name}", value)]
    finished = run("run", "--config", config, *options, "--dry-run")
    assert finished.returncode == 0, finished.stderr
    planned = re.findall(r"^(?:cpu|gpu)-p\S+ +\d+$", finished.stdout, re.MULTILINE)
    skipped = re.findall(r"^skipped ((?:cpu|gpu)-p\S+): ", finished.stdout, re.MULTILINE)
    comment = json.loads(config.read_text())["//"]
    assert comment.startswith(f"{len(planned) + len(skipped)} "), finished.stdout
    on_cpus = re.search(r"(\d+) of them on CPUs", comment)
    if on_cpus:
        points = [line.split()[0] for line in planned] + skipped
        assert sum(point.startswith("cpu") for point in points) == int(on_cpus[1])
