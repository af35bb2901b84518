"""Connections of the web server: how many, how long they may be silent, and how they end."""

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, Literal

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 20
"""For the first line and the headers of a request, from the beginning of the connection or of the line."""

HEAD_BYTES = 64 * 1024
BODY_SECONDS = 60
"""A body of which so long nothing comes will not come any more; a thread waits for it."""

LINGER_SECONDS = 0.5
"""A request that is on its way when the server ends its idle connections is still answered."""

ASGI = Callable[[Any, Any, Any], Awaitable[None]]


def _refusal(status: HTTPStatus, detail: str, *headers: tuple[bytes, bytes]) -> ASGI:
    """Closes the connection, whatever of the request is still to come."""
    told = {"type": "about:blank", "title": status.phrase, "status": status, "detail": detail}
    body = orjson.dumps(told)
    about = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(body)).encode())]
    about += [(b"connection", b"close"), *headers]

    async def refuse(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": status, "headers": about})
        await send({"type": "http.response.body", "body": body})

    return refuse


BUSY = _refusal(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "Too many connections are open, please try again later",
    (b"retry-after", b"1"),
)
HEAD_TOO_LARGE = _refusal(
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"Headers have at most {HEAD_BYTES} bytes"
)


class Connection(HttpToolsProtocol):
    """Uvicorn's, which waits for ever for what a client does not send, and for headers without end."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._most = self.limit_concurrency
        self.limit_concurrency = None  # its own answer does not say when to try again
        self._answers = self.app
        self._due: Literal["head", "body"] | None = "head"
        self._head_bytes = 0
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._wait(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait(None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._due == "head":
            self._head_bytes += len(data)
            if self._head_bytes > 2 * HEAD_BYTES:  # one that has no end; others are told
                self.transport.close()
        elif self._due == "body":
            self._wait(BODY_SECONDS)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._due, self._head_bytes = "head", 0
        self._wait(HEAD_SECONDS)

    def on_headers_complete(self) -> None:
        self._due = "body"
        self.app = self._answers
        if sum(len(name) + len(value) for name, value in self.headers) + len(self.url) > HEAD_BYTES:
            self.app = HEAD_TOO_LARGE
        elif self._most is not None and len(self.connections) > self._most:
            self.app = BUSY
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._due = None
        self._wait(None)

    def shutdown(self) -> None:
        cycle: Any = self.cycle  # none before the first request, whatever Uvicorn says of its type
        if cycle is None or cycle.response_complete:
            self.loop.call_later(LINGER_SECONDS, super().shutdown)
        else:
            super().shutdown()

    def _wait(self, seconds: float | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if seconds is None else self.loop.call_later(seconds, self._give_up)

    def _give_up(self) -> None:
        """Whoever reads the body is told that it broke off; while nobody does, the client is not to blame."""
        if self.flow.read_paused:
            self._wait(BODY_SECONDS)
        else:
            self.transport.abort()
