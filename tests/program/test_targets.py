"""Several staging folders in one launch."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from launching import Case, of_type, run
from test_acceptance import violations


@pytest.fixture
def both(case: Case, tmp_path: Path) -> tuple[list[str | Path], list[str]]:
    """Options with two staging folders, and their names."""
    other = tmp_path / "other" / "stage"
    return [*case.inputs(cpu_parallel="1,2", runs="3"), "--staging-dir", other], [str(case.staging), str(other)]


def test_each_gets_the_whole_grid_and_their_runs_take_turns(
    case: Case, both: tuple[list[str | Path], list[str]]
) -> None:
    options, folders = both
    finished = run("run", *options, ranks=2)
    assert finished.returncode == 0, finished.stderr
    assert violations(case.results) == []
    (params,) = of_type(case.results, "params")
    assert (params["staging_dir"], params["staging_dirs"]) == (folders[0], folders)
    assert params["points"] == ["cpu-p1-t1", "cpu-p2-t1"]
    assert [record["staging_dir"] for record in of_type(case.results, "staging")] == folders
    runs = of_type(case.results, "run")
    cells = {(record["staging_dir"], record["point_id"]) for record in runs}
    assert len(runs) == 12
    assert all(record["success"] for record in runs)
    for round_ in range(3):
        in_round = runs[4 * round_ : 4 * round_ + 4]
        assert {(record["staging_dir"], record["point_id"]) for record in in_round} == cells
    assert len({rank["digest"] for record in runs for rank in record["per_proc"]}) == 1
    last = runs[-1]["staging_dir"]
    assert {folder for folder in folders if list(Path(folder).glob("output/run_*/*/*.h5"))} == {last}, "cleared"
    summaries = of_type(case.results, "summary")
    assert {(record["staging_dir"], record["point_id"]) for record in summaries} == cells
    (end,) = of_type(case.results, "end")
    assert [target["staging_dir"] for target in end["targets"]] == folders
    assert all(f"{folder} (" in finished.stdout for folder in folders)
    assert finished.stdout.count("over all points") == 2


def test_a_launch_that_goes_on_makes_the_missing_runs_of_each(
    case: Case, both: tuple[list[str | Path], list[str]]
) -> None:
    options, folders = both
    assert run("run", *options, "--order", "grid", ranks=2).returncode == 0
    lines = case.results.read_text().splitlines(keepends=True)
    runs = [index for index, line in enumerate(lines) if '"type":"run"' in line]
    lost = json.loads(lines[runs[3]])
    case.results.write_text("".join(lines[: runs[3]] + lines[runs[3] + 1 :]))
    finished = run("run", *options, "--order", "grid", "--resume", ranks=2)
    assert finished.returncode == 0, finished.stderr
    (made,) = of_type(case.results, "run")[11:]
    assert (made["staging_dir"], made["point_id"], made["run_index"]) == (folders[1], lost["point_id"], 1)
    assert lost["staging_dir"] == folders[1]
    assert of_type(case.results, "end")[-1]["runs_resumed"] == 11


def test_one_that_cannot_be_written_to_fails_its_own_runs_alone(
    case: Case, both: tuple[list[str | Path], list[str]]
) -> None:
    options, folders = both
    assert run("run", *options, "--runs", "1", ranks=2).returncode == 2, "options are given once"
    foreign = Path(folders[1]) / "output" / "foreign"
    options = [*options, "--before-run", f"mkdir -p {foreign.parent} && touch {foreign}"]
    finished = run("run", *options, ranks=2)
    assert finished.returncode == 1, finished.stderr
    runs = of_type(case.results, "run")
    assert {record["success"] for record in runs if record["staging_dir"] == folders[0]} == {True}
    failed = [record for record in runs if record["staging_dir"] == folders[1]]
    assert sum(not record["success"] for record in failed) >= 5, "the first may be ready before the command"
    assert foreign.exists()


def test_results_in_a_new_folder_are_locked_wherever_it_stands(
    case: Case, both: tuple[list[str | Path], list[str]]
) -> None:
    options, folders = both
    results = Path(folders[1]) / "r.jsonl"
    held = f"! flock --nonblock {results}.lock true"
    finished = run("run", *options, "--results", results, "--before-run", held, ranks=2)
    assert finished.returncode == 0, finished.stderr
    assert of_type(results, "end")[0]["runs_failed"] == 0


def test_ceilings_wait_for_no_run_of_a_launch_that_failed_fast(
    case: Case, both: tuple[list[str | Path], list[str]]
) -> None:
    options, _ = both
    replica = case.staging / "input" / "scan_0.h5"
    finished = run(
        "run", *options, "--ceilings", "--fail-fast", "--order", "grid", "--before-run", f"touch {replica}", ranks=2
    )
    assert finished.returncode == 1, finished.stderr
    assert {record["moment"] for record in of_type(case.results, "ceiling")} == {"start"}


def test_a_folder_given_twice_is_refused(case: Case, tmp_path: Path) -> None:
    finished = run("run", *case.inputs(), "--staging-dir", tmp_path / "x" / ".." / case.staging.relative_to(tmp_path))
    assert finished.returncode == 2
    assert "it is given twice" in finished.stderr


def test_dry_run_shows_the_room_of_each(both: tuple[list[str | Path], list[str]]) -> None:
    options, folders = both
    finished = run("run", *options, "--dry-run")
    assert finished.returncode == 0, finished.stderr
    assert all(f"target {folder} (" in finished.stdout for folder in folders)
    assert f"cpu-p2-t1 in {folders[1]}" in finished.stdout
    assert not Path(folders[1]).parent.exists()
