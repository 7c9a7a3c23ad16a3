"""A file that somebody else appends to, and may replace or cut."""

from __future__ import annotations

import os
from collections import deque
from enum import Enum, auto
from pathlib import Path

#: Bytes by which a file is told from one that has taken its place.
HEAD_BYTES = 4096


class Change(Enum):
    """What has become of a file since it was last looked at."""

    NONE = auto()
    GROWN = auto()
    ANEW = auto()
    """It is there for the first time, was replaced, or is shorter than it was read: it has to be read from its
    beginning."""
    MISSING = auto()


class GrowingFile:
    def __init__(self, path: Path) -> None:
        self.path = path
        self._inode: int | None = None
        self._seen: tuple[int, int] = (0, 0)
        """Size and time of change."""
        self._head = b""

    def look(self, read_bytes: int) -> Change:
        """`read_bytes`: how far its reader has come; what comes after may still change. Raises OSError."""
        try:
            # opened even if nothing is to be read: a network filesystem asks its server only then how long a file is
            with self.path.open("rb") as stream:
                facts = os.fstat(stream.fileno())
                seen = facts.st_size, facts.st_mtime_ns
                if (facts.st_ino, seen) == (self._inode, self._seen):
                    return Change.NONE
                head = stream.read(HEAD_BYTES)
        except FileNotFoundError:
            self._inode = None
            return Change.MISSING
        known = min(read_bytes, HEAD_BYTES)
        is_same = facts.st_ino == self._inode and facts.st_size >= read_bytes and head[:known] == self._head[:known]
        self._inode, self._seen, self._head = facts.st_ino, seen, head
        return Change.GROWN if is_same else Change.ANEW


class LastLines:
    """The last whole lines of a growing file; of a long one, what stands before them is not read."""

    def __init__(self, path: Path, most: int, most_bytes: int) -> None:
        """`most_bytes`: more than so many lines have."""
        self._file = GrowingFile(path)
        self._most_bytes = most_bytes
        self._read_bytes = 0
        self.lines: deque[bytes] = deque(maxlen=most)
        self.is_there = False

    @property
    def path(self) -> Path:
        return self._file.path

    def read(self) -> bool:
        """Whether lines have changed. Raises OSError."""
        change = self._file.look(self._read_bytes)
        if change is Change.NONE:
            return False
        was_there, self.is_there = self.is_there, change is not Change.MISSING
        had_lines = bool(self.lines)
        if change is not Change.GROWN:
            self._read_bytes = 0
            self.lines.clear()
        found = self._append() if self.is_there else 0
        return found > 0 or self.is_there != was_there or (had_lines and change is Change.ANEW)

    def _append(self) -> int:
        with self.path.open("rb") as stream:
            far = os.fstat(stream.fileno()).st_size - self._most_bytes
            is_torn = far > self._read_bytes
            stream.seek(far if is_torn else self._read_bytes)
            text = stream.read(self._most_bytes)
            start = stream.tell() - len(text)
        # the last piece is no whole line yet
        *lines, rest = text.split(b"\n")
        self._read_bytes = start + len(text) - len(rest)
        lines = lines[1:] if is_torn else lines
        self.lines.extend(line for line in lines if line.strip())
        return len(lines)
