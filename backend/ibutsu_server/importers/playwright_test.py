"""What a test of a Playwright report says: how its attempts ended, why, and what they wrote and attached."""

from collections.abc import Iterator, Sequence
from typing import Any

from ibutsu_server.importers.attempts import joined
from ibutsu_server.importers.embedded import Files
from ibutsu_server.importers.json_values import (
    duration,
    failure,
    named,
    object_,
    objects,
    plain,
    said,
    test_id,
    text,
    texts,
)
from ibutsu_server.importers.report import JSON, Part
from ibutsu_server.importers.values import instant

_RESULTS = {
    ("passed", "failed"): "xpassed",
    ("failed", "failed"): "xfailed",
    ("passed", "*"): "passed",
    ("failed", "*"): "failed",
    ("timedOut", "*"): "failed",
    ("skipped", "*"): "skipped",
    ("interrupted", "*"): "skipped",
}
"""By status and expected status; Playwright itself counts what was interrupted as skipped."""

_NOT_RUN = {"status": "skipped"}
_SKIPS = ("skip", "fixme")
MOST = 100


def body(spec: JSON, test: JSON, titles: Sequence[str]) -> JSON:
    project = named(test.get("projectName") or test.get("projectId"))
    attempts = objects(test.get("results"))
    last = attempts[-1] if attempts else _NOT_RUN
    whole = joined([_tried(test, attempt) for attempt in attempts or [_NOT_RUN]])
    names = test_id(*titles, named(spec.get("title"))) or ""
    return {
        **whole,
        "test_id": test_id(f"[{project}] {names}" if project else names),
        "source": None,
        "metadata": _metadata(spec, test, last) | said(playwright_project=project) | whole["metadata"],
        "params": said(project=project),
    }


def _tried(test: JSON, attempt: JSON) -> JSON:
    outcome = _outcome(test, attempt)
    milliseconds = duration(attempt.get("duration"))
    return {
        "result": outcome,
        "duration": (milliseconds or 0.0) / 1000,
        "start_time": instant(text(attempt.get("startTime"))),
        "metadata": _why(test, attempt, outcome),
    }


def _outcome(test: JSON, attempt: JSON) -> str:
    status, expected = named(attempt.get("status")), named(test.get("expectedStatus"))
    return _RESULTS.get((status, expected)) or _RESULTS.get((status, "*")) or "error"


def _why(test: JSON, attempt: JSON, outcome: str) -> JSON:
    if outcome == "skipped":
        return said(skip_reason=_reason(test, attempt, _SKIPS) or _not_run(attempt))
    if outcome in ("xfailed", "xpassed"):
        return said(xfail_reason=_reason(test, attempt, ("fail",)))
    if outcome == "passed":
        return {}
    kind = "TimeoutError" if attempt.get("status") == "timedOut" else None
    return reasons(_errors(attempt), attempt.get("error"), kind)


def _reason(test: JSON, attempt: JSON, types: Sequence[str]) -> str:
    found = (one for one in _annotations(test, attempt) if one.get("type") in types)
    return next(filter(None, (text(one.get("description"))[:4000] for one in found)), "")


def _annotations(test: JSON, attempt: JSON) -> list[JSON]:
    """Of the test in older versions, of each attempt in newer ones as well."""
    return objects(attempt.get("annotations")) or objects(test.get("annotations"))


def _not_run(attempt: JSON) -> str:
    if attempt is _NOT_RUN:
        return "did not run"
    return "interrupted" if attempt.get("status") == "interrupted" else ""


def reasons(errors: Sequence[JSON], first: Any, kind: str | None = None) -> JSON:
    """`first` is the first one without the source code around it, in the versions that have it."""
    short = object_(first) or (errors[0] if errors else {})
    message = plain(short.get("message") or short.get("value")).strip("\n")
    trace = plain(short.get("stack")) or _traceback(errors)
    return failure(message, trace, kind)


def _errors(attempt: JSON) -> list[JSON]:
    return objects(attempt.get("errors")) or objects([attempt.get("error")])


def _traceback(errors: Sequence[JSON]) -> str:
    return "\n\n".join(filter(None, (plain(one.get("message") or one.get("value")) for one in errors)))


def _metadata(spec: JSON, test: JSON, last: JSON) -> JSON:
    line = spec.get("line")
    annotations = [
        ": ".join(filter(None, (named(one.get("type")), named(one.get("description")))))
        for one in _annotations(test, last)
        if one.get("type") not in (*_SKIPS, "fail")
    ]
    return said(
        fspath=named(spec.get("file")),
        line=line if type(line) is int else None,
        tags=[tag.removeprefix("@") for tag in texts(spec.get("tags"))],
        annotations=annotations[:MOST],
        failed_step=_failed_step(last.get("steps"), 0),
        attachments=[f"{named(one.get('name'))}: {named(one.get('path'))}" for one in _on_disk(last)][:MOST],
    )


def _failed_step(steps: Any, depth: int) -> str:
    """The names of the steps that led to the failed one."""
    for step in objects(steps) if depth < MOST else []:
        if step.get("error"):
            inner = _failed_step(step.get("steps"), depth + 1)
            return " > ".join(filter(None, (named(step.get("title")), inner)))
    return ""


def _on_disk(attempt: JSON) -> list[JSON]:
    return [one for one in objects(attempt.get("attachments")) if one.get("path") and one.get("body") is None]


def files(test: JSON, key: str, place: str) -> Iterator[Part]:
    attempts = objects(test.get("results"))
    for number, attempt in enumerate(attempts, 1):
        made = Files(key, place, number if number < len(attempts) else None)
        yield from made.logs(_logs(attempt))
        for one in objects(attempt.get("attachments")):
            if one.get("body") is not None:
                yield from made.decoded(named(one.get("name")), named(one.get("contentType")), one["body"])


def _logs(attempt: JSON) -> Iterator[tuple[str, str]]:
    yield "traceback.log", _traceback(_errors(attempt))
    yield "system-out.log", _written(attempt.get("stdout"))
    yield "system-err.log", _written(attempt.get("stderr"))


def _written(pieces: Any) -> str:
    """As it came, which was not line by line; bytes that are no text are left to the eye."""
    return "".join(text(one.get("text")) or text(one.get("buffer")) for one in objects(pieces))
