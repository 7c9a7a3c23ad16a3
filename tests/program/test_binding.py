"""Where a rank's threads run, as --bind asks, read from the kernel and from the records."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import pytest
from launching import TIMEOUT_S, Case, find_rank, of_type, run, start
from test_interruption import wait_for_first_run

CORES = sorted(os.sched_getaffinity(0))
several_cores = pytest.mark.skipif(len(CORES) < 2, reason="one core cannot be shared out")


def test_ranks_of_a_point_get_cores_of_their_own(case: Case) -> None:
    finished = run("run", *case.inputs(cpu_parallel="1,2", runs="2"), ranks=2)
    assert finished.returncode == 0, finished.stderr
    for record in of_type(case.results, "run"):
        shares = [rank["cpus"] for rank in record["per_proc"]]
        assert [rank["affinity"] for rank in record["per_proc"]] == ["bound"] * record["parallel"]
        if record["parallel"] == 1:
            assert shares == [CORES]
        elif len(CORES) > 1:
            assert sorted(shares[0] + shares[1]) == CORES
        assert "not_bound" not in record["flags"]


@several_cores
def test_all_threads_of_a_rank_are_on_its_share(case: Case) -> None:
    launch = start("run", *case.inputs(cpu_parallel="2", cpu_threads="2", runs="2000"), ranks=2)
    try:
        wait_for_first_run(case)
        deadline = time.monotonic() + TIMEOUT_S
        seen = 0
        while seen < 20:
            assert time.monotonic() < deadline
            process = find_rank(launch.pid, 1)
            assert process is not None
            seen += len(allowed_of_bound(process))
    finally:
        launch.kill()
        launch.communicate(timeout=TIMEOUT_S)
    shares = {tuple(record["per_proc"][1]["cpus"]) for record in of_type(case.results, "run")}
    assert len(shares) == 1
    assert len(next(iter(shares))) < len(CORES)


def all_cores() -> str:
    """That this process may use, as the kernel lists them."""
    found = re.search(r"^Cpus_allowed_list:\s*(\S+)", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert found
    return found[1]


def allowed_of_bound(process: int) -> list[str]:
    """The sets of a moment in which the process is bound: all its threads have the same one, less than all cores."""
    sets = []
    try:
        for task in Path(f"/proc/{process}/task").iterdir():
            found = re.search(r"^Cpus_allowed_list:\s*(\S+)", (task / "status").read_text(), re.MULTILINE)
            assert found
            sets.append(found[1])
    except OSError:
        return []  # a thread ended meanwhile
    is_bound = len(set(sets)) == 1 and sets[0] != all_cores() and len(sets) >= 2
    return sets if is_bound else []


def test_unbound_ranks_have_all_cores_of_the_launch(case: Case) -> None:
    finished = run("run", *case.inputs(cpu_parallel="2", bind="none"), ranks=2)
    assert finished.returncode == 0, finished.stderr
    (record,) = of_type(case.results, "run")
    assert [(rank["cpus"], rank["affinity"]) for rank in record["per_proc"]] == [(CORES, "widened")] * 2


@several_cores
def test_what_the_launcher_bound_is_left_alone_when_asked(case: Case) -> None:
    finished = run("run", *case.inputs(cpu_parallel="2", bind="inherit"), ranks=2)
    assert finished.returncode == 0, finished.stderr
    (record,) = of_type(case.results, "run")
    ranks = of_type(case.results, "params")[0]["environment"]["nodes"][0]["ranks"]
    for rank, site in zip(record["per_proc"], ranks, strict=True):
        assert rank["affinity"] == site["affinity"] == "inherited"
        assert rank["cpus"] == site["launcher_cpus"]


def test_bind_is_part_of_the_plan(case: Case) -> None:
    assert run("run", *case.inputs()).returncode == 0
    assert run("run", *case.inputs(bind="none")).returncode == 0
    first, second = of_type(case.results, "params")
    assert (first["bind"], second["bind"]) == ("auto", "none")
    assert first["plan_id"] != second["plan_id"]
