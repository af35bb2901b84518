"""What results and definitions in TRX say: which test it is, how it ended, why, and what it wrote."""

import hashlib
import re
from datetime import datetime

from ibutsu_server.importers import dotnet, values
from ibutsu_server.importers.report import JSON
from ibutsu_server.importers.tries import test_id
from ibutsu_server.importers.xml_tree import Element

OUTCOMES = {
    "passed": "passed",
    "passedbutrunaborted": "passed",
    "completed": "passed",
    "warning": "passed",
    "failed": "failed",
    "error": "error",
    "timeout": "error",
    "aborted": "error",
    "disconnected": "error",
    "notrunnable": "error",
    "inprogress": "error",
    "inconclusive": "skipped",
    "notexecuted": "skipped",
    "pending": "skipped",
}
UNSAID = "Error"
"""What writers leave out, because it is the first of their outcomes."""

OUTPUTS = {"StdOut": "system-out.log", "StdErr": "system-err.log", "DebugTrace": "debug-trace.log"}

_TEXT_CHARACTERS = 4000
_PATHS = 100
_NAME_CHARACTERS = 10_000
_SPAN = re.compile(r"(?:(\d+)\.)?(\d+):(\d{1,2}):(\d{1,2}(?:[.,]\d*)?)")
_ROW = re.compile(r".* \(Data Row \d+\)", re.DOTALL)


def outcome(result: Element) -> str:
    return OUTCOMES.get(_outcome(result).lower(), "error")


def _outcome(result: Element) -> str:
    return result.said("outcome") or UNSAID


def problems(result: Element) -> list[str]:
    """What is wrong with a result that is told of all the same."""
    said, time = _outcome(result), result.said("duration")
    found = []
    if said.lower() not in OUTCOMES:
        found.append(f"its outcome is {said[:50]!r}, which counts as an error")
    if time and span(time) is None:
        found.append(f"{time[:50]!r} is no duration")
    if next(result.all("InnerResults", result.tag), None):
        found.append("results inside of it are nested too deeply and were left out")
    return found


def span(text: str) -> float | None:
    """Seconds of `1.02:03:04.5678901`, or of a plain number."""
    found = _SPAN.fullmatch(text[:64].strip())
    if not found:
        return dotnet.seconds(text)
    days, hours, minutes, rest = found.groups()
    whole = int(days or 0) * 86400 + int(hours) * 3600 + int(minutes) * 60
    return whole + float(rest.replace(",", ".")) if whole < values.LONGEST_SECONDS else None


def between(start: str | None, end: str | None) -> float | None:
    first, last = dotnet.instant(start), dotnet.instant(end)
    if first is None or last is None:
        return None
    return max((datetime.fromisoformat(last) - datetime.fromisoformat(first)).total_seconds(), 0.0)


def identity(result: Element) -> bytes | None:
    """What is the same in every attempt at a test."""
    if not result.said("testId"):
        return None
    said = [result.said(name) for name in ("testId", "testName", "dataRowInfo")]
    return hashlib.blake2b("\0".join(said).encode(), digest_size=16).digest()


def told(result: Element, place: str) -> JSON:
    """All that a result says, without its definition."""
    name, duration = result.said("testName"), span(result.said("duration"))
    if duration is None:
        duration = between(result.said("startTime"), result.said("endTime"))
    return {
        "test": result.said("testId").lower(),
        "name": name[:_NAME_CHARACTERS],
        "place": place,
        "source": None,
        "body": {
            "start_time": dotnet.instant(result.said("startTime")),
            "duration": duration or 0.0,
            "result": outcome(result),
            "metadata": {**_own(result), **_reasons(result)},
            "params": {} if _ROW.fullmatch(name[:_NAME_CHARACTERS]) else dotnet.params(name),
        },
        "texts": _texts(result),
    }


def _own(result: Element) -> JSON:
    own = {
        "outcome": _outcome(result)[:100],
        "computer": result.said("computerName")[:200],
        "attachments": [one.said("path")[:1000] for one in result.all("ResultFiles", "ResultFile")][:_PATHS],
    }
    return {key: value for key, value in own.items() if value}


def _reasons(result: Element) -> JSON:
    found = outcome(result)
    message = result.text("Output", "ErrorInfo", "Message")
    if found in ("failed", "error"):
        message = message or f"The outcome of the test is {_outcome(result)[:100]}"
        return dotnet.failure("", message, result.text("Output", "ErrorInfo", "StackTrace"))
    said = message.strip() or _messages(result).strip()
    if found == "skipped":
        reason = said or result.text("Output", "StdOut").strip() or _outcome(result)
        return {"skip_reason": reason[:_TEXT_CHARACTERS]}
    return {"warning": said[:_TEXT_CHARACTERS]} if message.strip() else {}


def _messages(result: Element) -> str:
    return "\n".join(one.text() for one in result.all("Output", "TextMessages", "Message"))


def _texts(result: Element) -> dict[str, str]:
    traceback = ""
    if outcome(result) in ("failed", "error"):
        stack = result.text("Output", "ErrorInfo", "StackTrace")
        traceback = dotnet.traceback(result.text("Output", "ErrorInfo", "Message"), stack)
    texts = {"traceback.log": traceback}
    for tag, name in OUTPUTS.items():
        texts[name] = result.text("Output", tag)
    written = [texts["system-out.log"], _messages(result)]
    texts["system-out.log"] = "\n".join(text for text in written if text)
    return texts


def definition(element: Element) -> JSON:
    """What is told of a test beside its results."""
    method = next(element.all("TestMethod"), Element("TestMethod", {}))
    pairs = [(one.text("Key"), one.text("Value")) for one in element.all("Properties", "Property")]
    categories = [
        ("Category", item.said("TestCategory")) for item in element.all("TestCategory", "TestCategoryItem")
    ]
    owners = [one.said("name") for one in element.all("Owners", "Owner")][:_PATHS]
    own = {
        "classname": method.said("className").partition(",")[0][:1000],
        "owner": ", ".join(owners)[:1000],
        "description": element.text("Description").strip()[:_TEXT_CHARACTERS],
        "priority": element.said("priority")[:100],
        "storage": re.split(r"[/\\]", method.said("codeBase") or element.said("storage"))[-1][:500],
    }
    told_ = {key: value for key, value in own.items() if value}
    return {**dotnet.properties([*pairs, *categories]), **told_}


def completed(told: JSON, definition: JSON) -> JSON:
    """The body of a result whose definition is known."""
    body, kind, name = told["body"], definition.get("classname"), told["name"]
    whole = name if not kind or name.startswith(f"{kind}.") else f"{kind}.{name}"
    metadata = {**definition, **body["metadata"]}
    source = definition.get("storage")
    return {**body, "test_id": test_id(whole), "source": source, "metadata": metadata}
