"""What kind of file an artifact is, told from how it begins and from its name."""

import codecs
import mimetypes
import re

import puremagic

HEAD_BYTES = 8192
"""How much of the beginning of a file `media_type` wants to see."""

_NAMES = mimetypes.MimeTypes()  # the types that Python knows, not those of the machine
for _type, _suffix in (
    ("text/plain", ".log"),
    ("text/plain", ".out"),
    ("text/markdown", ".md"),
    ("application/yaml", ".yaml"),
    ("application/yaml", ".yml"),
):
    _NAMES.add_type(_type, _suffix)

_CONTROL = re.compile(r"[\x00-\x06\x0e-\x1a\x1c-\x1f]")
_HTML = re.compile(r"\s*<(!doctype html|html)\b", re.IGNORECASE)
_NEVER_TEXT = re.compile(r"(image/(?!svg)|audio/|video/|application/octet-stream)")
_BINARY = "application/octet-stream"


def media_type(head: bytes, filename: str) -> str:
    """The media type of a file, with a charset where the bytes show it.

    The bytes decide first; among texts and unknown bytes the name does.
    """
    named, encoding = _NAMES.guess_type(filename)
    if encoding is not None:
        named = None
    text = _as_text(head)
    return _of_bytes(head, filename, named) if text is None else _of_text(text, named)


def _as_text(head: bytes) -> str | None:
    """The beginning as text, when it is UTF-8 without control characters that no text has."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return None
    return None if _CONTROL.search(text) else text


def _of_text(text: str, named: str | None) -> str:
    if named is None or _NEVER_TEXT.match(named):
        named = "text/html" if _HTML.match(text) else "text/plain"
    return f"{named}; charset=utf-8" if named.startswith("text/") else named


def _of_bytes(head: bytes, filename: str, named: str | None) -> str:
    try:
        found: str = puremagic.from_string(head, mime=True, filename=filename)
    except (puremagic.PureError, ValueError):
        found = ""
    if found and not found.startswith("text/") and found != "application/json":
        return found
    if named is None or (b"\0" in head and named.startswith("text/")):
        return _BINARY
    return named
