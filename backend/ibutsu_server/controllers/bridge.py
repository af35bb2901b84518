"""The way of a request from the event loop to a thread of Flask, and of the answer back."""

import asyncio
import contextvars
import functools
from typing import Any

from a2wsgi.wsgi import Body, WSGIMiddleware, WSGIResponder, build_environ
from werkzeug.exceptions import ClientDisconnected

THREADS = 20
"""Requests worked on at once; a slow download occupies one."""

SHORT = 3
"""Messages of an answer in one piece: its head, its body, its end."""


class Bridge(WSGIMiddleware):
    """a2wsgi's, with fewer changes between threads: they cost a small request a third of its time."""

    def __init__(self, app: Any) -> None:
        super().__init__(app, workers=THREADS)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        await _Answer(self.app, self.executor, self.send_queue_size)(scope, receive, send)


class _Answer(WSGIResponder):
    """The thread waits for the event loop only where an answer is long, so that none piles up in memory."""

    sent = 0

    def send(self, message: Any) -> None:
        self.sent += 1
        if self.sent > SHORT:
            super().send(message)
        else:
            self.loop.call_soon_threadsafe(self.send_queue.put_nowait, message)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        environ = build_environ(scope, await self._begun(receive))
        work = functools.partial(contextvars.copy_context().run, self.wsgi, environ, self.start_response)
        sender = self.loop.create_task(self.sender(send))
        try:
            await self.loop.run_in_executor(self.executor, work)
            await self.send_queue.put(None)
            await sender
        finally:
            sender.cancel()

    async def _begun(self, receive: Any) -> Body:
        """A body whose first piece, mostly all of it, is there before the thread asks for it."""
        first = await receive()
        body = Body(asyncio.get_running_loop(), _whole(receive))
        body.buffer.extend(first.get("body", b""))
        body._has_more = first.get("more_body", False)  # noqa: SLF001 - there is no public way
        return body


def _whole(receive: Any) -> Any:
    """a2wsgi takes the end of a connection for the end of the body, and half a batch would be stored."""

    async def receive_more() -> Any:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnected
        return message

    return receive_more
