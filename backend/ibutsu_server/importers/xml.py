"""XML as a stream of elements, of which no more is in memory than what is being read.

Document types and entities are refused, so nothing in a file can refer to other files or grow.
"""

import codecs
import re
from collections.abc import Iterator
from functools import partial
from typing import Any, BinaryIO, Protocol
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from ibutsu_server.errors import Invalid
from ibutsu_server.importers.report import Part

READ_BYTES = 64 * 1024
TAG_BYTES = 8 * 1024 * 1024
"""The longest tag or comment, which the parser holds in memory."""

MAX_DEPTH = 100

_SKIPPED = re.compile(r"\s*(?:<\?.*?\?>|<!--.*?-->|<![^>]*>)", re.DOTALL)
_FIRST = re.compile(r"\s*<([^\s<>!?/]+)")


class Reader(Protocol):
    """Is told of every element; `take` hands over what was made of them since the last time."""

    def start(self, tag: str, attributes: dict[str, str]) -> None: ...

    def end(self, tag: str) -> None: ...

    def data(self, text: str) -> None: ...

    def take(self) -> list[Part]: ...


class Tracked:
    """Between parser and reader: names without namespaces, and an end to what is nested endlessly."""

    def __init__(self, reader: Reader) -> None:
        self.events = 0
        self._reader = reader
        self._depth = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.events += 1
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Invalid(f"elements are nested more than {MAX_DEPTH} levels deep")
        self._reader.start(local(tag), attributes)

    def end(self, tag: str) -> None:
        self.events += 1
        self._depth -= 1
        self._reader.end(local(tag))

    def data(self, text: str) -> None:
        self.events += 1
        self._reader.data(text)

    def close(self) -> None:
        """The parser asks for it."""


def local(name: str) -> str:
    return name.rpartition("}")[2]


def read(file: BinaryIO, reader: Reader) -> Iterator[Part]:
    """What the reader makes of a document, piece by piece; raises Invalid with the line of what is wrong."""
    tracked = Tracked(reader)
    parser = DefusedXMLParser(target=tracked, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    waited = 0
    for chunk in iter(partial(file.read, READ_BYTES), b""):
        before = tracked.events
        _told(parser, partial(parser.feed, chunk))
        waited = waited + len(chunk) if tracked.events == before else 0
        if waited > TAG_BYTES:
            raise Invalid(f"line {_line(parser)}: a tag or comment has more than {TAG_BYTES} bytes")
        yield from reader.take()
    _told(parser, parser.close)
    yield from reader.take()


def _told(parser: Any, step: Any) -> None:
    try:
        step()
    except DefusedXmlException:
        raise Invalid(f"line {_line(parser)}: document types and entities are not accepted") from None
    except ParseError as error:
        reason = str(error).partition(":")[0]
        raise Invalid(f"line {error.position[0]}: the XML is broken, {reason}") from None
    except (LookupError, ValueError) as error:
        raise Invalid(f"line {_line(parser)}: the XML cannot be read, {error}") from None
    except Invalid as error:
        raise Invalid(f"line {_line(parser)}: {error.message}") from None


def _line(parser: Any) -> int:
    try:
        number: int = parser.parser.CurrentLineNumber
    except AttributeError:  # closed
        return 1
    return number


def root_of(head: bytes) -> str | None:
    """The name of the first element, of which the beginning of a file tells; none where it is no XML."""
    text, place = _decoded(head), 0
    while skipped := _SKIPPED.match(text, place):
        place = skipped.end()
    found = _FIRST.match(text, place)
    return found[1].rpartition(":")[2] if found else None


def _decoded(head: bytes) -> str:
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if head.startswith(mark):
            return head.decode(encoding, "ignore")
    return head.removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace")
