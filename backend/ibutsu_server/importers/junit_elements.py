"""Suites and cases of JUnit XML while they are read: attributes, properties, texts, all of bounded size."""

from dataclasses import dataclass, field

from ibutsu_server.errors import Invalid
from ibutsu_server.importers.values import instant

TEXT_CHARACTERS = 8 * 1024 * 1024
"""Of longer texts, which are held in memory, this much is kept; one case may have twice as much in all."""

PROPERTY_CHARACTERS = 256 * 1024
"""All properties of one element: they become metadata of every result below it."""

Attributes = dict[str, str]
Properties = dict[str, str | None]


@dataclass
class Element:
    """A suite or a case.  `texts` are those of its children by their tag, with their attributes."""

    attributes: Attributes
    start: str | None = None
    properties: Properties = field(default_factory=dict)
    texts: dict[str, list[tuple[Attributes, str]]] = field(default_factory=dict)
    _property_size: int = 0
    _text_size: int = 0

    @classmethod
    def begun(cls, attributes: Attributes) -> "Element":
        return cls(attributes, instant(attributes.get("timestamp")))

    def note(self, name: str, value: str | None) -> None:
        self._property_size += len(name) + len(value or "")
        if self._property_size > PROPERTY_CHARACTERS:
            raise Invalid(f"properties of one element have more than {PROPERTY_CHARACTERS} characters")
        self.properties[name] = value

    def keep(self, tag: str, attributes: Attributes, text: str) -> None:
        self._text_size += len(text)
        if self._text_size > 2 * TEXT_CHARACTERS:
            raise Invalid(f"texts of one case have more than {2 * TEXT_CHARACTERS} characters")
        self.texts.setdefault(tag, []).append((attributes, text))

    def said(self, attribute: str) -> str:
        return self.attributes.get(attribute, "").strip()


class Text:
    """The text of an element, of which only the beginning is kept where it is very long.

    `depth` is how many elements are around it.
    """

    def __init__(self, depth: int, name: str, attributes: Attributes) -> None:
        self.depth = depth
        self.name = name
        self.attributes = attributes
        self._pieces: list[str] = []
        self._size = 0

    def add(self, text: str) -> None:
        if self._size < TEXT_CHARACTERS:
            self._pieces.append(text[: TEXT_CHARACTERS - self._size])
        self._size += len(text)

    def whole(self) -> str:
        left_out = self._size - TEXT_CHARACTERS
        end = [f"\n[{left_out} more characters were left out]"] if left_out > 0 else []
        return "".join(self._pieces + end)
