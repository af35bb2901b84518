"""What the old database holds in the words of ours: ids, documents, texts of indexed columns, numbers."""

import math
import uuid
from datetime import UTC, datetime
from typing import Any

import orjson

from ibutsu_server.access import as_uuid_or_none
from ibutsu_server.db.types import JSONObject
from ibutsu_server.domain.counts import COLUMN_OF_OUTCOME, MOST
from ibutsu_server.domain.metadata import NAME_CHARACTERS
from ibutsu_server.domain.results import TEST_ID_BYTES
from ibutsu_server.errors import Invalid
from ibutsu_server.schemas import is_surely_storable, require_storable

_SPACE = uuid.UUID("6d1c6d4b-6f0a-5b0e-9d53-5f3b7c5a3c11")
"""Of ids that are no UUIDs: the same text becomes the same id each time."""

_SHOWN = 500
"""Characters of a value that the report shows."""

NO_UUID = "its id is no UUID: it has a new one"


class LeftOut(Exception):
    """A row that cannot be copied: why, and what people call it if that helps."""

    def __init__(self, reason: str, called: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.called = called


class Notes(list[tuple[str, str | None]]):
    """What is different in the copy of a row: reasons, and what there was."""

    def add(self, reason: str, was: object = None) -> None:
        self.append((reason, None if was is None else str(was)[:_SHOWN]))


def id_of(text: str) -> uuid.UUID:
    return as_uuid_or_none(text) or uuid.uuid5(_SPACE, text)


def id_or_none(text: str | None) -> uuid.UUID | None:
    return None if text is None else id_of(text)


def moment(value: datetime | None) -> datetime | None:
    """The old server stores UTC without saying so."""
    return None if value is None else value.replace(tzinfo=UTC)


def document(text: str | None, name: str, notes: Notes) -> JSONObject | None:
    """A JSON object; what is none, or cannot be stored, becomes the value of `name` in one."""
    if text is None:
        return None
    try:
        value = orjson.loads(text)
        if not is_surely_storable(text.encode()):
            require_storable(value)
    except (orjson.JSONDecodeError, Invalid):
        notes.add(f"{name} cannot be stored as JSON: it is kept as text", text)
        return {name: text}
    if value is None or isinstance(value, dict):
        return value
    notes.add(f"{name} is no object: it is kept within one", text)
    return {name: value}


def label(row: JSONObject, name: str, notes: Notes) -> None:
    """Cut a text that is too long for its index; the whole of it is in the metadata."""
    text = row[name]
    if text is not None and len(text) > NAME_CHARACTERS:
        _keep(row, name, text)
        row[name] = text[:NAME_CHARACTERS]
        notes.add(
            f"{name} has more than {NAME_CHARACTERS} characters: it is cut, in metadata it is whole", text
        )


def test_id(row: JSONObject, notes: Notes) -> None:
    text = row["test_id"]
    if text is not None and len(text.encode()) > TEST_ID_BYTES:
        _keep(row, "test_id", text)
        row["test_id"] = text.encode()[:TEST_ID_BYTES].decode(errors="ignore")
        notes.add(f"test_id has more than {TEST_ID_BYTES} bytes: it is cut, in metadata it is whole", text)


def outcome(row: JSONObject, notes: Notes) -> None:
    text = row["result"]
    if text is not None and text not in COLUMN_OF_OUTCOME:
        _keep(row, "result", text)
        row["result"] = None
        notes.add("result is no outcome that there is: it has none, and what it said is in metadata", text)


def _keep(row: JSONObject, name: str, text: str) -> None:
    row["data"] = {name: text, **(row["data"] or {})}


def seconds(value: float | None, notes: Notes) -> float | None:
    if value is not None and not math.isfinite(value):
        notes.add("duration is no finite number: it has none", value)
        return None
    return value


def counts(summary: JSONObject, names: frozenset[str], notes: Notes) -> JSONObject:
    """The same summary with numbers of tests that are some."""
    good = dict(summary)
    for name in names & summary.keys():
        good[name] = _count(summary[name])
        if good[name] is None:
            del good[name]
            if summary[name] is not None:
                notes.add(f"summary.{name} is no number of tests: it is left out", summary[name])
    return good


def _count(value: Any) -> int | None:
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if 0 <= number <= MOST else None
