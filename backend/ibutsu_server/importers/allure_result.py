"""One result of Allure: which test it is, how it ended and why, whatever adapter wrote it."""

import re
from collections.abc import Iterator

import orjson

from ibutsu_server.importers.allure_labels import labels, links
from ibutsu_server.importers.allure_steps import (
    VALUE_CHARACTERS,
    Stored,
    attachments,
    failed_step,
    instant,
    list_of,
    milliseconds,
    object_of,
    parameters,
    steps,
    text,
)
from ibutsu_server.importers.failures import MESSAGE_CHARACTERS, described
from ibutsu_server.importers.report import JSON
from ibutsu_server.importers.tries import test_id
from ibutsu_server.importers.values import last_part

STATUSES = {
    "passed": "passed",
    "failed": "failed",
    "broken": "error",
    "skipped": "skipped",
}
"""Anything else did not come to an end."""

_FLAGS = ("known", "muted", "flaky")
_PYTEST_XFAIL = "XFAIL "
_PYTEST_XPASS = "XPASS "
_PYTHON_PATH = re.compile(r"[\w.]+")
_FILE = re.compile(r"[^.]+.*\.\w{1,8}")


class Outcome:
    def __init__(self, document: JSON) -> None:
        self._said = document
        self._details = object_of(document.get("statusDetails"))
        self._labels = labels(document.get("labels"))
        self._parameters = list(parameters(document.get("parameters")))
        self.uuid = text(document.get("uuid"))
        self.history = text(document.get("historyId"))
        self.framework = text(self._labels.get("framework"))
        self.start = milliseconds(document.get("start"))
        self.stop = milliseconds(document.get("stop"))

    @property
    def body(self) -> JSON:
        duration = (self.stop or 0) - (self.start or self.stop or 0)
        return {
            "test_id": self._test_id(),
            "result": self._result(),
            "duration": max(duration, 0) / 1000,
            "start_time": instant(self.start),
            "metadata": self._metadata() | self._why(),
            "params": {name: value for name, value, _ in self._parameters},
            "source": None,
        }

    def _test_id(self) -> str | None:
        """The full name says which test it is, the name may be a title; parameters are what is left."""
        name, full = text(self._said.get("name")).strip(), text(self._said.get("fullName")).strip()
        around, hash_, own = full.rpartition("#")
        if self._labels.get("test_class") and self._labels.get("test_method"):
            around, own = (text(self._labels[key]) for key in ("test_class", "test_method"))
        elif not full:
            suites = (text(self._labels.get(key)) for key in ("parent_suite", "suite", "sub_suite"))
            return test_id(".".join(filter(None, [*suites, name])) + self._bracket())
        elif not (hash_ and _PYTHON_PATH.fullmatch(around)):
            return test_id(full + self._bracket())
        is_pytest = name.startswith(f"{own}[")
        return test_id(f"{last_part(around)}.{name if is_pytest else own + self._bracket()}")

    def _bracket(self) -> str:
        shown = [value for _, value, tells_apart in self._parameters if tells_apart]
        return f"[{'-'.join(shown)}]" if shown else ""

    def _result(self) -> str:
        message = text(self._details.get("message"))
        found = STATUSES.get(text(self._said.get("status")), "error")
        if found == "skipped" and message.startswith(_PYTEST_XFAIL):
            return "xfailed"
        if found == "passed" and message.startswith(_PYTEST_XPASS):
            return "xpassed"
        return found

    def _metadata(self) -> JSON:
        own = {
            "title": text(self._said.get("name"))[:VALUE_CHARACTERS],
            "description": text(self._said.get("description"))[:MESSAGE_CHARACTERS],
            "full_name": text(self._said.get("fullName"))[:VALUE_CHARACTERS],
            "history_id": self.history[:VALUE_CHARACTERS],
            "test_case_id": text(self._said.get("testCaseId"))[:VALUE_CHARACTERS],
            "fspath": self._path(),
        }
        flags = {name: True for name in _FLAGS if self._details.get(name) is True}
        told = {key: value for key, value in own.items() if value}
        return self._labels | links(self._said.get("links")) | told | flags

    def _path(self) -> str:
        """The file of the test, which is one of the folders around it."""
        titles = [one for one in list_of(self._said.get("titlePath")) if isinstance(one, str)]
        end = next((place for place, one in enumerate(titles, 1) if _FILE.fullmatch(one)), 0)
        return "/".join(titles[:end])[:VALUE_CHARACTERS]

    def _why(self) -> JSON:
        result = self._result()
        message = text(self._details.get("message")).strip()
        if result in ("xfailed", "xpassed"):
            return {"xfail_reason": message.split("\n", 1)[0][len(_PYTEST_XFAIL) :][:MESSAGE_CHARACTERS]}
        if result == "skipped":
            return {"skip_reason": message.removeprefix("Skipped: ")[:MESSAGE_CHARACTERS]} if message else {}
        if result == "passed":
            return {}
        if text(self._said.get("status")) not in STATUSES:
            message = message or "The test did not end"
        step = failed_step(self._said.get("steps"))
        return described(None, message, self._trace()) | ({"failed_step": step} if step else {})

    def _trace(self) -> str:
        return text(self._details.get("trace"))

    def texts(self) -> Iterator[tuple[str, bytes]]:
        """Names and contents of files that the result itself holds."""
        trace = self._trace() or text(self._details.get("message"))
        if trace.strip() and self._result() not in ("passed", "skipped", "xpassed"):
            yield "traceback.log", trace.encode()
        if told := steps(self._said.get("steps")):
            yield "steps.json", orjson.dumps(told, option=orjson.OPT_INDENT_2)

    def attachments(self) -> Iterator[Stored]:
        return attachments(self._said)
