"""The feed and what the server answers, without a network."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from laue_report.serving import feed as feed_module
from laue_report.serving.feed import BEAT, Feed
from laue_report.serving.web import app_of


class Source:
    """Counts how often it is asked, and has news when told so."""

    def __init__(self) -> None:
        self.reads = 0
        self.has_news = False
        self.value = 0

    def read(self) -> bool:
        self.reads += 1
        has_news, self.has_news = self.has_news, False
        return has_news

    def state(self) -> dict[str, Any]:
        return {"value": self.value}

    def change(self, value: int) -> None:
        self.value, self.has_news = value, True


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_module, "INTERVAL_S", 0.01)


@pytest.fixture
def source() -> Source:
    return Source()


def told(message: bytes) -> Any:
    assert message.startswith(b"data: ")
    assert message.endswith(b"\n\n")
    assert message.count(b"\n") == 2
    return json.loads(message[6:])


async def first(events: AsyncIterator[bytes]) -> Any:
    return told(await asyncio.wait_for(anext(events), 10.0))


def test_a_page_is_told_how_things_stand_and_what_changes(source: Source) -> None:
    async def run() -> None:
        feed = Feed(source.read, source.state)
        running = asyncio.create_task(feed.run())
        events = feed.events()
        assert await first(events) == {"value": 0}
        source.change(1)
        assert await first(events) == {"value": 1}
        other = feed.events()
        assert await first(other) == {"value": 1}
        await feed.close()
        assert [message async for message in events] == []
        await asyncio.wait_for(running, 10.0)

    asyncio.run(run())


def test_nothing_is_read_while_nobody_watches(source: Source) -> None:
    async def run() -> None:
        feed = Feed(source.read, source.state)
        running = asyncio.create_task(feed.run())
        await asyncio.sleep(0.1)
        assert source.reads == 0
        events = feed.events()
        await first(events)
        await events.aclose()
        await asyncio.sleep(0.1)
        reads = source.reads
        await asyncio.sleep(0.1)
        assert source.reads == reads > 0
        source.change(2)
        later = feed.events()
        while await first(later) != {"value": 2}:
            pass
        await feed.close()
        await running

    asyncio.run(run())


def test_a_page_without_news_is_told_that_the_server_is_there(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_module, "BEAT_S", 0.01)

    async def run() -> None:
        feed = Feed(source.read, source.state)
        running = asyncio.create_task(feed.run())
        events = feed.events()
        messages = [await anext(events) for _ in range(3)]
        assert BEAT in messages
        await feed.close()
        await running

    asyncio.run(run())


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str


Client = Callable[..., Answer]


@pytest.fixture
def get(source: Source) -> Client:
    """Asks the application itself, past any socket."""
    app = app_of(Feed(source.read, source.state))

    def ask(path: str, host: str = "127.0.0.1:8642", method: str = "GET") -> Answer:
        sent: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            **{"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http"},
            **{"method": method, "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": ""},
            **{"headers": [(b"host", host.encode())], "client": ("127.0.0.1", 50000), "server": ("127.0.0.1", 8642)},
        }
        asyncio.run(app(scope, receive, send))
        headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return Answer(sent[0]["status"], headers, b"".join(part.get("body", b"") for part in sent[1:]).decode())

    return ask


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8642", "localhost:8642", "localhost"])
def test_hosts_of_this_machine_are_answered(get: Client, host: str) -> None:
    assert get("/", host).status == 200


@pytest.mark.parametrize("host", ["example.org", "127.0.0.1.example.org", "localhost.example.org:8642", "", "10.0.0.1"])
@pytest.mark.parametrize("path", ["/", "/events", "/plotly.js"])
def test_other_hosts_are_refused(get: Client, host: str, path: str) -> None:
    answer = get(path, host)
    assert (answer.status, answer.text) == (400, "Invalid host header")


@pytest.mark.parametrize(
    ("path", "kind", "content"),
    [
        ("/", "text/html", '<script src="/page.js" defer>'),
        ("/page.js", "text/javascript", "EventSource"),
        ("/charts.js", "text/javascript", "Plotly.react"),
        ("/plotly.js", "text/javascript", "plotly.js v"),
        ("/page.css", "text/css", ".chip"),
        ("/report.css", "text/css", ":root"),
    ],
)
def test_the_page_has_all_that_it_needs_and_may_load_nothing_else(
    get: Client, path: str, kind: str, content: str
) -> None:
    answer = get(path)
    assert (answer.status, answer.headers["content-type"]) == (200, f"{kind}; charset=utf-8")
    assert content in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self';")
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"


def test_nothing_is_taken_and_nothing_else_is_there(get: Client) -> None:
    assert get("/", method="POST").status == 405
    assert get("/../pyproject.toml").status == 404
    assert get("/serving/page/page.js").status == 404
