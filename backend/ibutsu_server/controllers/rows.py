"""The lines of a batch out of a request: unpacked, split and counted while they are read."""

import gzip
import io
import json
import re
import tempfile
import zlib
from codecs import BOM_UTF8, getincrementaldecoder
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, cast

import zstandard
from flask import request

from ibutsu_server.controllers.problems import Refused
from ibutsu_server.errors import Invalid, TooLarge

READ_BYTES = 1024 * 1024
WINDOW_BYTES = 128 * 1024 * 1024
"""What zstd may hold in memory to unpack."""

_SPACE = re.compile(r"[ \t\r\n]*")
_SPOOLED = "ibutsu_server.controllers.rows"


def spooled() -> IO[bytes]:
    """The body of the request on disk, at its beginning: a slow client must not keep the database waiting."""
    file: IO[bytes] | None = request.environ.get(_SPOOLED)
    if file is None:
        file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the request
        request.environ[_SPOOLED] = file
        while piece := request.stream.read(READ_BYTES):
            file.write(piece)
    file.seek(0)
    return file


def close(_error: object) -> None:
    """At the end of a request."""
    file: IO[bytes] | None = request.environ.pop(_SPOOLED, None)
    if file is not None:
        file.close()


def lines(packed: IO[bytes], *, encoding: str, unpacked_max: int, line_max: int) -> Iterator[bytes]:
    """NDJSON, or the elements of a JSON array, each as JSON, without a byte order mark.

    Raises Invalid and TooLarge.
    """
    with _told():
        file: io.BufferedReader[Any] = io.BufferedReader(
            _Bounded(_unpacked(packed, encoding), unpacked_max), READ_BYTES
        )
        if file.peek(READ_BYTES).startswith(BOM_UTF8):
            file.read(len(BOM_UTF8))
        if file.peek(READ_BYTES).lstrip()[:1] == b"[":
            yield from _elements(file, line_max)
            return
        while line := file.readline(line_max + 1):
            if len(line) > line_max:
                raise TooLarge(f"A line of a batch has at most {line_max} bytes")
            yield line


def _unpacked(packed: IO[bytes], encoding: str) -> IO[bytes]:
    match encoding.strip().lower():
        case "" | "identity":
            return packed
        case "gzip" | "x-gzip":
            return cast("IO[bytes]", gzip.GzipFile(fileobj=packed))
        case "zstd":
            reader = zstandard.ZstdDecompressor(max_window_size=WINDOW_BYTES)
            return cast("IO[bytes]", reader.stream_reader(packed, read_across_frames=True))
    raise Refused(415, f"Content-Encoding {encoding[:50]} is not known: gzip and zstd are", field="body")


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile, zstandard.ZstdError) as error:
        raise Invalid(f"The body cannot be unpacked: {error}", field="body") from None


class _Bounded(io.RawIOBase):
    """Ends what unpacks without end."""

    def __init__(self, file: IO[bytes], most: int) -> None:
        self._file = file
        self._most = self._left = most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._file.read(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise TooLarge(f"A batch has at most {self._most} bytes, unpacked")
        buffer[: len(data)] = data
        return len(data)


def _elements(file: "io.BufferedReader[Any]", most: int) -> Iterator[bytes]:
    """Where an element ends is found by the standard library's parser, which can begin anywhere."""
    text = _Text(file, most)
    text.skip("[")
    if text.next() == "]":
        text.skip("]")
    else:
        while True:
            yield text.element()
            if text.next() != ",":
                break
            text.skip(",")
        text.skip("]")
    if text.next():
        raise Invalid("There is something behind the end of the JSON array", field="body")


class _Text:
    """What has been read of a document and not been used."""

    def __init__(self, file: "io.BufferedReader[Any]", most: int) -> None:
        self._file = file
        self._decoder = getincrementaldecoder("utf-8")("strict")
        self._parser = json.JSONDecoder()
        self._most = most
        self._text = ""
        self._place = 0

    def next(self) -> str:
        """The next character that is no space; none at the end."""
        while True:
            self._place = _SPACE.match(self._text, self._place).end()  # type: ignore[union-attr]
            if self._place < len(self._text):
                return self._text[self._place]
            if not self._more():
                return ""

    def skip(self, character: str) -> None:
        if self.next() != character:
            raise Invalid(f"The JSON array is broken or cut off: {character!r} is missing", field="body")
        self._place += 1

    def element(self) -> bytes:
        self.next()
        while True:
            try:
                _, end = self._parser.raw_decode(self._text, self._place)
            except (json.JSONDecodeError, RecursionError) as error:
                if len(self._text) - self._place > self._most:
                    raise TooLarge(f"An element of a batch has at most {self._most} bytes") from None
                if not self._more():
                    raise Invalid(f"The JSON array is broken or cut off: {error}", field="body") from None
                continue
            if end == len(self._text) and self._more():  # a number may go on
                continue
            found, self._place = self._text[self._place : end], end
            return found.encode()

    def _more(self) -> bool:
        piece = self._file.read1(READ_BYTES)
        try:
            self._text = self._text[self._place :] + self._decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            raise Invalid(f"The body is no UTF-8: {error.reason}", field="body") from None
        self._place = 0
        return bool(piece)
