"""A test point of TAP: its line, the diagnostics below it, and the result that they make."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from ibutsu_server.importers import values
from ibutsu_server.importers.failures import described
from ibutsu_server.importers.report import JSON, File
from ibutsu_server.importers.tap_diagnostic import LINE_CHARACTERS, TEXT_CHARACTERS, Diagnostic
from ibutsu_server.importers.tries import test_id

_LINE = re.compile(r"(not )?ok(?:\s+(\d{1,18})(?=\s|$))?\s*(?:-\s+|-$)?(.*)")
_DIRECTIVE = re.compile(r"(?:(?<=\s)|^)#\s*(todo|skip)\w*(?![\w-])[:\s]*(.*)$", re.IGNORECASE)
_TIME = re.compile(r"#\s*(?:time|duration)\s*=\s*([\d.]{1,20})\s*(ms|s)$", re.IGNORECASE)
_SUFFIX = re.compile(r"\s(?:in (\d{1,12})(ms|sec|s)|\((\d{1,12}(?:\.\d{1,9})?) ?(ms|s)\))$")
_ESCAPED = re.compile(r"\\([#\\])")
_PYTEST = re.compile(r"((?:[\w./\\-]*[/\\])?([\w-]+)\.py)::(.*)", re.DOTALL)
_FILE = re.compile(r"\.[cm]?[jt]sx?$")
_PERL = re.compile(r"^[ \t]*at (\S+) line (\d+)\.$", re.MULTILINE)
_TRACEBACK = "Traceback (most recent call last)"
_BROKEN = frozenset({"cancelledByParent", "hookFailed", "testAborted"})
"""What node says of tests that could not come to their end."""


@dataclass
class Inner:
    """The subtests below a point."""

    points: int = 0
    has_failed: bool = False

    def add(self, points: int, *, has_failed: bool) -> None:
        self.points += points
        self.has_failed |= has_failed


class Subject(NamedTuple):
    """`around` are the names of what a test is in, `announced` is what it was called before it ran."""

    around: list[str]
    line: int
    announced: str = ""


class Point:
    def __init__(self, text: str, indent: int, subject: Subject, inner: Inner | None) -> None:
        self.indent = indent
        self.inner = inner or Inner()
        self.opens = text.endswith(" {")
        self._subject = subject
        self._diagnostic = Diagnostic()
        self._comments: list[str] = []
        self._size = 0
        self._read(text.removesuffix(" {").rstrip())

    def _read(self, text: str) -> None:
        found = _LINE.match(text)
        not_, number, said = found.groups() if found else (None, None, text)
        self.is_ok = not_ is None
        self.number = int(number) if number else None
        said, self._seconds = _without_time(said)
        directive = _DIRECTIVE.search(said)
        self._directive = directive[1].lower() if directive else ""
        self._reason = directive[2].strip(" -") if directive else ""
        said, seconds = _without_time((said[: directive.start()] if directive else said).rstrip())
        self._seconds = seconds if self._seconds is None else self._seconds
        self.name = _ESCAPED.sub(r"\1", said).strip() or self._subject.announced

    @property
    def place(self) -> str:
        return f"line {self._subject.line} ({self.name[:200]})"

    @property
    def has_failed(self) -> bool:
        return not self.is_ok and not self._directive

    @property
    def is_sum(self) -> bool:
        """A test that fails although none of its subtests does has failed itself."""
        return bool(self.inner.points) and (not self.has_failed or self.inner.has_failed)

    @property
    def is_broken_diagnostic(self) -> bool:
        return self._diagnostic.is_broken

    def reads(self, line: str, text: str, indent: int) -> bool:
        """Whether a line belongs to the diagnostics of this test."""
        return self._diagnostic.reads(line, text, indent - self.indent)

    def comment(self, text: str, indent: int) -> bool:
        """Below what failed comments say why, unless diagnostics already do."""
        if self.is_ok or self.inner.points or self._diagnostic or indent < self.indent:
            return False
        if self._size < TEXT_CHARACTERS:
            self._comments.append(text[1:].removeprefix(" "))
            self._size += len(text) + LINE_CHARACTERS
        return True

    def body(self) -> JSON:
        names = [one for one in self._subject.around if one]
        own = _without_path(self.name) or f"test {self.number or self._subject.line}"
        path = [*names, own] if own not in names[-1:] else names
        seconds = self._diagnostic.seconds if self._seconds is None else self._seconds
        return {
            "test_id": test_id(".".join(path)),
            "result": self._result(),
            "duration": round(seconds or 0.0, 9),
            "start_time": None,
            "metadata": self._place_in_code(names) | self._why(),
            "params": {},
            "source": None,
        }

    def _result(self) -> str:
        if self._directive == "skip":
            return "skipped"
        if self._directive == "todo":
            return "xpassed" if self.is_ok else "xfailed"
        if self.is_ok:
            return "passed"
        return "error" if self._diagnostic.text("failureType") in _BROKEN else "failed"

    def _place_in_code(self, names: list[str]) -> JSON:
        found = _PYTEST.match(self.name)
        said = {"fspath": self.name.partition("::")[0]} if found else self._diagnostic.place()
        if in_perl := _PERL.search("\n".join(self._comments)):
            said = {"fspath": in_perl[1], "line": in_perl[2]}
        around = [*names, self.name.partition(" > ")[0]]
        file = next((name for name in reversed(around) if _FILE.search(name)), None)
        return said | ({"fspath": file} if file else {})

    def _why(self) -> JSON:
        if self._directive:
            name = "skip_reason" if self._directive == "skip" else "xfail_reason"
            return {name: self._reason} if self._reason else {}
        if self.is_ok:
            return {}
        text = self._trace()
        message = self._diagnostic.message or _message("\n".join(self._comments)) or self.name
        kind = self._diagnostic.kind or None
        return described(kind, message, text) | self._diagnostic.compared()

    def _trace(self) -> str:
        return self._diagnostic.stack or "\n".join(self._comments)

    def files(self, key: str) -> Iterator[File]:
        texts = {
            "traceback.log": "" if self.is_ok else self._trace(),
            "diagnostic.yaml": self._diagnostic.whole() if self._diagnostic.says_more else "",
        }
        for name, text in texts.items():
            if text.strip():
                yield File(key, name, name, [text.encode("utf-8", "replace")])


def _without_path(name: str) -> str:
    """As pytest names a test in its other reports: by its class or module, and its name."""
    found = _PYTEST.fullmatch(name)
    if found is None:
        return name
    return found[3] if "." in found[3].partition("[")[0] else f"{found[2]}.{found[3]}"


def _without_time(said: str) -> tuple[str, float | None]:
    """A name must be the same in every run."""
    if found := _TIME.search(said):
        number, unit = found.groups()
    elif found := _SUFFIX.search(said):
        number, unit = found[1] or found[3], found[2] or found[4]
    else:
        return said, None
    time = values.seconds(number)
    if time is None:
        return said, None
    return said[: found.start()].rstrip(), time / 1000 if unit.lower() == "ms" else time


def _message(text: str) -> str:
    """What pytest and Python put at the end of a traceback; otherwise all of it."""
    marked = [line[1:].strip() for line in text.splitlines() if line.startswith("E  ")]
    if marked:
        return "\n".join(marked)
    return text.strip().splitlines()[-1] if _TRACEBACK in text else text.strip()
