"""A package while its tests run: what each of them says, and how those end that never say so."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any

from ibutsu_server.importers import go_test_reasons as reasons
from ibutsu_server.importers.failures import MESSAGE_CHARACTERS, described
from ibutsu_server.importers.go_test_output import Output, Outputs
from ibutsu_server.importers.report import JSON
from ibutsu_server.importers.tries import test_id

ENDS = {"pass": "passed", "bench": "passed", "fail": "failed", "skip": "skipped"}
"""By what an event says."""

BROKEN = ("failed", "error")
ATTRIBUTES = 100
LONGEST = 1e9
"""Seconds that are believed."""


@dataclass(slots=True)
class Test:
    """`errors` is what go marks as such; `failed` counts the subtests that failed."""

    name: str
    place: str
    start: str | None
    output: Output
    errors: str = ""
    failed: int = 0
    attributes: JSON = field(default_factory=dict)


@dataclass(slots=True)
class Ended:
    body: JSON
    place: str
    output: Output


class Package:
    """`now` is the time of its last event; `has_verdict` tells that its tests came to an end in order."""

    def __init__(self, name: str, start: str | None, outputs: Outputs) -> None:
        self.name = name
        self.now = start
        self.output = outputs.begin()
        self.running: dict[str, Test] = {}
        self._outputs = outputs
        self._start = start
        self._has_verdict = False
        self._has_failures = False

    def take(self, name: str, event: JSON, number: int) -> Ended | None:
        test = self.running.get(name)
        if test is None:
            place = f"line {number} ({name[:200]})"
            test = self.running[name] = Test(name, place, self.now, self._outputs.begin())
        match event["Action"]:
            case "output":
                _write(test, event)
            case "attr":
                _note(test, event.get("Key"), event.get("Value"))
            case "artifacts":
                _note(test, "artifacts", event.get("Path"))
            case action if action in ENDS:
                return self._ended(test, ENDS[action], event.get("Elapsed"))
        return None

    def _ended(self, test: Test, result: str, elapsed: Any = None, reason: str = "") -> Ended:
        self.running.pop(test.name, None)
        self._has_failures |= result in BROKEN
        if result in BROKEN and (parent := self._parent(test.name)):
            parent.failed += 1
        told = _told(test, result, reason)
        if file := told.pop("file", None):
            told["fspath"] = f"{self.name}/{file}".strip("/")
        body = self._body(f"{self.name}.{test.name}", result, told)
        body |= {"duration": _elapsed(elapsed, test.start, self.now), "start_time": test.start}
        return Ended(body, test.place, test.output)

    def _body(self, name: str, result: str, told: JSON) -> JSON:
        return {
            "test_id": test_id(name.strip(".")),
            "result": result,
            "metadata": ({"package": self.name} if self.name else {}) | told,
            "params": {},
            "source": None,
        }

    def _parent(self, name: str) -> Test | None:
        """Names of subtests may hold slashes themselves."""
        while name:
            name = name.rpartition("/")[0]
            if name in self.running:
                return self.running[name]
        return None

    def end(self, event: JSON, build: str) -> Iterator[Ended]:
        """Tests that are still running did not come to an end, except for benchmarks, which never say so."""
        is_broken = event["Action"] == "fail"
        told = self.output.told()
        is_orderly = not is_broken or told.startswith("FAIL\n") or "\nFAIL\n" in told
        yield from self._open(is_orderly=is_orderly, reason=self._why(told))
        if is_broken and not self._has_failures:
            yield self._of_itself(event.get("Elapsed"), told, build)
        else:
            self.output.close()

    def cut_off(self) -> Iterator[Ended]:
        reason = "The stream ends before {} does"
        yield from self._open(is_orderly=False, reason=reason.format("the test"))
        yield self._of_itself(None, reason.format("the package"), "")

    def _open(self, *, is_orderly: bool, reason: str) -> Iterator[Ended]:
        """Subtests first, so that a test knows of theirs."""
        for test in sorted(self.running.values(), key=lambda one: -one.name.count("/")):
            measured = reasons.measures(test.output.told()) if _is_benchmark(test) else {}
            if measured:
                yield self._ended(test, "passed", reasons.measured_seconds(measured))
            elif is_orderly:
                yield self._ended(test, "passed")
            else:
                yield self._ended(test, "error", None, reason)

    def _why(self, told: str) -> str:
        texts = chain([told], (test.output.told() for test in self.running.values()))
        crash = next(filter(None, map(reasons.crash, texts)), None)
        status = next((line for line in told.splitlines() if line.startswith("exit status ")), "")
        why = f"{crash.kind}: {crash.message}" if crash else status
        return "The test did not end" + (f", {why}" if why else "")

    def _of_itself(self, elapsed: Any, told: str, build: str) -> Ended:
        """What broke outside of its tests."""
        died = reasons.crash(told)
        kind = "build failed" if build else None
        kind, message = died or (kind, build.strip() or _unframed(told) or "The package failed")
        self.output.write(build)
        body = self._body(self.name or "package", "error", dict(described(kind, message, build or told)))
        body |= {"duration": _elapsed(elapsed, self._start, self.now), "start_time": self._start}
        return Ended(body, f"package {self.name[:200]}", self.output)


def _write(test: Test, event: JSON) -> None:
    text = event.get("Output")
    kind = event.get("OutputType")
    if not isinstance(text, str) or kind == "frame" or (kind is None and reasons.FRAME.match(text)):
        return
    test.output.write(text)
    is_error = kind in ("error", "error-continue") and len(test.errors) < MESSAGE_CHARACTERS
    if is_error and test.output.may_note(len(text)):
        test.errors += text[:MESSAGE_CHARACTERS]


def _note(test: Test, key: Any, value: Any) -> None:
    is_text = isinstance(key, str) and isinstance(value, str)
    if is_text and len(test.attributes) < ATTRIBUTES and test.output.may_note(len(key) + len(value)):
        test.attributes[key[:200]] = value[:MESSAGE_CHARACTERS]


def _told(test: Test, result: str, reason: str) -> JSON:
    if result == "passed" and not _is_benchmark(test):
        return test.attributes
    text = test.output.told() if test.output else ""
    if result in BROKEN:
        why = reasons.failure(text, test.errors)
        if reason and why.get("exception_name") is None:
            why |= {"message": reason}
        elif not text and test.failed:
            why["message"] = f"{test.failed} of its subtests failed"
        return test.attributes | why
    if result == "skipped":
        skipped = reasons.skip_reason(text)
        return test.attributes | reasons.place(text) | ({"skip_reason": skipped} if skipped else {})
    return test.attributes | reasons.measures(text)


def _is_benchmark(test: Test) -> bool:
    return test.name.startswith("Benchmark")


def _elapsed(said: Any, start: str | None, end: str | None) -> float:
    if isinstance(said, int | float) and 0 <= said < LONGEST:
        return float(said)
    return between(start, end) or 0.0


def between(start: str | None, end: str | None) -> float | None:
    """Seconds."""
    if start is None or end is None:
        return None
    return max((datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds(), 0.0)


def _unframed(text: str) -> str:
    """Without the verdict."""
    kept = [line for line in text.splitlines() if not line.startswith(("FAIL", "exit status "))]
    return "\n".join(kept).strip() or text.strip()
