"""laue-bench clean: what it lists, removes and leaves."""

from __future__ import annotations

import time
from pathlib import Path

from launching import Case, listing, run, start


def left_behind(case: Case) -> dict[str, str]:
    """Each path below the staging folder that `clean` lists, by what it says of it; nothing may have been removed."""
    before = listing(case.staging)
    finished = run("clean", case.staging)
    assert (finished.returncode, finished.stderr) == (0, "")
    assert listing(case.staging).keys() == before.keys()
    *lines, last = finished.stdout.splitlines()
    assert last.endswith("nothing was removed: add --yes to remove them")
    assert sum(int(line.split()[1]) for line in lines) == int(last.split()[0])
    return {str(Path(line.split()[0]).relative_to(case.staging)): line.split(maxsplit=3)[3] for line in lines}


def test_lists_and_then_removes_what_launches_made(case: Case) -> None:
    assert run("run", *case.inputs()).returncode == 0
    case.staging.joinpath("input", "thesis.txt").write_text("years of work")
    results = case.results.read_bytes()
    (output,) = case.staging.glob("output/run_*")
    assert left_behind(case) == {
        "input/scan_0.h5": "replica",
        "input/.laue-bench-manifest.json": "list of replicas",
        str(output.relative_to(case.staging)): "output of a run",
        "output": "output folder",
        ".laue-bench.lock": "lock",
    }
    finished = run("clean", "--yes", case.staging)
    assert (finished.returncode, finished.stderr) == (0, "")
    assert finished.stdout.splitlines()[-1].endswith("bytes in all were removed")
    assert set(listing(case.staging)) == {"input", "input/thesis.txt", "results.jsonl", "results.jsonl.lock"}
    assert case.results.read_bytes() == results
    finished = run("clean", case.staging, "--yes")
    assert finished.stdout == f"{case.staging} holds nothing that is known to be laue-bench's\n"
    assert not (case.staging / ".laue-bench.lock").exists()
    assert run("run", *case.inputs()).returncode == 0


def test_refuses_a_folder_where_a_launch_is_at_work(case: Case) -> None:
    launch = start("run", *case.inputs(runs="100000", results=case.folder / "results.jsonl"))
    try:
        deadline = time.monotonic() + 60
        while not (case.staging / "output").is_dir():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        for options in ([], ["--yes"]):
            finished = run("clean", case.staging, *options)
            assert finished.returncode == 2
            assert f"staging folder {case.staging} is in use (process {launch.pid} on " in finished.stderr
        assert (case.staging / "input" / "scan_0.h5").is_file()
    finally:
        launch.kill()
        launch.communicate()
    assert run("clean", case.staging, "--yes").returncode == 0
    assert listing(case.staging) == {}


def test_foreign_files_and_missing_folders_are_errors(case: Case) -> None:
    finished = run("clean", case.staging)
    assert finished.returncode == 2
    assert str(case.staging) in finished.stderr
    assert not case.staging.exists()
    assert run("run", *case.inputs()).returncode == 0
    (case.staging / "output" / "thesis.txt").write_text("years of work")
    before = set(listing(case.staging))
    finished = run("clean", case.staging, "--yes")
    assert finished.returncode == 2
    assert "thesis.txt" in finished.stderr
    assert set(listing(case.staging)) == before


def test_a_folder_without_anything_of_ours_is_left_as_it_is(case: Case) -> None:
    (case.staging / "input").mkdir(parents=True)
    (case.staging / "output").mkdir()
    (case.staging / "input" / "scan_0.h5").write_text("somebody's")
    before = listing(case.staging)
    assert run("clean", case.staging, "--yes").returncode == 0
    assert listing(case.staging) == before


def test_is_for_one_process(case: Case) -> None:
    assert run("run", *case.inputs()).returncode == 0
    finished = run("clean", case.staging, "--yes", ranks=2)
    assert finished.returncode == 2
    assert "laue-bench clean was started on 2 ranks" in finished.stderr
    assert (case.staging / "input" / "scan_0.h5").is_file()
