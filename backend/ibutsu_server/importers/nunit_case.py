"""What a test case of NUnit says: which one it is, how it ended, why, and what it wrote."""

import re

from ibutsu_server.importers import dotnet
from ibutsu_server.importers.report import JSON
from ibutsu_server.importers.tries import Texts, test_id
from ibutsu_server.importers.xml_tree import Element

OUTCOMES = {
    "passed": "passed",
    "success": "passed",
    "warning": "passed",
    "failed": "failed",
    "failure": "failed",
    "error": "error",
    "cancelled": "error",
    "notrunnable": "error",
    "skipped": "skipped",
    "ignored": "skipped",
    "inconclusive": "skipped",
}
ERROR_LABELS = ("Error", "Invalid", "Cancelled")
"""What a failed case is called that did not come to an assertion."""

ERROR_SITES = ("SetUp", "TearDown", "Parent")
"""Where it failed, if not in the test."""

NOT_TOLD = ("SKIPREASON", "PID", "APPDOMAIN")
"""Properties that are told elsewhere, or different in every run."""

_TEXT_CHARACTERS = 4000
_PATHS = 100


def named(case: Element) -> str:
    return case.said("fullname") or case.said("name") or case.said("methodname") or "without a name"


def body(case: Element, inherited: JSON, start: str | None) -> JSON:
    own = {
        "classname": case.said("classname"),
        "label": case.said("label"),
        "site": case.said("site"),
        "asserts": case.said("asserts"),
        "description": case.said("description"),
        "warnings": _warnings(case),
        "attachments": _attachments(case),
    }
    told = {key: value[:_TEXT_CHARACTERS] for key, value in own.items() if value}
    return {
        "test_id": _test_id(case),
        "start_time": dotnet.instant(case.said("start-time")) or start,
        "duration": dotnet.seconds(_duration(case)) or 0.0,
        "result": outcome(case),
        "source": None,
        "metadata": {**merged(inherited, properties(case)), **told, **_reasons(case)},
        "params": dotnet.params(last_name(case)),
    }


def last_name(case: Element) -> str:
    """The name without its class; NUnit 2 has only whole ones."""
    name, kind = case.said("name"), case.said("classname")
    return name.removeprefix(f"{kind}.") if kind else name


def _test_id(case: Element) -> str | None:
    whole = case.said("fullname")
    if not whole:
        name, kind = case.said("name"), case.said("classname")
        whole = name if not kind or name.startswith(kind) else f"{kind}.{name}"
    return test_id(whole)


def _duration(case: Element) -> str:
    return case.said("duration") or case.said("time")


def outcome(case: Element) -> str:
    found = OUTCOMES.get(case.said("result").lower())
    if found is None:
        is_left_out = not case.said("result") and case.said("executed").lower() == "false"
        return "skipped" if is_left_out else "error"
    is_error = case.said("label") in ERROR_LABELS or case.said("site") in ERROR_SITES
    return "error" if found == "failed" and is_error else found


def problem(case: Element) -> str | None:
    """What is wrong with a case that is told of all the same."""
    said, time = case.said("result"), _duration(case)
    if said.lower() not in OUTCOMES and outcome(case) == "error":
        return f"its result is {said[:50]!r}, which counts as an error"
    if time and dotnet.seconds(time) is None:
        return f"{time[:50]!r} is no duration, it counts as 0"
    return None


def properties(element: Element) -> JSON:
    """Of a case, or of the element that holds them; NUnit 2 has categories beside them."""
    inner = () if element.tag == "properties" else ("properties",)
    pairs = [(one.said("name").lstrip("_"), one.said("value")) for one in element.all(*inner, "property")]
    inner = () if element.tag == "categories" else ("categories",)
    categories = [("Category", one.said("name")) for one in element.all(*inner, "category")]
    return dotnet.properties([one for one in (*pairs, *categories) if one[0].upper() not in NOT_TOLD])


def merged(outer: JSON, inner: JSON) -> JSON:
    tags = list(dict.fromkeys([*outer.get("tags", []), *inner.get("tags", [])]))[: dotnet.TAGS]
    return {**outer, **inner, **({"tags": tags} if tags else {})}


def _warnings(case: Element) -> list[str]:
    said = [one for one in case.all("assertions", "assertion") if one.said("result") == "Warning"]
    reasons = [case.text("reason", "message")] if case.said("result") == "Warning" and not said else []
    return [text[:_TEXT_CHARACTERS] for text in (*(one.text("message") for one in said), *reasons)][:_PATHS]


def _attachments(case: Element) -> list[str]:
    paths = (one.text("filePath") for one in case.all("attachments", "attachment"))
    return [path.strip()[:1000] for path in paths][:_PATHS]


def _reasons(case: Element) -> JSON:
    found = outcome(case)
    if found in ("failed", "error"):
        message, stack = _failure(case)
        return dotnet.failure("", message, stack)
    reason = case.text("reason", "message").strip() or case.text("failure", "message").strip()
    if found == "skipped" and (reason or case.said("label")):
        return {"skip_reason": (reason or case.said("label"))[:_TEXT_CHARACTERS]}
    return {}


def _failure(case: Element) -> tuple[str, str]:
    message = case.text("failure", "message") or case.text("reason", "message")
    return message, case.text("failure", "stack-trace") or case.text("reason", "stack-trace")


def texts(case: Element) -> Texts:
    """Several failed assertions have a trace each, of which the failure has only the last one."""
    if outcome(case) not in ("failed", "error"):
        return {"system-out.log": case.text("output")}
    message, stack = _failure(case)
    others = [one.text("stack-trace") for one in case.all("assertions", "assertion")]
    stacks = [stack, *(one for one in others if one.strip() and one.strip() != stack.strip())]
    whole = dotnet.traceback(message, "\n\n".join(one.strip("\r\n") for one in stacks))
    return {"traceback.log": whole, "system-out.log": case.text("output")}


def last_of_path(path: str) -> str:
    return re.split(r"[/\\]", path)[-1]
