"""What a test of CTRF JSON says: which it is, how its attempts ended, why, and what they wrote."""

from collections.abc import Callable, Iterator
from typing import Any

from ibutsu_server.importers.attempts import joined
from ibutsu_server.importers.embedded import Files
from ibutsu_server.importers.json_values import (
    MOST,
    duration,
    epoch,
    failure,
    lines,
    metadata,
    named,
    objects,
    plain,
    pytest_id,
    said,
    test_id,
    text,
    texts,
)
from ibutsu_server.importers.report import JSON, Part

_STATUSES = {
    "passed": "passed",
    "failed": "failed",
    "skipped": "skipped",
    "pending": "skipped",
    "other": "skipped",
}
_RAW = {
    "xfailed": "xfailed",
    "xpassed": "xpassed",
    "setup_failed": "error",
    "teardown_failed": "error",
    "error": "error",
    "broken": "error",
    "timedout": "failed",
    "manual": "manual",
    "blocked": "blocked",
}
"""Words of the tools themselves that say more than the five statuses."""

_NOTHING: tuple[Any, ...] = ("", 0, [])
_FAILED = ("failed", "error")
_FILES = ("message", "trace", "stdout", "stderr", "screenshot", "retryAttempts", "attempts")
_SECONDS_BELOW = 1e11
_LEAST_SPAN = 20
_CLOSE = 0.05


def unknown(test: JSON) -> str | None:
    """What is wrong with its status."""
    status = named(test.get("status"))
    if status.lower() in _STATUSES or status.lower() in _RAW:
        return None
    return f"{status[:50]!r} is no status, it counts as an error"


def body(test: JSON) -> JSON:
    """What a person has filled in counts less than what the format has a field for."""
    whole = _tried(test)
    found = metadata(test.get("labels")) | metadata(test.get("extra"))
    for field, value in test.items():
        if value and field in _FIELDS:
            name, read = _FIELDS[field]
            found[name] = read(value)
    if whole["result"] not in _FAILED:
        found.pop("failed_step", None)
    suites = found["suite"] = _suites(test.get("suite"))
    if whole["result"] == "passed" and True in (test.get("flaky"), test.get("flake")):
        found["flaky"] = True
    whole["metadata"] = {name: value for name, value in found.items() if value not in _NOTHING} | whole[
        "metadata"
    ]
    whole["test_id"] = _test_id(text(test.get("name")).strip(), suites)
    whole["source"] = None
    whole["params"] = metadata(test.get("parameters"))
    earlier = _earlier(test)
    return joined([*map(_tried, earlier), whole]) if earlier else whole


def _tried(attempt: JSON) -> JSON:
    """What the whole test and each of its attempts say."""
    outcome = _outcome(attempt)
    return {
        "result": outcome,
        "duration": _duration(attempt),
        "start_time": epoch(attempt.get("start")),
        "metadata": _reasons(attempt, outcome),
    }


def _outcome(attempt: JSON) -> str:
    status, raw = named(attempt.get("status")).lower(), named(attempt.get("rawStatus")).lower()
    if raw == "failed" and status == "passed":
        return "xfailed"
    return _RAW.get(raw) or _STATUSES.get(status) or _RAW.get(status) or "error"


def _duration(attempt: JSON) -> float:
    """Milliseconds, except where start and stop show that a writer means seconds."""
    start, stop = duration(attempt.get("start")), duration(attempt.get("stop"))
    span = between(start, stop)
    own = duration(attempt.get("duration"))
    if own is None:
        return span or 0.0
    if (
        span
        and start
        and start > _SECONDS_BELOW
        and span * 1000 >= _LEAST_SPAN
        and abs(own - span) <= _CLOSE * span
    ):
        return own
    return own / 1000


def between(start: float | None, stop: float | None) -> float | None:
    """Seconds between two epoch times, which are in milliseconds, or in seconds by some writers."""
    if not start or not stop or stop < start:
        return None
    return (stop - start) / 1000 if start > _SECONDS_BELOW else stop - start


def _reasons(attempt: JSON, outcome: str) -> JSON:
    if outcome == "passed":
        return {}
    message = plain(attempt.get("message")).strip("\n")
    if outcome == "skipped":
        return said(skip_reason=message[:4000])
    if outcome == "xfailed":
        return said(xfail_reason=message[:4000])
    return failure(message, plain(attempt.get("trace")))


def _earlier(test: JSON) -> list[JSON]:
    """The attempts before the last one, which some writers list as well."""
    attempts = objects(test.get("retryAttempts") or test.get("attempts"))
    retries = _count(test.get("retries") or test.get("retry"))
    return attempts[:retries] if retries else attempts


def _attachments(value: Any) -> list[str]:
    """They are not in the report, only their paths."""
    return [f"{named(one.get('name'))}: {named(one.get('path'))}" for one in objects(value)[:MOST]]


def _failed_step(steps: Any) -> str:
    return next((named(step.get("name")) for step in objects(steps) if step.get("status") == "failed"), "")


def _suites(suite: Any) -> list[str]:
    """From the outermost to the innermost, of an array or of a text such as `cart.test.js > Cart`."""
    return texts(suite.split(" > ") if isinstance(suite, str) else suite)


def _count(value: Any) -> int:
    return value if type(value) is int and value > 0 else 0


_FIELDS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "filePath": ("fspath", named),
    "line": ("line", _count),
    "tags": ("tags", texts),
    "type": ("type", named),
    "browser": ("browser", named),
    "device": ("device", named),
    "threadId": ("thread", named),
    "rawStatus": ("raw_status", named),
    "retries": ("retries", _count),
    "retry": ("retries", _count),
    "steps": ("failed_step", _failed_step),
    "attachments": ("attachments", _attachments),
    "ai": ("ai", lambda value: text(value)[:4000]),
}
"""What becomes metadata, and how it is read."""


def _test_id(name: str, suites: list[str]) -> str | None:
    """Some names begin with those of the suites, and are not to say them twice."""
    if "::" in name:
        return pytest_id(name)
    for index, suite in enumerate(suites):
        if name.startswith(suite) and name.startswith(" ".join(suites[index:]) + " "):
            return test_id(*suites[:index], name)
    return test_id(*suites, name)


def files(test: JSON, key: str, place: str) -> Iterator[Part]:
    if not any(test.get(field) for field in _FILES):
        return
    made = Files(key, place)
    yield from made.logs(_logs(test))
    for number, attempt in enumerate(_earlier(test), 1):
        yield from Files(key, place, number).logs(_logs(attempt))
    if screenshot := test.get("screenshot"):
        yield from made.decoded("screenshot", "image/png", screenshot)


def _logs(attempt: JSON) -> Iterator[tuple[str, str]]:
    if _outcome(attempt) in _FAILED:
        yield "traceback.log", _traceback(plain(attempt.get("message")), plain(attempt.get("trace")))
    yield "system-out.log", lines(attempt.get("stdout"))
    yield "system-err.log", lines(attempt.get("stderr"))


def _traceback(message: str, trace: str) -> str:
    """Many traces begin with the message; the others need it."""
    first = message.strip().partition("\n")[0]
    return trace if first in trace and trace else "\n\n".join(filter(None, (message, trace)))
