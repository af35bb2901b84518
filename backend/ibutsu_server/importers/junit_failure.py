"""What a failure of JUnit XML is called and what it says, also where its attributes are empty or vague."""

import re

from ibutsu_server.importers.failures import described
from ibutsu_server.importers.junit_elements import Attributes
from ibutsu_server.importers.report import JSON

_NO_EXCEPTIONS = ("failure", "failed", "fail", "error", "testcodefailure", "nonetype", "panicked", "timedout")
"""Types of failures that say no more than that there is one, in lower case."""

_NO_MESSAGES = ("", "failed", "test failure", "none")
_WORDS_CHARACTERS = 1000
_HEADING = re.compile(r"FAILED:|=== .*|--- (FAIL|SKIP): .*|[\w\\]+::\w+( with data set .*)?")
"""Of Catch2, Go and PHPUnit."""


def reasons(attributes: Attributes, text: str) -> JSON:
    kind, message = attributes.get("type", "").strip(), attributes.get("message", "").strip()
    if message.lower() in _NO_MESSAGES:
        message = first_words(text) or message
    return described(None if _says_nothing(kind) else kind, message, text)


def first_words(text: str) -> str:
    """The line of a failure that says most: in Python the last one, else the first that is no heading."""
    if text.lstrip()[:9] == "Traceback":
        return text.rstrip()[-_WORDS_CHARACTERS:].rpartition("\n")[2]
    lines = (line.strip() for line in text.lstrip()[:_WORDS_CHARACTERS].splitlines())
    return next((line for line in lines if line and not _HEADING.fullmatch(line)), "")


def _says_nothing(kind: str) -> bool:
    """`Error` is a name in JavaScript; what is all upper case is a macro of Catch2."""
    return kind != "Error" and (kind.isupper() or " " in kind or kind.lower() in _NO_EXCEPTIONS)
