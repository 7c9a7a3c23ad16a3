"""Hands how things stand to all pages that are open."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable

import orjson

from laue_report.members import Record

#: Between two looks at the files.
INTERVAL_S = 0.5

#: Without news for so long a page is told that the server is still there, and one that has gone is noticed.
BEAT_S = 15.0

BEAT = b": nothing new\n\n"


class Feed:
    """Looks at the files only while somebody watches: the node may be the one that is measured."""

    def __init__(self, read: Callable[[], bool], state: Callable[[], Record]) -> None:
        """`read` says whether anything has changed."""
        self._read = read
        self._state = state
        self._message = b""
        self._number = 0
        """Of messages so far."""
        self._watchers = 0
        self._is_closed = False
        self._news = asyncio.Condition()

    async def run(self) -> None:
        """Until it is closed."""
        while not self._is_closed:
            async with self._news:
                await self._news.wait_for(lambda: self._watchers > 0 or self._is_closed)
            started_s = time.monotonic()
            message = await asyncio.to_thread(self._next_message)
            if message:
                async with self._news:
                    self._message, self._number = message, self._number + 1
                    self._news.notify_all()
            # never more than half of the time
            await asyncio.sleep(max(INTERVAL_S, time.monotonic() - started_s))

    async def events(self) -> AsyncIterator[bytes]:
        """Server-sent events: the state as it is, and each time that it changes."""
        self._watchers += 1
        seen = 0
        try:
            async with self._news:
                self._news.notify_all()
            while not self._is_closed:
                if self._number > seen:
                    seen = self._number
                    yield self._message
                elif not await self._is_news(seen):
                    yield BEAT
        finally:
            self._watchers -= 1

    async def close(self) -> None:
        """Ends all streams."""
        async with self._news:
            self._is_closed = True
            self._news.notify_all()

    async def _is_news(self, seen: int) -> bool:
        async with self._news:
            waiting = self._news.wait_for(lambda: self._number > seen or self._is_closed)
            try:
                await asyncio.wait_for(waiting, BEAT_S)
            except asyncio.TimeoutError:
                return False
        return True

    def _next_message(self) -> bytes:
        """Empty where nothing has changed since the last one."""
        is_new = self._read()
        if not is_new and self._number:
            return b""
        return b"data: " + orjson.dumps(self._state()) + b"\n\n"
