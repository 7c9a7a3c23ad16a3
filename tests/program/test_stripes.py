"""Files laid over a Lustre filesystem's servers, by a stand-in for its tool."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from launching import Case, environment, of_type, run
from test_acceptance import violations

#: Notes its arguments; answers with the layout that its folder was given last.
LFS = """#!/bin/sh
echo "$@" >> {log}
case $1 in
  setstripe) [ "$2" != -c ] || echo "$3" > {log}.count ;;
  getstripe) echo "stripe_count:  $(cat {log}.count) stripe_size:   1048576 pattern: raid0" ;;
esac
"""


@pytest.fixture
def lustre(tmp_path: Path) -> dict[str, str]:
    """Variables of a process that finds the tool."""
    tools = tmp_path / "tools"
    tools.mkdir()
    tool = tools / "lfs"
    tool.write_text(LFS.format(log=tmp_path / "lfs.log"))
    tool.chmod(0o755)
    return {**environment(), "PATH": f"{tools}:{os.environ['PATH']}"}


def asked_of(lustre: dict[str, str]) -> list[str]:
    """What the tool was asked for since the last call, read-outs left out."""
    log = Path(lustre["PATH"].split(":")[0]).parent / "lfs.log"
    lines = log.read_text().splitlines() if log.exists() else []
    log.unlink(missing_ok=True)
    return [line for line in lines if line.startswith("setstripe")]


def test_folders_are_laid_out_and_files_read_back(case: Case, lustre: dict[str, str]) -> None:
    inputs = case.inputs(cpu_parallel="2", runs="2", stripe_input="-c 3 -S 1m", stripe_output="-c  5")
    finished = run("run", *inputs, ranks=2, variables=lustre)
    assert finished.returncode == 0, finished.stderr
    first, *others = asked_of(lustre)
    assert first == f"setstripe -c 3 -S 1m {case.staging}/input"
    assert len(others) == 2
    assert all(line.startswith(f"setstripe -c 5 {case.staging}/output/") for line in others)
    (params,) = of_type(case.results, "params")
    assert (params["stripe_input"], params["stripe_output"]) == ("-c 3 -S 1m", "-c  5")
    (staging,) = of_type(case.results, "staging")
    assert staging["replica_stripe"]["stripe_count"] == 3
    assert staging["replica_stripe"]["text"].startswith("stripe_count:")
    (end,) = of_type(case.results, "end")
    (target,) = end["targets"]
    assert target["staging_dir"] == str(case.staging)
    stripe = target["output_stripe"]
    assert (stripe["stripe_count"], stripe["stripe_bytes"]) == (5, 1 << 20)
    assert violations(case.results) == []


def test_replicas_of_another_layout_are_made_anew(case: Case, lustre: dict[str, str]) -> None:
    actions = []
    folder = f"{case.staging}/input"
    for options, asked in [
        ({}, []),
        ({"stripe_input": "-c 3"}, [f"setstripe -c 3 {folder}"]),
        ({"stripe_input": "-c 3"}, []),
        ({}, [f"setstripe -d {folder}"]),
        ({}, []),
    ]:
        finished = run("run", *case.inputs(**options), variables=lustre)
        assert finished.returncode == 0, finished.stderr
        assert asked_of(lustre) == asked
        actions.append(of_type(case.results, "staging")[-1]["replicas"][0]["action"])
    assert actions == ["copied", "replaced", "reused", "replaced", "reused"]


@pytest.mark.parametrize("option", ["stripe_input", "stripe_output"])
def test_filesystem_without_stripes_refuses_them(case: Case, option: str) -> None:
    finished = run("run", *case.inputs(**{option: "-c 3"}))
    name = "--" + option.replace("_", "-")
    assert f"check {name}, and that the folder lies on Lustre" in finished.stderr
    if option == "stripe_input":
        assert finished.returncode == 2
        assert not case.results.exists()
    else:
        assert finished.returncode == 1
        assert [record["success"] for record in of_type(case.results, "run")] == [False]
    assert run("run", *case.inputs()).returncode == 0, "the folder is as it was"
