"""What JSON must be like to be stored, and whether it keeps to a schema of the specification."""

import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import jsonschema_rs

from ibutsu_server.errors import Invalid

MAX_DEPTH = 100
MAX_FAULTS = 20
"""Of a body with more faults, these are told."""

MESSAGE_CHARACTERS = 400
EMAIL_CHARACTERS = 320

_OF_ADDRESS = r'[^\s\x00-\x20\x7f"(),:;<>@\[\]\\]+'
_ADDRESS = re.compile(f"{_OF_ADDRESS}@{_OF_ADDRESS}")

_compiled: dict[int, tuple[dict[str, Any], jsonschema_rs.Draft4Validator]] = {}
"""Validators by the id of their schema, which is kept here so that no other object ever gets that id."""


def require_storable(value: Any, path: str = "", depth: int = MAX_DEPTH) -> None:
    """Raises Invalid for what JSON allows and databases do not: NUL, infinity, endless nesting."""
    if depth == 0:
        raise Invalid(f"Nested more than {MAX_DEPTH} levels deep", field=path[:100])
    if isinstance(value, str):
        if "\0" in value:
            raise Invalid("NUL characters cannot be stored", field=path)
    elif isinstance(value, dict):
        for key, inner in value.items():
            require_storable(key, path, depth)
            require_storable(inner, f"{path}.{key}" if path else key, depth - 1)
    elif isinstance(value, list):
        for inner in value:
            require_storable(inner, path, depth - 1)
    elif isinstance(value, float) and value in (float("inf"), float("-inf")):
        raise Invalid("The number is out of range", field=path)


def is_surely_storable(text: bytes) -> bool:
    """Whether JSON that orjson takes holds nothing of what `require_storable` is about; its text tells."""
    return b"\\u0000" not in text and text.count(b"{") + text.count(b"[") < MAX_DEPTH


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


def require_email(text: str) -> str:
    """One plain address: nothing in it has a meaning in the header of a mail."""
    if len(text) > EMAIL_CHARACTERS or not _ADDRESS.fullmatch(text):
        raise Invalid("email must be an e-mail address, for example jo@example.com", field="email")
    return text


_CANONICAL = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def is_uuid(text: str) -> bool:
    if _CANONICAL.fullmatch(text):
        return True
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
