"""Whole launches of two sides, A and B, in turns: what drifts meets both."""

from __future__ import annotations

import json
import os
import random
import shlex
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

#: Of laue-bench: some runs failed.
RUNS_FAILED = 1


class UnusableSideError(Exception):
    """A side cannot be launched, or its launches leave nothing to compare."""


class LaunchFailedError(Exception):
    """A launch ended with an error."""

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

    def command(self, launcher: Sequence[str], pair: int) -> list[str]:
        options = ["--config", str(self.config), "--results", str(self.results), "--tag", f"{self.name}, pair {pair}"]
        return [*launcher, self.program, "run", *options]


def is_program(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)


def _require_config(path: Path) -> None:
    try:
        is_object = isinstance(json.loads(path.read_text(encoding="utf-8")), dict)
    except (OSError, ValueError) as error:
        raise UnusableSideError(
            f"cannot use {path} ({error}): give two JSON files with options of laue-bench run, or two programs"
        ) from error
    if not is_object:
        raise UnusableSideError(f"cannot use {path} (it holds no JSON object): see laue-bench run --help, --config")


def sides_of(old: Path, new: Path, program: str, config: Path | None, folder: Path) -> tuple[Side, Side]:
    """Two programs that run `config`, or two configurations that `program` runs. Throws UnusableSideError."""
    programs = [is_program(path) for path in (old, new)]
    if any(programs) != all(programs):
        raise UnusableSideError(f"cannot compare {old} with {new} (only one is a program): give two of a kind")
    if not all(programs):
        if config is not None:
            raise UnusableSideError(f"--config {config} has no use (A and B are configurations): leave it out")
        _require_config(old)
        _require_config(new)
        return Side("A", program, old, folder), Side("B", program, new, folder)
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


def launch(side: Side, launcher: Sequence[str], pair: int) -> None:
    """Throws LaunchFailedError."""
    command = side.command(launcher, pair)
    with side.log.open("a", encoding="utf-8") as log:
        log.write(f"$ {shlex.join(command)}\n")
        log.flush()
        begin = side.log.stat().st_size
        try:
            status = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False).returncode
        except OSError as error:
            raise LaunchFailedError(
                f"cannot start {shlex.join(command[: len(launcher) + 1])} ({error.strerror}): "
                "give --launcher and --program",
                2,
            ) from error
    if status != 0:
        with side.log.open("rb") as log_bytes:
            log_bytes.seek(begin)
            text = log_bytes.read().decode(errors="replace")
        raise LaunchFailedError(_reason(side, status, text), RUNS_FAILED if status == RUNS_FAILED else 2)


def alternate(
    sides: tuple[Side, Side],
    launcher: Sequence[str],
    orders_of_pairs: Iterator[tuple[int, int]],
    tell: Callable[[str], None],
    after_first: Callable[[], object],
) -> None:
    """`after_first` is called after the first pair: what is not to be compared is told before hours have passed.
    Throws LaunchFailedError and what `after_first` throws."""
    for pair, order in enumerate(orders_of_pairs, start=1):
        for index in order:
            tell(f"pair {pair}: {sides[index].name}")
            launch(sides[index], launcher, pair)
        if pair == 1:
            after_first()
