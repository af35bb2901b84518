"""Working off an import: from a file in the storage to a run in the database.

The row of the import is the truth about the work: what a lost worker leaves unfinished is found there and
begun again.  Unlike a request, an import is several transactions, because others shall see that it runs.
"""

import logging
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import datetime
from io import BufferedReader, RawIOBase
from time import monotonic
from typing import Any, BinaryIO, cast

from sqlalchemy import and_, or_, update

from ibutsu_server import importers
from ibutsu_server.access import Scope
from ibutsu_server.db import db
from ibutsu_server.db.models import Import, User
from ibutsu_server.db.types import JSONObject, now
from ibutsu_server.domain import audit
from ibutsu_server.domain.import_stage import Stage
from ibutsu_server.domain.import_store import Wanted, store
from ibutsu_server.domain.imports import SILENT
from ibutsu_server.errors import Error, Forbidden, NotFound, Unavailable
from ibutsu_server.storage import READ_BYTES, Storage

log = logging.getLogger(__name__)

BEAT_SECONDS = 10
ATTEMPTS = 5
"""An import that is never heard of again so often is what kills the workers."""

FILE_BYTES = 1024**3
"""The largest artifact in a report."""


@dataclass(frozen=True)
class _Job:
    """An import as it was when work on it began."""

    id: uuid.UUID
    user_id: uuid.UUID | None
    project_id: uuid.UUID | None
    filename: str
    format: str
    storage_key: str
    fingerprint: bytes
    created: datetime
    data: JSONObject
    attempts: int


class _Lost(Exception):
    """The import was deleted, or somebody else has taken it over: nobody waits for this attempt."""


def run(storage: Storage, id_: uuid.UUID) -> None:
    """Work off an import, unless somebody else does or has done it.

    All of it is stored, or nothing and the reason.  Raises Unavailable when trying later may help.
    """
    job = _begin(id_)
    if job is None:
        return
    try:
        _work(storage, job)
    except Unavailable:
        _put_back(job)
        raise
    except _Lost:
        db.session.rollback()
    except Error as error:
        _fail(job, error.message)
    except Exception:
        log.exception("An import failed in an unforeseen way")
        _fail(job, "The server made a mistake; it has been logged")
    else:
        with suppress(Unavailable):  # the clean-up tries again
            storage.delete([job.storage_key])


def _begin(id_: uuid.UUID) -> _Job | None:
    """Take an import that waits or whose worker is lost; the others see it from now on."""
    is_lost = and_(Import.status == "running", Import.heartbeat < now() - SILENT)
    found = db.session.execute(
        update(Import)
        .where(Import.id == id_, or_(Import.status == "pending", is_lost))
        .values(status="running", heartbeat=now(), attempts=Import.attempts + 1)
        .returning(*(getattr(Import, field.name) for field in fields(_Job)))
    ).one_or_none()
    db.session.commit()
    if found is None:
        return None
    job = _Job(*found)
    if job.attempts > ATTEMPTS:
        _fail(job, f"It was begun {ATTEMPTS} times and never came to an end")
        return None
    return job


def _work(storage: Storage, job: _Job) -> None:
    space = uuid.UUID(bytes=job.fingerprint, version=5)
    parse = importers.FORMATS[job.format].parse
    with (
        _open(storage, job.storage_key) as file,
        Stage(storage, str(job.id), space, limit=FILE_BYTES) as stage,
    ):
        stage.fill(parse(file, job.filename), _Pulse(job))
        metadata = job.data.get("metadata") or {}
        wanted = Wanted(job.project_id, job.data.get("source"), metadata, space, job.created)
        made = store(_scope_of(job), wanted, stage)
        told = stage.warnings.told()
    data = {**job.data, "project_id": str(made.project_id), "run_id": [str(made.id)]}
    _end(
        job,
        status="done",
        error=None,
        run_id=made.id,
        project_id=made.project_id,
        storage_key=None,
        data={**data, "warnings": told} if told else data,
    )


def _scope_of(job: _Job) -> Scope:
    """An import may what its uploader may, at the time of the import."""
    user = db.session.get(User, job.user_id, populate_existing=True) if job.user_id else None
    if user is None or not user.is_active:
        raise Forbidden("The account that uploaded the file is no longer active")
    audit.act(user_id=user.id, user_email=user.email, is_program=True)
    return Scope(user, "reporter")


class _Pulse:
    """Shows now and then that the work goes on."""

    def __init__(self, job: _Job) -> None:
        self._job = job
        self._last = monotonic()

    def __call__(self) -> None:
        if monotonic() - self._last > BEAT_SECONDS:
            self._last = monotonic()
            _end(self._job, heartbeat=now())


def _end(job: _Job, **values: Any) -> None:
    """Commit, with these values in the row; raises _Lost where it is no longer this job's."""
    own = Import.id == job.id, Import.status == "running", Import.attempts == job.attempts
    changed: Any = db.session.execute(update(Import).where(*own).values(values))
    if not changed.rowcount:
        raise _Lost
    db.session.commit()


def _fail(job: _Job, reason: str) -> None:
    """The file is kept for a while, so that the reason can be looked into."""
    db.session.rollback()
    with suppress(_Lost):
        _end(job, status="error", error=reason)


def _put_back(job: _Job) -> None:
    """What could not be done for lack of something else is no attempt."""
    with suppress(Unavailable, _Lost):  # else it is found when it has been silent for long enough
        db.session.rollback()
        _end(job, status="pending", heartbeat=now(), attempts=Import.attempts - 1)


def _open(storage: Storage, key: str) -> BinaryIO:
    try:
        pieces = storage.read(key, 0, storage.size(key))
    except NotFound:
        raise NotFound("The uploaded file is no longer stored; please upload it again") from None
    return cast("BinaryIO", BufferedReader(_Pieces(pieces), READ_BYTES))


class _Pieces(RawIOBase):
    """Bytes that come in pieces, as a file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._left:
            self._left = memoryview(next(self._pieces, b""))
        size = min(len(buffer), len(self._left))
        buffer[:size], self._left = self._left[:size], self._left[size:]
        return size
