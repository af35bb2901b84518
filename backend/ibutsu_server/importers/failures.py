"""What can be told of a failure from the texts that reports keep of it."""

import re

MESSAGE_CHARACTERS = 4000
SHORT_TRACEBACK_CHARACTERS = 4000

_NAME = r"(?:[A-Za-z_$][\w$]*[.:]+)*[A-Za-z_$][\w$]*"
_LAST_LINE = re.compile(rf"^\S+:\d+: ({_NAME})\s*\Z", re.MULTILINE)  # pytest: test_shop.py:7: ValueError
_FIRST_WORD = re.compile(
    rf"\s*({_NAME}(?:Error|Exception|Failure|Warning|Exit|Interrupt|Timeout))(?::|\s*\Z|\n)"
)


def exception_name(kind: str | None, message: str, text: str) -> str | None:
    """The type of what was raised: said outright, at the end of a traceback, or before the message."""
    if kind:
        return kind
    found = _LAST_LINE.search(text[-1000:]) or _FIRST_WORD.match(message[:1000])
    if found:
        return found[1]
    return "AssertionError" if message.startswith("assert ") else None


def described(kind: str | None, message: str, text: str) -> dict[str, str]:
    """The metadata of a failed result; empty values are left out."""
    said = {
        "exception_name": exception_name(kind, message, text),
        "message": message[:MESSAGE_CHARACTERS],
        "short_tb": text[-SHORT_TRACEBACK_CHARACTERS:].strip("\n"),
    }
    return {key: value for key, value in said.items() if value}
