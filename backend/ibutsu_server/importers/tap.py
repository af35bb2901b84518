"""TAP 12, 13 and 14: one result of each test point that is not the sum of its subtests."""

import re
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import BinaryIO

from ibutsu_server.errors import Invalid
from ibutsu_server.importers import go_test, lines
from ibutsu_server.importers.report import JSON, File, Format, Part, Result, Run, Warned
from ibutsu_server.importers.tap_levels import Levels, Plan
from ibutsu_server.importers.tap_point import Point, Subject
from ibutsu_server.importers.tries import test_id
from ibutsu_server.importers.values import seconds

LOG_MEMORY_BYTES = 1024 * 1024
TEXT_CHARACTERS = 4000
"""What is read of a line that means something."""

_VERSION = re.compile(r"TAP version (\d{1,9})\s*$", re.IGNORECASE)
_PLAN = re.compile(r"(\d{1,9})\.\.(\d{1,9})\s*(?:#\s*(.*))?$")
_POINT = re.compile(r"(not )?ok(?![^\s#])")
_SUBTEST = re.compile(r"#\s*Subtest(?::\s*(.*))?$", re.IGNORECASE)
_BAIL_OUT = re.compile(r"Bail out!\s*(.*)", re.IGNORECASE)
_PRAGMA = re.compile(r"pragma\s+[+-]")
_SECTION = re.compile(r"#\s*(?:TAP results for )?(.*\S)")
_SKIPPED_SECTION = re.compile(r"#\s*SKIP\s+(.*\S)")
_SECONDS = re.compile(r"#\s*(?:time=|duration_ms )([\d.]{1,20})(?:ms)?$")
_SIGN = re.compile(
    rb"TAP version \d+\s*$|\d+\.\.\d+\s*(?:#|$)|(?:not )?ok(?: \d+(?:\s|$)| - )", re.IGNORECASE
)
_OTHERS = (b"<", b"{", b"[", b"PK\x03\x04", b"\x1f\x8b")
"""How files of other formats begin."""


def recognises(head: bytes, filename: str) -> bool:
    if go_test.recognises(head, filename):
        return False
    found = lines.head(head)
    first = next((line.strip() for line in found if line.strip()), b"")
    if b"\0" in first or first.startswith(_OTHERS):
        return False
    return any(_SIGN.match(line) for line in found)


def parse(file: BinaryIO, _filename: str) -> Iterator[Part]:
    reader = _Reader()
    try:
        for number, line in enumerate(lines.lines(file), 1):
            yield from reader.read(number, line.replace(b"\0", b"").decode("utf-8", "replace"))
        yield from reader.end()
    finally:
        reader.close()


