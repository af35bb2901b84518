"""Connections of the web server: how many, how long they may be silent, and how they end."""

import asyncio
from typing import Any

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 20
"""For the first line and the headers of a request, from the beginning of the connection or their first byte."""

HEAD_BYTES = 64 * 1024
BODY_SECONDS = 60
"""A body of which so long nothing comes will not come any more; a thread waits for it."""

LINGER_SECONDS = 0.5
"""A request that is on its way when the server ends its idle connections is still answered."""

HEAD_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
)
BUSY = orjson.dumps(
    {
        "type": "about:blank",
        "title": "Service Unavailable",
        "status": 503,
        "detail": "Too many connections are open, please try again later",
    }
)


class Connection(HttpToolsProtocol):
    """Uvicorn's, which waits for ever for what a client does not send, and for headers without end."""

    _head_bytes = 0
    _timer: asyncio.TimerHandle | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._most = self.limit_concurrency
        self.limit_concurrency = None  # its own answer does not say when to try again
        self._answers = self.app

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._wait(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait(None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._is_between_requests():
            self._head_bytes += len(data)
        if self._head_bytes > HEAD_BYTES:
            self.transport.write(HEAD_TOO_LARGE)
            self.transport.close()
            return
        super().data_received(data)
        self._wait_for_more()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._wait(HEAD_SECONDS)

    def on_headers_complete(self) -> None:
        self._head_bytes = 0
        is_full = self._most is not None and len(self.connections) > self._most
        self.app = _busy if is_full else self._answers
        super().on_headers_complete()

    def shutdown(self) -> None:
        if self._is_between_requests():
            self.loop.call_later(LINGER_SECONDS, super().shutdown)
        else:
            super().shutdown()

    def _is_between_requests(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _wait_for_more(self) -> None:
        """A body that comes in is waited for anew with every piece; the time for headers goes on."""
        if self.cycle is not None and not self.cycle.response_complete:
            self._wait(BODY_SECONDS if self.cycle.more_body else None)

    def _wait(self, seconds: float | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if seconds is None else self.loop.call_later(seconds, self._give_up)

    def _give_up(self) -> None:
        """Nothing is owed to who sends nothing: whoever reads the body is told that it broke off."""
        if self.cycle is None or self.cycle.response_complete or self.cycle.more_body:
            self.transport.abort()


async def _busy(_scope: Any, _receive: Any, send: Any) -> None:
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(BUSY)).encode()),
        (b"retry-after", b"1"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": BUSY})
