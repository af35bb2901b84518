"""What a case of JUnit XML says: which test it is, how it ended, why, and what it wrote."""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from ibutsu_server.importers import junit_failure, tries
from ibutsu_server.importers.failures import MESSAGE_CHARACTERS
from ibutsu_server.importers.junit_elements import Case, Suite, Text
from ibutsu_server.importers.report import JSON
from ibutsu_server.importers.values import instant, is_dotted, last_part, seconds

OUTCOMES = {
    "failure": "failed",
    "error": "error",
    "skipped": "skipped",
    "xfailure": "xfailed",
    "xpassed": "xpassed",
}
"""By child of a case; the first one of this order decides."""

EARLIER = {
    "flakyFailure": "failed",
    "flakyError": "error",
    "rerunFailure": "failed",
    "rerunError": "error",
}
"""Children that are attempts of their own: of a case that passed in the end the ones before, of others the
ones after the failure that the case itself tells of."""

STACK_TRACE = "stackTrace"
TRACEBACK = "traceback.log"
OUTPUTS = ("system-out", "system-err")
UNHAPPY = ("failed", "error")

_SAID = {
    **dict.fromkeys(("notrun", "disabled", "suppressed", "skipped", "pending", "ignored"), "skipped"),
    **dict.fromkeys(("fail", "failed"), "failed"),
    "blocked": "blocked",
}
"""What `status` and `result` say where no child tells how a case ended."""

