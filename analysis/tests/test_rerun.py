from __future__ import annotations

import shlex
from typing import Any

import pytest
from laue_report.rerun import rerun_command


def params(command_line: list[str], ranks: tuple[int, ...] = (2,), **more: Any) -> dict[str, Any]:
    nodes = [{"ranks_per_node": count} for count in ranks]
    return {"environment": {"command_line": command_line, "nodes": nodes, "slurm": None}, **more}


def words(*arguments: Any, **more: Any) -> list[str]:
    command = rerun_command(params(*arguments, **more), "cpu-p2-t1", 12)
    assert command is not None
    return shlex.split(command)


END = ["--only", "cpu-p2-t1", "--runs", "12"]


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        ([], []),
        (["--runs", "5", "--sync", "none"], ["--sync", "none"]),
        (["--runs=5", "--only", "a", "b", "--resume", "--tag", "my run"], ["--tag", "my run"]),
        (["--target-ci", "2%", "--max-runs", "40", "--depth-range", "-5:10"], ["--depth-range", "-5:10"]),
        (["--only=a,b", "--ceilings"], ["--ceilings"]),
    ],
)
def test_what_says_how_often_is_replaced(options: list[str], kept: list[str]) -> None:
    assert words(["laue-bench", "run", *options]) == ["mpirun", "-n", "2", "laue-bench", "run", *kept, *END]


def test_all_ranks_are_launched_as_they_were() -> None:
    assert words(["laue-bench", "run"], (4, 4))[:3] == ["mpirun", "-n", "8"]
    assert words(["laue-bench", "run"], (1,)) == ["laue-bench", "run", *END]
    in_a_job = params(["laue-bench", "run"], (4,))
    in_a_job["environment"]["slurm"] = {"job_id": "7"}
    assert (rerun_command(in_a_job, "cpu-p2-t1", 12) or "").startswith("srun -n 4 laue-bench run ")


def test_no_command_is_better_than_one_that_is_refused() -> None:
    """laue-bench takes --runs or --target-ci, and a configuration file said the latter."""
    assert rerun_command({}, "cpu-p2-t1", 12) is None
    assert rerun_command(params(["laue-bench", "--config", "x.json"], target_ci=2.0), "cpu-p2-t1", 12) is None
    assert words(["laue-bench", "--target-ci=2"], target_ci=2.0)[3:] == ["laue-bench", *END]
