"""Suites and tests of Robot Framework while they are read."""

import re
from collections.abc import Sequence

from ibutsu_server.importers import robot_case
from ibutsu_server.importers.report import JSON
from ibutsu_server.importers.robot_steps import Attributes, Trace
from ibutsu_server.importers.tries import test_id

DOC_CHARACTERS = 4000
TAGS = 100
METADATA = 100
SETUP_CHARACTERS = 4000
"""All tests of a suite tell what failed in its setup."""


class _Owner:
    """What has steps: `step_status` is how the innermost one ended."""

    def __init__(self, attributes: Attributes) -> None:
        self.named = attributes.get("name", "")
        self.attributes = attributes
        self.trace = Trace()
        self.step_status = ""
        self.status: Attributes = {}
        self.message = ""
        self.doc = ""

    def note(self, tag: str, attributes: Attributes, text: str) -> None:
        """A text of its own, not of one of its steps."""
        if tag == "status":
            self.status, self.message = attributes, text
        elif tag == "doc":
            self.doc = text.strip()[:DOC_CHARACTERS]

    def end_step(self) -> None:
        self.trace.end(self.step_status)
        self.step_status = ""


class Suite(_Owner):
    """`first` is the number of its first test; paths of sources are told from beside the root's."""

    def __init__(self, attributes: Attributes, parent: "Suite | None", first: int) -> None:
        super().__init__(attributes)
        self.first = first
        self.metadata: dict[str, str] = {}
        self.teardown = ""
        self.setup_trace = ""
        source = attributes.get("source", "").replace("\\", "/")[:2000]
        self.base: str = parent.base if parent else re.sub(r"[^/]+/?$", "", source)
        self.fspath = source.removeprefix(self.base) or source

    def note(self, tag: str, attributes: Attributes, text: str) -> None:
        super().note(tag, attributes, text)
        if tag in ("item", "meta") and attributes.get("name") and len(self.metadata) < METADATA:
            self.metadata[attributes["name"][:200]] = text.strip()[:1000]

    def end_step(self) -> None:
        """Of a setup that has failed the tests tell; a teardown is told to them."""
        step, status = self.trace.steps[-1], self.step_status
        super().end_step()
        if self.trace.steps:
            return
        if step.said == "teardown":
            self.teardown = status
        elif status == "FAIL":
            self.setup_trace = self.trace.told()[:SETUP_CHARACTERS]
        self.trace = Trace()

    @property
    def teardown_message(self) -> str:
        """Of the message of the suite only what is about its teardown."""
        for words in (
            "Suite teardown failed:\n",
            "Skipped in suite teardown:\n",
            "Also suite teardown failed:\n",
        ):
            _, found, message = self.message.partition(words)
            if found:
                return message
        return self.message


class Test(_Owner):
    def __init__(self, attributes: Attributes) -> None:
        super().__init__(attributes)
        self.tags: list[str] = []

    def note(self, tag: str, attributes: Attributes, text: str) -> None:
        super().note(tag, attributes, text)
        if tag == "tag" and len(self.tags) < TAGS:
            self.tags.append(text[:200])

    def told(self, suites: Sequence[Suite], number: int) -> JSON:
        """All that is known of it when it ends."""
        status = self.status.get("status", "")
        is_failed = status not in ("PASS", "SKIP", "NOT RUN")
        path = [suite.named for suite in suites]
        return {
            "number": number,
            "test_id": test_id(".".join([*(path[1:] or path), self.named])),
            "place": f"test {number + 1} ({'.'.join([*path, self.named])[:200]})",
            "suite": ".".join(path)[:500],
            "start_time": robot_case.start(self.status),
            "duration": robot_case.duration(self.status),
            "status": status,
            "message": self.message,
            "metadata": self._metadata(suites),
            "trace": self._trace(suites) if is_failed else "",
            "log": self.trace.log() if is_failed else "",
        }

    def _trace(self, suites: Sequence[Suite]) -> str:
        setup = next((suite.setup_trace for suite in suites if suite.setup_trace), "")
        return "\n".join(filter(None, (setup, self.trace.told())))

    def _metadata(self, suites: Sequence[Suite]) -> JSON:
        sources = (suite.fspath for suite in reversed(suites))
        own = {
            "fspath": next(filter(None, sources), None),
            "line": self.attributes.get("line"),
            "tags": self.tags,
            "doc": self.doc,
            "critical": self.status.get("critical") if self.status.get("critical") == "no" else None,
        }
        return {key: value for key, value in own.items() if value}
