"""From the signal to end until the end: others are told first, then the web server stops, and cleanly."""

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ibutsu_server.tasks.readiness import Readiness

SIGNALS = (signal.SIGINT, signal.SIGTERM)

Handler = Callable[[int, FrameType | None], Any]


class Stopping:
    """Stands between signals and the web server, from its start on.

    The first signal turns readiness to 503 and reaches the web server after `drain_seconds`; until then
    requests are answered, and their connections closed.  The second one reaches it at once, the next lets it
    wait for nothing.  A process whose parent is gone ends as if it had been told to.
    """

    def __init__(self, app: ASGIApp, *, readiness: Readiness, drain_seconds: float) -> None:
        self.app = app
        self._readiness = readiness
        self._drain_seconds = drain_seconds
        self._loop: asyncio.AbstractEventLoop | None = None
        self._handlers: dict[int, Handler] = {}
        self._came: list[int] = []
        self._is_told = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            self._begin()
            await self.app(scope, receive, send)
        elif scope["type"] == "http" and self._readiness.is_stopping:
            await self.app(scope, receive, _closing(send))
        else:
            await self.app(scope, receive, send)

    def _begin(self) -> None:
        """Only a web server that handles signals itself can be told later; others just end."""
        if threading.current_thread() is not threading.main_thread():
            return
        self._loop = asyncio.get_running_loop()
        for number in SIGNALS:
            handler = signal.getsignal(number)
            if callable(handler) and handler is not signal.default_int_handler:
                self._handlers[number] = handler
                signal.signal(number, self._note)
        if parent := multiprocessing.parent_process():
            threading.Thread(target=_end_after, args=(parent,), name="parent", daemon=True).start()

    def _note(self, number: int, frame: FrameType | None) -> None:
        """Ctrl-C in a terminal reaches children before their parent tells them: that is one signal."""
        self._readiness.stop()
        is_first = not self._came
        is_again = number in self._came
        self._came.append(number)
        if is_first and self._drain_seconds and (loop := self._loop):
            loop.call_soon_threadsafe(lambda: loop.call_later(self._drain_seconds, self._tell, number))
        elif is_first or (is_again and not self._is_told):
            self._tell(number, frame)
        elif is_again:
            self._handlers.get(signal.SIGINT, _ignore)(
                signal.SIGINT, frame
            )  # Uvicorn hurries for this one only

    def _tell(self, number: int, frame: FrameType | None = None) -> None:
        if not self._is_told:
            self._is_told = True
            self._handlers[number](number, frame)


def _ignore(_number: int, _frame: FrameType | None) -> None:
    pass


def _end_after(parent: Any) -> None:
    """Killed parents cannot tell; their end of a pipe is closed in any case."""
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)


def _closing(send: Send) -> Send:
    """The next request shall come over a new connection, to a process that stays."""

    async def send_and_close(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)["Connection"] = "close"
        await send(message)

    return send_and_close
