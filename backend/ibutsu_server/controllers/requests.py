"""Every request as it is seen from outside: its id, its line in the log, its number."""

import logging
import re
import uuid
from functools import cache
from time import perf_counter
from typing import Any
from urllib.parse import quote

from connexion import FlaskApp
from connexion.middleware import MiddlewarePosition
from connexion.middleware.abstract import ROUTING_CONTEXT
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ibutsu_server import observing, openapi
from ibutsu_server.observing import context, lines
from ibutsu_server.observing.counting import counting

log = logging.getLogger(lines.REQUESTS)

HEADER = b"x-request-id"
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
GIVEN_UP = 499
"""The status of a request whose client went away, by nginx' custom; nobody gets to see it."""

_SANE = re.compile(rb"[A-Za-z0-9._:/+=@-]{1,128}")
_CODE = re.compile(r"(?<=/login/activate/).+|[^/]{41,}", re.DOTALL)
"""Parts of a path that are secret: the code out of a mail, and whatever is longer than an id."""

_OUTSIDE = (
    ("/admin/run-task", "run_task"),
    ("/api/ui", "specification"),
    ("/api/openapi.", "specification"),
)
"""What is served and is no operation of the specification."""


def watch(app: FlaskApp) -> None:
    """Around everything that answers, errors included."""
    app.add_middleware(Requests, position=MiddlewarePosition.BEFORE_EXCEPTION)
    app.add_middleware(observing.traced, position=MiddlewarePosition.BEFORE_EXCEPTION, route_of=route_of)


class Requests:
    """Sees what the client sees."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope.setdefault("extensions", {})  # here Connexion's routing tells the operation
        seen = _Seen(_id_of(scope), receive, send)
        token = context.current.set(seen.work)
        counting.book.request_began()
        try:
            await self.app(scope, seen.receive, seen.send)
        except Exception:
            seen.status = seen.status or 500
            raise
        finally:
            _note(scope, seen)
            context.current.reset(token)


class _Seen:
    """One request and its answer, as they pass by."""

    def __init__(self, request_id: bytes, receive: Receive, send: Send) -> None:
        self.begun = perf_counter()
        self.status = self.bytes_in = self.bytes_out = 0
        self.work = context.Work(request_id.decode())
        self._id = request_id
        self._receive = receive
        self._send = send

    async def receive(self) -> Message:
        message = await self._receive()
        self.bytes_in += len(message.get("body", b""))
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message = {**message, "headers": [*message.get("headers", ()), (HEADER, self._id)]}
        else:
            self.bytes_out += len(message.get("body", b""))
        await self._send(message)


def _id_of(scope: Scope) -> bytes:
    """The client's own if it can be written anywhere, else a new one."""
    for name, value in scope["headers"]:
        if name == HEADER and _SANE.fullmatch(value):
            return bytes(value)
    return uuid.uuid4().hex.encode()


def _note(scope: Scope, seen: _Seen) -> None:
    seconds = perf_counter() - seen.begun
    status = seen.status or GIVEN_UP
    operation, route = route_of(scope)
    method = scope["method"] if scope["method"] in METHODS else "other"
    counting.book.request_ended(operation, method, status, seconds)
    level = logging.DEBUG if route.startswith("/api/health") else logging.INFO
    if log.isEnabledFor(level):
        path = shown(scope["path"])
        told = {
            "method": method,
            "path": path,
            "route": route,
            "operation": operation,
            "status": status,
            "duration_ms": round(seconds * 1000, 2),
            "bytes_in": seen.bytes_in,
            "bytes_out": seen.bytes_out,
            "address": (scope.get("client") or ("",))[0],
        }
        log.log(level, "%s %s %d in %.1f ms", method, path, status, seconds * 1000, extra=told)


def shown(path: str) -> str:
    """A path as it may be written down, on one line; what is asked for behind it, nobody needs to know."""
    return quote(_CODE.sub("***", path), safe="/:@!$&'()*+,;=~")


def route_of(scope: Scope) -> tuple[str, str]:
    """The operation that answers and its path in the specification; few words for all the rest."""
    found = scope.get("extensions", {}).get(ROUTING_CONTEXT, {}).get("operation_id")
    if found is not None:
        return _operation(found)
    path = scope["path"]
    for beginning, name in _OUTSIDE:
        if path.startswith(beginning):
            return name, beginning
    is_page = scope["method"] in {"GET", "HEAD"} and path.lstrip("/").partition("/")[0] != "api"
    return ("pages", "/{page}") if is_page else ("none", "/{unknown}")


@cache
def _operation(full_name: str) -> tuple[str, str]:
    """Connexion puts the module of the handler before the operationId."""
    name = full_name.rpartition(".")[2]
    return name, f"/api{_routes()[name]}"


@cache
def _routes() -> dict[str, str]:
    paths: dict[str, Any] = openapi.document()["paths"]
    return {
        operation["operationId"]: path
        for path, item in paths.items()
        for operation in item.values()
        if isinstance(operation, dict) and "operationId" in operation
    }