class _Reader:
    """`_point` is the last one, to which diagnostics belong; `_section` is what tape puts above its tests."""

    def __init__(self) -> None:
        self._log = SpooledTemporaryFile(LOG_MEMORY_BYTES)  # noqa: SIM115 - closed by close()
        self._levels = Levels()
        self._point: Point | None = None
        self._has_sections = False
        self._section = ""
        self._version = ""
        self._milliseconds: float | None = None
        self._count = 0
        self._line = 0
        self._found = 0
        self._before = ""

    def close(self) -> None:
        self._log.close()

    def read(self, number: int, line: str) -> Iterator[Part]:
        self._line = number
        text = line.lstrip(" ")
        indent = len(line) - len(text)
        if self._point is not None and self._point.reads(line, text, indent):
            return
        if text.strip():
            yield from self._take(line, text[:TEXT_CHARACTERS].rstrip(), indent)
            self._before = text[:TEXT_CHARACTERS]

    def _take(self, line: str, text: str, indent: int) -> Iterator[Part]:
        """Comments are by far the fewest, so test points are looked for first."""
        if _POINT.match(text):
            yield from self._take_point(text, indent)
        elif found := _PLAN.match(text):
            yield from self._take_plan(Plan(int(found[1]), int(found[2]), found[3] or ""), indent)
        elif text.startswith("#"):
            yield from self._take_comment(line, text, indent)
        elif found := _VERSION.match(text):
            yield from self._begin_document(found[1], indent)
        elif found := _BAIL_OUT.match(text):
            yield from self._bail_out(found[1])
        elif text == "{" and self._point is not None:
            self._levels.open(self._point)
            self._point = None
        elif text == "}":
            yield from self._close(indent)
        elif not _PRAGMA.match(text):
            self._keep(line)

    def _keep(self, line: str) -> None:
        self._log.write(f"{line}\n".encode("utf-8", "replace"))

    def _take_point(self, text: str, indent: int) -> Iterator[Part]:
        yield from self._finish()
        yield from self._leave(indent)
        self._found += 1
        level = self._levels.at(indent, self._line)
        subject = Subject([self._section, *self._levels.names()], self._line, level.name)
        self._point = Point(text, indent, subject, level.begin())
        if (came := level.count(self._point.number)) is not None:
            yield Warned(f"line {self._line}: test {self._point.number} came where {came} was expected")
        if self._point.opens:
            self._levels.open(self._point)
            self._point = None

    def _finish(self) -> Iterator[Part]:
        """The last test is complete."""
        point, self._point = self._point, None
        if point is None:
            return
        if point.is_broken_diagnostic:
            yield Warned(f"{point.place}: its diagnostics are no YAML that can be read")
        if not self._levels.settle(point):
            key = str(self._count)
            self._count += 1
            yield Result(point.body(), key, point.place)
            yield from point.files(key)

    def _leave(self, indent: int) -> Iterator[Part]:
        for names, level in self._levels.leave(indent):
            if level.missing:
                yield self._error([*names, "plan"], level.missing)

    def _error(self, names: list[str], message: str) -> Part:
        key = str(self._count)
        self._count += 1
        body: JSON = {
            "test_id": test_id(".".join(filter(None, names))),
            "result": "error",
            "duration": 0.0,
            "start_time": None,
            "metadata": {"message": message},
            "params": {},
            "source": None,
        }
        return Result(body, key, f"line {self._line}")

    def _take_plan(self, plan: Plan, indent: int) -> Iterator[Part]:
        yield from self._finish()
        yield from self._leave(indent)
        level = self._levels.at(indent, self._line)
        self._found += 1
        if level.plan is not None:
            yield Warned(f"line {self._line}: there is a plan already; this one does not count")
            return
        level.plan = plan
        if plan.skips is not None and not level.points and indent == 0:
            yield self._skipped("plan", plan.skips)

    def _skipped(self, name: str, reason: str) -> Part:
        point = Point(f"ok - {name} # SKIP {reason}", 0, Subject([], self._line), None)
        key = str(self._count)
        self._count += 1
        return Result(point.body(), key, point.place)

    def _take_comment(self, line: str, text: str, indent: int) -> Iterator[Part]:
        if found := _SUBTEST.match(text):
            yield from self._finish()
            yield from self._leave(indent)
            self._has_sections, self._section = False, ""
            self._levels.at(indent, self._line).name = (found[1] or "").strip()
            return
        if self._point is not None and self._point.comment(text, indent):
            return
        self._keep(line)
        if indent == 0 and (found := _SECONDS.match(text)):
            self._milliseconds = seconds(found[1]) or self._milliseconds
        self._has_sections |= bool(_VERSION.match(self._before)) and not self._count
        if self._has_sections and indent == 0 and self._levels.expects_points:
            yield from self._begin_section(text)

    def _begin_section(self, text: str) -> Iterator[Part]:
        yield from self._finish()
        if found := _SKIPPED_SECTION.match(text):
            yield self._skipped(found[1], "")
        elif found := _SECTION.match(text):
            self._section = found[1]

    def _begin_document(self, version: str, indent: int) -> Iterator[Part]:
        """Streams may have been put behind each other; subtests may say their version as well."""
        self._found += 1
        self._version = version
        if indent == 0 and self._levels.has_begun:
            yield from self._end_document()
            self._levels, self._section = Levels(), ""

    def _bail_out(self, reason: str) -> Iterator[Part]:
        yield from self._finish()
        self._found += 1
        self._levels.bail_out()
        yield self._error(["Bail out"], reason.strip() or "Bail out!")

    def _close(self, indent: int) -> Iterator[Part]:
        """The end of a subtest that was opened by a bracket."""
        yield from self._finish()
        yield from self._leave(indent)
        self._point = self._levels.close(indent)

    def _end_document(self) -> Iterator[Part]:
        yield from self._finish()
        yield from self._leave(-1)

    def end(self) -> Iterator[Part]:
        if not self._found:
            raise Invalid("There is no test point and no plan of TAP in the file")
        yield from self._end_document()
        if self._log.tell():
            self._log.seek(0)
            yield File(None, "output.log", "output.log", iter(lambda: self._log.read(lines.READ_BYTES), b""))
        metadata = {"tool": "TAP"} | ({"tap_version": self._version} if self._version else {})
        duration = None if self._milliseconds is None else self._milliseconds / 1000
        yield Run({"start_time": None, "duration": duration, "metadata": metadata}, "the run")


TAP = Format("tap", recognises, parse)
