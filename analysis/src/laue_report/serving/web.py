"""The page and what it needs, for browsers on this machine alone."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from functools import cache, partial
from importlib import resources
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from laue_report.serving.feed import Feed

ADDRESS = "127.0.0.1"

#: A page of another site whose name leads here (DNS rebinding) asks for a host of that name.
HOSTS = [ADDRESS, "localhost"]

#: Seconds that streams have to end.
LONGEST_END_S = 3

#: The page loads nothing from elsewhere, runs no script that stands in it, and stands in no other page. Plotly puts
#: styles into the page, and pictures that it makes.
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src data: blob:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}

_FILES = {
    "/": ("serving/page/page.html", "text/html"),
    "/page.js": ("serving/page/page.js", "text/javascript"),
    "/charts.js": ("serving/page/charts.js", "text/javascript"),
    "/page.css": ("serving/page/page.css", "text/css"),
    # pages look alike
    "/report.css": ("report/templates/report.css", "text/css"),
}


@cache
def _file(name: str) -> str:
    return resources.files("laue_report").joinpath(*name.split("/")).read_text(encoding="utf-8")


@cache
def _plotly() -> str:
    # takes most of a second to import, while the page is there already
    from plotly.offline import get_plotlyjs

    text: str = get_plotlyjs()
    return text


def _route(path: str, text: Callable[[], str], media_type: str) -> Route:
    def respond(_: Request) -> Response:
        return Response(text(), media_type=media_type, headers=_HEADERS)

    return Route(path, respond, methods=["GET"])


def app_of(feed: Feed) -> Starlette:
    async def events(_: Request) -> Response:
        return StreamingResponse(feed.events(), media_type="text/event-stream", headers=_HEADERS)

    routes = [_route(path, partial(_file, name), kind) for path, (name, kind) in _FILES.items()]
    routes += [_route("/plotly.js", _plotly, "text/javascript"), Route("/events", events, methods=["GET"])]
    hosts = Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS, www_redirect=False)
    return Starlette(routes=routes, middleware=[hosts])


class _Server(uvicorn.Server):
    """Ends its streams before it waits for them."""

    def __init__(self, config: uvicorn.Config, feed: Feed) -> None:
        super().__init__(config)
        self._feed = feed

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._feed.close()
        await super().shutdown(sockets)


def listening(port: int) -> socket.socket:
    """0: a free port. Raises OSError."""
    return socket.create_server((ADDRESS, port))


def serve(feed: Callable[[], Feed], listener: socket.socket) -> None:
    """Until a signal ends it."""
    asyncio.run(_serve(feed, listener))


async def _serve(make_feed: Callable[[], Feed], listener: socket.socket) -> None:
    feed = make_feed()
    options: dict[str, Any] = {"lifespan": "off", "ws": "none", "log_level": "warning", "access_log": False}
    config = uvicorn.Config(app_of(feed), timeout_graceful_shutdown=LONGEST_END_S, server_header=False, **options)
    server = _Server(config, feed)
    following = asyncio.create_task(feed.run())

    def end(_: asyncio.Task[None]) -> None:
        server.should_exit = True

    following.add_done_callback(end)
    await server.serve(sockets=[listener])
    # tells what went wrong, where something did
    await following
