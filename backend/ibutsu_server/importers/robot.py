"""output.xml of Robot Framework, versions 3 to 7: one run of all its suites, one result of each test.

Whether a suite's teardown has failed, and with it every test in the suite, shows only when the suite ends.
So results wait on disk.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from ibutsu_server.errors import Invalid
from ibutsu_server.importers import robot_case, xml
from ibutsu_server.importers.report import JSON, Format, Part, Run, Warned
from ibutsu_server.importers.robot_results import Failures, results
from ibutsu_server.importers.robot_steps import MESSAGE_CHARACTERS, STEPS
from ibutsu_server.importers.robot_suites import Suite, Test
from ibutsu_server.importers.spool import Spool
from ibutsu_server.importers.xml_tree import Attributes

ROOT = "robot"
LEAVES = frozenset({"msg", "arg", "doc", "tag", "status", "item", "meta"})
"""Elements whose text is wanted."""

_IGNORED = ("statistics",)
_GENERATOR = re.compile(r"(\S+) (\S+)(?: \((.+) on (.+)\))?")
_WARNED = ("WARN", "ERROR")
_NOT_TOLD = ("run", "user_properties")
"""Metadata that would mean something else to the server."""


def recognises(head: bytes, _filename: str) -> bool:
    """Models of robots (URDF) begin with <robot> as well."""
    return xml.root_of(head) == ROOT and b"generator=" in head


def parse(file: BinaryIO, _filename: str) -> Iterator[Part]:
    with Spool() as spool, Failures() as failures:
        reader = _Reader(spool, failures)
        yield from xml.read(file, reader)
        yield from results(spool, failures)
        yield reader.run()


class _Reader:
    """`_suites` are those around what is being read, the outermost first; `_ignored` counts elements."""

    def __init__(self, spool: Spool, failures: Failures) -> None:
        self._parts: list[Part] = []
        self._spool = spool
        self._failures = failures
        self._generator: str | None = None
        self._suites: list[Suite] = []
        self._test: Test | None = None
        self._root = Suite({}, None, 0)
        self._tests = 0
        self._ignored = 0
        self._leaf: Attributes | None = None
        self._pieces: list[str] = []
        self._room = 0
        self._metadata: JSON = {}

    def take(self) -> list[Part]:
        parts, self._parts = self._parts, []
        return parts

    @property
    def _owner(self) -> Test | Suite | None:
        return self._test or (self._suites[-1] if self._suites else None)

    def start(self, tag: str, attributes: Attributes) -> None:
        if self._generator is None:
            self._begin_root(tag, attributes)
        elif self._ignored or self._leaf is not None:
            self._ignored += 1
        elif tag in LEAVES:
            self._leaf, self._pieces, self._room = attributes, [], MESSAGE_CHARACTERS
        elif not self._begin(tag, attributes) and tag in ("suite", "test", *STEPS, *_IGNORED):
            self._ignored = 1

    def _begin_root(self, tag: str, attributes: Attributes) -> None:
        if tag != ROOT:
            raise Invalid(f"the root is <{tag[:100]}>, reports of Robot Framework begin with <{ROOT}>")
        self._generator = attributes.get("generator", "")[:500]

    def _begin(self, tag: str, attributes: Attributes) -> bool:
        """Whether it is something that has a place there."""
        owner = self._owner
        if tag == "suite" and self._test is None and not (owner and owner.trace.steps):
            parent = self._suites[-1] if self._suites else None
            self._suites.append(Suite(attributes, parent, self._tests))
            self._root = self._suites[0]
        elif tag == "test" and self._test is None and owner is not None and not owner.trace.steps:
            self._test = Test(attributes)
        elif tag in STEPS and owner is not None:
            owner.trace.begin(tag, attributes)
        else:
            return False
        return True

    def data(self, text: str) -> None:
        if self._leaf is not None and not self._ignored and self._room > 0:
            self._pieces.append(text[: self._room])
            self._room -= len(text)

    def end(self, tag: str) -> None:
        if self._ignored:
            self._ignored -= 1
        elif self._leaf is not None:
            attributes, self._leaf = self._leaf, None
            self._end_leaf(tag, attributes, "".join(self._pieces))
        elif tag in STEPS and self._owner is not None:
            self._end_step(self._owner)
        elif tag == "test" and self._test is not None:
            self._end_test(self._test)
        elif tag == "suite" and self._suites:
            self._end_suite(self._suites.pop())

    def _end_leaf(self, tag: str, attributes: Attributes, text: str) -> None:
        owner = self._owner
        if owner is None:
            if tag == "msg":
                self._end_error(attributes, text)
        elif tag == "msg":
            time = attributes.get("time") or attributes.get("timestamp") or ""
            owner.trace.add(time[:32], attributes.get("level", "")[:10], robot_case.logged(attributes, text))
        elif not owner.trace.steps:
            owner.note(tag, attributes, text)
        elif tag == "arg":
            owner.trace.steps[-1].add_argument(text)
        elif tag == "status":
            owner.step_status = attributes.get("status", "")

    def _end_error(self, attributes: Attributes, text: str) -> None:
        """What Robot Framework itself complains about."""
        if attributes.get("level") in _WARNED:
            said = robot_case.logged(attributes, text)
            self._parts.append(Warned(f"Robot Framework says: {attributes['level']} {said[:400]}"))

    def _end_step(self, owner: Test | Suite) -> None:
        if owner.trace.steps:
            owner.end_step()

    def _end_test(self, test: Test) -> None:
        self._test = None
        self._spool.add(test.told(self._suites, self._tests))
        self._tests += 1

    def _end_suite(self, suite: Suite) -> None:
        """Rebot has told the tests already."""
        if suite.teardown in ("FAIL", "SKIP") and not (self._generator or "").startswith("Rebot"):
            message = suite.teardown_message
            self._failures.add(suite.first, self._tests - 1, suite.teardown, message)

    def run(self) -> Run:
        root = self._root
        found = _GENERATOR.fullmatch(self._generator or "")
        names = ("generator", "version", "python", "platform")
        said = dict(zip(names, found.groups(), strict=True)) if found else {"generator": self._generator}
        own = {"tool": "Robot Framework", **said, "suite": root.named[:500], "doc": root.doc}
        named = {key: text for key, text in root.metadata.items() if key not in _NOT_TOLD}
        body = {
            "id": None,
            "start_time": robot_case.start(root.status),
            "duration": robot_case.duration(root.status) or None,
            "metadata": {**named, **{key: value for key, value in own.items() if value}},
        }
        return Run(body, "the run", named.get("project"))


ROBOT = Format("robot", recognises, parse)
