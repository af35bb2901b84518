"""JSON documents that wait on disk until the rest of a file has been read."""

from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import IO, Self

import orjson

from ibutsu_server.importers.report import JSON


class Spool:
    """The place of a document finds it again."""

    def __init__(self) -> None:
        self._file: IO[bytes] = TemporaryFile()  # noqa: SIM115 - closed with the spool
        self._size = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, document: JSON) -> int:
        """Returns its place."""
        place = self._size
        self._size += self._file.write(orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE))
        return place

    def at(self, place: int) -> JSON:
        self._file.seek(place)
        document: JSON = orjson.loads(self._file.readline())
        return document

    def __iter__(self) -> Iterator[tuple[int, JSON]]:
        """All of them with their places, in their order; others may be looked at meanwhile."""
        place = 0
        while place < self._size:
            self._file.seek(place)
            line = self._file.readline()
            yield place, orjson.loads(line)
            place += len(line)
