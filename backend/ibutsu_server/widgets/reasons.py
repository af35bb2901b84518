"""Why a test failed, out of what its result says: in one line, and in a few."""

import ast
import re
import sys
from typing import Any

from sqlalchemy import ColumnElement, Text, case, func, null

from ibutsu_server.db.models import Result
from ibutsu_server.filters.either import either
from ibutsu_server.filters.grouping import group_by

LINE_CHARACTERS = 300
REASON_CHARACTERS = 2000
TRACEBACK_CHARACTERS = 4000
"""Of a traceback its end is read: there it says what was raised."""

_SPACES = " \t\r\n\f\v"
_TOLD_AGAIN = re.compile(r"""\n[A-Za-z_][\w.]*\n(b'(?:[^'\\\n]|\\.)*'|b"(?:[^"\\\n]|\\.)*")\s*$""")
_SURROGATES = range(0xD800, 0xE000)
_REFERENCE = re.compile(r"&#(\d{1,7});")


class _Text(either):
    """As `either`, of texts."""

    inherit_cache = True
    type: Any = Text()


def _message() -> ColumnElement[Any]:
    said = func.ltrim(group_by(Result, "metadata.message"), _SPACES, type_=Text())
    return func.substr(said, 1, REASON_CHARACTERS, type_=Text())


def _traceback() -> ColumnElement[Any]:
    """Nothing where there is a message: it would not be read."""
    text = group_by(Result, "metadata.short_tb")
    end = _Text(func.right(text, TRACEBACK_CHARACTERS), func.substr(text, -TRACEBACK_CHARACTERS))
    return case((MESSAGE != "", null()), else_=end)


def short(field: str) -> ColumnElement[Any]:
    """A text of the metadata, null where it is empty."""
    text = func.substr(group_by(Result, f"metadata.{field}"), 1, LINE_CHARACTERS, type_=Text())
    return func.nullif(text, "")


EXCEPTION = short("exception_name").label("exception_name")
MESSAGE = _message().label("message")
SHORT_TB = _traceback().label("short_tb")
CLASSIFICATION = short("classification").label("classification")

SAID = (EXCEPTION, MESSAGE, SHORT_TB, CLASSIFICATION)
"""What there is to know of a failure, none of it longer than what can be told."""


def line(said: Any) -> str | None:
    """The first line of the message, or what pytest marks in a traceback, or the end of any other."""
    traceback = _lines(said.short_tb)
    found = next(
        iter(
            [
                *_lines(said.message or _told_again(said.short_tb))[:1],
                *_marked(traceback)[:1],
                *traceback[-1:],
            ]
        ),
        None,
    )
    return found and found[:LINE_CHARACTERS]


def reason(said: Any) -> str | None:
    """The beginning of the message, or all that pytest marks in a traceback, or the end of any other."""
    message = (said.message or _told_again(said.short_tb) or "").strip()
    traceback = (said.short_tb or "").strip()
    marked = "\n".join(_marked(_lines(traceback)))
    return (message or marked)[:REASON_CHARACTERS] or traceback[-REASON_CHARACTERS:] or None


def _told_again(traceback: str | None) -> str | None:
    """The whole message: pytest-ibutsu ends the few lines of a traceback with it, as Python writes bytes."""
    found = _TOLD_AGAIN.search(traceback or "")
    if not found:
        return None
    try:
        told: bytes = ast.literal_eval(found[1])
    except (SyntaxError, ValueError):
        return None
    return _REFERENCE.sub(_character, told.decode(errors="replace"))


def _character(reference: re.Match[str]) -> str:
    code = int(reference[1])
    is_text = 0 < code <= sys.maxunicode and code not in _SURROGATES
    return chr(code) if is_text else reference[0]


def _marked(traceback: list[str]) -> list[str]:
    return [line[1:].strip() for line in traceback if line.startswith("E ")]


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]
