"""What happens to a launch from outside while it runs: signals, lost readers, files that change."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from launching import (
    ROWS,
    SOURCE,
    TIMEOUT_S,
    Case,
    command_line,
    environment,
    find_rank,
    of_type,
    preloading,
    records_of,
    run,
    start,
    wait_for,
)

#: More than a test waits for.
MANY = "2000"


def wait_for_first_run(case: Case) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while not case.results.exists() or '"type":"run"' not in case.results.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def assert_interrupted(case: Case, name: str) -> None:
    end = records_of(case.results)[-1]
    assert (end["type"], end["status"], end["signal"], end["error"]) == ("end", "interrupted", name, None)
    assert end["runs_done"] == len(of_type(case.results, "run"))
    assert 1 <= end["runs_done"] < end["runs_planned"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2])
def test_signal_ends_the_launch_after_the_run(case: Case, number: signal.Signals) -> None:
    launch = start("run", *case.inputs(runs=MANY))
    wait_for_first_run(case)
    launch.send_signal(number)
    output, errors = launch.communicate(timeout=TIMEOUT_S)
    assert launch.returncode == 130, errors
    assert_interrupted(case, number.name)
    assert "once more ends it at once" in errors
    assert "results: " in output


def test_mpirun_passes_on_what_schedulers_send(case: Case) -> None:
    launch = start("run", *case.inputs(runs=MANY, cpu_parallel="2"), ranks=2)
    wait_for_first_run(case)
    launch.send_signal(signal.SIGUSR1)
    _, errors = launch.communicate(timeout=TIMEOUT_S)
    assert launch.returncode == 130, errors
    assert_interrupted(case, "SIGUSR1")


def test_signal_to_one_rank_ends_all(case: Case) -> None:
    launch = start("run", *case.inputs(runs=MANY, cpu_parallel="2"), ranks=2)
    wait_for_first_run(case)
    rank = find_rank(launch.pid, 1)
    assert rank is not None
    os.kill(rank, signal.SIGTERM)
    _, errors = launch.communicate(timeout=TIMEOUT_S)
    assert launch.returncode == 130, errors
    assert_interrupted(case, "SIGTERM")


def start_with_rank_in_system_call(case: Case, scan: Path, rank: int) -> subprocess.Popen[str]:
    """Two ranks are in a run, in which `rank` writes for an hour."""
    geometry = SOURCE / "configs" / "geometry_34ide.xml"
    inputs = case.inputs(
        h5=str(scan), geometry=str(geometry), depth_range="0:3", rows_per_stripe=str(ROWS), cpu_parallel="2"
    )
    hour = preloading("slow_io", SLOW_WRITE_MS="3600000", SLOW_WRITE_IN=f"/proc_{rank}/")
    launch = start("run", *inputs, ranks=2, variables=hour)
    wait_for(launch, case.staging, f"output/run_*/proc_{rank}/*.part")
    time.sleep(0.5)
    return launch


@pytest.mark.parametrize("rank", [0, 1])
@pytest.mark.parametrize(
    ("number", "status", "within_s"),
    [pytest.param(signal.SIGTERM, 1, 0.5, marks=pytest.mark.alone), (signal.SIGUSR1, 130, 10.0)],
)
def test_rank_in_a_long_system_call_keeps_nothing_from_the_records(
    case: Case, scan: Path, rank: int, number: signal.Signals, status: int, within_s: float
) -> None:
    """mpirun kills its ranks a second after SIGTERM; after SIGUSR1 the launch ends by itself."""
    launch = start_with_rank_in_system_call(case, scan, rank)
    launch.send_signal(number)
    # mpirun takes its time to pass SIGTERM on
    assert launch.stderr is not None
    assert any("laue-bench: interrupted" in line for line in launch.stderr)
    heard_s = time.time()
    _, errors = launch.communicate(timeout=TIMEOUT_S)
    assert launch.returncode == status, errors
    end = records_of(case.results)[-1]
    assert (end["type"], end["status"], end["signal"], end["runs_done"]) == ("end", "interrupted", number.name, 0)
    assert [summary["stopped"] for summary in of_type(case.results, "summary")] == ["interrupted"]
    assert end["unix_time_s"] - heard_s < within_s


@pytest.mark.parametrize(("hung", "told"), [(1, 0), (0, 1)])
def test_signal_to_one_rank_ends_a_launch_in_which_another_hangs(case: Case, scan: Path, hung: int, told: int) -> None:
    """No launcher knows of the signal; the other rank cannot be asked."""
    launch = start_with_rank_in_system_call(case, scan, hung)
    rank = find_rank(launch.pid, told)
    assert rank is not None
    os.kill(rank, signal.SIGTERM)
    _, errors = launch.communicate(timeout=TIMEOUT_S)
    assert launch.returncode != 0, errors
    end = records_of(case.results)[-1]
    assert (end["type"], end["status"], end["signal"], end["runs_done"]) == ("end", "interrupted", "SIGTERM", 0)


def test_signal_ends_staging_that_hangs(case: Case) -> None:
    hour = preloading("slow_io", SLOW_READ_MS="3600000", SLOW_READ_IN="in/scan.h5")
    launch = start("run", *case.inputs(cpu_parallel="2"), ranks=2, variables=hour)
    wait_for(launch, case.staging, "input/.*.laue-bench-tmp-*")
    launch.send_signal(signal.SIGUSR1)
    _, errors = launch.communicate(timeout=TIMEOUT_S)
    assert launch.returncode == 130, errors
    assert not case.results.exists()


@pytest.mark.parametrize("ranks", [1, 2])
def test_signal_ends_staging_between_two_pieces(case: Case, ranks: int) -> None:
    slow = {**preloading("slow_io"), "SLOW_READ_MS": "1000", "SLOW_READ_IN": "in/scan.h5"}
    arguments = ("run", *case.inputs(cpu_parallel=str(ranks), stage_copies="1"))
    launch = start(*arguments, ranks=ranks, variables=slow)
    deadline = time.monotonic() + TIMEOUT_S
    while not (made := list(case.staging.glob("input/.*.laue-bench-tmp-*"))):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    launch.send_signal(signal.SIGUSR1)
    _, errors = launch.communicate(timeout=TIMEOUT_S)
    assert launch.returncode == 130, errors
    assert errors.count("staging was cancelled (SIGUSR1 ended the launch before its first run): start it again") == 1
    assert len(made) == 1, "one at a time"
    assert [path.name for path in case.staging.glob("input/*") if path.suffix == ".h5"] == []
    assert not list(case.staging.glob("input/.*.laue-bench-tmp-*"))
    assert not case.results.exists()


@pytest.mark.parametrize("ranks", [1, 2])
def test_geometry_file_is_read_once(case: Case, ranks: int) -> None:
    launch = start("run", *case.inputs(runs="40", cpu_parallel=str(ranks)), ranks=ranks)
    wait_for_first_run(case)
    case.geometry.unlink()
    _, errors = launch.communicate(timeout=TIMEOUT_S)
    assert launch.returncode == 0, errors
    assert records_of(case.results)[-1]["runs_succeeded"] == 40


def test_geometry_file_is_recorded_by_its_content(case: Case) -> None:
    assert run("run", *case.inputs()).returncode == 0
    assert run("run", *case.inputs()).returncode == 0
    case.geometry.write_text(case.geometry.read_text() + "\n")
    assert run("run", *case.inputs()).returncode == 0
    first, second, third = (record["geometry_checksum"] for record in of_type(case.results, "params"))
    assert first == second != third


# ---- nobody listens


def assert_complete(case: Case, **streams: int | Callable[[], None]) -> None:
    arguments = ("run", *case.inputs(runs="5"), "--verbose", "2", "--progress")
    finished = subprocess.run(
        command_line(arguments),
        env=environment(),
        timeout=TIMEOUT_S,
        check=False,
        **streams,  # type: ignore[call-overload]
    )
    assert finished.returncode == 0
    assert records_of(case.results)[-1]["status"] == "complete"


def test_messages_that_cannot_be_written_end_nothing(case: Case) -> None:
    with Path("/dev/full").open("w") as full:
        assert_complete(case, stdout=full.fileno(), stderr=full.fileno())


def test_reader_of_the_messages_that_goes_away_ends_nothing(case: Case) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    assert_complete(case, stdout=writing, stderr=writing)
    os.close(writing)


def test_messages_of_closed_streams_go_nowhere(case: Case) -> None:
    assert_complete(case, preexec_fn=lambda: os.closerange(0, 3))


@pytest.mark.parametrize(
    "asked", [["info"], ["info", "--json"], ["--help"], ["--version"], ["clean"], ["run", "--dry-run"]]
)
def test_answer_that_cannot_be_written_is_an_error(case: Case, asked: list[str]) -> None:
    arguments: list[str | Path] = [*asked]
    if asked[0] == "run":
        arguments += case.inputs()
    elif asked[0] == "clean":
        arguments.append(case.folder)
    with Path("/dev/full").open("w") as full:
        finished = subprocess.run(
            command_line(arguments),
            env=environment(),
            stdout=full.fileno(),
            stderr=subprocess.PIPE,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
    assert finished.returncode == 3, finished.stderr
    assert "cannot write the answer to stdout (No space left on device)" in finished.stderr


def test_answer_whose_reader_has_seen_enough_is_none(case: Case) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    finished = subprocess.run(
        command_line(("info",)),
        env=environment(),
        stdout=writing,
        stderr=subprocess.PIPE,
        timeout=TIMEOUT_S,
        check=False,
    )
    os.close(writing)
    assert (finished.returncode, finished.stderr) == (0, b"")
