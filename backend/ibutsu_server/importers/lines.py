"""Lines of a stream: bounded, with any line ending, in UTF-8 whatever they were written in."""

import codecs
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from ibutsu_server.errors import Invalid

READ_BYTES = 64 * 1024
LINE_BYTES = 16 * 1024 * 1024
"""The longest line, which is held in memory."""

WITHOUT_NUL = (b"\\u0000", b"\\ufffd")
"""What JSON may hold and databases do not, and what it becomes."""

_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def lines(file: BinaryIO) -> Iterator[bytes]:
    r"""Each line without its `\n`, `\r\n` or `\r`; raises Invalid with the number of one that is too long."""
    number, pieces, size = 1, [b""], 0
    for text in _decoded(file):
        *whole, rest = _split(text)
        for line in whole:
            joined = b"".join([*pieces, line])
            _check(len(joined), number)
            yield joined
            number, pieces, size = number + 1, [], 0
        pieces.append(rest)
        size += len(rest)
        _check(size, number)
    if size:
        yield b"".join(pieces)


def head(beginning: bytes) -> list[bytes]:
    """The lines of the beginning of a file; the last one may be cut off."""
    return _split(b"".join(_in_utf8(iter([beginning]))))


def _check(size: int, number: int) -> None:
    if size > LINE_BYTES:
        raise Invalid(f"line {number} has more than {LINE_BYTES} bytes")


def _split(text: bytes) -> list[bytes]:
    """All lines, and what follows the last ending."""
    found = text.splitlines()
    if not text or text.endswith((b"\n", b"\r")):
        found.append(b"")
    return found


def _decoded(file: BinaryIO) -> Iterator[bytes]:
    r"""In UTF-8, and never `\r\n` in two pieces."""
    held = b""
    for text in _in_utf8(iter(partial(file.read, READ_BYTES), b"")):
        whole = held + text
        held = b"\r" if whole.endswith(b"\r") else b""
        yield whole.removesuffix(held)
    yield held


def _in_utf8(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """PowerShell redirects into UTF-16, with a byte order mark."""
    first = next(chunks, b"")
    if first.startswith(_MARKS):
        decoder = codecs.getincrementaldecoder("utf-16")("replace")
        yield decoder.decode(first).encode()
        yield from (decoder.decode(chunk).encode() for chunk in chunks)
    else:
        yield first.removeprefix(codecs.BOM_UTF8)
        yield from chunks
