"""What a test in XML of xUnit.net says: which one it is, how it ended, why, and what it wrote."""

import base64
import mimetypes
import re

from ibutsu_server.importers import dotnet
from ibutsu_server.importers.report import JSON
from ibutsu_server.importers.tries import Texts, test_id
from ibutsu_server.importers.xml_tree import Attributes, Element

OUTCOMES = {"pass": "passed", "fail": "failed", "skip": "skipped", "notrun": "skipped"}
SHORTENED = ("···", "...")
"""Of long arguments only the beginning is in a name: tests of such names may be different ones."""

_OWN = ("traceback.log", "system-out.log")
_TEXT_CHARACTERS = 4000
_WARNINGS = 100
_NAME_CHARACTERS = 1000
_ESCAPED_BREAK = re.compile(r"\\r\\n|(?<!\\)\\n(?=[\sA-Z(-])")
_ESCAPES = {r"\r\n": "\n", r"\n": "\n", r"\r": "\n", r"\t": "\t", r"\\": "\\", r"\"": '"'}
_ESCAPE = re.compile(r'\\r\\n|\\[nrt\\"]')


def named(test: Element) -> str:
    return test.said("name") or test.said("method") or "without a name"


def identity(test: Element) -> str | None:
    """What is the same in every attempt at a test."""
    if test.said("id"):
        return test.said("id")
    name = test.said("name")
    return None if any(mark in name for mark in SHORTENED) else f"{test.said('type')}\n{name}"


def body(test: Element, assembly: Attributes, group: Attributes) -> JSON:
    name, collection = test.said("name"), group.get("name", "")[:_NAME_CHARACTERS]
    starts = (test.said("start-rtf"), test.said("start-time"), assembly.get("start-rtf"), _start(assembly))
    own = {
        "classname": test.said("type")[:_NAME_CHARACTERS] or collection,
        "collection": collection,
        "fspath": test.said("source-file")[:_TEXT_CHARACTERS],
        "line": test.said("source-line")[:20],
        "warnings": [one.text()[:_TEXT_CHARACTERS] for one in test.all("warnings", "warning")][:_WARNINGS],
    }
    traits = [(one.said("name"), one.said("value")) for one in test.all("traits", "trait")]
    told = {key: value for key, value in own.items() if value}
    return {
        "test_id": _test_id(test.said("type"), test.said("method"), name),
        "start_time": dotnet.instant(*starts),
        "duration": dotnet.seconds(test.said("time")) or 0.0,
        "result": outcome(test),
        "source": None,
        "metadata": {**dotnet.properties(traits), **told, **_reasons(test)},
        "params": dotnet.params(name),
    }


def _start(assembly: Attributes) -> str:
    return f"{assembly.get('run-date', '')[:32]}T{assembly.get('run-time', '')[:32]}"


def _test_id(kind: str, method: str, name: str) -> str | None:
    """Class and method with the arguments, also where a test is displayed under another name."""
    whole = f"{kind}.{method}" if kind and method else method or name
    if name.startswith(whole):
        return test_id(name)
    if method and name.startswith(method):
        return test_id(f"{kind}.{name}" if kind else name)
    arguments = name[name.index("(") :] if dotnet.params(name) else ""
    return test_id(whole + arguments)


def outcome(test: Element) -> str:
    said = test.said("result").lower()
    return OUTCOMES.get(said, "error")


def unknown(test: Element) -> str | None:
    """What is wrong with a test that is told of all the same."""
    said, time = test.said("result"), test.said("time")
    if said.lower() not in OUTCOMES:
        return f"its result is {said[:50]!r}, which counts as an error"
    if time and dotnet.seconds(time) is None:
        return f"{time[:50]!r} is no duration, it counts as 0"
    return None


def _reasons(test: Element) -> JSON:
    failed = next(test.all("failure"), None)
    if failed is not None:
        return _failure(failed)
    reason = test.text("reason").strip() or test.text("reason", "message").strip()
    if test.said("result").lower() == "notrun":
        reason = reason or "Not run"
    return {"skip_reason": reason[:_TEXT_CHARACTERS]} if reason else {}


def _failure(failed: Element) -> JSON:
    return dotnet.failure(failed.said("exception-type"), _message(failed), _stack(failed))


def _message(failed: Element) -> str:
    """Version 2 writes escapes for line breaks; in a message without those, backslashes may be a path."""
    said = failed.text("message")
    if "\n" in said or not _ESCAPED_BREAK.search(said):
        return said
    return _ESCAPE.sub(lambda found: _ESCAPES[found[0]], said)


def _stack(failed: Element) -> str:
    """Some writers put it into the message."""
    return failed.text("stack-trace") or failed.text("message", "stack-trace")


def texts(test: Element) -> Texts:
    failed = next(test.all("failure"), None)
    traceback = dotnet.traceback(_message(failed), _stack(failed)) if failed is not None else ""
    return {"traceback.log": traceback, "system-out.log": test.text("output")}


def attachment(one: Element) -> tuple[str, str | bytes]:
    """Its name and its content; raises ValueError where that is damaged."""
    name = one.said("name")[-200:].replace("/", "_") or "attachment"
    if name in _OWN:
        name = f"attachment {name}"
    kind = one.said("media-type")
    if not kind:
        return name, one.text()
    ending = "" if "." in name else mimetypes.guess_extension(kind) or ""
    return name + ending, base64.b64decode("".join(one.text().split()), validate=True)


def error(named_: str, failure: Element) -> tuple[JSON, Texts]:
    """A result of its own for what no test can be blamed for."""
    said = {
        "test_id": test_id(named_),
        "start_time": None,
        "duration": 0.0,
        "result": "error",
        "source": None,
        "metadata": _failure(failure),
        "params": {},
    }
    return said, {"traceback.log": dotnet.traceback(_message(failure), _stack(failure))}
