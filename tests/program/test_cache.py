"""Where the replicas are when a run begins, and what is done on the nodes before it."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from launching import TIMEOUT_S, Case, of_type, records_of, run, start
from test_acceptance import violations

DISKS = ("ext2", "ext3", "ext4", "xfs", "btrfs")


def launch(case: Case, *more: str | Path, ranks: int | None = None, **options: str | Path) -> Any:
    finished = run("run", *case.inputs(**options), *more, ranks=ranks)
    assert finished.returncode == 0, finished.stderr
    assert violations(case.results) == []
    return finished


def require_disk(case: Case) -> None:
    (staging,) = of_type(case.results, "staging")
    if staging["filesystem"]["type"] not in DISKS:
        pytest.skip(f"{case.folder} lies on {staging['filesystem']['type']}, which is no disk that is known here")
    (first, *_) = of_type(case.results, "run")
    reason = first["per_proc"][0]["cache"].get("unavailable", {}).get("state", "")
    if "loop device" in reason or "disk in memory" in reason:
        pytest.skip(reason)


def cache_flags(record: dict[str, Any]) -> list[str]:
    return [flag for flag in record["flags"] if flag.startswith("cache_")]


def evicting(case: Case) -> str:
    """A command that does by itself what --cache cold does."""
    return f"dd of={case.staging}/input/scan_0.h5 oflag=nocache conv=notrunc,fdatasync count=0 2> /dev/null"


def test_replicas_are_read_through_once_by_default(case: Case) -> None:
    finished = launch(case, cpu_parallel="1,2", runs="2", order="grid", ranks=2)
    require_disk(case)
    (params,) = of_type(case.results, "params")
    assert (params["cache"], params["before_run"]) == ("warm", None)
    records = of_type(case.results, "run")
    assert [[rank["cache"]["attempts"] for rank in record["per_proc"]] for record in records] == [
        [1],
        [0],
        [0, 1],
        [0, 0],
    ]
    for record in records:
        assert (record["cache"]["asked"], record["cache"]["state"]) == ("warm", "warm")
        assert all(rank["cache"]["resident_before"] >= 0.99 for rank in record["per_proc"])
        assert record["before_run"] == []
        assert cache_flags(record) == []
    assert "cache warm (replicas in the page cache when the runs began)" in finished.stdout.splitlines()


def test_cold_runs_read_from_the_device(case: Case) -> None:
    finished = launch(case, cache="cold", cpu_parallel="2", runs="2", warmup="1", ranks=2)
    require_disk(case)
    size = case.scan.stat().st_size
    records = of_type(case.results, "warmup") + of_type(case.results, "run")
    assert len(records) == 3
    for record in records:
        for rank in record["per_proc"]:
            assert rank["cache"]["state"] == "cold"
            assert rank["cache"]["resident_before"] <= 0.01
            assert rank["cache"]["replica_bytes"] == size
            assert 1 <= rank["cache"]["attempts"] <= 4
            assert rank["usage"]["read_from_device_bytes"] >= size / 2
        cache = record["cache"]
        assert (cache["asked"], cache["state"], cache["replica_bytes"]) == ("cold", "cold", 2 * size)
        (node,) = cache["nodes"]
        assert node["ranks"] == 2
        for name in ("read_by_calls_bytes", "read_from_device_bytes"):
            assert cache[name] == node[name] == sum(rank["usage"][name] for rank in record["per_proc"])
        assert cache["from_device_fraction"] == pytest.approx(cache["read_from_device_bytes"] / (2 * size))
        assert cache_flags(record) == []
    assert "cache cold (replicas not in the page cache when the runs began)" in finished.stdout.splitlines()


def test_files_in_memory_are_never_cold(case: Case) -> None:
    with TemporaryDirectory(prefix="laue-bench-test-", dir="/dev/shm") as folder:
        results = case.folder / "results.jsonl"
        arguments = case.inputs(staging_dir=folder, results=results, cache="cold")
        finished = run("run", *arguments)
        assert finished.returncode == 0, finished.stderr
        arguments = case.inputs(staging_dir=folder, results=results)
        assert run("run", *arguments).returncode == 0
    if of_type(results, "staging")[0]["filesystem"]["type"] != "tmpfs":
        pytest.skip("/dev/shm is no tmpfs")
    cold, warm = of_type(results, "run")
    for record in (cold, warm):
        assert record["cache"]["state"] == record["per_proc"][0]["cache"]["state"] == "warm-only"
        assert record["per_proc"][0]["cache"]["resident_before"] == 1
    assert cache_flags(cold) == ["cache_not_cold"]
    assert cache_flags(warm) == []
    assert violations(results) == []


def test_none_does_nothing_and_says_what_it_found(case: Case) -> None:
    assert "--cache none: nothing was done to the page cache\n" in launch(case, cache="none").stdout
    launch(case, cache="none", before_run=evicting(case))
    resident, evicted = of_type(case.results, "run")
    for record in (resident, evicted):
        assert record["cache"]["asked"] == "none"
        assert record["per_proc"][0]["cache"]["attempts"] == 0
        assert cache_flags(record) == []
    if of_type(case.results, "staging")[0]["filesystem"]["type"] not in DISKS:
        pytest.skip("no disk that is known here")
    assert resident["cache"]["state"] == "warm"
    assert evicted["per_proc"][0]["cache"]["resident_before"] <= 0.01


def test_warm_replica_that_is_evicted_later_is_read_again(case: Case) -> None:
    launch(case, runs="2", before_run=evicting(case))
    require_disk(case)
    for record in of_type(case.results, "run"):
        cache = record["per_proc"][0]["cache"]
        assert (cache["state"], cache["attempts"], cache["resident_before"]) == ("warm", 1, 1)
        assert cache_flags(record) == []


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("cache", "hot", "--cache 'hot' (it takes warm|cold|none)"),
        ("before_run", "", "--before-run '' (the command is empty)"),
    ],
)
def test_senseless_values_are_refused(case: Case, option: str, value: str, message: str) -> None:
    finished = run("run", *case.inputs(**{option: value}))
    assert finished.returncode == 2
    assert message in finished.stderr
    assert not case.staging.exists()


# ---- --before-run


def test_command_runs_once_on_a_node_before_every_run(case: Case, tmp_path: Path) -> None:
    log = tmp_path / "log"
    command = f"echo to stdout; echo x >> {log}; ls {case.staging}/output/run_* >> {log}"
    finished = launch(case, cpu_parallel="1,2", runs="2", warmup="1", before_run=command, ranks=2)
    assert log.read_text().splitlines().count("x") == 6
    assert "out0.h5" not in log.read_text(), "depth images of the run before are gone by then"
    records = of_type(case.results, "warmup") + of_type(case.results, "run")
    for record in records:
        (before,) = record["before_run"]
        assert (before["node"], before["status"]) == (0, 0)
        assert before["host"] == record["per_proc"][0]["host"]
        assert before["seconds"] > 0
        assert "before_run_failed" not in record["flags"]
    assert of_type(case.results, "params")[0]["before_run"] == command
    assert finished.stderr.count("to stdout") == 6
    assert "to stdout" not in finished.stdout


@pytest.mark.parametrize(("command", "status"), [("exit 3", 3), ("kill -KILL $$", 137), ("no-such-command", 127)])
def test_command_that_fails_flags_the_run_and_the_launch_goes_on(case: Case, command: str, status: int) -> None:
    finished = launch(case, runs="2", before_run=command)
    records = of_type(case.results, "run")
    assert [record["before_run"][0]["status"] for record in records] == [status] * 2
    assert all(record["success"] and "before_run_failed" in record["flags"] for record in records)
    assert f"the command of --before-run ended with status {status} on {records[0]['before_run'][0]['host']}" in (
        finished.stderr
    )
    assert "before_run_failed (" in finished.stdout


def test_command_ends_with_the_time_of_the_launch(case: Case) -> None:
    """The run that it prepared is made, so that it is recorded."""
    finished = launch(case, runs="5", before_run="sleep 90", time_limit="1")
    (record,) = of_type(case.results, "run")
    (before,) = record["before_run"]
    assert before["status"] == 128 + signal.SIGTERM
    assert before["seconds"] < 60
    assert "before_run_failed" in record["flags"]
    assert f"ended with status 143 on {before['host']}: the launch's time was over" in finished.stderr
    (summary,) = of_type(case.results, "summary")
    assert (summary["n"], summary["stopped"]) == (1, "time_limit")


def wait_for(pid_file: Path) -> int:
    deadline = time.monotonic() + TIMEOUT_S
    while not pid_file.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return int(pid_file.read_text())


def is_running(pid: int) -> bool:
    """A process that has ended may stay until somebody collects it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def noting_its_pid(pid_file: Path) -> str:
    return f"echo $$ > {pid_file}.new; mv {pid_file}.new {pid_file}; exec sleep 90"


def test_command_dies_with_a_launch_that_is_killed(case: Case, tmp_path: Path) -> None:
    process = start("run", *case.inputs(before_run=noting_its_pid(tmp_path / "pid")))
    command = wait_for(tmp_path / "pid")
    assert is_running(command)
    process.kill()
    process.communicate(timeout=60)
    deadline = time.monotonic() + 60
    while is_running(command):
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_reaches_the_command_and_ends_the_launch_in_order(
    case: Case, tmp_path: Path, number: signal.Signals
) -> None:
    process = start("run", *case.inputs(before_run=noting_its_pid(tmp_path / "pid")))
    command = wait_for(tmp_path / "pid")
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    end = records_of(case.results)[-1]
    assert (end["type"], end["status"], end["signal"], end["runs_done"]) == ("end", "interrupted", number.name, 0)
    assert of_type(case.results, "run") == []
    assert not is_running(command)
