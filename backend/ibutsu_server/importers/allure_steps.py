"""What results, steps and fixtures of Allure have in common: steps, parameters, attachments and times."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson

from ibutsu_server.importers.report import JSON

MASK = "******"
PARAMETERS = 200
VALUE_CHARACTERS = 1000
STEP_DEPTH = 50
LATEST_MS = 253_402_300_799_000
"""The end of the year 9999."""


class Stored(NamedTuple):
    """An attachment: `source` is the name of its file."""

    source: str
    name: str


def instant(milliseconds: int | None) -> str | None:
    if milliseconds is None:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat()


def parameters(said: Any) -> Iterator[tuple[str, str, bool]]:
    """Names, values, and whether they tell tests apart; what is hidden stays so."""
    for one in list_of(said)[:PARAMETERS]:
        name, mode = text(object_of(one).get("name")), object_of(one).get("mode")
        if name and mode != "hidden":
            value = one.get("value")
            shown = value if isinstance(value, str) else _as_json(value)
            is_masked = mode == "masked"
            kept = MASK if is_masked else shown[:VALUE_CHARACTERS]
            yield name[:VALUE_CHARACTERS], kept, not is_masked and one.get("excluded") is not True


def _as_json(value: Any) -> str:
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:  # more deeply nested than it writes, which it reads all the same
        return "?"


def attachments(said: JSON, depth: int = 0) -> Iterator[Stored]:
    for one in list_of(said.get("attachments")):
        source = text(object_of(one).get("source"))
        if source:
            yield Stored(source, text(one.get("name")) or source)
    for step in list_of(said.get("steps")) if depth < STEP_DEPTH else ():
        yield from attachments(object_of(step), depth + 1)


def steps(said: Any, depth: int = 0) -> list[JSON]:
    if depth == STEP_DEPTH:
        return []
    return [_step(one, depth) for one in list_of(said) if isinstance(one, dict)]


def _step(said: JSON, depth: int) -> JSON:
    start, stop = milliseconds(said.get("start")), milliseconds(said.get("stop"))
    told = {
        "name": text(said.get("name")),
        "status": text(said.get("status")),
        "start_time": instant(start),
        "duration": max(stop - start, 0) / 1000 if start is not None and stop is not None else None,
        "message": text(object_of(said.get("statusDetails")).get("message")),
        "parameters": {name: value for name, value, _ in parameters(said.get("parameters"))},
        "attachments": [one.name for one in attachments({"attachments": said.get("attachments")})],
        "steps": steps(said.get("steps"), depth + 1),
    }
    return {key: value for key, value in told.items() if value not in (None, "", [], {})}


def failed_step(said: Any, depth: int = 0) -> str:
    """The name of the innermost one."""
    for one in list_of(said) if depth < STEP_DEPTH else ():
        if object_of(one).get("status") in ("failed", "broken"):
            inner = failed_step(one.get("steps"), depth + 1)
            return inner or text(one.get("name"))[:VALUE_CHARACTERS]
    return ""


def milliseconds(said: Any) -> int | None:
    is_number = isinstance(said, int | float) and not isinstance(said, bool)
    return int(said) if is_number and 0 < said < LATEST_MS else None


def text(said: Any) -> str:
    return said if isinstance(said, str) else ""


def list_of(said: Any) -> list[Any]:
    return said if isinstance(said, list) else []


def object_of(said: Any) -> JSON:
    return said if isinstance(said, dict) else {}
