"""Suites and cases of JUnit XML while they are read: attributes, properties, texts, all of bounded size."""

from typing import Self

from ibutsu_server.errors import Invalid
from ibutsu_server.importers.values import instant

SUITES = ("testsuites", "testsuite")

TEXT_CHARACTERS = 8 * 1024 * 1024
"""Of longer texts, which are held in memory, this much is kept; one case may have twice as much in all."""

PROPERTY_CHARACTERS = 256 * 1024
"""All properties of one element and of those around it: they become metadata of every result below it."""

NAME_CHARACTERS = 1000
"""Of names, files and hosts of suites, which every result below them has."""

ELEMENT_CHARACTERS = 100
"""What an element counts for that has no text at all."""

PYTEST = ("pytest", "pytest tests")
"""How pytest calls its suite and the root."""

Attributes = dict[str, str]
Properties = dict[str, str | None]


def size_of(attributes: Attributes) -> int:
    return sum(map(len, attributes.values()))


class Text:
    """The text of an element, of which only the beginning is kept where it is very long.

    `depth` is how many elements are around it, `outer` the one around it that has a text as well, whose
    `inner` it will be.
    """

    __slots__ = ("_pieces", "_size", "attributes", "depth", "inner", "outer", "tag")

    def __init__(self, depth: int, tag: str, attributes: Attributes, outer: Self | None = None) -> None:
        self.depth = depth
        self.tag = tag
        self.attributes = attributes
        self.outer = outer
        self.inner: list[Text] = []
        self._pieces: list[str] = []
        self._size = 0

    def add(self, text: str) -> None:
        if self._size < TEXT_CHARACTERS:
            self._pieces.append(text[: TEXT_CHARACTERS - self._size])
        self._size += len(text)

    def close(self) -> None:
        left_out = self._size - TEXT_CHARACTERS
        if left_out > 0:
            self._pieces.append(f"\n[{left_out} more characters were left out]")
        self._pieces = ["".join(self._pieces)]

    def whole(self) -> str:
        """Of a closed one."""
        return self._pieces[0]


def _started(timestamp: str) -> str | None:
    """Several writers put the year 1970 or 1 where they do not know."""
    start = instant(timestamp)
    return start if start and start >= "1980" else None


class Element:
    """A suite or a case."""

    __slots__ = ("attributes", "properties", "property_size", "start")

    def __init__(self, attributes: Attributes) -> None:
        self.attributes = attributes
        self.start = _started(attributes["timestamp"]) if "timestamp" in attributes else None
        self.properties: Properties = {}
        self.property_size = 0

    def note(self, name: str, value: str | None) -> None:
        self.property_size += len(name) + len(value or "")
        if self.property_size > PROPERTY_CHARACTERS:
            raise Invalid(f"properties of one element have more than {PROPERTY_CHARACTERS} characters")
        self.properties[name] = value

    def said(self, attribute: str) -> str:
        said = self.attributes.get(attribute)
        return said.strip() if said else ""


class Suite(Element):
    """`inherited` are its properties and those of the suites around it, of which the inner ones win.

    What it does not say itself of name, file and start, the suite around it says.  Node calls the class of
    every case `test`; there the names of the `path` of suites tell the cases apart.
    """

    __slots__ = ("file", "inherited", "is_of_pytest", "name", "number", "path")

    def __init__(self, attributes: Attributes, number: int, around: "Suite | None") -> None:
        super().__init__(attributes)
        self.number = number
        self.name: str | None = self._cut("name") or (around.name if around else None)
        self.file: str | None = self._cut("file") or (around.file if around else None)
        self.is_of_pytest: bool = self.name in PYTEST or (around is not None and around.is_of_pytest)
        self.inherited: Properties = dict(around.inherited) if around else {}
        self.property_size = around.property_size if around else 0
        if self.said("hostname"):
            self.inherited["hostname"] = self._cut("hostname")
        is_of_node = around and "disabled" in attributes and "timestamp" not in attributes
        outer = around.path if around else ""
        self.path: str = " > ".join(filter(None, (outer, self.name))) if is_of_node else ""
        if around:
            self.start = self.start or around.start

    def _cut(self, attribute: str) -> str:
        return self.said(attribute)[:NAME_CHARACTERS]

    def note(self, name: str, value: str | None) -> None:
        super().note(name, value)
        self.inherited[name] = value


class Case(Element):
    """`texts` are those of its children, `group` is its class (PHPUnit says one with backslashes as well)."""

    __slots__ = ("_text_size", "depth", "group", "name", "texts")

    def __init__(self, attributes: Attributes, depth: int) -> None:
        super().__init__(attributes)
        self.depth = depth
        self.name = self.said("name")
        self.group = self.said("classname") or self.said("class").replace("\\", ".")
        self.texts: list[Text] = []
        self._text_size = 0

    def keep(self, text: Text) -> None:
        self._text_size += len(text.whole()) + size_of(text.attributes) + ELEMENT_CHARACTERS
        if self._text_size > 2 * TEXT_CHARACTERS:
            raise Invalid(f"texts of one case have more than {2 * TEXT_CHARACTERS} characters")
        if text.outer is None:
            self.texts.append(text)
        else:
            text.outer.inner.append(text)
