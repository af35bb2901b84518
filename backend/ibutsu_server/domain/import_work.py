"""Working off an import: from a file in the storage to a run in the database.

The row of the import is the truth about the work: what a lost worker leaves unfinished is found there and
begun again.  Unlike a request, an import is several transactions, because others shall see that it runs.
"""

import logging
import uuid
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import datetime
from functools import partial
from time import monotonic
from typing import Any, BinaryIO

from sqlalchemy import and_, or_, update

from ibutsu_server import importers
from ibutsu_server.access import Limits, Scope
from ibutsu_server.db import db
from ibutsu_server.db.models import Import, Run, User
from ibutsu_server.db.types import JSONObject, now
from ibutsu_server.domain import audit, ingestion, runs, usage
from ibutsu_server.domain.import_stage import Stage
from ibutsu_server.domain.import_store import Wanted, store
from ibutsu_server.domain.imports import PER_RETRY, SILENT, hand_over
from ibutsu_server.domain.policies import UNLIMITED, Policy
from ibutsu_server.errors import Error, Forbidden, NotFound, Unavailable
from ibutsu_server.storage import Storage

log = logging.getLogger(__name__)

BEAT_SECONDS = 2
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
    is_run_new: bool
    size: int | None


class _Lost(Exception):
    """The import was deleted, or somebody else has taken it over: nobody waits for this attempt."""


def run(storage: Storage, id_: uuid.UUID, policy: Policy = UNLIMITED) -> None:
    """Work off an import, unless somebody else does or has done it.

    In the end all of it is stored, or the reason, and no run that only this import has made.  Raises
    Unavailable when trying later may help.
    """
    job = _begin(id_)
    if job is None:
        return
    try:
        _work(storage, job, policy)
    except Unavailable:
        _put_back(job)
        raise
    except _Lost:
        db.session.rollback()
        discard(job.id)
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
    if job.attempts % PER_RETRY > ATTEMPTS:
        _fail(job, f"It was begun {ATTEMPTS} times and never came to an end")
        return None
    return job


def _work(storage: Storage, job: _Job, policy: Policy) -> None:
    space = uuid.UUID(bytes=job.fingerprint, version=5)
    scope = _scope_of(job)
    with (
        _fetched(storage, job.storage_key) as file,
        Stage(storage, str(job.id), space, limit=FILE_BYTES) as stage,
    ):
        format_ = importers.format_of(job.format, file, job.filename)
        file.seek(0)
        stage.fill(format_.parse(file, job.filename), _Pulse(job))
        metadata = job.data.get("metadata") or {}
        wanted = Wanted(
            job.project_id, job.data.get("source"), metadata, space, job.created, job.is_run_new, policy
        )
        _end(job, format=format_.name, rows_seen=stage.seen, heartbeat=now())
        made = store(scope, wanted, stage, partial(_commit, job))
        told = stage.warnings.told()
    data = {**job.data, "project_id": str(made.project_id), "run_id": [str(made.id)]}
    usage.add(made.project_id, stored_bytes=-(job.size or 0))
    _end(
        job,
        status="done",
        error=None,
        rows_done=stage.seen,
        storage_key=None,
        size=None,
        data={**data, "warnings": told} if told else data,
    )


def _fetched(storage: Storage, key: str) -> BinaryIO:
    try:
        return storage.fetch(key)
    except NotFound:
        raise NotFound("The uploaded file is no longer stored; please upload it again") from None


def _commit(job: _Job, **values: Any) -> None:
    if job.project_id is None and "project_id" in values:
        size = job.size or 0
        usage.add(values["project_id"], imports=1, import_bytes=size, stored_bytes=size)
    _end(job, heartbeat=now(), **values)


def _scope_of(job: _Job) -> Scope:
    """An import may what its uploader may, at the time of the import, with the token that it came with."""
    user = db.session.get(User, job.user_id, populate_existing=True) if job.user_id else None
    if user is None or not user.is_active:
        raise Forbidden("The account that uploaded the file is no longer active")
    audit.act(user_id=user.id, user_email=user.email, is_program=True)
    return Scope(user, "reporter", Limits(role=job.data.get("role", "owner")))


class _Pulse:
    """Shows now and then that the work goes on, and how far it is."""

    def __init__(self, job: _Job) -> None:
        self._job = job
        self._last = monotonic()

    def __call__(self, seen: int) -> None:
        if monotonic() - self._last > BEAT_SECONDS:
            self._last = monotonic()
            _end(self._job, heartbeat=now(), rows_seen=seen)


def _end(job: _Job, **values: Any) -> None:
    """Commit, with these values in the row; raises _Lost where it is no longer this job's."""
    own = Import.id == job.id, Import.status == "running", Import.attempts == job.attempts
    changed: Any = db.session.execute(update(Import).where(*own).values(values))
    if not changed.rowcount:
        raise _Lost
    if values.get("status") in _OUTCOMES:
        ingestion.note(**{_OUTCOMES[values["status"]]: 1})
    db.session.commit()


_OUTCOMES = {"done": "imports_done", "error": "imports_failed"}


def _fail(job: _Job, reason: str) -> None:
    """The file is kept for a while, so that the reason can be looked into."""
    db.session.rollback()
    with suppress(_Lost):
        _end(job, status="error", error=reason)
        discard(job.id)


def discard(id_: uuid.UUID) -> None:
    """Delete what an import that failed or was cancelled has stored already, in batches."""
    found = db.session.get(Import, id_, populate_existing=True)
    if found is None or found.status != "error" or not found.is_run_new:
        return
    if found.run_id is not None and not hand_over(found):
        for _ in runs.take_apart(found.run_id):
            db.session.commit()
        if (run := db.session.get(Run, found.run_id)) is not None:
            runs.remove(run)
    found.is_run_new = False
    db.session.commit()


def _put_back(job: _Job) -> None:
    """What could not be done for lack of something else is no attempt."""
    with suppress(Unavailable, _Lost):  # else it is found when it has been silent for long enough
        db.session.rollback()
        _end(job, status="pending", heartbeat=now(), attempts=Import.attempts - 1)
