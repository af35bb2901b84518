"""Whether what is stored fits together, as after a restore: counts of runs, and the bytes of artifacts."""

import hashlib
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from sqlalchemy import Row, func, select

from ibutsu_server.db import db
from ibutsu_server.db.models import Artifact, Import, Result, Run
from ibutsu_server.domain import counts
from ibutsu_server.errors import NotFound
from ibutsu_server.storage import Storage

BATCH = 1000
LOOKS = 16
"""At so many objects at the same time: each costs a way to the store and back."""

Check = tuple[str, Iterator[list[str]]]


def checks(storage: Storage, *, read: bool = False) -> Iterator[Check]:
    """Each with what it looks at; it gives a list of faults, mostly an empty one, for each row.

    With `read`, every artifact is read to its end and compared with its digest.  A server may work meanwhile.
    """
    yield "runs", _runs()
    yield "artifacts", _artifacts(storage, _differs if read else _is_short)
    yield "imports", _imports(storage)


def _batches(model: Any, *columns: Any) -> Iterator[Sequence[Any]]:
    """Rows with the id of their entity first; nobody waits for this, however long it takes."""
    last: uuid.UUID | None = None
    while True:
        rows = select(model.id, *columns).order_by(model.id).limit(BATCH)
        found = db.session.execute(rows if last is None else rows.where(model.id > last)).all()
        if not found:
            return
        last = found[-1].id
        yield found
        db.session.rollback()


_COUNTS = [getattr(Run, name) for name in ("result_count", "tests", *counts.OUTCOME_COLUMNS)]


def _runs() -> Iterator[list[str]]:
    for runs in _batches(Run, *_COUNTS):
        stored = _counted([id_ for id_, *_ in runs])
        for id_, *said in runs:
            yield _run_faults(id_) if said != _true(said, stored.get(id_, {})) else []


def _counted(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[str | None, int]]:
    per_outcome = select(Result.run_id, Result.result, func.count()).where(Result.run_id.in_(ids))
    found: dict[uuid.UUID, dict[str | None, int]] = {}
    for run_id, outcome, count in db.session.execute(per_outcome.group_by(Result.run_id, Result.result)):
        if run_id is not None:
            found.setdefault(run_id, {})[outcome] = count
    return found


def _true(said: list[int], stored: dict[str | None, int]) -> list[int]:
    """Without results a run keeps what its client or its pruned results said."""
    total = sum(stored.values())
    if not total:
        return [0, *said[1:]]
    return [total, total, *(stored.get(outcome, 0) for outcome in counts.COLUMN_OF_OUTCOME)]


def _run_faults(id_: uuid.UUID) -> list[str]:
    """Looks once more, while nobody can report into it."""
    locked = select(*_COUNTS).where(Run.id == id_).with_for_update(of=Run, key_share=True)
    row = db.session.execute(locked).one_or_none()
    said = list(row or ())
    true = _true(said, _counted([id_]).get(id_, {})) if row else said
    return [] if said == true else [f"run {id_}: its counts are {said}, and its results make {true}"]


def _artifacts(storage: Storage, look: Callable[[Storage, Row[Any]], str | None]) -> Iterator[list[str]]:
    columns = (
        Artifact.storage_key,
        Artifact.storage_offset,
        Artifact.size,
        Artifact.digest,
        Artifact.filename,
    )
    with ThreadPoolExecutor(LOOKS) as threads:
        for artifacts in _batches(Artifact, *columns):
            for artifact, fault in zip(
                artifacts, threads.map(partial(look, storage), artifacts), strict=True
            ):
                is_fault = fault is not None and _is_still_there(Artifact, artifact.id)
                yield [f"artifact {artifact.id} ({artifact.filename}): {fault}"] if is_fault else []


def _is_short(storage: Storage, artifact: Row[Any]) -> str | None:
    """Where its object is gone or too short."""
    try:
        size = storage.size(artifact.storage_key)
    except NotFound:
        return _gone(artifact.storage_key)
    end = (artifact.storage_offset or 0) + artifact.size
    return f"{artifact.storage_key} has {size} bytes of {end}" if size < end else None


def _differs(storage: Storage, artifact: Row[Any]) -> str | None:
    if short := _is_short(storage, artifact):
        return short
    start = artifact.storage_offset or 0
    digest = hashlib.sha256()
    for piece in storage.read(artifact.storage_key, start, start + artifact.size):
        digest.update(piece)
    return None if digest.digest() == artifact.digest else "its bytes are not those that were uploaded"


def _gone(key: str) -> str:
    return f"{key} is not in the storage"


def _imports(storage: Storage) -> Iterator[list[str]]:
    for imports in _batches(Import, Import.storage_key, Import.status, Import.filename):
        for import_ in imports:
            key = import_.storage_key if import_.status in ("pending", "running") else None
            yield _import_faults(storage, import_, key) if key else []


def _import_faults(storage: Storage, import_: Row[Any], key: str) -> list[str]:
    try:
        storage.size(key)
    except NotFound:
        waits = select(Import.id).where(Import.id == import_.id, Import.storage_key == key)
        is_waiting = db.session.scalar(waits) is not None
        return [f"import {import_.id} ({import_.filename}): {_gone(key)}"] if is_waiting else []
    return []


def _is_still_there(model: Any, id_: uuid.UUID) -> bool:
    """It may have been deleted since its batch was read, and its bytes after it."""
    return db.session.scalar(select(model.id).where(model.id == id_)) is not None
