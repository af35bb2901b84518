"""Parts of an XML document that are read as a whole: one case with all that is inside it, of bounded size."""

from collections.abc import Iterator

from ibutsu_server.importers.report import Part

TEXT_CHARACTERS = 8 * 1024 * 1024
"""Of longer texts this much is kept."""

CHARACTERS = 2 * TEXT_CHARACTERS
"""All texts and attributes of one whole; what comes later is left out."""

ELEMENTS = 20_000
"""The same for the elements in it."""

MOST_NESTED = 3
"""Wholes inside of each other; what is nested more deeply is left out."""

LEFT_OUT = "\n[the rest was left out]"

Attributes = dict[str, str]


class Element:
    """One element with what is inside it."""

    __slots__ = ("_characters", "_pieces", "attributes", "children", "tag")

    def __init__(self, tag: str, attributes: Attributes) -> None:
        self.tag = tag
        self.attributes = attributes
        self.children: list[Element] = []
        self._pieces: list[str] = []
        self._characters = 0

    def add(self, text: str, most: int) -> int:
        """Take in the beginning of a text; returns how much of it."""
        room = min(most, TEXT_CHARACTERS - self._characters)
        if room < len(text) and (not self._pieces or self._pieces[-1] is not LEFT_OUT):
            self._pieces += [text[: max(room, 0)], LEFT_OUT]
        elif room >= len(text):
            self._pieces.append(text)
        self._characters += len(text)
        return max(min(room, len(text)), 0)

    def said(self, attribute: str) -> str:
        return self.attributes.get(attribute, "").strip()

    def all(self, *path: str) -> Iterator["Element"]:
        """The elements at a path below this one."""
        first, *rest = path
        for child in self.children:
            if child.tag == first:
                yield from child.all(*rest) if rest else (child,)

    def text(self, *path: str) -> str:
        """Its own text, or that of the first element at a path; empty where there is none."""
        found = next(self.all(*path), None) if path else self
        return "".join(found._pieces) if found else ""  # noqa: SLF001 - of its own class


class _Whole:
    """An element that is being read."""

    def __init__(self, tag: str, attributes: Attributes) -> None:
        self.root = Element(tag, attributes)
        self._open = [self.root]
        self._room = CHARACTERS
        self._elements = 0
        self._skipped = 0

    def start(self, tag: str, attributes: Attributes) -> None:
        self._elements += 1
        self._room -= sum(map(len, attributes.values()))
        if self._skipped or self._elements > ELEMENTS or self._room < 0:
            self._skipped += 1
            return
        element = Element(tag, attributes)
        self._open[-1].children.append(element)
        self._open.append(element)

    def data(self, text: str) -> None:
        if not self._skipped:
            self._room -= self._open[-1].add(text, self._room)

    def end(self) -> bool:
        """Whether this was the end of it all."""
        if self._skipped:
            self._skipped -= 1
        else:
            self._open.pop()
        return not self._open

    @property
    def innermost(self) -> str:
        return self._open[-1].tag


class WholesReader:
    """A reader of the document that hands over whole elements.

    `is_whole` says which ones; of a whole inside of another, only the inner one has what is in it.
    Subclasses put what they make of them into `parts`.
    """

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.tags: list[str] = []
        self._wholes: list[_Whole] = []

    def take(self) -> list[Part]:
        parts, self.parts = self.parts, []
        return parts

    def is_whole(self, tag: str, parent: str) -> bool:
        raise NotImplementedError

    def begin(self, tag: str, attributes: Attributes) -> None:
        """An element begins that is no whole and in none; `tags` are those around it."""

    def finish(self, tag: str) -> None:
        """And ends; it is no longer among the `tags`."""

    def whole(self, element: Element) -> None:
        raise NotImplementedError

    def start(self, tag: str, attributes: Attributes) -> None:
        wholes = self._wholes
        parent = wholes[-1].innermost if wholes else self.tags[-1] if self.tags else ""
        if len(wholes) < MOST_NESTED and self.is_whole(tag, parent):
            wholes.append(_Whole(tag, attributes))
            self.opened(tag, attributes)
        elif wholes:
            wholes[-1].start(tag, attributes)
        else:
            self.begin(tag, attributes)
            self.tags.append(tag)

    def opened(self, tag: str, attributes: Attributes) -> None:
        """A whole begins."""

    def data(self, text: str) -> None:
        if self._wholes:
            self._wholes[-1].data(text)

    def end(self, tag: str) -> None:
        if not self._wholes:
            self.tags.pop()
            self.finish(tag)
        elif self._wholes[-1].end():
            self.whole(self._wholes.pop().root)
