"""What a test of Robot Framework says: how it ended and why, also where it was tried several times."""

import re
from datetime import datetime
from html import unescape

from ibutsu_server.importers.failures import described
from ibutsu_server.importers.report import JSON
from ibutsu_server.importers.values import instant, seconds

OUTCOMES = {"PASS": "passed", "FAIL": "failed", "SKIP": "skipped", "NOT RUN": "skipped"}
AROUND = ("Parent suite setup failed:", "Parent suite teardown failed:", "Setup failed:", "Teardown failed:")
"""Messages of tests that did not fail themselves begin so."""

HTML = "*HTML*"
RETRIED = "Skipped for Retry"
"""The end of the message of an attempt that the listener RetryFailed does not count."""

_TEXT_CHARACTERS = 4000
_MOST = 1000
_MERGED = '<span class="merge">'
_STATUS = re.compile(r"(?:Old|New) status:.{0,100}?\b(PASS|FAIL|SKIP|NOT RUN)\b", re.DOTALL)
_MESSAGE = re.compile(r"(?:Old|New) message:(.*)", re.DOTALL)
_RETRIES = re.compile(r"\n?\[RETRY\] (?:PASS|FAIL) on (\d{1,3})\. retry\.")
_BREAK = re.compile(r"<br\s*/?>|<hr>", re.IGNORECASE)
_TRACEBACK = "Traceback (most recent call last):"
_TRACEBACK_CHARACTERS = 20_000
_THROWN = re.compile(r"^[ \t]*((?:\w+\.)*(?!None\b)[A-Z]\w*[a-z]\w*)(?:: |$)", re.MULTILINE)
"""The line below the frames of a traceback."""

_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,2000}>")
_ENDLESS = re.compile(r"&#[0-9]{100,};?")
"""References with more digits than Python takes for a number."""

Attributes = dict[str, str]


def start(status: Attributes) -> str | None:
    return instant(status.get("start") or status.get("starttime"))


def duration(status: Attributes) -> float:
    """Robot Framework 7 says it, older ones only when it ended."""
    said = seconds(status.get("elapsed"))
    if said is not None:
        return said
    first, last = start(status), instant(status.get("endtime"))
    if first is None or last is None:
        return 0.0
    return max((datetime.fromisoformat(last) - datetime.fromisoformat(first)).total_seconds(), 0.0)


def plain(message: str) -> str:
    """The text of a message that may be HTML."""
    if not message.startswith(HTML):
        return message
    return as_text(message.removeprefix(HTML))


def as_text(html: str) -> str:
    html = _ENDLESS.sub("\ufffd", html)
    return unescape(_TAG.sub("", _BREAK.sub("\n", html))).strip()


def logged(attributes: Attributes, text: str) -> str:
    """The text of a message in the log."""
    return as_text(text) if attributes.get("html") in ("true", "yes") else text


def verdict(status: str, message: str, trace: str) -> JSON:
    """The outcome, and metadata that say why."""
    result = OUTCOMES.get(status, "error")
    if result == "failed" and message.startswith(AROUND):
        result = "error"
    metadata: JSON = {}
    if result in ("failed", "error"):
        text = f"{message}\n\n{trace}" if trace else message
        metadata = {**described(_exception_name(trace), message, text)}
    elif result == "skipped":
        reason = message.strip() or ("Not run" if status == "NOT RUN" else "")
        metadata = {"skip_reason": reason[:_TEXT_CHARACTERS]} if reason else {}
    elif message.strip():
        metadata = {"message": message[:_TEXT_CHARACTERS]}
    return {"result": result, "metadata": metadata}


def _exception_name(trace: str) -> str | None:
    """In the first traceback, which is only there where the level of the log was DEBUG."""
    place = trace.find(_TRACEBACK)
    if place < 0:
        return None
    place += len(_TRACEBACK)
    found = _THROWN.search(trace, place, place + _TRACEBACK_CHARACTERS)
    return found[1] if found else None


def attempts(status: str, message: str) -> list[tuple[str, str]]:
    """Status and message of every attempt that the message of a test tells of, the oldest first."""
    if message.startswith(HTML) and _MERGED in message[:200]:
        merged = [_merged(part) for part in message.split("<hr>")[:_MOST]]
        return [one for one in reversed(merged) if one] or [(status, plain(message))]
    retried = _RETRIES.search(message)
    if retried:
        last = message[: retried.start()] + message[retried.end() :]
        return [*[("FAIL", "")] * int(retried[1]), (status, plain(last))]
    return [(status, plain(message))]


def _merged(part: str) -> tuple[str, str] | None:
    status, message = _STATUS.search(part), _MESSAGE.search(part)
    return (status[1], as_text(message[1]) if message else "") if status else None
