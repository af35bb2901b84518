"""Artifacts: their bytes go from a column into the storage, small ones of neighbours into one object."""

import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, select

from ibutsu_server.db import bulk, db
from ibutsu_server.db.models import Artifact, Result
from ibutsu_server.db.types import new_id, now
from ibutsu_server.db.writes import lose_it_rather_than_wait
from ibutsu_server.domain import usage
from ibutsu_server.domain.artifacts import Upload
from ibutsu_server.domain.packs import Pack
from ibutsu_server.moving import store
from ibutsu_server.moving.move import Move
from ibutsu_server.moving.results import of_place
from ibutsu_server.moving.runs import Placed
from ibutsu_server.moving.source import Raw, is_one_of
from ibutsu_server.moving.store import Row
from ibutsu_server.moving.values import LeftOut, Notes, document, id_of, id_or_none, moment

PIECE_BYTES = 1024 * 1024
"""Larger files are read in such pieces."""

BATCH_BYTES = 16 * PIECE_BYTES
"""Of files that are stored in one transaction; of them the small ones are in memory at once."""

NO_LIMIT = 2**40
"""What was taken there is taken here, whatever IBUTSU_ARTIFACT_MAX_BYTES says."""


class _Owner(NamedTuple):
    """Where the run or result of an artifact is in our database."""

    project_id: uuid.UUID
    run_id: uuid.UUID | None


def move_of_runs(move: Move, page: Sequence[str], runs: Placed) -> None:
    """Those of the runs themselves, and of their results."""
    source = move.source
    own = and_(is_one_of(source.artifacts.c.run_id, page), source.results.c.id.is_(None))
    for condition in (own, is_one_of(source.results.c.run_id, page)):
        _move(move, condition, runs)


def move_of_none(move: Move, place: str | None) -> None:
    """Those of results that belong to no run."""
    results = move.source.results.c
    alone = results.run_id.is_(None) if move.source.is_sound else move.source.its_run.c.id.is_(None)
    _move(move, and_(results.id.is_not(None), of_place(move, results.project_id, place), alone), {})


def move_left_over(move: Move) -> None:
    """Those whose result and run are gone: they are told of."""
    _move(move, and_(move.source.results.c.id.is_(None), move.source.runs.c.id.is_(None)), {})


def _move(move: Move, condition: ColumnElement[bool], runs: Placed) -> None:
    artifacts = move.source.artifacts.c
    columns = (*move.source.columns("artifacts"), func.octet_length(artifacts.content).label("size"))
    found = move.source.placed("artifact", *columns).where(condition)
    for batch in move.source.batches(found.order_by(artifacts.upload_date, artifacts.id)):
        known = store.there(Artifact, {id_of(raw["id"]) for raw in batch})
        missing = [raw for raw in batch if id_of(raw["id"]) not in known]
        move.progress.add(len(batch) - len(missing), 0)
        convert = _Conversion(move, runs, missing)
        for part in _parts(missing):
            _store(move, part, move.rows("artifact", part, convert))


def _parts(raws: Sequence[Raw]) -> Iterator[list[Raw]]:
    part: list[Raw] = []
    size = 0
    for raw in raws:
        size += raw["size"] or 0
        if part and size > BATCH_BYTES:
            yield part
            part, size = [], raw["size"] or 0
        part.append(raw)
    if part:
        yield part


def _store(move: Move, part: Sequence[Raw], rows: Sequence[Row]) -> None:
    """First the bytes, then the rows: bytes without a row are cleaned up some time."""
    if rows and not move.is_dry:
        with Pack(move.storage, str(new_id()), limit=NO_LIMIT) as pack:
            stored = [row | pack.add(row["id"], upload) for row, upload in _with_bytes(move, part, rows)]
            pack.store()
        kept = {row["id"]: row for row in stored}

        def insert(some: Sequence[Row]) -> None:
            for known in bulk.insert_new(Artifact, some):
                del kept[known]

        def refuse(row: Row, reason: str) -> None:
            del kept[row["id"]]
            move.refuse("artifact", row, reason)

        lose_it_rather_than_wait()
        store.in_parts(stored, insert, refuse)
        _count(kept.values())
    move.commit()
    move.progress.add(len(part), len(rows))


