"""How long things are kept: what is old is deleted in small batches, each committed by itself.

So nobody has to wait for long, and what was done is not lost when it is interrupted: the next time goes on.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, select, update

from ibutsu_server.db import db
from ibutsu_server.db.models import (
    Artifact,
    IdempotencyKey,
    Import,
    Project,
    Result,
    Run,
    Task,
    Token,
    UserSession,
)
from ibutsu_server.db.types import now
from ibutsu_server.domain import account_codes, audit, counts, runs
from ibutsu_server.domain.deletion import delete_in_batches
from ibutsu_server.storage import Storage

UNFINISHED = ("PENDING", "STARTED", "RETRY")
BATCH = 500
MONTH = timedelta(days=30)

LEAST_ARTIFACTS = 2 * MONTH
LEAST_RESULTS = 4 * MONTH
LEAST_RUNS = 10 * MONTH
LEAST_IMPORTS = timedelta(days=1)
"""Whoever asks for less is not taken seriously: nothing is deleted then."""

REPLAYED_FOR = timedelta(days=1)
"""How long the answer to an `Idempotency-Key` can be had again."""


def prune_artifacts(older_than: timedelta) -> None:
    """Delete artifacts that were uploaded before; their bytes go with the next clean-up."""
    if older_than < LEAST_ARTIFACTS:
        return
    before = now() - older_than
    for project_id in _projects():
        is_old = Artifact.project_id == project_id, Artifact.upload_date < before
        _tell("artifact", project_id, before, _commit_each(delete_in_batches(Artifact, *is_old)))


def prune_results(older_than: timedelta) -> None:
    """Delete results that started before, with their artifacts.

    A run that loses all of its results keeps its counts; one that loses some has the counts of the others.
    """
    if older_than < LEAST_RESULTS:
        return
    before = now() - older_than
    for project_id in _projects():
        gone = 0
        while batch := _oldest_results(project_id, before):
            _forget_results(batch, before)
            db.session.commit()
            gone += len(batch)
        _tell("result", project_id, before, gone)


def _oldest_results(project_id: UUID, before: datetime) -> Sequence[Any]:
    statement = select(Result.id, Result.run_id).where(
        Result.project_id == project_id, Result.start_time < before
    )
    return db.session.execute(statement.order_by(Result.start_time, Result.id).limit(BATCH)).all()


def _forget_results(batch: Sequence[Any], before: datetime) -> None:
    ids = [row.id for row in batch]
    run_ids = sorted({row.run_id for row in batch if row.run_id is not None})
    for run_id in run_ids:
        counts.lock(run_id)
    _delete(Artifact, Artifact.result_id.in_(ids))
    _delete(Result, Result.id.in_(ids))
    for run_id in run_ids:
        is_alive = db.session.scalar(
            select(exists().where(Result.run_id == run_id, Result.start_time >= before))
        )
        (counts.recount if is_alive else counts.keep)(run_id)


def prune_runs(older_than: timedelta) -> None:
    """Delete runs that started before, with their results and artifacts."""
    if older_than < LEAST_RUNS:
        return
    before = now() - older_than
    for project_id in _projects():
        is_old = Run.project_id == project_id, Run.start_time < before
        gone = 0
        while ids := db.session.scalars(select(Run.id).where(*is_old).limit(BATCH)).all():
            for run_id in ids:
                counts.keep(run_id)
                _commit_each(runs.take_apart(run_id))
            _delete(Run, Run.id.in_(ids))
            db.session.commit()
            gone += len(ids)
        _tell("run", project_id, before, gone)


def prune_imports(storage: Storage, older_than: timedelta) -> None:
    """Delete imports that were uploaded before, with their files; the runs that they made stay."""
    if older_than < LEAST_IMPORTS:
        return
    before = now() - older_than
    old = select(Import.id, Import.project_id, Import.storage_key).where(Import.created < before).limit(BATCH)
    gone: Counter[UUID | None] = Counter()
    while batch := db.session.execute(old).all():
        storage.delete([key for _, _, key in batch if key is not None])
        _delete(Import, Import.id.in_([id_ for id_, _, _ in batch]))
        db.session.commit()
        gone.update(project_id for _, project_id, _ in batch)
    for project_id, count in gone.items():
        _tell("import", project_id, before, count)


def clear_import_file(storage: Storage, import_id: UUID) -> None:
    """Delete the file of an import that has been worked off; the import itself stays."""
    found = db.session.get(Import, import_id, with_for_update=True)
    if found is None or found.status not in ("done", "error") or found.storage_key is None:
        return
    storage.delete([found.storage_key])
    found.storage_key = None
    db.session.flush()


def forget_expired() -> None:
    """Delete what is over and of no use to anybody: API tokens stay, people look for them in their list."""
    _commit_each(delete_in_batches(Token, Token.session_id.is_not(None), Token.expires < now()))
    _commit_each(delete_in_batches(UserSession, UserSession.expires < now()))
    _commit_each(delete_in_batches(IdempotencyKey, IdempotencyKey.created < now() - REPLAYED_FOR))
    account_codes.forget_expired()


def _projects() -> list[UUID]:
    """One after the other, because indexes begin with the project."""
    return list(db.session.scalars(select(Project.id).order_by(Project.id)))


def _commit_each(batches: Iterable[int]) -> int:
    gone = 0
    for count in batches:
        db.session.commit()
        gone += count
    db.session.commit()
    return gone


def _tell(noun: str, project_id: UUID | None, before: datetime, count: int) -> None:
    """One entry of the audit log for all that a project has lost: they are too many to be told one by one."""
    if count:
        name = f"{noun}s before {before:%Y-%m-%d}"
        audit.tell("delete", noun, name=name, changes={f"{noun}s": (count, None)}, project_id=project_id)
        db.session.commit()


def _delete(entity: type[Any], *conditions: Any) -> None:
    db.session.execute(delete(entity).where(*conditions), execution_options={"synchronize_session": False})


def prune_tasks(older_than: timedelta) -> None:
    """Delete long answers, fetched or not."""
    db.session.execute(delete(Task).where(Task.created < now() - older_than))


def fail_interrupted_tasks() -> None:
    """A queue in memory ends with its process: whoever waits for one of its tasks is told."""
    statement = update(Task).where(Task.state.in_(UNFINISHED))
    values = {"state": "FAILURE", "error": "The server was restarted before this was done, please ask again"}
    db.session.execute(statement.values(values))
