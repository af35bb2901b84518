"""What a test of pytest-json-report says: which it is, how its phases ended, why, and what they wrote."""

import ast
import re
from collections.abc import Iterator

from ibutsu_server.importers.embedded import Files
from ibutsu_server.importers.json_values import (
    duration,
    failure,
    metadata,
    named,
    object_,
    objects,
    plain,
    pytest_id,
    said,
    text,
    texts,
)
from ibutsu_server.importers.report import JSON, Part

_PHASES = ("setup", "call", "teardown")
_OUTCOMES = frozenset({"passed", "failed", "error", "skipped", "xfailed", "xpassed"})
_RERUN = "rerun"
_BY_PYTEST = frozenset({"", "pytestmark", "parametrize", "skip", "skipif", "xfail", "usefixtures"})
_SKIPPED = 3
"""Path, line and reason of a skip, of which only the text of their tuple is in the report."""

_WORKER = re.compile(r"\A\[gw\d{1,6}\] [^\n]*\n+")
_REASON_CHARACTERS = 10_000
_STRICT = "[XPASS(strict)]"


def unknown(test: JSON) -> str | None:
    """What is wrong with its outcome."""
    said_ = named(test.get("outcome"))
    return (
        None
        if said_ in _OUTCOMES or said_ == _RERUN
        else f"{said_[:50]!r} is no outcome, it counts as an error"
    )


def body(test: JSON, root: str) -> JSON:
    """`root` is the name of the folder that tests were run in, which pytest has among the keywords."""
    node_id, outcome = text(test.get("nodeid")), _outcome(test)
    durations = {
        name: duration(_phase(test, name).get("duration")) or 0.0 for name in _PHASES if name in test
    }
    line = test.get("lineno")
    own = said(
        node_id=node_id[:2048],
        fspath=node_id.partition("::")[0][:1000],
        line=line + 1 if type(line) is int else None,
        markers=[{"name": name} for name in _markers(test, root)],
        durations=durations,
        flaky=test.get("outcome") == _RERUN and outcome == "passed",
    )
    return {
        "test_id": pytest_id(node_id),
        "result": outcome,
        "duration": sum(durations.values(), 0.0),
        "start_time": None,
        "source": None,
        "metadata": metadata(test.get("metadata")) | own | _reasons(test, outcome),
        "params": {},
    }


def _phase(test: JSON, name: str) -> JSON:
    return object_(test.get(name))


def _outcome(test: JSON) -> str:
    """Of a test that was run again, only the phases of its last attempt say how it ended."""
    outcome = named(test.get("outcome"))
    if outcome != _RERUN:
        return outcome if outcome in _OUTCOMES else "error"
    outcomes = {name: _phase(test, name).get("outcome") for name in _PHASES}
    if outcomes["call"] == "failed":
        return "failed"
    if "failed" in outcomes.values():
        return "error"
    return "skipped" if "skipped" in outcomes.values() else "passed"


def _markers(test: JSON, root: str) -> list[str]:
    """Keywords that are no names of the test and of what it is in, and not what pytest itself adds."""
    head, _, parameters = text(test.get("nodeid")).partition("[")
    names = {
        root,
        *head.split("::"),
        *head.split("::")[0].split("/"),
        f"{head.rpartition('::')[2]}[{parameters}",
    }
    own = names | _BY_PYTEST | {parameters.removesuffix("]"), *parameters.removesuffix("]").split("-")}
    keywords = texts(test.get("keywords"))
    return [one for one in keywords if one not in own and not one.startswith("__") and "/" not in one]


def _reasons(test: JSON, outcome: str) -> JSON:
    if outcome == "skipped":
        return said(skip_reason=_skip_reason(test)[:4000])
    if outcome in ("passed", "xfailed", "xpassed"):
        return {}
    for phase in _failed(test):
        return _failure(phase)
    return {}


def _skip_reason(test: JSON) -> str:
    for name in _PHASES:
        if _phase(test, name).get("outcome") == "skipped":
            return _reason(_long(_phase(test, name)))
    return ""


def _long(phase: JSON) -> str:
    """Without the line in which xdist names its worker."""
    return _WORKER.sub("", plain(phase.get("longrepr")), count=1)


def _reason(written: str) -> str:
    try:
        found = ast.literal_eval(written) if len(written) < _REASON_CHARACTERS else None
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return written
    if not isinstance(found, tuple) or len(found) != _SKIPPED:
        return written
    return text(found[-1]).removeprefix("Skipped: ") or written


def _failed(test: JSON) -> list[JSON]:
    """The phases that failed; those that xfail expects to are called skipped."""
    return [phase for name in _PHASES if (phase := _phase(test, name)).get("outcome") == "failed"]


def _failure(phase: JSON) -> JSON:
    long = _long(phase)
    crash = plain(object_(phase.get("crash")).get("message"))
    last = objects(phase.get("traceback"))[-1:]
    kind = named(last[0].get("message")) if last else ""
    found = failure(
        crash or long.partition("\n")[0], long, kind if kind.isidentifier() or "." in kind else None
    )
    return found | said(
        xfail_reason=long.removeprefix(_STRICT).strip()[:4000] if long.startswith(_STRICT) else ""
    )


def files(test: JSON, key: str, place: str) -> Iterator[Part]:
    phases = [_phase(test, name) for name in _PHASES]
    failed = [phase for phase in phases if phase.get("outcome") == "failed" or phase.get("crash")]
    made = Files(key, place)
    yield from made.logs(
        (
            ("traceback.log", "\n\n".join(filter(None, (_long(phase) for phase in failed)))),
            ("system-out.log", "".join(text(phase.get("stdout")) for phase in phases)),
            ("system-err.log", "".join(text(phase.get("stderr")) for phase in phases)),
            ("logging.log", "".join(_record(one) for phase in phases for one in objects(phase.get("log")))),
        )
    )


def _record(record: JSON) -> str:
    place = ":".join(filter(None, (named(record.get("filename")), named(record.get("lineno")))))
    words = [named(record.get("levelname")), named(record.get("name")), place, text(record.get("msg"))]
    return " ".join(filter(None, [*words, *texts(record.get("args"))])) + "\n"


def collector_body(collector: JSON) -> JSON:
    """A file that could not be collected: none of its tests is in the report."""
    node_id, long = text(collector.get("nodeid")), plain(collector.get("longrepr"))
    ends = [line.removeprefix("E ").strip() for line in long.splitlines() if line.startswith("E ")]
    return {
        "test_id": pytest_id(node_id) or "pytest",
        "result": "error",
        "duration": 0.0,
        "start_time": None,
        "source": None,
        "metadata": said(node_id=node_id[:2048], fspath=node_id.partition("::")[0][:1000])
        | failure(ends[-1] if ends else long.partition("\n")[0], long),
        "params": {},
    }


def collector_files(collector: JSON, key: str, place: str) -> Iterator[Part]:
    yield from Files(key, place).logs([("traceback.log", plain(collector.get("longrepr")))])
