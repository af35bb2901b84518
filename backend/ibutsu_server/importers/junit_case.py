"""What a case of JUnit XML says: which test it is, how it ended, why, and what it wrote."""

from collections.abc import Iterator
from itertools import chain

from ibutsu_server.importers.failures import described
from ibutsu_server.importers.junit_elements import Attributes, Element
from ibutsu_server.importers.report import JSON, File
from ibutsu_server.importers.values import last_part

OUTCOMES = {
    "failure": "failed",
    "error": "error",
    "skipped": "skipped",
    "xfailure": "xfailed",
    "xpassed": "xpassed",
}
"""By child of a case; the first one of this order decides."""

OUTPUTS = ("system-out", "system-err")
PYTEST_XFAIL = "pytest.xfail"


def named(case: Element) -> str:
    return case.said("name") or case.said("classname") or "without a name"


def test_id(case: Element) -> str | None:
    parts = (last_part(case.said(name)) for name in ("classname", "name"))
    return ".".join(filter(None, parts)) or None


def path(case: Element) -> str | None:
    """The file of a case that names only its class."""
    package = case.said("classname").rpartition(".")[0]
    return package.replace(".", "/") or None


def outcome(case: Element) -> str:
    tag = next((tag for tag in OUTCOMES if tag in case.texts), None)
    if tag is None:
        return "passed"
    kind = case.texts[tag][0][0].get("type")
    return "xfailed" if tag == "skipped" and kind == PYTEST_XFAIL else OUTCOMES[tag]


def reasons(case: Element) -> JSON:
    """Metadata that say why a case has not passed."""
    for attributes, text in _failures(case):
        return described(attributes.get("type"), attributes.get("message", ""), text)
    for attributes, text in case.texts.get("skipped", ()):
        reason = text if text.strip() else attributes.get("message")
        key = "xfail_reason" if attributes.get("type") == PYTEST_XFAIL else "skip_reason"
        return {key: reason} if reason else {}
    return {}


def files(key: str, case: Element) -> Iterator[File]:
    """Each text once: tracebacks, or the messages of failures that have none, and outputs."""
    texts = {"traceback": "\n\n".join(filter(None, map(_failure_text, _failures(case))))}
    for tag in OUTPUTS:
        texts[tag] = "\n".join(text for _, text in case.texts.get(tag, ()) if text)
    for name, text in texts.items():
        if text:
            yield File(key, f"{name}.log", f"{name}.log", [text.encode()])


def _failures(case: Element) -> Iterator[tuple[Attributes, str]]:
    return chain.from_iterable(case.texts.get(tag, ()) for tag in ("failure", "error"))


def _failure_text(failure: tuple[Attributes, str]) -> str:
    attributes, text = failure
    return text if text.strip() else attributes.get("message", "")
