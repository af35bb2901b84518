"""Metadata: the free-form JSON that clients attach to runs and results."""

import hashlib
from typing import Any

import orjson

from ibutsu_server.db.types import JSONObject
from ibutsu_server.errors import Invalid

NAME_CHARACTERS = 255
"""As the specification says of `component` and `env`; they are part of indexes."""


def merge(old: JSONObject | None, new: JSONObject) -> JSONObject:
    """Lay `new` over `old`, object by object; null keeps what was there, lists are replaced."""
    merged = dict(old or {})
    for key, value in new.items():
        present = merged.get(key)
        if isinstance(value, dict) and isinstance(present, dict):
            merged[key] = merge(present, value)
        elif value is not None or key not in merged:
            merged[key] = value
    return merged


def promote_user_properties(metadata: JSONObject) -> JSONObject:
    """Lift pytest's user properties to the level of the metadata itself, where they can be filtered by."""
    properties = metadata.get("user_properties")
    if not properties:
        return {key: value for key, value in metadata.items() if key != "user_properties"}
    if not isinstance(properties, dict):
        raise Invalid("metadata.user_properties must be an object", field="metadata.user_properties")
    return {**properties, **{key: value for key, value in metadata.items() if key != "user_properties"}}


def text_of(metadata: JSONObject, key: str) -> str | None:
    """A value that also has a column of its own; only text can go there."""
    value = metadata.get(key)
    if value is not None and not isinstance(value, str):
        raise Invalid(f"metadata.{key} must be text", field=f"metadata.{key}")
    if value is not None and len(value) > NAME_CHARACTERS:
        raise Invalid(f"metadata.{key} has more than {NAME_CHARACTERS} characters", field=f"metadata.{key}")
    return value


def with_metadata(body: JSONObject) -> JSONObject:
    """`data` is an old name of `metadata`."""
    if "data" not in body:
        return body
    return {"metadata": body["data"], **{key: value for key, value in body.items() if key != "data"}}


def fingerprint(body: dict[str, Any]) -> bytes:
    """A digest of what a client sent, whatever the order of its keys: 16 bytes of BLAKE2b."""
    return hashlib.blake2b(orjson.dumps(body, option=orjson.OPT_SORT_KEYS), digest_size=16).digest()
