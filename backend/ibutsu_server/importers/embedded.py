"""Files that a report holds within itself: logs of its texts, and bytes in base64."""

import binascii
import re
from collections.abc import Iterable, Iterator
from typing import Any

from ibutsu_server.importers.json_stream import Cut
from ibutsu_server.importers.report import File, Part, Warned

NAME_CHARACTERS = 100
_ENDINGS = {
    "application/json": ".json",
    "application/pdf": ".pdf",
    "application/xml": ".xml",
    "application/zip": ".zip",
    "image/bmp": ".bmp",
    "image/gif": ".gif",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/svg+xml": ".svg",
    "image/webp": ".webp",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/markdown": ".md",
    "text/uri-list": ".txt",
    "text/x.cucumber.log+plain": ".log",
    "text/plain": ".txt",
    "text/xml": ".xml",
    "video/mp4": ".mp4",
    "video/webm": ".webm",
}
_TEXTS = ("text/", "application/json", "application/xml")
"""Older writers leave these as they are."""

_NOT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|]+")
_ENDING = re.compile(r"\.[A-Za-z]\w{0,4}\Z")
_DATA_URI = re.compile(r"data:[^,]{0,200},")


class Files:
    """Those of one result, or of one of its attempts; `attempt` is its number, if it was not the last one.

    Two files never have the same name.
    """

    def __init__(self, key: str, place: str, attempt: int | None = None) -> None:
        self._key = key
        self._place = place
        self._folder = (f"attempt-{attempt}",) if attempt else ()
        self._names: dict[str, int] = {}

    def logs(self, texts: Iterable[tuple[str, str]]) -> Iterator[Part]:
        """Of names and texts; those that are empty are no files."""
        for name, text in texts:
            if text:
                yield self._file(name, text.encode("utf-8", "replace"))

    def decoded(self, name: str, media_type: str, data: Any) -> Iterator[Part]:
        """The bytes of a text in base64, which may be a data URI."""
        filename = _filename(name, media_type)
        if isinstance(data, Cut):
            yield Warned(f"{self._place}: the file {filename!r} is too large and was left out")
            return
        encoded = data if isinstance(data, str) else "?"
        if (uri := _DATA_URI.match(encoded)) is not None:
            encoded = encoded[uri.end() :]
        content = _bytes(encoded)
        if content is None and isinstance(data, str) and media_type.startswith(_TEXTS):
            content = data.encode("utf-8", "replace")
        if content is None:
            yield Warned(f"{self._place}: the file {filename!r} is no valid base64 and was left out")
            return
        yield self._file(filename, content)

    def _file(self, filename: str, content: bytes) -> File:
        path = (*self._folder, self._unused(filename))
        return File(self._key, "/".join(path), " ".join(path), [content])

    def _unused(self, name: str) -> str:
        stem, dot, ending = name.rpartition(".")
        found = name
        while found in self._names:
            self._names[name] += 1
            found = f"{stem}-{self._names[name]}{dot}{ending}" if stem else f"{name}-{self._names[name]}"
        self._names[found] = 1
        return found


def _bytes(data: str) -> bytes | None:
    try:
        return binascii.a2b_base64("".join(data.split()).encode("ascii"), strict_mode=True)
    except (binascii.Error, UnicodeEncodeError):
        return None


def _filename(name: str, media_type: str) -> str:
    ending = _ENDINGS.get(media_type.partition(";")[0].strip().lower(), "")
    clean = _NOT_IN_NAMES.sub("_", name)[-NAME_CHARACTERS:].strip(" .") or "attachment"
    return clean if _ENDING.search(clean) else clean + ending
