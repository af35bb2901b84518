"""What a scenario of Cucumber JSON says: its outcome is that of its worst step, as Cucumber itself counts."""

from collections.abc import Iterator, Sequence
from typing import Any

from ibutsu_server.importers.embedded import Files
from ibutsu_server.importers.json_values import (
    duration,
    failure,
    lines,
    named,
    object_,
    objects,
    plain,
    said,
    text,
    texts,
)
from ibutsu_server.importers.report import JSON, Part
from ibutsu_server.importers.values import instant

NANOSECONDS = 1e9
_LINE_DIGITS = 9

_WORST_FIRST = ("failed", "error", "ambiguous", "undefined", "pending", "skipped", "untested", "unknown")
"""Of steps; Cucumber's own order, with the words of behave."""

_RESULTS = {
    "passed": "passed",
    "failed": "failed",
    "ambiguous": "error",
    "undefined": "error",
    "error": "error",
    "hook_error": "error",
    "cleanup_error": "error",
    "pending": "skipped",
    "skipped": "skipped",
    "untested": "skipped",
    "unknown": "skipped",
}
"""An undefined or ambiguous step fails a run of Cucumber, although nothing is known of what is tested."""

_FAILED = ("failed", "error")
_HOOKS = ("before", "after")
_TRACES = ("\n    at ", "\n\tat ", "\n./", "\n/", "\nCaptured ")


class Scenario:
    """One attempt.  `steps` are those that tell how it went: hooks, background and its own, in order."""

    def __init__(self, element: JSON, background: Sequence[JSON]) -> None:
        self.element = element
        self.is_behave = "location" in element
        own = objects(element.get("steps"))
        before, after = (_hooks(element, name) for name in _HOOKS)
        self.steps = [*before, *background, *(one for step in own for one in _with_hooks(step)), *after]

    def is_retry_of(self, before: "Scenario") -> bool:
        """Examples of an outline can have the same id and line, but not the same steps."""
        return (
            bool(self.written("id"))
            and all(self.written(name) == before.written(name) for name in ("id", "line", "name"))
            and [step_name(step) for step in self.steps] == [step_name(step) for step in before.steps]
            and tried(before)["result"] in _FAILED
        )

    def written(self, name: str) -> str:
        return named(self.element.get(name))


def _hooks(owner: JSON, name: str) -> list[JSON]:
    return [{"keyword": name.capitalize(), **hook} for hook in objects(owner.get(name))]


def _with_hooks(step: JSON) -> list[JSON]:
    before, after = (_hooks(step, name) for name in _HOOKS)
    return [*before, step, *after]


def tried(attempt: Scenario) -> JSON:
    step, status = _worst(attempt)
    own = named(attempt.element.get("status")).lower() if attempt.is_behave else ""
    outcome = _RESULTS.get(own) or _RESULTS.get(status, "error")
    if _RESULTS.get(status) in ("passed", "skipped") and outcome in _FAILED:
        step, status = {}, own
    spent = sum((duration(_result(one).get("duration")) or 0.0 for one in attempt.steps), 0.0)
    return {
        "result": outcome,
        "duration": spent if attempt.is_behave else spent / NANOSECONDS,
        "start_time": instant(text(attempt.element.get("start_timestamp"))),
        "metadata": _why(step, status, outcome),
    }


def _worst(attempt: Scenario) -> tuple[JSON, str]:
    """The first step of the worst status.  Only behave says as well how the whole ended, hooks included."""
    statuses = [_status(step) for step in attempt.steps]
    found = next((status for status in _WORST_FIRST if status in statuses), "passed")
    return (attempt.steps[statuses.index(found)] if found in statuses else {}), found


def _status(step: JSON) -> str:
    """A step that was not reached has none, in behave."""
    status = named(_result(step).get("status")).lower()
    if not status:
        return "untested"
    return status if status == "passed" or status in _WORST_FIRST else "error"


def _result(step: JSON) -> JSON:
    return object_(step.get("result"))


def step_name(step: JSON) -> str:
    return " ".join(filter(None, (named(step.get("keyword")), named(step.get("name")))))


def _why(worst: JSON, status: str, outcome: str) -> JSON:
    if outcome == "passed":
        return {}
    name = step_name(worst)
    message = _error(worst)
    if outcome == "skipped":
        return said(skip_reason=message[:4000] or f"{status}: {name}".removesuffix(": "))
    if message:
        return said(failed_step=name) | failure(_first(message), message)
    return said(failed_step=name, message=f"{status}: {name}".removesuffix(": "))


def _error(step: JSON) -> str:
    """One text, or its lines in older versions of behave."""
    error = _result(step).get("error_message")
    return plain("\n".join(map(text, error)) if isinstance(error, list) else error).strip("\n")


def _first(message: str) -> str:
    """What stands before the traceback, or at the end of one of Python."""
    if message.startswith("Traceback "):
        told = [line for line in message.splitlines() if line[:1].strip()]
        return next((line for line in told[1:]), message)
    ends = [found for mark in _TRACES if (found := message.find(mark)) > 0]
    return message[: min(ends, default=None)].strip("\n")


def metadata(last: Scenario, about: JSON) -> JSON:
    element = last.element
    own_path, _, own_line = text(element.get("location")).rpartition(":")
    line = element.get("line")
    return said(
        fspath=own_path or about.get("fspath"),
        line=line if type(line) is int else _number(own_line),
        feature=about.get("feature"),
        keyword=named(element.get("keyword")),
        tags=list(dict.fromkeys([*about.get("tags", []), *tags(element.get("tags"))])),
    )


def _number(line: str) -> int | None:
    return int(line) if line.isdecimal() and len(line) <= _LINE_DIGITS else None


def tags(value: Any) -> list[str]:
    """Of objects, or of texts by behave, which has no `@`."""
    found = value if isinstance(value, list) else []
    return [
        tag.removeprefix("@")
        for tag in texts([one.get("name") if isinstance(one, dict) else one for one in found])
    ]


def files(scenario: Scenario, made: Files) -> Iterator[Part]:
    yield from made.logs(_logs(scenario))
    for step in scenario.steps:
        for one in objects(step.get("embeddings")):
            yield from made.decoded(named(one.get("name")), _media_type(one), one.get("data"))


def _logs(attempt: Scenario) -> Iterator[tuple[str, str]]:
    errors = (f"{step_name(step)}\n{error}" for step in attempt.steps if (error := _error(step)))
    yield "traceback.log", "\n\n".join(errors)
    yield "system-out.log", "".join(lines(step.get("output")) for step in attempt.steps)


def _media_type(embedding: JSON) -> str:
    """Of both ways that cucumber-js has had to say it."""
    return named(embedding.get("mime_type")) or named(object_(embedding.get("media")).get("type"))
