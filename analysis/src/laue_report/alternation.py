"""Whole launches of two sides, A and B, in turns: what drifts meets both."""

from __future__ import annotations

import json
import os
import random
import shlex
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from laue_report.exit_statuses import INTERRUPTED, RUNS_FAILED, USAGE_ERROR


class UnusableSideError(Exception):
    """A side cannot be launched, or its launches leave nothing to compare."""


class LaunchFailedError(Exception):
    """A launch ended with an error, or a signal ended all."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Side:
    """One of the two that are compared."""

    name: str
    """`A` or `B`."""
    program: str
    config: Path
    folder: Path
    """Takes its results and what its launches print."""

    @property
    def results(self) -> Path:
        return self.folder / f"{self.name.lower()}.jsonl"

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name.lower()}.log"

    def tag(self, pair: int) -> str:
        """By which a launch's records are found again."""
        return f"{self.name}, pair {pair}"

    def command(self, launcher: Sequence[str], pair: int) -> list[str]:
        options = ["--config", str(self.config), "--results", str(self.results), "--tag", self.tag(pair)]
        return [*launcher, self.program, "run", *options]


def _is_program(path: Path) -> bool:
    """Some filesystems call every file executable."""
    return path.suffix != ".json" and path.is_file() and os.access(path, os.X_OK)


def _require_config(path: Path) -> None:
    expected = "give two JSON files with options of laue-bench run, or two programs"
    if not path.is_file():
        raise UnusableSideError(f"cannot use {path} (there is no such file): {expected}")
    try:
        options = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise UnusableSideError(f"cannot use {path} ({error}): {expected}") from error
    if not isinstance(options, dict):
        raise UnusableSideError(f"cannot use {path} (it holds no JSON object): {expected}")
    if options.get("dry_run"):
        raise UnusableSideError(f"cannot use {path} (a dry run measures nothing): take dry_run out")
    if options.get("resume"):
        raise UnusableSideError(f"cannot use {path} (each launch would go on with the one before it): take resume out")


def sides_of(old: Path, new: Path, program: str | None, config: Path | None, folder: Path) -> tuple[Side, Side]:
    """Two programs that run `config`, or two configurations that `program` runs. Raises UnusableSideError."""
    programs = [_is_program(path) for path in (old, new)]
    if any(programs) != all(programs):
        raise UnusableSideError(f"cannot compare {old} with {new} (only one is a program): give two of a kind")
    if all(programs):
        return _two_programs(old, new, program, config, folder)
    if config is not None:
        raise UnusableSideError(f"--config {config} has no use (A and B are configurations): leave it out")
    _require_config(old)
    _require_config(new)
    name = program or "laue-bench"
    return Side("A", name, old, folder), Side("B", name, new, folder)


def _two_programs(old: Path, new: Path, program: str | None, config: Path | None, folder: Path) -> tuple[Side, Side]:
    if program is not None:
        raise UnusableSideError(f"--program {program} has no use (A and B are programs): leave it out")
    if config is None:
        raise UnusableSideError(f"nothing to run (A and B are programs): give --config FILE with options for {old}")
    _require_config(config)
    return Side("A", str(old.resolve()), config, folder), Side("B", str(new.resolve()), config, folder)


def orders(pairs: int, seed: int) -> Iterator[tuple[int, int]]:
    """Which side of each pair is launched first: 0 is A."""
    random_numbers = random.Random(seed)
    for _ in range(pairs):
        first = random_numbers.randrange(2)
        yield first, 1 - first


def _reason(side: Side, status: int, text: str) -> str:
    """The first line of an error is the reason; mpirun adds lines of its own behind it."""
    errors = [line for line in text.splitlines() if "error" in line.lower()]
    first = errors[0] if errors else f"exit status {status}"
    return f"a launch of {side.name} failed ({first}): see {side.log}"


class _Signals:
    """While it lasts, signals that would end this process go to the launch instead, which finishes its run in order."""

    FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.caught: signal.Signals | None = None

    def __enter__(self) -> _Signals:
        self._before = {number: signal.signal(number, self._forward) for number in self.FORWARDED}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _forward(self, number: int, _: object) -> None:
        self.caught = signal.Signals(number)
        if self.process is not None:
            self.process.send_signal(number)


def _run(command: list[str], log: IO[str], signals: _Signals) -> int:
    """In a session of its own: a terminal's Ctrl-C reaches it once, from here."""
    signals.process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
    )
    return signals.process.wait()


def launch(side: Side, launcher: Sequence[str], pair: int) -> None:
    """Raises LaunchFailedError."""
    command = side.command(launcher, pair)
    started = shlex.join(command[: len(launcher) + 1])
    try:
        with _Signals() as signals, side.log.open("a", encoding="utf-8", errors="surrogateescape") as log:
            log.write(f"$ {shlex.join(command)}\n")
            log.flush()
            begin = side.log.stat().st_size
            status = _run(command, log, signals)
        text = side.log.read_bytes()[begin:].decode(errors="replace")
    except OSError as error:
        raise LaunchFailedError(
            f"cannot start {started} ({error.strerror}): check --launcher, --program and {side.folder}", USAGE_ERROR
        ) from error
    if signals.caught:
        raise LaunchFailedError(f"{signals.caught.name} ended the launches", INTERRUPTED)
    if status != 0:
        raise LaunchFailedError(_reason(side, status, text), RUNS_FAILED if status == RUNS_FAILED else USAGE_ERROR)


def alternate(
    sides: tuple[Side, Side],
    launcher: Sequence[str],
    orders_of_pairs: Iterator[tuple[int, int]],
    tell: Callable[[str], None],
) -> Iterator[int]:
    """Yields the number of pairs that are done, after each. Raises LaunchFailedError."""
    for pair, order in enumerate(orders_of_pairs, start=1):
        for index in order:
            tell(f"pair {pair}: {sides[index].name}")
            launch(sides[index], launcher, pair)
        yield pair
