"""What an Allure results folder says of the whole run: its environment, and what executed it."""

import re
from collections.abc import Iterator
from typing import Any

import orjson

from ibutsu_server.importers.lines import WITHOUT_NUL
from ibutsu_server.importers.report import JSON

ENTRIES = 500
VALUE_CHARACTERS = 1000

ENVIRONMENT = "environment.properties"
EXECUTOR = "executor.json"

_EXECUTOR = {
    "name": "executor",
    "buildName": "build_name",
    "buildOrder": "build_order",
    "buildUrl": "build_url",
    "reportName": "report_name",
    "reportUrl": "report_url",
}
_KEY = re.compile(r"((?:\\.|[^\\=:\s])+)\s*[=:\s]\s*(.*)")
_ESCAPED = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))")


class About:
    def __init__(self) -> None:
        self.told: JSON = {}

    def reads(self, name: str) -> bool:
        return name in (ENVIRONMENT, EXECUTOR)

    def read(self, name: str, content: bytes) -> None:
        if name == ENVIRONMENT:
            self._add(_properties(content.decode("utf-8-sig", "replace")))
        else:
            self._add(_executor(content))

    def _add(self, entries: Iterator[tuple[str, Any]]) -> None:
        for key, value in entries:
            if len(self.told) < ENTRIES:
                self.told[key[:VALUE_CHARACTERS]] = (
                    value[:VALUE_CHARACTERS] if isinstance(value, str) else value
                )


def _properties(text: str) -> Iterator[tuple[str, str]]:
    """As Java writes them."""
    for line in text.splitlines():
        said = line.strip()[: 2 * VALUE_CHARACTERS]
        if said and said[0] not in "#!" and (found := _KEY.match(said)):
            yield _unescaped(found[1]), _unescaped(found[2])


def _unescaped(text: str) -> str:
    """Two escapes make one character beyond the first 65,536; what cannot be stored is replaced."""
    plain = _ESCAPED.sub(lambda found: chr(int(found[1], 16)) if found[1] else found[2], text)
    whole = plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\0", "\ufffd")


def _executor(content: bytes) -> Iterator[tuple[str, Any]]:
    try:
        found: Any = orjson.loads(content.replace(*WITHOUT_NUL))
    except orjson.JSONDecodeError:
        return
    if isinstance(found, dict):
        for name, key in _EXECUTOR.items():
            if isinstance(found.get(name), str | int):
                yield key, found[name]
