"""A results file that a launch is writing."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from laue_report.measurements import Loader, Measurements
from laue_report.records import LastLine, UnusableResultsError
from laue_report.serving.growing_file import Change, GrowingFile

#: So much is read at a time: whoever wants to end the program waits no longer than that takes.
PORTION_BYTES = 32_000_000


class State(Enum):
    """Values are known to the page."""

    READING = "reading"
    MISSING = "missing"
    EMPTY = "empty"
    """No whole line yet."""
    FOLLOWED = "followed"
    UNUSABLE = "unusable"


class FollowedResults:
    """Reads what was appended, whole lines only, and everything again where another file has taken its place."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.state = State.READING
        self.problem = f"{path} is being read"
        """Why nothing can be shown of it; empty where it is followed."""
        self._growth = GrowingFile(path)
        self._is_behind = False
        """More of it was there than was read."""
        self._beginnings = 0
        """How often it was read from its beginning."""
        self._start_anew()

    def read(self) -> bool:
        """Whether anything has changed."""
        before = self._standing()
        try:
            self._follow(self._growth.look(self._file.read_bytes))
        except OSError as error:
            # to be read from its beginning once it can be
            self._growth = GrowingFile(self.path)
            self._start_anew()
            self._say(State.UNUSABLE, f"cannot read {self.path} ({error.strerror or error}): it is tried again")
        return self._standing() != before

    def measurements(self) -> Measurements:
        return self._loader.measurements()

    def _standing(self) -> tuple[State, str, int, int]:
        return self.state, self.problem, self._beginnings, self._file.read_bytes

    def _start_anew(self) -> None:
        self._loader = Loader()
        self._file = self._loader.add(self.path)

    def _follow(self, change: Change) -> None:
        if change is Change.NONE and not self._is_behind:
            return
        if change is Change.MISSING:
            self._start_anew()
            self._say(State.MISSING, f"{self.path} is not there yet: it is waited for")
        elif change is Change.ANEW:
            self._start_anew()
            self._beginnings += 1
            self._read_on()
        elif self.state is not State.UNUSABLE:
            self._read_on()

    def _read_on(self) -> None:
        before_bytes = self._file.read_bytes
        self._is_behind = False
        try:
            self._loader.read(self._file, LastLine.UNFINISHED, PORTION_BYTES)
        except UnusableResultsError as error:
            self._say(State.UNUSABLE, str(error))
            return
        read_bytes = self._file.read_bytes
        self._is_behind = read_bytes - before_bytes >= PORTION_BYTES
        if self._is_behind:
            self._say(State.READING, f"{self.path} is being read, {read_bytes / 1e6:.0f} MB so far")
        elif read_bytes:
            self._say(State.FOLLOWED, "")
        else:
            self._say(State.EMPTY, f"{self.path} is empty: the first line of a launch is waited for")

    def _say(self, state: State, problem: str) -> None:
        self.state, self.problem = state, problem
