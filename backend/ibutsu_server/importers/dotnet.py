"""What test reports of .NET have in common: names with arguments in them, and messages with exceptions."""

import re

from ibutsu_server.importers import values
from ibutsu_server.importers.failures import described
from ibutsu_server.importers.report import JSON

NAME_CHARACTERS = 2000
ARGUMENTS = 100
VALUE_CHARACTERS = 1000
PROPERTY_CHARACTERS = 16 * 1024
"""Of all properties of a test; the rest is left out."""

TAGS = 100
LABEL_CHARACTERS = 200
MEANT = ("env", "component", "project", "source")
"""Metadata that the server understands: texts."""

EPOCH = "1970"

_CALL = re.compile(r"([^\s(]+) ?\((.+)\)\s*", re.DOTALL)
_NAMED = re.compile(r"\s*([\w?]+): (.*)", re.DOTALL)
_ARGUMENT = re.compile(r"""(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])'|[^,])""", re.DOTALL)
_OPENING, _CLOSING = "([{", ")]}"
_THROWN = re.compile(
    r"(?:[^\n]{0,500}? threw exception[:.]\s*)?(?:\w+ ?: )?"
    r"((?:[A-Za-z_][\w+`]*\.)*[A-Za-z_]\w*(?:Exception|Error)(?:`\d+)?) ?:"
)


def seconds(text: str) -> float | None:
    """Writers of .NET may use the comma of their country, but no thousands."""
    return values.seconds(text if "." in text else text.replace(",", "."))


def instant(*texts: str | None) -> str | None:
    """The first that is a time; the first year of all is written for none."""
    found = (values.instant(text) for text in texts)
    return next((one for one in found if one and one > EPOCH), None)


def params(name: str) -> dict[str, str]:
    """The arguments in the name of a test, `Adds(x: 1, y: "a")` or `Adds(1,"a")`, which have no names."""
    found = _CALL.fullmatch(name[:NAME_CHARACTERS])
    if not found:
        return {}
    told = _arguments(found[2])
    named = [_NAMED.fullmatch(value) for value in told]
    if all(named):
        return {one[1]: one[2][:VALUE_CHARACTERS] for one in named if one}
    return {f"arg{place}": value.strip()[:VALUE_CHARACTERS] for place, value in enumerate(told)}


def _arguments(text: str) -> list[str]:
    """At the commas that are neither quoted nor in brackets."""
    found, depth, begin, place = [], 0, 0, 0
    while place < len(text):
        if text[place] == "," and not depth:
            found.append(text[begin:place])
            begin = place + 1
        depth += (text[place] in _OPENING) - (text[place] in _CLOSING and depth > 0)
        quoted = _ARGUMENT.match(text, place)
        place = max(quoted.end() if quoted else 0, place + 1)
    return [*found, text[begin:]][:ARGUMENTS]


def failure(kind: str, message: str, stack: str) -> JSON:
    """The metadata of what failed."""
    thrown = _THROWN.match(message[:2000].lstrip())
    return {
        **described(kind or (thrown[1] if thrown else None), message.strip("\r\n"), traceback(message, stack))
    }


def traceback(message: str, stack: str) -> str:
    return "\n".join(text.strip("\r\n") for text in (message, stack) if text.strip())


def properties(pairs: list[tuple[str, str]]) -> JSON:
    """Metadata of named values; categories become tags, and several values of one name a list."""
    found: dict[str, list[str]] = {}
    room = PROPERTY_CHARACTERS
    for name, value in pairs:
        room -= len(name) + len(value)
        if name.strip() not in ("", "run", "user_properties") and room >= 0:
            found.setdefault(name.strip(), []).append(value.strip())
    tags = [value for name in ("Category", "category") for value in found.pop(name, [])]
    told = {name: _value(name, values) for name, values in found.items()}
    return {**told, **({"tags": tags[:TAGS]} if tags else {})}


def _value(name: str, values: list[str]) -> str | list[str]:
    """Those that have a meaning to the server are texts."""
    if len(values) == 1 or name in MEANT:
        return ", ".join(values)[:LABEL_CHARACTERS] if name in MEANT else values[0]
    return values
