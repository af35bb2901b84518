"""XML as a stream of elements, of which no more is in memory than what is being read.

Document types and entities are refused, so nothing in a file can refer to other files or grow.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from typing import Any, BinaryIO, Protocol
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from ibutsu_server.errors import Invalid
from ibutsu_server.importers.report import Part, Warned
from ibutsu_server.importers.xml_text import Cleaned, encoding_of

READ_BYTES = 64 * 1024
TAG_BYTES = 8 * 1024 * 1024
"""The longest tag or comment, which the parser holds in memory."""

MAX_DEPTH = 500
NAMES = 10_000
"""Different names of elements and attributes, all of which the parser remembers."""

_SKIPPED = re.compile(r"\s*(?:<\?.*?\?>|<!--.*?-->|<![^>]*>)", re.DOTALL)
_FIRST = re.compile(r"\s*<([^\s<>!?/]+)")


class Reader(Protocol):
    """Is told of every element; `take` hands over what was made of them since the last time.

    Tags come without their namespaces; the text of an element comes in one piece or in several.
    """

    def start(self, tag: str, attributes: dict[str, str]) -> None: ...

    def end(self, tag: str) -> None: ...

    def data(self, text: str) -> None: ...

    def take(self) -> list[Part]: ...


class _LocalNames(dict[str, str]):
    """What elements are called without their namespaces, by what the parser calls them."""

    def __missing__(self, name: str) -> str:
        self[name] = local = name.rpartition("}")[2]
        return local


def read(file: BinaryIO, reader: Reader) -> Iterator[Part]:
    """What the reader makes of a document, piece by piece; raises Invalid with the line of what is wrong."""
    head = file.read(READ_BYTES)
    cleaned = _cleaned(head)
    # The handlers that refuse are defusedxml's; those for elements are set past its wrappers, for speed.
    defused = DefusedXMLParser(
        target=object(), encoding="utf-8", forbid_dtd=True, forbid_entities=True, forbid_external=True
    )
    parser = defused.parser
    _listen(parser, reader)
    waited = 0
    for chunk in chain([head], iter(partial(file.read, READ_BYTES), b"")):
        before = parser.CurrentByteIndex
        _told(parser, partial(defused.feed, cleaned.clean(chunk)))
        waited = waited + len(chunk) if parser.CurrentByteIndex == before else 0
        if waited > TAG_BYTES:
            raise _invalid(parser, f"a tag or comment has more than {TAG_BYTES} bytes")
        if len(parser.intern) > NAMES:
            raise _invalid(parser, f"more than {NAMES} different names of elements and attributes")
        yield from reader.take()
    _told(parser, partial(defused.feed, cleaned.clean(b"", final=True)))
    _told(parser, defused.close)
    yield from reader.take()
    yield from map(Warned, cleaned.warnings)


def _cleaned(head: bytes) -> Cleaned:
    try:
        return Cleaned(head)
    except LookupError as error:
        raise Invalid(f"line 1: the XML cannot be read, {error}") from None


def _listen(parser: Any, reader: Reader) -> None:
    """Closures, because they are called for every element; they also end what is nested endlessly."""
    names, depth = _LocalNames(), 0
    start_element, end_element = reader.start, reader.end

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise Invalid(f"elements are nested more than {MAX_DEPTH} levels deep")
        start_element(names[name], attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        end_element(names[name])

    parser.ordered_attributes = False
    parser.buffer_size = READ_BYTES
    parser.DefaultHandlerExpand = None
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = reader.data


def _told(parser: Any, step: Callable[[], object]) -> None:
    try:
        step()
    except DefusedXmlException:
        raise _invalid(parser, "document types and entities are not accepted") from None
    except ParseError as error:
        reason = str(error).partition(":")[0]
        raise Invalid(f"line {error.position[0]}: the XML is broken, {reason}") from None
    except Invalid as error:
        raise _invalid(parser, error.message) from None


def _invalid(parser: Any, reason: str) -> Invalid:
    return Invalid(f"line {parser.CurrentLineNumber}: {reason}")


def root_of(head: bytes) -> str | None:
    """The name of the first element, of which the beginning of a file tells; none where it is no XML."""
    text, place = _decoded(head), 0
    while skipped := _SKIPPED.match(text, place):
        place = skipped.end()
    found = _FIRST.match(text, place)
    return found[1].rpartition(":")[2] if found else None


def _decoded(head: bytes) -> str:
    try:
        encoding = encoding_of(head)
    except LookupError:
        encoding = "utf-8"
    return head.decode(encoding, "replace")
