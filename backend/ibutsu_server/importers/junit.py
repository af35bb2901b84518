"""JUnit XML: one run of all its suites, one result of each of its cases, in the dialects of its writers."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from ibutsu_server.errors import Invalid
from ibutsu_server.importers import junit_case, xml
from ibutsu_server.importers.junit_case import OUTCOMES, OUTPUTS
from ibutsu_server.importers.junit_elements import Attributes, Element, Properties, Text
from ibutsu_server.importers.report import JSON, File, Format, Part, Result, Run, Warned
from ibutsu_server.importers.values import seconds

SUITES = ("testsuites", "testsuite")
TEXTS = (
    *((tag, "testcase") for tag in (*OUTCOMES, *OUTPUTS)),
    *((tag, suite) for tag in OUTPUTS for suite in SUITES),
)
"""Elements whose text is kept, each with its parent."""

_UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)


def recognises(head: bytes, filename: str) -> bool:
    """A file whose root does not show in its beginning may be one by its name."""
    root = xml.root_of(head)
    return root in SUITES or (root is None and filename.lower().endswith(".xml") and b"<" in head[:100])


def parse(file: BinaryIO, filename: str) -> Iterator[Part]:
    """The run comes last: only then its start is known."""
    reader = _Reader()
    yield from xml.read(file, reader)
    found = _UUID4.search(filename)
    yield reader.run(found[0] if found else None)


class _Reader:
    """`_suites` are those around what is being read, the outermost first."""

    def __init__(self) -> None:
        self._parts: list[Part] = []
        self._tags: list[str] = []
        self._root: Element | None = None
        self._tops: list[Element] = []
        self._suites: list[Element] = []
        self._case: Element | None = None
        self._text: Text | None = None
        self._start: str | None = None
        self._cases = 0
        self._outputs = 0

    def take(self) -> list[Part]:
        parts, self._parts = self._parts, []
        return parts

    def start(self, tag: str, attributes: Attributes) -> None:
        parent = self._tags[-1] if self._tags else None
        if parent is None and tag not in SUITES:
            raise Invalid(f"the root is <{tag[:100]}>, JUnit XML begins with <testsuites> or <testsuite>")
        if self._text is None:
            self._begin(tag, parent, attributes)
        self._tags.append(tag)

    def _begin(self, tag: str, parent: str | None, attributes: Attributes) -> None:
        if tag in SUITES and self._case is None:
            self._begin_suite(Element.begun(attributes))
        elif tag == "testcase" and parent in SUITES:
            self._case = Element.begun(attributes)
        elif tag == "property" and parent == "properties":
            self._begin_property(attributes)
        elif (tag, parent) in TEXTS:
            self._text = Text(len(self._tags), tag, attributes)

    def _begin_suite(self, suite: Element) -> None:
        self._root = self._root or suite
        if len(self._suites) == 1:
            self._tops = [*self._tops[:1], suite]
        self._suites.append(suite)
        self._start = min(filter(None, (self._start, suite.start)), default=None)

    def _begin_property(self, attributes: Attributes) -> None:
        """`name` in most dialects, `key` in that of Ibutsu; the value may be the text of the element."""
        name = attributes.get("name", attributes.get("key"))
        if name and "value" in attributes:
            self._owner().note(name, attributes["value"])
        elif name:
            self._text = Text(len(self._tags), name, attributes)

    def _owner(self) -> Element:
        return self._case or self._suites[-1]

    def data(self, text: str) -> None:
        if self._text is not None:
            self._text.add(text)

    def end(self, tag: str) -> None:
        self._tags.pop()
        if self._text is not None:
            if len(self._tags) == self._text.depth:
                self._end_text(tag, self._text)
        elif self._case is not None:
            if tag == "testcase" and self._tags[-1] in SUITES:
                self._end_case(self._case)
        elif tag in SUITES:
            self._suites.pop()

    def _end_text(self, tag: str, text: Text) -> None:
        self._text = None
        if tag == "property":
            self._owner().note(text.name, text.whole() or None)
        elif self._case is not None:
            self._case.keep(tag, text.attributes, text.whole())
        else:
            self._end_output(tag, text.whole())

    def _end_output(self, tag: str, text: str) -> None:
        """What a suite wrote belongs to the run."""
        self._outputs += 1
        suite = self._suites[-1].said("name")[:200].replace("/", "_")
        filename = f"{suite} {tag}.log".strip()
        if text:
            self._parts.append(File(None, f"{self._outputs} {filename}", filename, [text.encode()]))

    def _end_case(self, case: Element) -> None:
        key, self._case = str(self._cases), None
        self._cases += 1
        place = f"case {self._cases} ({junit_case.named(case)[:200]})"
        duration = seconds(case.said("time"))
        if duration is None and case.said("time"):
            self._parts.append(Warned(f"{place}: {case.said('time')[:50]!r} is no duration, it counts as 0"))
        self._parts.append(Result(self._body(case, duration or 0.0), key, place, self._nearest("name")))
        self._parts += junit_case.files(key, case)

    def _body(self, case: Element, duration: float) -> JSON:
        properties = self._properties(case)
        starts = (one.start for one in (case, *reversed(self._suites)))
        own = {
            "fspath": self._nearest("file") or case.said("file") or junit_case.path(case),
            "line": case.said("line") or None,
        }
        return {
            "test_id": junit_case.test_id(case),
            "start_time": next(filter(None, starts), None),
            "duration": duration,
            "result": junit_case.outcome(case),
            "source": properties.get("source"),
            "metadata": {**own, **properties, **junit_case.reasons(case)},
            "params": {},
        }

    def _properties(self, case: Element) -> Properties:
        """The inner ones win."""
        merged: Properties = {}
        for element in (*self._suites, case):
            merged |= element.properties
        return merged

    def _nearest(self, attribute: str) -> str | None:
        return next(filter(None, (suite.said(attribute) for suite in reversed(self._suites))), None)

    def run(self, id_: str | None) -> Run:
        """A suite that is the only one below the root speaks for the run as well."""
        root = self._root or Element({})
        only = self._tops[0].properties if len(self._tops) == 1 else {}
        metadata = {**root.properties, **only}
        body = {
            "id": id_,
            "start_time": root.start or self._start,
            "duration": seconds(root.said("time")),
            "source": metadata.get("source"),
            "metadata": metadata,
        }
        return Run(body, "the run", metadata.get("project") or metadata.get("project_id"))


JUNIT = Format("junit", recognises, parse)
