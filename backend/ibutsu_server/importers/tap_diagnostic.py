"""The block of YAML below a test point of TAP: read with care, because of what it may hold."""

import re
from typing import Any

import yaml

from ibutsu_server.importers import values
from ibutsu_server.importers.failures import MESSAGE_CHARACTERS
from ibutsu_server.importers.report import JSON

TEXT_CHARACTERS = 1024 * 1024
"""What is kept of a block, and of the comments below a test."""

LINE_CHARACTERS = 32
"""What holding a line costs beside its text."""

YAML_CHARACTERS = 64 * 1024
"""Longer blocks are kept as they are."""

VALUE_CHARACTERS = 1000
POSITION_CHARACTERS = 300
DEPTH = 50

_IS_TAP = re.compile(r"(?:not )?ok\b|\d+\.\.\d+|[}#]$|# Subtest|TAP version|Bail out!", re.IGNORECASE)
"""Ends a block that nothing else ends; texts in it may be indented as little."""

_FLAT = re.compile(r"([\w-]+): ([\w.+-]*)")
_POSITION = re.compile(r"(?:.*\()?(?:file://)?(.+?):(\d+)(?::\d+)?\)?$")
_FIRST_WORD = re.compile(r"([A-Za-z_$][\w$.]*(?:Error|Exception|Failure))(?: \[\w+\])?(?::|\s|$)")
_DULL = frozenset({"duration_ms", "duration", "type", "severity", "time"})


class Diagnostic:
    """`_indent` is how far the block is in from its test point, while it is read."""

    def __init__(self) -> None:
        self.is_broken = False
        self._indent: int | None = None
        self._lines: list[str] = []
        self._size = 0
        self._shift = 0
        self._values: JSON = {}

    def __bool__(self) -> bool:
        return bool(self._lines)

    def reads(self, line: str, text: str, indent: int) -> bool:
        if self._indent is None:
            if self._lines or indent < 1 or text.rstrip() != "---":
                return False
            self._indent = indent
            self._shift = len(line) - len(text)
            return True
        if text.rstrip() == "..." and indent <= self._indent:
            self._end()
        elif text and indent < self._indent and _IS_TAP.match(text):
            self.is_broken = True
            self._end()
            return False
        elif self._size < TEXT_CHARACTERS:
            inset = min(self._shift, len(line) - len(text))
            self._lines.append(line[inset:][:TEXT_CHARACTERS])
            self._size += len(line) + LINE_CHARACTERS
        return True

    def _end(self) -> None:
        self._indent = None
        self._lines = self._lines or [""]
        flat = [_FLAT.fullmatch(line) for line in self._lines]
        if all(flat):
            self._values = {found[1]: found[2] for found in flat if found}
        else:
            self._load(self.whole())

    def _load(self, text: str) -> None:
        """Every scalar is a text, whatever it looks like."""
        try:
            if len(text) <= YAML_CHARACTERS and _is_harmless(text):
                found: Any = yaml.load(text, Loader=yaml.CBaseLoader)  # noqa: S506 - makes texts only
                self._values = found if isinstance(found, dict) else {}
        except (yaml.YAMLError, ValueError):
            self.is_broken = True

    def whole(self) -> str:
        return "\n".join(self._lines)

    @property
    def says_more(self) -> bool:
        return any(key not in _DULL for key in self._values) or (self.is_broken and bool(self.whole()))

    def text(self, *names: str) -> str:
        """The first of these that is a text."""
        said = (self._values.get(name) for name in names)
        return next((value.strip() for value in said if isinstance(value, str) and value.strip()), "")

    @property
    def seconds(self) -> float | None:
        found = values.seconds(self.text("duration_ms") or None)
        return found / 1000 if found is not None else values.seconds(self.text("duration", "time") or None)

    @property
    def message(self) -> str:
        return (self.text("message", "error") or self._error("message"))[:MESSAGE_CHARACTERS]

    @property
    def kind(self) -> str:
        """The type of what was raised, which some tell only at the beginning of the stack."""
        found = _FIRST_WORD.match(self.stack)
        said = self._error("name") or self.text("name", "exception") or (found[1] if found else "")
        named = self.text("type")
        return (said or (named if _FIRST_WORD.fullmatch(named) else ""))[:VALUE_CHARACTERS]

    def _error(self, name: str) -> str:
        error = self._values.get("error")
        value = error.get(name) if isinstance(error, dict) else None
        return value if isinstance(value, str) else ""

    @property
    def stack(self) -> str:
        return self.text("stack", "trace") or self._error("stack")

    def place(self) -> JSON:
        """The file and the line."""
        at = self._values.get("at")
        if isinstance(at, dict):
            said = {
                "fspath": at.get("fileName") or at.get("file"),
                "line": at.get("lineNumber") or at.get("line"),
            }
            return {name: value[:VALUE_CHARACTERS] for name, value in said.items() if isinstance(value, str)}
        found = _POSITION.match(self.text("location", "at")[:POSITION_CHARACTERS])
        return {"fspath": found[1], "line": found[2]} if found else {}

    def compared(self) -> JSON:
        """What was expected, what came instead, and how bad that is."""
        said = {
            "expected": self.text("expected", "wanted"),
            "actual": self.text("actual", "found", "got"),
            "severity": self.text("severity"),
        }
        return {name: value[:VALUE_CHARACTERS] for name, value in said.items() if value}


def _is_harmless(text: str) -> bool:
    """Without references, which could make much of little, and not nested deeper than the parser can go."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CBaseLoader):
        if isinstance(event, yaml.AliasEvent):
            return False
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEPTH:
            return False
    return True
