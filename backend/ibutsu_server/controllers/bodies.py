"""Request bodies as they come in: bounded, strictly parsed and checked against the specification."""

import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import jsonschema_rs
import orjson
from connexion.validators import AbstractRequestBodyValidator
from flask import request
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope

from ibutsu_server.controllers.problems import InvalidBody
from ibutsu_server.domain import artifacts
from ibutsu_server.errors import Invalid, TooLarge

MAX_DEPTH = 100
MAX_FAULTS = 20
"""Of a body with more faults, these are told."""

MESSAGE_CHARACTERS = 400
FORM_OVERHEAD_BYTES = 1024 * 1024
"""Room for the other fields of a form with a file."""

_compiled: dict[int, tuple[dict[str, Any], jsonschema_rs.Draft4Validator]] = {}
"""Validators by the id of their schema, which is kept here so that no other object ever gets that id."""


class JSONBody(AbstractRequestBodyValidator):
    """Reads the whole body, at most `max_bytes` of it, and hands it on only when it is valid."""

    def __init__(self, *, schema: dict[str, Any], max_bytes: int, **ignored: Any) -> None:  # noqa: ARG002
        self._schema = schema
        self._max_bytes = max_bytes

    async def wrap_receive(self, receive: Receive, *, scope: Scope) -> tuple[Receive, Scope]:
        declared = Headers(scope=scope).get("content-length", "0")
        if declared.isdigit() and int(declared) > self._max_bytes:
            raise _too_large(self._max_bytes)
        content = b"".join([chunk async for chunk in self._bounded(receive)])
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
    """Forms go on unread, at most `max_bytes` and their own overhead: Werkzeug puts files on disk."""

    def __init__(self, *, max_bytes: int, **ignored: Any) -> None:  # noqa: ARG002
        self._max_bytes = max_bytes

    async def wrap_receive(self, receive: Receive, *, scope: Scope) -> tuple[Receive, Scope]:
        left = self._max_bytes + FORM_OVERHEAD_BYTES
        declared = Headers(scope=scope).get("content-length", "0")
        if declared.isdigit() and int(declared) > left:
            raise artifacts.too_large(self._max_bytes)

        async def bounded() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise artifacts.too_large(self._max_bytes)
            return message

        return bounded, scope


def read_to_the_end() -> None:
    """Without this, WSGI takes a body that comes in chunks, without a length, for an empty one."""
    request.environ["wsgi.input_terminated"] = True


def _whole(content: bytes) -> Message:
    return {"type": "http.request", "body": content, "more_body": False}


def _with_length(scope: Scope, length: int) -> Scope:
    """Say how long the body is: WSGI takes a body without a length for an empty one."""
    headers = [
        (key, value)
        for key, value in scope["headers"]
        if key not in (b"content-length", b"transfer-encoding")
    ]
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
    _check_storable(body, "", MAX_DEPTH)
    return body


def _check_storable(value: Any, path: str, depth: int) -> None:
    if depth == 0:
        raise Invalid(f"The request body is nested more than {MAX_DEPTH} levels deep", field=path[:100])
    if isinstance(value, str):
        if "\0" in value:
            raise Invalid("NUL characters cannot be stored", field=path)
    elif isinstance(value, dict):
        for key, inner in value.items():
            _check_storable(key, path, depth)
            _check_storable(inner, f"{path}.{key}" if path else key, depth - 1)
    elif isinstance(value, list):
        for inner in value:
            _check_storable(inner, path, depth - 1)
    elif isinstance(value, float) and value in (float("inf"), float("-inf")):
        raise Invalid("The number is out of range", field=path)


def check(body: Any, schema: dict[str, Any]) -> None:
    """Raise InvalidBody that names every field that breaks the schema."""
    if found := faults(body, schema):
        raise InvalidBody(found)


def faults(value: Any, schema: dict[str, Any]) -> list[tuple[str, str]]:
    """What breaks a schema of the specification: paths, and what is wrong there."""
    if id(schema) not in _compiled:
        _compiled[id(schema)] = schema, _compile(schema)
    _, validator = _compiled[id(schema)]
    if validator.is_valid(value):
        return []
    found = (fault for error in validator.iter_errors(value) for fault in _explain(error))
    return [(field, _shortened(message)) for field, message in islice(found, MAX_FAULTS)]


def _explain(error: Any) -> Iterator[tuple[str, str]]:
    """The fields that an error is about, each with what is wrong there."""
    path = ".".join(str(part) for part in error.instance_path)
    match error.kind:
        case jsonschema_rs.ValidationErrorKind.Format(format=kind):
            name = {"uuid": "UUID", "date-time": "date-time (ISO 8601)"}.get(kind, kind)
            yield path, f"{error.instance!r} is not a valid {name}"
        case jsonschema_rs.ValidationErrorKind.AdditionalProperties(unexpected=names):
            for name in names:
                yield _below(path, name), f"{name!r} is unexpected here"
        case jsonschema_rs.ValidationErrorKind.Required(property=name):
            yield _below(path, name), f"{name!r} is a required property"
        case _:
            yield path, error.message


def _shortened(message: str) -> str:
    """Messages quote what they are about, which may be megabytes."""
    return message if len(message) <= MESSAGE_CHARACTERS else f"{message[:200]} … {message[-200:]}"


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _compile(schema: dict[str, Any]) -> jsonschema_rs.Draft4Validator:
    formats = {"uuid": is_uuid, "date-time": is_time, "email": lambda text: "@" in text}
    return jsonschema_rs.Draft4Validator(
        _as_json_schema(schema), formats=formats, validate_formats=True, ignore_unknown_formats=True
    )


def _as_json_schema(node: Any) -> Any:
    """OpenAPI 3.0's `nullable` in the words of JSON Schema."""
    if isinstance(node, list):
        return [_as_json_schema(part) for part in node]
    if not isinstance(node, dict):
        return node
    plain = {
        key: _as_json_schema(part)
        for key, part in node.items()
        if key not in ("nullable", "components", "example", "default")
    }
    if node.get("nullable") is True:
        return {"anyOf": [{"type": "null"}, plain]} if "type" not in plain else _or_null(plain)
    return plain


def _or_null(plain: dict[str, Any]) -> dict[str, Any]:
    widened = {**plain, "type": [plain["type"], "null"]}
    if "enum" in plain:
        widened["enum"] = [*plain["enum"], None]
    return widened


def is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return False
    return True
