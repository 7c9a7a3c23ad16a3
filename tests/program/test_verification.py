"""Depth images that are not what they have to be make a run fail, whatever its time."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from launching import Case, of_type, preloading, run
from test_acceptance import violations


def run_with_a_wrong_bit(
    case: Case, where: str, ranks: int | None = None, **changes: str | Path
) -> subprocess.CompletedProcess[str]:
    """`where`: part of a path, in the file of which a pixel arrives wrong."""
    return run("run", *case.inputs(**changes), ranks=ranks, variables=preloading("flip_bit", FLIP_BIT_IN=where))


def outcomes(case: Case) -> list[list[int]]:
    return [[rank["return_code"] for rank in record["per_proc"]] for record in of_type(case.results, "run")]


def test_one_wrong_bit_in_one_run_of_one_rank(case: Case) -> None:
    finished = run_with_a_wrong_bit(
        case, "-1/proc_1/out7.h5", ranks=2, cpu_parallel="2", cpu_threads="1", runs="3", order="grid"
    )
    assert finished.returncode == 1
    assert outcomes(case) == [[0, 0], [0, 6], [0, 0]]
    first, wrong, _ = of_type(case.results, "run")
    assert not wrong["success"]
    assert wrong["throughput_per_min"] is None
    digest = first["per_proc"][0]["digest"]
    assert wrong["per_proc"][1]["digest"] != digest == wrong["per_proc"][0]["digest"]
    assert "depth images are wrong" in wrong["per_proc"][1]["error"]
    assert "depth images are wrong" in finished.stderr
    assert violations(case.results) == []


def test_runs_that_are_gone_on_with_are_the_truth(case: Case) -> None:
    """The first run of the second launch is wrong, and nothing in that launch alone would tell."""
    assert run("run", *case.inputs(runs="1"), "--resume").returncode == 0
    finished = run("run", *case.inputs(runs="2"), "--resume", variables=preloading("flip_bit", FLIP_BIT_IN="/out7.h5"))
    assert finished.returncode == 1, finished.stderr
    assert outcomes(case) == [[0], [6]]


def test_the_same_bit_is_not_seen_without_verification(case: Case) -> None:
    finished = run_with_a_wrong_bit(case, "-1/proc_0/out7.h5", runs="2", verify="none")
    assert finished.returncode == 0, finished.stderr
    records = of_type(case.results, "run")
    assert [record["per_proc"][0]["digest"] for record in records] == [None, None]
    assert violations(case.results) == []


def test_images_that_were_stored_are_read_back(case: Case) -> None:
    """What is left in the page cache, by mincore, proves where they were read from."""
    assert run("run", *case.inputs()).returncode == 0
    assert run("run", *case.inputs(), "--read-back").returncode == 0
    (filesystem, _) = (record["filesystem"] for record in of_type(case.results, "staging"))
    (in_memory, stored) = (record["per_proc"][0] for record in of_type(case.results, "run"))
    assert in_memory["digest"] == stored["digest"]
    assert in_memory["unavailable"]["digest_resident"] == "--read-back was not given"
    if filesystem["type"] == "tmpfs":
        assert stored["digest_resident"] == 1
    else:
        assert stored["digest_resident"] <= 0.01
    assert violations(case.results) == []


def test_a_golden_digest_knows_the_first_run_too(case: Case, tmp_path: Path) -> None:
    assert run("run", *case.inputs()).returncode == 0
    (record,) = of_type(case.results, "run")
    golden = tmp_path / "golden"
    golden.write_text(f"{record['per_proc'][0]['digest']}  leading_u16\n")
    case.results.unlink()
    finished = run_with_a_wrong_bit(case, "-0/proc_0/out7.h5", runs="2", verify="golden", golden_digest=golden)
    assert finished.returncode == 1
    assert outcomes(case) == [[6], [0]]
    assert "the golden one is" in finished.stderr


def test_none_wins_over_the_digest_of_a_configuration(case: Case, tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text('{"verify": "golden", "golden_digest": "golden"}')
    assert run("run", *case.inputs(verify="none", config=config)).returncode == 0
    (record,) = of_type(case.results, "run")
    assert record["per_proc"][0]["digest"] is None
    (params,) = of_type(case.results, "params")
    assert params["golden_digest"] is None
    config.write_text('{"verify": "none", "golden_digest": "golden"}')
    refused = run("run", *case.inputs(config=config))
    assert refused.returncode == 2
    assert "--golden-digest without --verify golden" in refused.stderr


def test_digest_does_not_depend_on_threads_stripes_or_loop(case: Case) -> None:
    found = set()
    for threads, rows, loop in (("1", "47", "tiles"), ("2", "7", "tiles"), ("1", "16", "pixels")):
        options = case.inputs(cpu_threads=threads, rows_per_stripe=rows, kernel_loop=loop)
        assert run("run", *options).returncode == 0
        found.add(of_type(case.results, "run")[-1]["per_proc"][0]["digest"])
    assert len(found) == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"verify": "golden"}, "add --golden-digest FILE"),
        ({"golden_digest": "golden"}, "--golden-digest without --verify golden"),
        ({"golden_digest": "golden", "verify": "first"}, "--golden-digest without --verify golden"),
        ({"golden_digest": "golden", "verify": "none"}, "--golden-digest without --verify golden"),
        ({"verify": "golden", "golden_digest": "absent"}, "cannot use golden digest"),
        ({"verify": "second"}, "second"),
    ],
)
def test_what_cannot_be_verified_is_refused(case: Case, changes: dict[str, str], message: str) -> None:
    finished = run("run", *case.inputs(**changes))
    assert finished.returncode == 2
    assert message in finished.stderr
    assert not case.staging.exists()
