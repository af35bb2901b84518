"""How long things are kept: what is old is deleted in small batches, each committed by itself.

So nobody has to wait for long, and what was done is not lost when it is interrupted: the next time goes on.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import delete, select, update

from ibutsu_server.db import db
from ibutsu_server.db.models import IdempotencyKey, Import, Project, Task, Token, UserSession
from ibutsu_server.db.types import now
from ibutsu_server.domain import account_codes, audit, policies, retention_batches, retention_months, usage
from ibutsu_server.domain.deletion import delete_in_batches
from ibutsu_server.domain.policies import Policy
from ibutsu_server.storage import Storage

UNFINISHED = ("PENDING", "STARTED", "RETRY")
MONTH = timedelta(days=30)

LEAST_ARTIFACTS = 2 * MONTH
LEAST_RESULTS = 4 * MONTH
LEAST_RUNS = 10 * MONTH
LEAST_IMPORTS = timedelta(days=1)
"""Whoever asks for less is not taken seriously: nothing is deleted then."""

REPLAYED_FOR = timedelta(days=1)
"""How long the answer to an `Idempotency-Key` can be had again."""


def apply(storage: Storage, default: Policy) -> None:
    """Delete what the policy of each project keeps no longer, what depends on something before it."""
    if default.keep_imports_days:
        _imports(storage, None, now() - timedelta(days=default.keep_imports_days))
    retention_months.drop(default)
    for project_id, policy in list(policies.effective(default)):
        for days, delete_old in (
            (policy.keep_imports_days, partial(_imports, storage)),
            (policy.keep_artifacts_days, _artifacts),
            (policy.keep_results_days, _results),
            (policy.keep_runs_days, _runs),
        ):
            if days:
                delete_old(project_id, now() - timedelta(days=days))


def prune_artifacts(older_than: timedelta) -> None:
    """Delete artifacts that were uploaded before; their bytes go with the next clean-up."""
    if older_than >= LEAST_ARTIFACTS:
        _of_each_project(_artifacts, older_than)


def prune_results(older_than: timedelta) -> None:
    """Delete results that started before, with their artifacts.

    A run that loses all of its results keeps its counts; one that loses some has the counts of the others.
    """
    if older_than >= LEAST_RESULTS:
        _of_each_project(_results, older_than)


def prune_runs(older_than: timedelta) -> None:
    """Delete runs that started before, with their results and artifacts."""
    if older_than >= LEAST_RUNS:
        _of_each_project(_runs, older_than)


def prune_imports(storage: Storage, older_than: timedelta) -> None:
    """Delete imports that were uploaded before, with their files; the runs that they made stay."""
    if older_than >= LEAST_IMPORTS:
        _imports(storage, None, now() - older_than)
        _of_each_project(partial(_imports, storage), older_than)


def _of_each_project(delete_old: Callable[[UUID, datetime], None], older_than: timedelta) -> None:
    """One after the other, because indexes begin with the project."""
    before = now() - older_than
    for project_id in db.session.scalars(select(Project.id).order_by(Project.id)).all():
        delete_old(project_id, before)


def _artifacts(project_id: UUID, before: datetime) -> None:
    _tell("artifact", project_id, before, retention_batches.artifacts(project_id, before))


def _results(project_id: UUID, before: datetime) -> None:
    _tell("result", project_id, before, retention_batches.results(project_id, before))


def _runs(project_id: UUID, before: datetime) -> None:
    _tell("run", project_id, before, retention_batches.of_runs(project_id, before))


def _imports(storage: Storage, project_id: UUID | None, before: datetime) -> None:
    _tell("import", project_id, before, retention_batches.imports(storage, project_id, before))


def _tell(noun: str, project_id: UUID | None, before: datetime, count: int) -> None:
    """One entry of the audit log for all that a project has lost: they are too many to be told one by one."""
    if count:
        name = f"{noun}s before {before:%Y-%m-%d}"
        audit.tell("delete", noun, name=name, changes={f"{noun}s": (count, None)}, project_id=project_id)
        db.session.commit()


def clear_import_file(storage: Storage, import_id: UUID) -> None:
    """Delete the file of an import that has been worked off; the import itself stays."""
    found = db.session.get(Import, import_id, with_for_update=True)
    if found is None or found.status not in ("done", "error") or found.storage_key is None:
        return
    storage.delete([found.storage_key])
    usage.add(found.project_id, stored_bytes=-(found.size or 0))
    found.storage_key = found.size = None
    db.session.flush()


def forget_expired() -> None:
    """Delete what is over and of no use to anybody: API tokens stay, people look for them in their list."""
    _commit_each(delete_in_batches(Token, Token.session_id.is_not(None), Token.expires < now()))
    _commit_each(delete_in_batches(UserSession, UserSession.expires < now()))
    _commit_each(delete_in_batches(IdempotencyKey, IdempotencyKey.created < now() - REPLAYED_FOR))
    account_codes.forget_expired()


def _commit_each(batches: Iterable[int]) -> int:
    gone = 0
    for count in batches:
        db.session.commit()
        gone += count
    db.session.commit()
    return gone


def prune_tasks(older_than: timedelta) -> None:
    """Delete long answers, fetched or not."""
    db.session.execute(delete(Task).where(Task.created < now() - older_than))


def fail_interrupted_tasks() -> None:
    """A queue in memory ends with its process: whoever waits for one of its tasks is told."""
    statement = update(Task).where(Task.state.in_(UNFINISHED))
    values = {"state": "FAILURE", "error": "The server was restarted before this was done, please ask again"}
    db.session.execute(statement.values(values))
