"""What the fields of JSON reports hold: texts, numbers and times, where anything else may stand instead."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from ibutsu_server.importers import tries
from ibutsu_server.importers.failures import described, exception_name
from ibutsu_server.importers.json_stream import Mark
from ibutsu_server.importers.report import JSON
from ibutsu_server.importers.values import seconds

SHORT_CHARACTERS = 1000
"""Of longer texts, so much becomes metadata."""

MOST = 100
"""Members and items that become metadata of one object or array."""

BETWEEN = " > "
"""Joins the names of suites and tests to a test id."""

_MEANT_AS_TEXT = ("env", "component", "project")
_LONGEST = 1e15
"""More than any duration or time since 1970 in milliseconds, so that nothing overflows."""

_DIGITS = 15
_MILLISECONDS_FROM = 1e11
"""Epoch times above it, 1973 in milliseconds and 5138 in seconds, are in milliseconds."""

_TYPE = re.compile(
    r"\s*((?:[A-Za-z_$][\w$]{0,99}\.){0,20}[A-Za-z_$]?[\w$]{0,99}?(?:Error|Exception))(?: \[\w{1,99}\])?:"
)
_COLOURS = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\))")


def text(value: Any) -> str:
    """The text itself; empty where there is none."""
    return value if isinstance(value, str) else ""


def named(value: Any) -> str:
    """A short text of a text or a number."""
    if isinstance(value, str):
        return value[:SHORT_CHARACTERS].strip()
    return str(value) if type(value) is int or type(value) is float else ""


def plain(value: Any) -> str:
    """The text without colours of a terminal."""
    found = text(value)
    return _COLOURS.sub("", found) if "\x1b" in found else found


def object_(value: Any) -> JSON:
    return value if isinstance(value, dict) else {}


def objects(value: Any) -> list[JSON]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def texts(value: Any) -> list[str]:
    """Short texts of an array, or of the one text that stands instead of it."""
    found = value if isinstance(value, list) else [value]
    return [one for one in map(named, found[:MOST]) if one]


def duration(value: Any) -> float | None:
    """Seconds of a number or of what stands in a text; none for what is no duration."""
    if type(value) is int or type(value) is float:
        return float(value) if 0 <= value < _LONGEST else None
    if not isinstance(value, str):
        return None
    return float(value) if value.isdecimal() and len(value) <= _DIGITS else seconds(value)


def epoch(value: Any) -> str | None:
    """The time in UTC of seconds or milliseconds since 1970."""
    since = duration(value)
    if not since:
        return None
    try:
        return datetime.fromtimestamp(since / 1000 if since > _MILLISECONDS_FROM else since, UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return None


def test_id(*parts: str) -> str | None:
    return tries.test_id(BETWEEN.join(filter(None, parts)))


def pytest_id(node_id: str) -> str | None:
    """`TestX.test_y[p]` of `tests/test_z.py::TestX::test_y[p]`, as the pytest plugin names it."""
    path, bracket, parameters = node_id.partition("[")
    names = path.split("::")
    return test_id(".".join(names[1:] or names) + bracket + parameters)


def failure(message: str, trace: str, kind: str | None = None) -> JSON:
    """The metadata of a failure; in JavaScript the type stands before the message or begins the trace."""
    found = kind or exception_name(None, message, trace)
    if found is None and (named_first := _TYPE.match(message) or _TYPE.match(trace)):
        found = named_first[1]
    return described(found, message or trace.strip().partition("\n")[0], trace or message)


def metadata(value: Any) -> JSON:
    """Scalars, and arrays of scalars, of an object that a person has filled in."""
    found: JSON = {}
    for key, one in object_(value).items():
        if len(found) == MOST:
            break
        short = (
            [_short(item) for item in one[:MOST] if _is_scalar(item)]
            if isinstance(one, list)
            else _short(one)
        )
        if short not in (None, []) and (_is_scalar(one) or isinstance(one, list)):
            found[key[:SHORT_CHARACTERS]] = str(short) if key in _MEANT_AS_TEXT else short
    return found


def _is_scalar(value: Any) -> bool:
    return not isinstance(value, dict | list)


def _short(value: Any) -> Any:
    return value[:SHORT_CHARACTERS] if isinstance(value, str) else value


def said(**values: Any) -> JSON:
    """Metadata without what is not there."""
    return {key: value for key, value in values.items() if value or (value == 0 and value is not False)}


def lines(value: Any) -> str:
    """What a test has written: one text, or an array of texts or of objects with a text."""
    return "".join(_ended(one) for one in _pieces(value))


def _pieces(value: Any) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        yield text(one.get("text")) if isinstance(one, dict) else text(one)


def _ended(line: str) -> str:
    return line if line.endswith("\n") or not line else f"{line}\n"


class Scalars:
    """Those beside the items that say something of the run, no more of them than metadata may have."""

    def __init__(self, kept: re.Pattern[str]) -> None:
        self._kept = kept
        self._found: JSON = {}

    def note(self, path: str, value: Any) -> None:
        is_kept = len(self._found) < MOST and value is not None and not isinstance(value, Mark)
        if is_kept and self._kept.fullmatch(path):
            self._found[path] = _short(value)

    def get(self, path: str) -> Any:
        return self._found.get(path)

    def below(self, *prefixes: str) -> JSON:
        """Of several of the same name the first one counts."""
        found: JSON = {}
        for prefix in prefixes:
            inner = tuple(one for one in prefixes if len(one) > len(prefix))
            for path, value in self._found.items():
                if path.startswith(prefix) and not (inner and path.startswith(inner)):
                    found.setdefault(path.removeprefix(prefix), value)
        return metadata(found)
