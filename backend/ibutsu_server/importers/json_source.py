"""The events of a JSON document as its bytes come, and the line of what is wrong in it."""

import codecs
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import ijson  # type: ignore[import-untyped]

from ibutsu_server.errors import Invalid

READ_BYTES = 64 * 1024
CHARACTERS = 16 * 1024 * 1024
"""Bytes of one text, which the parser holds in memory until it ends."""

UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ARROW = 40
"""The column at which the parser's message points into the piece of text that it quotes."""


class Limit(Exception):
    """A document goes beyond one; what is known of the place is the line at which its piece begins."""


class Source:
    """The parser, and how far it is.  After an error its events stay untouched, ijson leaves broken ones."""

    def __init__(self) -> None:
        self.line = 1
        self._events: Any = ijson.sendable_list()
        self._parser: Any = ijson.basic_parse_coro(self._events)
        self._waited = 0

    def events(self, file: BinaryIO) -> Iterator[tuple[str, Any]]:
        chunk = file.read(READ_BYTES)
        if chunk.startswith(UTF_16):
            raise Invalid("line 1: the JSON is in UTF-16, save it in UTF-8")
        chunk = chunk.removeprefix(codecs.BOM_UTF8)
        while chunk:
            self._feed(chunk)
            yield from self._taken(len(chunk))
            self.line += chunk.count(b"\n")
            chunk = file.read(READ_BYTES)
        self._end()

    def _feed(self, chunk: bytes) -> None:
        try:
            self._parser.send(chunk)
        except ijson.JSONError as error:
            raise self._broken(str(error), chunk) from None
        except (ArithmeticError, ValueError, SystemError):
            raise Limit("a number has too many digits") from None

    def _taken(self, size: int) -> list[tuple[str, Any]]:
        events, self._waited = list(self._events), self._waited + size
        del self._events[:]
        if events:
            self._waited = 0
        if self._waited > CHARACTERS:
            raise Limit(f"a text has more than {CHARACTERS} bytes")
        return events

    def _broken(self, message: str, chunk: bytes) -> Invalid:
        self.line += chunk[: _place(message, chunk)].count(b"\n")
        reason = message.partition("\n")[0].removeprefix("b'").rpartition("error: ")[2]
        reason = reason.partition("\\")[0].rstrip(".")
        return Invalid(f"line {self.line}: the JSON is broken, {reason[:200]}")

    def _end(self) -> None:
        try:
            self._parser.close()
        except ijson.JSONError:
            raise Invalid(f"line {self.line}: the JSON is cut off before its end") from None


def _place(message: str, chunk: bytes) -> int:
    """Where in the chunk the parser has stopped: it does not say, but quotes what is around."""
    try:
        chunk.decode()
    except UnicodeDecodeError as error:
        if "UTF8" in message:
            return error.start
    quoted = message.split("\n")[1:2]
    before, after = (quoted[0][:_ARROW].lstrip(), quoted[0][_ARROW:]) if quoted else ("", "")
    found = re.sub(rb"[\r\n]", b" ", chunk).find((before + after).encode())
    return found + len(before.encode()) if found >= 0 else 0
