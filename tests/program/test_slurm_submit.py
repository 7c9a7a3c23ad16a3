"""What slurm/submit would do, and what it refuses; no Slurm is needed."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from launching import SOURCE

SCRIPTS = SOURCE / "slurm"


def submit(*words: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LAUE_")}
    return subprocess.run(
        [SCRIPTS / "submit", *words], env={**kept, **variables}, capture_output=True, text=True, timeout=60, check=False
    )


def site_file(folder: Path, **members: Any) -> Path:
    path = folder / "site.json"
    path.write_text(json.dumps(members))
    return path


def refusal(*words: str | Path, **variables: str) -> str:
    done = submit(*words, **variables)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("submit: error: ")
    return done.stderr.removeprefix("submit: error: ")


def test_dry_run_shows_what_it_would_do(tmp_path: Path) -> None:
    site = site_file(
        tmp_path,
        partition="batch",
        account="me",
        time=30,
        nodes=2,
        modules=["gcc", "hdf5"],
        extra=["--constraint=a b"],
        settings={"LAUE_STAGING_DIR": "/scratch/x", "LAUE_STAGING_DIRS": "/a:/b", "LAUE_RUNS": "2"},
        scripts={"gpu_grid": {"partition": "gpu", "settings": {"LAUE_RUNS": "4"}}},
    )
    done = submit("--site", site, "--dry-run", "gpu_grid", "LAUE_SCAN=a b.h5", "--", "--tag", "x y", LAUE_MODE="both")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "export LAUE_MODE=both",
        "export LAUE_MODULES='gcc hdf5'",
        f"export LAUE_ROOT={SOURCE}",
        "export LAUE_RUNS=4",
        "export LAUE_SCAN='a b.h5'",
        "export LAUE_STAGING_DIR=/scratch/x",
        "sbatch --export=ALL --partition=gpu --account=me --nodes=2 --time=30 '--constraint=a b' "
        f"{SCRIPTS}/gpu_grid.sbatch --tag 'x y'",
    ]


@pytest.mark.parametrize("script", ["cpu_grid", "gpu_grid", "filesystem_compare", "scaling_array"])
def test_the_example_fits_every_script(script: str) -> None:
    done = submit("--site", SCRIPTS / "site.example.json", "--dry-run", script)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("site", "message"),
    [
        ({"partion": "x"}, "unknown member 'partion' of {site}: did you mean partition?"),
        ({"scripts": {"gpu_gird": {}}}, "unknown member 'gpu_gird' of 'scripts' in {site}: did you mean gpu_grid?"),
        ({"settings": {"LAUE_THREAD": "1"}}, "{site}: unknown setting LAUE_THREAD: did you mean LAUE_THREADS?"),
        ({"settings": {"LAUE_RUNS": 1}}, "{site}, setting 'LAUE_RUNS': must be a text, it is 1"),
        ({"modules": "gcc"}, "{site}, 'modules': must be a list of texts, it is \"gcc\""),
        ({"nodes": True}, "{site}, 'nodes': must be a text or a whole number, it is true"),
        ({"scripts": {"gpu_grid": {"accunt": ""}}}, "'accunt' of {site}, script 'gpu_grid': did you mean account?"),
    ],
)
def test_a_wrong_site_file_is_refused(tmp_path: Path, site: dict[str, Any], message: str) -> None:
    path = site_file(tmp_path, **site)
    assert message.format(site=path) in refusal("--site", path, "--dry-run", "cpu_grid")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["cpu_gird"], "no script cpu_gird: did you mean cpu_grid?\n"),
        (["cpu_grid", "LAUE_RUN=1"], "cpu_grid: unknown setting LAUE_RUN: did you mean LAUE_RUNS?\n"),
        (["cpu_grid", "LAUE_RUNS=1", "LAUE_RUNS=2"], "LAUE_RUNS is given twice: keep one\n"),
        (["cpu_grid", "RUNS=1"], "'RUNS=1' is no setting: write LAUE_NAME=VALUE; "),
    ],
)
def test_a_wrong_command_line_is_refused(tmp_path: Path, words: list[str], message: str) -> None:
    assert refusal("--site", site_file(tmp_path), "--dry-run", *words).startswith(message)


def test_without_a_site_file_it_says_where_one_is(tmp_path: Path) -> None:
    message = refusal("--site", tmp_path / "none.json", "cpu_grid")
    why = f"cannot read the site file {tmp_path}/none.json (No such file or directory)"
    assert message.startswith(f"{why}: copy {SCRIPTS}/site.example.json there")


def test_what_sbatch_ends_with_is_passed_on(tmp_path: Path) -> None:
    sbatch = tmp_path / "sbatch"
    sbatch.write_text('#!/bin/sh\necho "$LAUE_RUNS" "$@"\nexit 7\n')
    sbatch.chmod(0o755)
    site = site_file(tmp_path, qos="low")
    done = submit("--site", site, "cpu_grid", "LAUE_RUNS=9", PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert (done.returncode, done.stdout) == (7, f"9 --export=ALL --qos=low {SCRIPTS}/cpu_grid.sbatch\n")
