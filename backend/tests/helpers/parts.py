"""What importers make of a document, and what memory they take for one without end."""

import io
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO

from ibutsu_server.importers import report


def bodies(parts: Iterable[report.Part]) -> list[dict[str, Any]]:
    return [part.body for part in parts if isinstance(part, report.Result)]


def warnings(parts: Iterable[report.Part]) -> list[str]:
    return [part.text for part in parts if isinstance(part, report.Warned)]


def contents(parts: Iterable[report.Part]) -> dict[str, bytes]:
    """Of all files, by their names."""
    return {part.filename: b"".join(part.content) for part in parts if isinstance(part, report.File)}


class _Pieces(io.RawIOBase):
    """A document that is made while it is read."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)

    def read(self, _size: int = -1) -> bytes:
        return next(self._pieces, b"")


def results_and_peak(
    parse: Callable[[BinaryIO, str], Iterator[report.Part]], pieces: Iterable[bytes]
) -> tuple[int, int]:
    """How many results there are in it, and how many bytes of memory it took at most to find them."""
    tracemalloc.start()
    count = sum(isinstance(part, report.Result) for part in parse(_Pieces(pieces), "x"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return count, peak
