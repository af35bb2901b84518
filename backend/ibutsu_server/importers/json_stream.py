"""JSON documents as a stream: large arrays item by item and the small values beside them, in one pass.

Only one item is in memory, and of an item that is too large only the beginnings of its long texts.
"""

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import Any, BinaryIO

import ijson  # type: ignore[import-untyped]

from ibutsu_server.errors import Invalid
from ibutsu_server.importers.json_source import CHARACTERS, UTF_16, Limit, Source

ITEM_CHARACTERS = CHARACTERS
"""Texts of one item: behind that, long ones are cut."""

ITEM_VALUES = 250_000
MAX_DEPTH = 100
CUT_CHARACTERS = 1000
KEY_CHARACTERS = 200
"""Of longer names of members, so much is in a path."""

_LARGEST_INTEGER = 2**63
_LARGEST = Decimal("1e308")


class Mark(Enum):
    """Said of an object that is read member by member."""

    BEGUN = "begun"
    ENDED = "ended"


class Cut(str):
    """The beginning of a text that there was no room for."""

    __slots__ = ()


def read(file: BinaryIO, wanted: re.Pattern[str]) -> Iterator[tuple[str, Any]]:
    """Path and value of what a document holds, in its order; raises Invalid with the line of what is wrong.

    Objects and arrays whose path is wanted come as a whole, scalars anywhere else one by one, and objects
    that are not wanted as a `Mark` before and one after their members.  The names of members are joined by
    dots, and what is in an array is called `item`: `results.tests.item`.
    """
    source = Source()
    try:
        yield from _read(source.events(file), wanted)
    except Limit as error:
        raise Invalid(f"after line {source.line}: {error}") from None


def _read(events: Iterator[tuple[str, Any]], wanted: re.Pattern[str]) -> Iterator[tuple[str, Any]]:
    around = _Around()
    for event, value in events:
        if event == "map_key":
            around.name(value)
        elif event in _OPENING:
            path = around.place()
            if wanted.fullmatch(path):
                yield path, _Item(around.depth).read(event, events)
            elif around.enter(event, path):
                yield path, Mark.BEGUN
        elif event in _CLOSING:
            if (left := around.leave(event)) is not None:
                yield left, Mark.ENDED
        else:
            yield around.place(), _scalar(value)


_OPENING = frozenset({"start_map", "start_array"})
_CLOSING = frozenset({"end_map", "end_array"})
_NEW: dict[str, Callable[[], Any]] = {"start_map": dict, "start_array": list}


class _Around:
    """The objects and arrays around what is read next, by their paths, and what that will be called."""

    def __init__(self) -> None:
        self._paths: list[str] = []
        self._next: list[str] = [""]

    @property
    def depth(self) -> int:
        return len(self._paths)

    def place(self) -> str:
        return self._next[-1]

    def name(self, key: str) -> None:
        path = self._paths[-1]
        key = key[:KEY_CHARACTERS].replace("\0", "\ufffd")
        self._next[-1] = f"{path}.{key}" if path else key

    def enter(self, event: str, path: str) -> bool:
        """Whether it is an object."""
        _check_depth(len(self._paths) + 1)
        self._paths.append(path)
        self._next.append(f"{path}.item" if path else "item")
        return event == "start_map"

    def leave(self, event: str) -> str | None:
        """The path of what has ended, if that is an object."""
        self._next.pop()
        path = self._paths.pop()
        return path if event == "end_map" else None


class _Item:
    """An object or array while it is read; of members of the same name the last one counts."""

    def __init__(self, depth: int) -> None:
        self._depth = depth
        self._open: list[tuple[Any, str]] = []
        self._values = 0
        self._characters = 0

    def read(self, event: str, events: Iterator[tuple[str, Any]]) -> Any:
        inner = whole = _NEW[event]()
        key = ""
        for event, value in events:  # noqa: PLR1704 - the first one is done with
            if event == "map_key":
                key = self._text(value)
                continue
            if event in _CLOSING:
                if not self._open:
                    break
                inner, key = self._open.pop()
                continue
            new = self._new(event, value)
            if type(inner) is dict:
                inner[key] = new
            else:
                inner.append(new)
            if event in _OPENING:
                self._open.append((inner, key))
                inner = new
        return whole

    def _new(self, event: str, value: Any) -> Any:
        self._values += 1
        if self._values > ITEM_VALUES:
            raise Limit(f"one item has more than {ITEM_VALUES} values")
        if event == "string":
            return self._text(value)
        if event in _OPENING:
            _check_depth(self._depth + len(self._open) + 2)
            return _NEW[event]()
        return _scalar(value)

    def _text(self, text: str) -> str:
        self._characters += len(text)
        if self._characters > ITEM_CHARACTERS and len(text) > CUT_CHARACTERS:
            left_out = len(text) - CUT_CHARACTERS
            text = Cut(f"{text[:CUT_CHARACTERS]}\n[{left_out} more characters were left out]")
            self._characters -= left_out
        return text.replace("\0", "\ufffd") if "\0" in text else text


def _check_depth(depth: int) -> None:
    if depth > MAX_DEPTH:
        raise Limit(f"values are nested more than {MAX_DEPTH} levels deep")


def _scalar(value: Any) -> Any:
    """PostgreSQL has no room for the character 0, nor for all numbers: they are floats or left out."""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd")
    if isinstance(value, Decimal):  # whose arithmetic, abs() included, overflows
        return float(value) if -_LARGEST < value < _LARGEST else None
    if isinstance(value, int) and not -_LARGEST_INTEGER < value < _LARGEST_INTEGER:
        return float(value) if abs(value) < _LARGEST else None
    return value


@dataclass(frozen=True)
class Shape:
    """What the beginning of a document shows: whether it is an array, and the paths of its members."""

    is_array: bool = False
    paths: frozenset[str] = field(default_factory=frozenset)

    def has(self, *paths: str) -> bool:
        return self.paths.issuperset(paths)


def top_level(head: bytes) -> Shape | None:
    """The shape of a document that begins so, cut off anywhere; none where it is no object and no array."""
    text = _as_utf8(head).lstrip()
    if text[:1] not in (b"{", b"["):
        return None
    events: Any = ijson.sendable_list()
    try:
        ijson.basic_parse_coro(events).send(text)
    except ijson.JSONError:
        pass  # what comes before the damage still shows what it is
    except (ArithmeticError, ValueError, SystemError):
        events = []
    return Shape(text[:1] == b"[", frozenset(_paths(events)))


def _as_utf8(head: bytes) -> bytes:
    if head.startswith(UTF_16):
        return head.decode("utf-16", "ignore").encode()
    return head.removeprefix(codecs.BOM_UTF8)


def _paths(events: list[tuple[str, Any]]) -> Iterator[str]:
    around = _Around()
    for event, value in events:
        if event == "map_key":
            around.name(value)
            yield around.place()
        elif event in _OPENING:
            if around.depth >= MAX_DEPTH:
                return
            around.enter(event, around.place())
        elif event in _CLOSING:
            around.leave(event)
