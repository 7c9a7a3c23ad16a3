"""Replicas, output folders, locks: what a launch finds and leaves behind."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import h5py
import pytest
from launching import LAUNCHER, PROGRAM, TIMEOUT_S, Case, environment, listing, of_type, run, start


def replica(case: Case, i: int = 0) -> Path:
    return case.staging / "input" / f"scan_{i}.h5"


def actions(case: Case) -> list[str]:
    """What was done to each replica by the last launch."""
    return [entry["action"] for entry in of_type(case.results, "staging")[-1]["replicas"]]


def test_replicas_are_copies_one_per_rank(case: Case) -> None:
    assert run("run", *case.inputs(cpu_parallel="2"), ranks=2).returncode == 0
    for i in range(2):
        assert replica(case, i).read_bytes() == case.scan.read_bytes()
    (staging,) = of_type(case.results, "staging")
    assert [Path(entry["path"]) for entry in staging["replicas"]] == [replica(case, 0), replica(case, 1)]
    assert [entry["bytes"] for entry in staging["replicas"]] == [case.scan.stat().st_size] * 2
    assert actions(case) == ["copied", "copied"]
    assert all(entry["copy_bytes_per_s"] > 0 for entry in staging["replicas"])


def test_second_launch_reuses_replicas(case: Case) -> None:
    assert run("run", *case.inputs()).returncode == 0
    written = replica(case).stat().st_mtime_ns
    assert run("run", *case.inputs()).returncode == 0
    assert actions(case) == ["reused"]
    assert of_type(case.results, "staging")[1]["replicas"][0]["copy_bytes_per_s"] is None
    assert replica(case).stat().st_mtime_ns == written


def test_changed_source_replaces_its_replicas(case: Case) -> None:
    assert run("run", *case.inputs()).returncode == 0
    with h5py.File(case.scan, "r+") as file:
        file["/entry1/data/data"][1, 0, 0] += 1
    finished = run("run", *case.inputs())
    assert finished.returncode == 0
    assert actions(case) == ["replaced"]
    assert replica(case).read_bytes() == case.scan.read_bytes()
    (said,) = [line for line in finished.stderr.splitlines() if str(replica(case)) in line]
    assert "the scan has changed since it was made" in said


def test_staging_folder_has_one_name(case: Case) -> None:
    """A slash at the end is none of it, and links are followed before "..": everything is written to one place."""
    finished = run("run", *case.inputs(staging_dir=f"{case.staging}/"))
    assert finished.returncode == 0, finished.stderr
    assert case.results.is_file()
    (case.folder / "elsewhere" / "deep").mkdir(parents=True)
    (case.folder / "link").symlink_to(case.folder / "elsewhere" / "deep")
    finished = run("run", *case.inputs(staging_dir=f"{case.folder}/link/../other"))
    assert finished.returncode == 0, finished.stderr
    assert not (case.folder / "other").exists()
    other = case.folder / "elsewhere" / "other"
    assert {"input", "output", "results.jsonl"} <= {path.name for path in other.iterdir()}
    (record,) = of_type(other / "results.jsonl", "run")
    assert record["staging_dir"] == str(other)


def test_failure_while_staging_is_no_usage_error(case: Case) -> None:
    def limit_files_to_8_kib() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))

    finished = run("run", *case.inputs(), before=limit_files_to_8_kib)
    assert finished.returncode == 3, finished.stderr
    assert len(finished.stderr.splitlines()) == 1


def test_disk_that_is_full_for_the_results_is_no_usage_error(case: Case, make_tmpfs: Callable[[str], Path]) -> None:
    folder = make_tmpfs("4k")
    finished = run("run", *case.inputs(results=folder / "results.jsonl"))
    assert finished.returncode == 3, finished.stderr
    (line,) = finished.stderr.splitlines()
    assert "No space left on device" in line
    assert "finished runs" not in line


def test_damaged_replica_is_replaced(case: Case) -> None:
    assert run("run", *case.inputs()).returncode == 0
    content = bytearray(replica(case).read_bytes())
    content[len(content) // 2] ^= 1
    replica(case).write_bytes(content)
    assert run("run", *case.inputs()).returncode == 0
    assert actions(case) == ["replaced"]
    assert replica(case).read_bytes() == case.scan.read_bytes()


def test_output_of_the_last_run_alone_stays(case: Case) -> None:
    assert run("run", *case.inputs(runs="3")).returncode == 0
    last = max(of_type(case.results, "run"), key=lambda record: record["order_index"])
    folders = [path.name for path in (case.staging / "output").iterdir() if path.is_dir()]
    assert folders == [f"run_{last['run_id']}"]
    names = {path.name for path in (case.staging / "output" / folders[0] / "proc_0").iterdir()}
    assert {f"out{depth}.h5" for depth in range(41)} | {"outsummary.txt"} <= names
    assert not any(name.endswith(".part") for name in names)


def refused_and_untouched(case: Case, *words: str) -> None:
    before = listing(case.staging)
    finished = run("run", *case.inputs())
    assert finished.returncode == 2, finished.stderr
    for word in words:
        assert word in finished.stderr
    after = listing(case.staging)
    assert {name: after.get(name) for name in before if name.startswith("output/")} == {
        name: state for name, state in before.items() if name.startswith("output/")
    }


def test_foreign_file_in_the_output_folder_is_named_and_stays(case: Case) -> None:
    assert run("run", *case.inputs()).returncode == 0
    (case.staging / "output" / "thesis.txt").write_text("years of work")
    refused_and_untouched(case, "thesis.txt")


def test_foreign_file_among_our_own_is_named_and_stays(case: Case) -> None:
    assert run("run", *case.inputs()).returncode == 0
    (folder,) = (case.staging / "output").glob("run_*")
    (folder / "proc_0" / "thesis.txt").write_text("years of work")
    refused_and_untouched(case, "thesis.txt")


def test_folder_without_our_mark_stays(case: Case) -> None:
    foreign = case.staging / "output" / "run_20200101T000000Z-0" / "proc_0"
    foreign.mkdir(parents=True)
    (foreign / "out0.h5").write_text("somebody else's")
    refused_and_untouched(case, "run_20200101T000000Z-0")


def test_output_folder_that_is_a_symbolic_link_is_not_followed(case: Case) -> None:
    elsewhere = case.folder / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "thesis.txt").write_text("years of work")
    case.staging.mkdir()
    (case.staging / "output").symlink_to(elsewhere)
    refused_and_untouched(case, "output")
    assert (elsewhere / "thesis.txt").read_text() == "years of work"
    assert [path.name for path in elsewhere.iterdir()] == ["thesis.txt"]


def test_symbolic_link_inside_a_run_folder_is_not_followed(case: Case) -> None:
    assert run("run", *case.inputs()).returncode == 0
    elsewhere = case.folder / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "out0.h5").write_text("somebody else's")
    (folder,) = (case.staging / "output").glob("run_*")
    (folder / "proc_1").symlink_to(elsewhere)
    refused_and_untouched(case, "proc_1")
    assert (elsewhere / "out0.h5").read_text() == "somebody else's"


def wait_until(condition: Callable[[], bool], seconds: float = 30.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.01)
    return False


def finished_runs(results: Path, words: bytes = b"") -> int:
    """Runs in a file that may still be growing; with `words` those whose line holds them."""
    lines = results.read_bytes().splitlines() if results.exists() else []
    return sum(line.startswith(b'{"type":"run"') and words in line for line in lines)


def long_launch(case: Case) -> list[str | Path]:
    return case.inputs(runs="100000", verbose="0")


def test_second_launch_waits_and_then_names_the_owner(case: Case) -> None:
    first = start("run", *long_launch(case))
    try:
        assert wait_until(lambda: finished_runs(case.results) > 0), "the first launch runs"
        before = time.monotonic()
        second = run("run", *case.inputs())
        waited_s = time.monotonic() - before
    finally:
        first.kill()
        first.communicate()
    assert second.returncode == 2, second.stderr
    assert str(first.pid) in second.stderr
    assert os.uname().nodename in second.stderr
    assert waited_s >= 9


def test_same_results_file_from_another_staging_folder_waits_too(case: Case) -> None:
    first = start("run", *long_launch(case))
    try:
        assert wait_until(lambda: finished_runs(case.results) > 0)
        second = run("run", *case.inputs(staging_dir=case.folder / "other", results=case.results))
    finally:
        first.kill()
        first.communicate()
    assert second.returncode == 2, second.stderr
    assert "results.jsonl" in second.stderr
    assert str(first.pid) in second.stderr


def test_results_file_has_one_lock_by_whatever_link(case: Case) -> None:
    """The second name leads to the file that the first launch holds."""
    link = case.folder / "link.jsonl"
    link.symlink_to(case.folder / "real.jsonl")
    (case.folder / "real.jsonl").touch()
    assert run("run", *case.inputs(results=link)).returncode == 0
    assert (case.folder / "real.jsonl.lock").is_file()
    assert not (case.folder / "link.jsonl.lock").exists()


def test_replica_that_changes_during_the_launch_fails_its_runs(case: Case) -> None:
    other = case.folder / "other.h5"
    shutil.copy(case.scan, other)
    launch = start("run", *long_launch(case))
    try:
        assert wait_until(lambda: finished_runs(case.results) > 0)
        other.rename(replica(case))
        assert wait_until(lambda: finished_runs(case.results, b'"success":false') > 1)
    finally:
        launch.kill()
        launch.communicate()
    failed = [record for record in map(json.loads, complete_lines(case.results)) if record.get("success") is False]
    for record in failed:
        assert record["throughput_per_min"] is None
        assert "was changed or replaced since it was staged" in record["per_proc"][0]["error"]
    runs = [record["success"] for record in map(json.loads, complete_lines(case.results)) if record["type"] == "run"]
    assert runs == sorted(runs, reverse=True), "no run on the other scan succeeds"


def test_results_file_that_is_removed_is_there_at_the_end(case: Case) -> None:
    launch = start("run", *case.inputs(runs="60"))
    assert wait_until(lambda: finished_runs(case.results) > 0)
    case.results.unlink()
    _, errors = launch.communicate(timeout=TIMEOUT_S)
    assert launch.returncode == 0, errors
    assert "was removed during the launch" in errors
    assert len(of_type(case.results, "run")) == 60
    assert of_type(case.results, "end")[0]["status"] == "complete"


@pytest.mark.parametrize("other", [["--depth-range", "0:2"], ["--runs", "2"], ["--dry-run"]])
def test_ranks_with_different_options_are_refused(case: Case, other: list[str]) -> None:
    inputs = [*map(str, case.inputs(cpu_parallel="2")), "--order", "grid"]
    if "--depth-range" in other:
        place = inputs.index("--depth-range")
        changed = inputs[:place] + other + inputs[place + 2 :]
    else:
        changed = inputs + other
    each = [["-n", "1", str(PROGRAM), "run", *options] for options in (inputs, changed)]
    finished = subprocess.run(
        [*LAUNCHER, *each[0], ":", *each[1]],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert finished.returncode == 2, finished.stderr
    name = other[0].removeprefix("--").replace("-", "_")
    assert f"ranks were started with different options ('{name}' of rank 1 is not that of rank 0)" in finished.stderr
    assert not case.staging.exists()


def test_what_a_killed_launch_leaves_is_swept_by_the_next(case: Case) -> None:
    first = start("run", *long_launch(case))
    try:
        assert wait_until(lambda: finished_runs(case.results) > 0)
    finally:
        first.kill()
        first.communicate()
    before = finished_runs(case.results)
    next_launch = run("run", *case.inputs())
    assert next_launch.returncode == 0, next_launch.stderr
    assert finished_runs(case.results) == before + 1
    assert not list(case.staging.rglob("*.part"))
    assert len(list((case.staging / "output").glob("run_*"))) == 1


def test_half_made_replica_of_a_killed_launch_is_swept(case: Case) -> None:
    assert run("run", *case.inputs()).returncode == 0
    names = {path.name for path in (case.staging / "input").iterdir()}
    (case.staging / "input" / ".scan_0.h5.laue-bench-tmp-4711").write_bytes(b"half")
    assert run("run", *case.inputs()).returncode == 0
    assert {path.name for path in (case.staging / "input").iterdir()} == names


def test_failed_rank_fails_its_run_and_the_grid_goes_on(case: Case) -> None:
    """A replica disappears and comes back while the launch is at work."""
    away = case.staging / "away.h5"
    launch = start("run", *long_launch(case), "--results", case.folder / "results.jsonl")
    results = case.folder / "results.jsonl"
    try:
        assert wait_until(lambda: finished_runs(results) > 0)
        replica(case).rename(away)
        # the first may have read its replica before it disappeared: it ends with 3, as one whose replica was replaced
        assert wait_until(lambda: finished_runs(results, b'"success":false') > 1), "the missing replica fails its runs"
        away.rename(replica(case))
        before = finished_runs(results, b'"success":true')
        assert wait_until(lambda: finished_runs(results, b'"success":true') > before), "the grid goes on"
    finally:
        launch.kill()
        launch.communicate()
    failed = [record for record in map(json.loads, complete_lines(results)) if record.get("success") is False][1]
    (entry,) = failed["per_proc"]
    assert (entry["success"], entry["return_code"]) == (False, 2), entry["error"]
    assert "scan_0.h5" in entry["error"]
    assert failed["throughput_per_min"] is None


def complete_lines(results: Path) -> list[str]:
    return results.read_text().split("\n")[:-1]


def test_full_results_file_ends_the_launch_and_keeps_whole_lines(case: Case) -> None:
    """A results file that may not grow beyond what the first run needs ends the launch: 1, not 2, and no torn line."""

    def limit_files_to_64_kib() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))

    shutil.copy(case.scan, case.folder / "small.h5")
    with h5py.File(case.folder / "small.h5", "r+") as file:
        frames = file["/entry1/data/data"][:, :4, :16]
        attributes = dict(file["/entry1/data/data"].attrs)
        del file["/entry1/data/data"]
        file["/entry1/data"].create_dataset("data", data=frames).attrs.update(attributes)
    repacked = case.folder / "repacked.h5"
    with h5py.File(case.folder / "small.h5") as old, h5py.File(repacked, "w") as new:
        for name in old:
            old.copy(name, new)
        region = new["/entry1/detector"]
        region["endx"][...] = region["startx"][()] + 15
        region["endy"][...] = region["starty"][()] + 3
    assert repacked.stat().st_size < 65536
    finished = run("run", *case.inputs(h5=repacked, runs="1000"), before=limit_files_to_64_kib)
    assert finished.returncode == 1, finished.stderr
    assert "results.jsonl" in finished.stderr.splitlines()[-1]
    text = case.results.read_text()
    assert text.endswith("\n")
    runs = [json.loads(line) for line in text.splitlines() if line.startswith('{"type":"run"')]
    assert len(runs) > 1
    assert all(record["success"] for record in runs)
    assert "cpu-p1-t1" in finished.stdout


# ---- replicas that change during the launch


def between_runs(case: Case, command: str) -> str:
    """Does something to the first replica, once, before the second run."""
    count = case.folder / "count"
    return f"r={replica(case)}; echo x >> {count}; if [ $(wc -l < {count}) = 2 ]; then {command}; fi"


@pytest.mark.parametrize("ranks", [None, 2])
def test_changed_content_with_its_time_set_back_is_noticed(case: Case, ranks: int | None) -> None:
    with h5py.File(case.scan) as file:
        offset = file["/entry1/data/data"].id.get_chunk_info(0).byte_offset
    write = f"printf xyz | dd of=$r bs=1 seek={offset} conv=notrunc"
    change = f"cp -p $r {case.folder}/ref; {write}; touch -r {case.folder}/ref $r"
    options = case.inputs(runs="3", verify="none", before_run=between_runs(case, change), cpu_parallel=str(ranks or 1))
    finished = run("run", *options, ranks=ranks)
    assert finished.returncode == 1
    assert replica(case).stat().st_mtime_ns == (case.folder / "ref").stat().st_mtime_ns
    assert [record["success"] for record in of_type(case.results, "run")] == [True, False, False]
    (_, failed, _) = of_type(case.results, "run")
    assert failed["per_proc"][0]["return_code"] == 3
    assert "it was changed or replaced since it was staged" in failed["per_proc"][0]["error"]
    assert all(rank["success"] for rank in failed["per_proc"][1:]), "the others have replicas of their own"


@pytest.mark.parametrize("cache", ["warm", "cold"])
def test_other_rights_and_names_of_a_replica_are_no_change(case: Case, cache: str) -> None:
    command = between_runs(case, f"chmod 400 $r; ln $r {case.folder}/backup")
    finished = run("run", *case.inputs(runs="3", before_run=command, cache=cache))
    assert finished.returncode == 0, finished.stderr
    assert (case.folder / "backup").samefile(replica(case))
    assert [record["success"] for record in of_type(case.results, "run")] == [True] * 3
