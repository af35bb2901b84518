r"""XML of xUnit.net, versions 1 to 3: one run of all assemblies, one result of each test.

Names keep the escapes that xUnit.net writes (`\x1b`), because tests are known by them; messages get their
line breaks back.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from ibutsu_server.errors import Invalid
from ibutsu_server.importers import dotnet, values, xml, xunit_case
from ibutsu_server.importers.report import JSON, Format, Part, Run, Warned
from ibutsu_server.importers.tries import Texts, Tries
from ibutsu_server.importers.xml_tree import Attributes, Element, WholesReader

ROOTS = ("assemblies", "assembly")
_OF_RUN = {
    "test-framework": "version",
    "environment": "environment",
    "target-framework": "target_framework",
    "computer": "computer",
    "user": "user",
}
_WHOLES = {("test", "collection"), ("test", "class"), ("error", "errors"), ("failure", "class")}


def recognises(head: bytes, _filename: str) -> bool:
    """Manifests of Windows have an <assembly> as well."""
    root = xml.root_of(head)
    return root == "assemblies" or (root == "assembly" and b"test-framework=" in head)


def parse(file: BinaryIO, _filename: str) -> Iterator[Part]:
    reader = _Reader()
    yield from xml.read(file, reader)
    yield from reader.rest()
    yield reader.run()


class _Reader(WholesReader):
    """`_tries` are those of the test that was read last, which may be tried again in what comes next."""

    def __init__(self) -> None:
        super().__init__()
        self._root: Attributes = {}
        self._assembly: Attributes = {}
        self._group: Attributes = {}
        self._metadata: JSON = {"tool": "xUnit.net"}
        self._start: str | None = None
        self._seconds = 0.0
        self._cases = 0
        self._tries: Tries | None = None
        self._again: str | None = None

    def is_whole(self, tag: str, parent: str) -> bool:
        return (tag, parent) in _WHOLES

    def begin(self, tag: str, attributes: Attributes) -> None:
        if not self.tags and tag not in ROOTS:
            raise Invalid(f"the root is <{tag[:100]}>, reports of xUnit.net begin with <assemblies>")
        if not self.tags:
            self._root = attributes
        if tag == "assembly":
            self._begin_assembly(attributes)
        elif tag in ("collection", "class"):
            self._group = attributes
        self._note(attributes if tag in ROOTS else {})

    def _begin_assembly(self, attributes: Attributes) -> None:
        self._assembly = attributes
        day, clock = attributes.get("run-date", ""), attributes.get("run-time", "")
        start = dotnet.instant(attributes.get("start-rtf"), f"{day[:32]}T{clock[:32]}")
        self._start = min(filter(None, (self._start, start)), default=None)
        self._seconds += dotnet.seconds(attributes.get("time", "")) or 0.0

    def _note(self, attributes: Attributes) -> None:
        """The first assembly that says it."""
        for attribute, name in _OF_RUN.items():
            if attributes.get(attribute) and name not in self._metadata:
                self._metadata[name] = attributes[attribute][:1000]

    def whole(self, element: Element) -> None:
        if element.tag == "test":
            self._end_test(element)
        else:
            self._end_error(element)

    def _end_test(self, test: Element) -> None:
        body = xunit_case.body(test, self._assembly, self._group)
        place = self._place(xunit_case.named(test))
        unknown = xunit_case.unknown(test)
        if unknown:
            self.parts.append(Warned(f"{place}: {unknown}"))
        texts = xunit_case.texts(test) | self._attachments(test, place)
        self._add(body, texts, place, xunit_case.identity(test))

    def _attachments(self, test: Element, place: str) -> Texts:
        found: Texts = {}
        for one in test.all("attachments", "attachment"):
            try:
                name, content = xunit_case.attachment(one)
                found[name] = content
            except ValueError:
                self.parts.append(Warned(f"{place}: the attachment {one.said('name')[:100]!r} is damaged"))
        return found

    def _end_error(self, error: Element) -> None:
        """What went wrong outside of the tests, as in the clean-up of a fixture."""
        failure = error if error.tag == "failure" else next(error.all("failure"), error)
        kind = error.said("type") or "class"
        named = error.said("name") or self._group.get("name") or self._assembly_name()
        body, texts = xunit_case.error(f"{named} ({kind})", failure)
        self._add(body, texts, self._place(f"{named} {kind}"), None)

    def _place(self, named: str) -> str:
        return f"test {self._cases + 1} ({named[:200]})"

    def _add(self, body: JSON, texts: Texts, place: str, identity: str | None) -> None:
        """A test that failed and is there once more right away was tried again."""
        if self._tries is None or identity is None or identity != self._again:
            self.parts += self.rest()
            self._tries = Tries(str(self._cases), place, self._assembly_name() or None)
        self._cases += 1
        self.parts += self._tries.add(body, texts)
        self._again = identity if body["result"] == "failed" else None

    def _assembly_name(self) -> str:
        return re.split(r"[/\\]", self._assembly.get("name", ""))[-1][:500]

    def rest(self) -> Iterator[Part]:
        if self._tries is not None:
            yield from self._tries.end()
        self._tries = None

    def run(self) -> Run:
        start = dotnet.instant(self._root.get("start-rtf"), self._start, self._root.get("timestamp"))
        body = {
            "id": values.uuid_of(self._root.get("id")),
            "start_time": start,
            "duration": self._seconds,
            "metadata": self._metadata,
        }
        return Run(body, "the run", may_exist=True)


XUNIT = Format("xunit", recognises, parse)