def _count(rows: Any) -> None:
    sizes: Counter[uuid.UUID] = Counter()
    for row in rows:
        sizes[row["project_id"]] += row["size"]
    for project_id, size in sizes.items():
        usage.add(project_id, stored_bytes=size)


def _with_bytes(move: Move, part: Sequence[Raw], rows: Sequence[Row]) -> Iterator[tuple[Row, Upload]]:
    raws = {id_of(raw["id"]): raw for raw in part}
    small = [raw["id"] for raw in part if (raw["size"] or 0) <= PIECE_BYTES]
    artifacts = move.source.artifacts.c
    asked = select(move.source.columns("artifacts")[0], artifacts.content)
    contents = {
        id_of(found["id"]): bytes(found["content"])
        for found in move.source.read(asked.where(is_one_of(artifacts.id, small)))
        if found["content"] is not None
    }
    for row in rows:
        raw = raws[row["id"]]
        if row["id"] in contents:
            yield row, Upload([contents[row["id"]]], row["filename"])
        elif raw["size"] > PIECE_BYTES:
            yield row, Upload(_pieces(move, raw), row["filename"])
        else:
            move.refuse("artifact", row, "it was deleted there meanwhile")


def _pieces(move: Move, raw: Raw) -> Iterator[bytes]:
    artifacts = move.source.artifacts.c
    for start in range(1, raw["size"] + 1, PIECE_BYTES):
        piece = func.substring(artifacts.content, start, PIECE_BYTES).label("piece")
        for found in move.source.read(select(piece).where(is_one_of(artifacts.id, [raw["id"]]))):
            yield bytes(found["piece"])


class _Conversion:
    def __init__(self, move: Move, runs: Placed, raws: Sequence[Raw]) -> None:
        self._move = move
        self._runs = runs
        self._results = _owners({id_of(raw["result_id"]) for raw in raws if raw["result_id"]})

    def __call__(self, raw: Raw, notes: Notes) -> Row:
        if raw["size"] is None:
            raise LeftOut("it has no content")
        owner = self._owner(raw, notes)
        if not raw["filename"]:
            notes.add("it has no name: it is called unnamed")
        return {
            "id": id_of(raw["id"]),
            "project_id": owner.project_id,
            "run_id": owner.run_id,
            "result_id": self._result_id(raw),
            "filename": raw["filename"] or "unnamed",
            "upload_date": moment(raw["upload_date"]) or now(),
            "data": document(raw["data"], "metadata", notes),
        }

    def _result_id(self, raw: Raw) -> uuid.UUID | None:
        result_id = id_or_none(raw["result_id"])
        return result_id if result_id in self._results or self._move.is_dry else None

    def _owner(self, raw: Raw, notes: Notes) -> _Owner:
        result_id = id_or_none(raw["result_id"])
        if result_id in self._results:
            return self._results[result_id]
        if self._move.is_dry and raw["place"] in self._move.places:
            return _Owner(self._move.places[raw["place"]].id, None)
        if raw["run_id"] not in self._runs:
            raise LeftOut("its run or result is not here")
        run_id, project_id = self._runs[raw["run_id"]]
        if result_id is not None:
            notes.add("its result is gone: it belongs to the run", raw["result_id"])
        return _Owner(project_id, run_id)


def _owners(ids: set[uuid.UUID]) -> dict[uuid.UUID, _Owner]:
    found = select(Result.id, Result.project_id, Result.run_id).where(Result.id.in_(ids))
    return {row.id: _Owner(row.project_id, row.run_id) for row in db.session.execute(found)} if ids else {}
