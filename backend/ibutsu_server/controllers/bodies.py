"""Request bodies as they come in: bounded, strictly parsed and checked against the specification."""

from collections.abc import AsyncIterator
from os import SEEK_END
from typing import Any

import orjson
from connexion.validators import AbstractRequestBodyValidator
from flask import request
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope
from werkzeug.datastructures import FileStorage

from ibutsu_server import schemas
from ibutsu_server.controllers.problems import InvalidBody
from ibutsu_server.domain import artifacts
from ibutsu_server.errors import Invalid, TooLarge

FIELDS = {"artifact": "file", "batch": "results", "import": "importFile"}
"""Where the file of a form is, by the limit of the form."""

NAME_MAX = 1024

FORM_OVERHEAD_BYTES = 1024 * 1024
"""Room for the other fields of a form with a file."""


class JSONBody(AbstractRequestBodyValidator):
    """Reads the whole body, at most `max_bytes` of it, and hands it on only when it is valid.

    Where none is required, none says as much as an empty object.
    """

    def __init__(
        self,
        *,
        schema: dict[str, Any],
        max_bytes: int,
        required: bool = True,
        **ignored: Any,  # noqa: ARG002
    ) -> None:
        self._schema = schema
        self._max_bytes = max_bytes
        self._otherwise = b"" if required else b"{}"

    async def wrap_receive(self, receive: Receive, *, scope: Scope) -> tuple[Receive, Scope]:
        declared = Headers(scope=scope).get("content-length", "0")
        if declared.isdigit() and int(declared) > self._max_bytes:
            raise _too_large(self._max_bytes)
        content = b"".join([chunk async for chunk in self._bounded(receive)]) or self._otherwise
        check(parse(content), self._schema)
        return self._insert_messages(receive, messages=[_whole(content)]), _with_length(scope, len(content))

    async def _bounded(self, receive: Receive) -> AsyncIterator[bytes]:
        size, more = 0, True
        while more:
            message = await receive()
            more = message.get("more_body", False)
            chunk = message.get("body", b"")
            size += len(chunk)
            if size > self._max_bytes:
                raise _too_large(self._max_bytes)
            yield chunk


class UploadedBody(AbstractRequestBodyValidator):
    """Forms go on unread, at most their limit and their own overhead: Werkzeug puts files on disk.

    Which of the limits is theirs, `x-limit` in their schema says; most are artifacts.
    """

    def __init__(self, *, schema: dict[str, Any], limits: dict[str, int], **ignored: Any) -> None:  # noqa: ARG002
        kind = schema.get("x-limit", "artifact")
        self._max_bytes = limits[kind]
        self._field = FIELDS[kind]

    async def wrap_receive(self, receive: Receive, *, scope: Scope) -> tuple[Receive, Scope]:
        left = self._max_bytes + FORM_OVERHEAD_BYTES
        declared = Headers(scope=scope).get("content-length", "0")
        if declared.isdigit() and int(declared) > left:
            raise artifacts.too_large(self._max_bytes, field=self._field)

        async def bounded() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise artifacts.too_large(self._max_bytes, field=self._field)
            return message

        return bounded, scope


def json_body(
    *, schema: dict[str, Any], max_bytes: int, limits: dict[str, int], **more: Any
) -> AbstractRequestBodyValidator:
    """Most JSON is read here; what has a limit of its own is a stream that its handler reads."""
    if "x-limit" in schema:
        return UploadedBody(schema=schema, limits=limits, **more)
    return JSONBody(schema=schema, max_bytes=max_bytes, **more)


def filename_of(file: FileStorage, field: str) -> str:
    """The name that an uploaded file came with."""
    name = file.filename or ""
    if "\0" in name or len(name) > NAME_MAX:
        raise Invalid(f"A filename has at most {NAME_MAX} characters and no NUL", field=field)
    return name


def size_of(file: FileStorage) -> int:
    """Bytes of an uploaded file, which is on disk already; it is read from its beginning afterwards."""
    size = file.stream.seek(0, SEEK_END)
    file.stream.seek(0)
    return size


def read_to_the_end() -> None:
    """Without this, WSGI takes a body that comes in chunks, without a length, for an empty one."""
    request.environ["wsgi.input_terminated"] = True


def _whole(content: bytes) -> Message:
    return {"type": "http.request", "body": content, "more_body": False}


def _with_length(scope: Scope, length: int) -> Scope:
    """Say how long the body is, since WSGI takes one without a length for empty, and that it is JSON."""
    headers = [
        (key, value)
        for key, value in scope["headers"]
        if key not in (b"content-length", b"transfer-encoding")
    ]
    if b"content-type" not in dict(headers):
        headers.append((b"content-type", b"application/json"))
    return {**scope, "headers": [*headers, (b"content-length", str(length).encode())]}


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The request body is larger than {limit} bytes")


def parse(content: bytes) -> Any:
    """Parse strict JSON: no NaN, no infinity, no lone surrogates, no NUL characters, no endless nesting."""
    if not content.strip():
        raise Invalid("Request body must not be empty")
    try:
        body = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise Invalid(f"The request body is not valid JSON: {error}") from None
    if body is None:
        raise Invalid("Request body must not be empty")
    schemas.require_storable(body)
    return body


def check(body: Any, schema: dict[str, Any]) -> None:
    """Raise InvalidBody that names every field that breaks the schema."""
    if found := schemas.faults(body, schema):
        raise InvalidBody(found)