_FILE_ENDINGS = (
    *(".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".vue"),
    *(".py", ".rb", ".php", ".feature", ".bats", ".robot"),
)
_COMMON = frozenset(("name", "classname", "time"))
_KEPT = ("assertions", "owner", "tags")
_SHORT_CHARACTERS = 300
"""Of nearly all names."""


class Tried(NamedTuple):
    """One attempt at a case; `texts` are its files by their names."""

    body: JSON
    texts: dict[str, str]


def named(case: Case) -> str:
    return case.name or case.group or "without a name"


def test_id(case: Case) -> str | None:
    group, name = _class(case.group)[0], _short(case.name)
    whole = f"{group}.{name}" if group and name else group or name
    return whole if 0 < len(whole) <= _SHORT_CHARACTERS else tries.test_id(whole)


def path(case: Case) -> str | None:
    """The file of a case that names only its class."""
    return _class(case.group)[1]


def _class(name: str) -> tuple[str, str | None]:
    return _short_and_path(name) if len(name) <= _SHORT_CHARACTERS else (_short(name), None)


@lru_cache(4096)
def _short_and_path(name: str) -> tuple[str, str | None]:
    if name.endswith(_FILE_ENDINGS):
        name = name.removeprefix("./")
        return name, name
    return _short(name), name.rpartition(".")[0].replace(".", "/") if is_dotted(name) else None


def _short(name: str) -> str:
    """Without its package, unless it is the name of a file."""
    return name if name.endswith(_FILE_ENDINGS) else last_part(name)


def attempts(case: Case, suite: Suite, duration: float) -> list[Tried]:
    """The oldest first; a case that tells nothing of retries is one."""
    body = _body(case, suite, duration)
    if not case.texts:
        return [Tried(body, {})]
    result = outcome(case)
    kept = Tried(_ended(body, result, _reasons(case, result)), _texts(_failures(case), case.texts))
    others = [_other(body, text) for text in case.texts if text.tag in EARLIER]
    if not others:
        return [kept]
    if kept.body["result"] not in UNHAPPY:
        return [*others, kept]
    last = others[-1]
    known = {name: last.body[name] or body[name] for name in ("duration", "start_time")}
    return [kept, *others[:-1], Tried({**last.body, **known}, last.texts)]


def _body(case: Case, suite: Suite, duration: float) -> JSON:
    body: JSON = {
        "test_id": test_id(case),
        "start_time": case.start or suite.start,
        "duration": duration,
        "result": "passed",
        "source": None,
        "metadata": {"fspath": suite.file or path(case), "line": None, **suite.inherited},
        "params": {},
    }
    if case.properties or not _COMMON.issuperset(case.attributes):
        _tell_more(body, case, suite)
    body["source"] = body["metadata"].get("source")
    return body


def _tell_more(body: JSON, case: Case, suite: Suite) -> None:
    """What most cases do not say.  GoogleTest names the value and the type that a test is made with."""
    attributes = case.attributes
    own: JSON = {name: attributes[name] for name in _KEPT if name in attributes}
    own["fspath"] = suite.file or case.said("file") or path(case)
    own["line"] = case.said("line") or None
    status = next((said for said in map(case.said, ("result", "status")) if said.lower() in _SAID), None)
    if status:
        body["result"] = _SAID[status.lower()]
        if body["result"] == "skipped" and status.lower() != "skipped":
            own["skip_reason"] = status
    body["metadata"] = {**own, **suite.inherited, **case.properties}
    body["params"] = {name: attributes[name] for name in ("value_param", "type_param") if name in attributes}


def _ended(body: JSON, result: str | None, reasons: JSON) -> JSON:
    return {**body, "result": result or body["result"], "metadata": {**body["metadata"], **reasons}}


def outcome(case: Case) -> str | None:
    """What its children say."""
    first = {text.tag: text for text in reversed(case.texts)}
    tag = next((tag for tag in OUTCOMES if tag in first), None)
    if tag is None:
        return None
    if tag != "skipped" and "skipped" in first and _is_tolerated(first["skipped"]):
        return "xfailed"
    return _other_outcome(first[tag]) or OUTCOMES[tag]


def _is_tolerated(skipped: Text) -> bool:
    """Node's tests that are to be done, and those of Catch2 that may fail, can hold a failure as well."""
    return skipped.attributes.get("type") == "todo" or "!mayfail" in skipped.attributes.get("message", "")


def _other_outcome(text: Text) -> str | None:
    """How pytest, unittest-xml-reporting and nose2 tell of failures that are expected."""
    kind, message = text.attributes.get("type"), text.attributes.get("message")
    if kind in ("pytest.xfail", "XFAIL") or message == "expected test failure":
        return "xfailed"
    return "xpassed" if kind == "UnexpectedSuccess" or message == "test passes unexpectedly" else None


def _reasons(case: Case, result: str | None) -> JSON:
    """Metadata that say why a case has not passed."""
    if result in (*UNHAPPY, "xpassed"):
        failure = next(iter(_failures(case)), None)
        return junit_failure.reasons(failure.attributes, failure.whole()) if failure else {}
    skipped = next((text for text in case.texts if text.tag == "skipped"), None)
    if skipped is None:
        return {}
    message = skipped.attributes.get("message", "")
    said = junit_failure.first_words(message) if message.startswith("=== ") else message
    reason = skipped.whole() if skipped.whole().strip() else said
    key = "xfail_reason" if result == "xfailed" else "skip_reason"
    return {key: reason[:MESSAGE_CHARACTERS]} if reason else {}


def _failures(case: Case) -> list[Text]:
    failures = [text for text in case.texts if text.tag == "failure"]
    return failures + [text for text in case.texts if text.tag == "error"]


def _texts(failures: Iterable[Text], others: Iterable[Text]) -> dict[str, str]:
    """Each text once: tracebacks, or the messages of failures that have none, and outputs."""
    texts = {TRACEBACK: "\n\n".join(filter(None, map(_traceback, failures)))}
    for tag in OUTPUTS:
        texts[f"{tag}.log"] = "\n".join(one.whole() for one in others if one.tag == tag and one.whole())
    return {name: text for name, text in texts.items() if text}


def _traceback(failure: Text) -> str:
    """Surefire puts that of a retried attempt into an element of its own."""
    inner = next((one.whole() for one in failure.inner if one.tag == STACK_TRACE), "")
    text = failure.whole()
    return inner or (text if text.strip() else failure.attributes.get("message", ""))


def _other(body: JSON, text: Text) -> Tried:
    """An attempt that an element inside of the case tells of."""
    own = {
        "duration": seconds(text.attributes.get("time")),
        "start_time": instant(text.attributes.get("timestamp")),
    }
    reasons = junit_failure.reasons(text.attributes, _traceback(text))
    return Tried(_ended({**body, **own}, EARLIER[text.tag], reasons), _texts([text], text.inner))
