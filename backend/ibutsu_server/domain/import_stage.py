"""What a report holds, read and checked before anything of it is written to the database.

Reading takes long and writing must not: on SQLite nobody else writes meanwhile.  So the rows wait in
temporary files, however many there are, and the bytes of artifacts are stored when the writing begins.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from tempfile import TemporaryFile
from typing import IO, Self

import orjson

from ibutsu_server import openapi, schemas
from ibutsu_server.db.types import JSONObject
from ibutsu_server.domain import artifacts
from ibutsu_server.domain.packs import Pack
from ibutsu_server.domain.runs import read_time
from ibutsu_server.errors import Invalid
from ibutsu_server.importers import report
from ibutsu_server.storage import Storage

BATCH = 1000
"""Results of one transaction: on SQLite others wait for it, some 0.05 seconds."""

WARNINGS = 100
"""Of more than these, the number is told."""

WARNING_CHARACTERS = 500
FILENAME_CHARACTERS = 1024


class Lines:
    """JSON documents that wait on disk."""

    def __init__(self) -> None:
        self.count = 0
        self._file: IO[bytes] = TemporaryFile()  # noqa: SIM115 - closed with the stage

    def write(self, line: bytes) -> None:
        self.count += 1
        self._file.write(line)

    def batches(self) -> Iterator[list[JSONObject]]:
        self._file.seek(0)
        while lines := list(islice(self._file, BATCH)):
            yield [orjson.loads(line) for line in lines]

    def close(self) -> None:
        self._file.close()


class Warnings:
    def __init__(self) -> None:
        self._texts: list[str] = []
        self._more = 0

    def add(self, text: str) -> None:
        if len(self._texts) < WARNINGS:
            self._texts.append(text[:WARNING_CHARACTERS].replace("\0", ""))
        else:
            self._more += 1

    def told(self) -> list[str]:
        return [*self._texts, f"and {self._more} more"] if self._more else self._texts


class Stage:
    """`ids` says which ids results have that are not named after their key; `first` is the earliest start.

    Bytes go to `folder` of the storage; ids that the report does not tell are made from `space`.
    """

    def __init__(self, storage: Storage, folder: str, space: uuid.UUID, *, limit: int) -> None:
        self.results = Lines()
        self.files = Lines()
        self.warnings = Warnings()
        self.ids: dict[str, str] = {}
        self.first: datetime | None = None
        self.bytes = 0
        self._run: report.Run | None = None
        self._refused = 0
        self._last_start: str | None = None
        self._pack = Pack(storage, folder, limit=limit)
        self._space = space

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.results.close()
        self.files.close()
        self._pack.close()

    def fill(self, parts: Iterable[report.Part], beat: Callable[[int], None]) -> None:
        """Take in all that a report holds; `beat` is told again and again how many results were seen."""
        for part in parts:
            self._add(part)
            beat(self.seen)
        self._pack.store()
        if self._refused and not self.results.count:
            raise Invalid(f"None of its {self._refused} results can be stored; {self.warnings.told()[0]}")

    @property
    def seen(self) -> int:
        """Results that the report holds, whether they can be stored or not."""
        return self.results.count + self._refused

    @property
    def run(self) -> report.Run:
        if self._run is None:
            raise Invalid("The file holds no run")
        return self._run

    def _add(self, part: report.Part) -> None:
        match part:
            case report.Warned(text):
                self.warnings.add(text)
            case report.Run(body, place):
                _check(body, _line(body, place), "NewRun", place)
                self._run = part
            case report.Result():
                self._add_result(part)
            case report.File():
                self._add_file(part)

    def _add_result(self, part: report.Result) -> None:
        staged = {"body": part.body, "key": part.key, "place": part.place, "source": part.source}
        try:
            line = _line(staged, part.place)
            _check(part.body, line, "NewResult", part.place)
        except Invalid as error:
            self._refused += 1
            self.warnings.add(f"{error.message}; it was left out")
            return
        id_ = part.body.get("id")
        if id_ and str(uuid.UUID(id_)) != part.key:
            self.ids[part.key] = id_
        self._see(part.body.get("start_time"))
        self.results.write(line)

    def _see(self, start: str | None) -> None:
        """Most reports give many results the same time."""
        if start != self._last_start:
            self._last_start = start
            self.first = min(filter(None, (self.first, read_time(start))), default=None)

    def _add_file(self, part: report.File) -> None:
        """The same file has the same id in every attempt, whoever it will belong to."""
        name = part.filename.replace("\0", "")[-FILENAME_CHARACTERS:]
        id_ = uuid.uuid5(self._space, f"{part.key}/{part.name}")
        stored = self._pack.add(id_, artifacts.Upload(part.content, name))
        self.bytes += stored["size"]
        staged = {"id": str(id_), "key": part.key, **stored, "digest": stored["digest"].hex()}
        self.files.write(orjson.dumps(staged, option=orjson.OPT_APPEND_NEWLINE))


def _line(value: JSONObject, place: str) -> bytes:
    try:
        return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)
    except orjson.JSONEncodeError:  # orjson reads deeper than it writes
        raise Invalid(f"{place}: Nested more than {schemas.MAX_DEPTH} levels deep") from None


def _check(body: JSONObject, text: bytes, schema: str, place: str) -> None:
    """By the rules of the API, so that a file can hold nothing that could not be posted."""
    try:
        if not schemas.is_surely_storable(text):
            schemas.require_storable(body)
    except Invalid as error:
        raise Invalid(f"{place}: {error.message}") from None
    if found := schemas.faults(body, openapi.schema(schema)):
        told = "; ".join(f"{message} - '{field}'" if field else message for field, message in found)
        raise Invalid(f"{place}: {told}")
