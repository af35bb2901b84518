"""How much of what a project was sent is stored, counted with the commit that stores or deletes it.

Bytes are counted by whoever writes or deletes the rows that they belong to: artifacts, and imports whose
file is kept.  Results are counted by their runs.
"""

import logging
import random
import uuid
from collections import Counter
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, TypedDict, Unpack

from sqlalchemy import (
    Select,
    delete,
    event,
    func,
    literal,
    select,
)
from sqlalchemy.orm import Session, SessionTransaction

from ibutsu_server.db import db
from ibutsu_server.db.models import Artifact, Import, Project, Result, Run, Usage
from ibutsu_server.db.types import now
from ibutsu_server.db.writes import dialect, insert

log = logging.getLogger(__name__)

SHARDS = 16
"""So many writers can count for one project at the same moment."""

_WAITING = "ibutsu_server.domain.usage"


class _Place(NamedTuple):
    """What is counted together; a savepoint that is given up takes its own along."""

    project_id: uuid.UUID
    month: str
    transaction: SessionTransaction | None


class Amounts(TypedDict, total=False):
    """The counters by name."""

    artifact_bytes: int
    import_bytes: int
    imports: int
    stored_bytes: int
    removed_results: int


COUNTERS = tuple(Amounts.__annotations__)


def add(project_id: uuid.UUID | None, *, month: datetime | None = None, **amounts: Unpack[Amounts]) -> None:
    """Count with the current commit, in the current month if no other is given; what is less is negative.

    What belongs to no project, as an import whose file is yet to name one, is counted when it does.
    """
    if project_id is None:
        return
    place = _Place(project_id, _name(month or now()), db.session().get_nested_transaction())
    db.session.info.setdefault(_WAITING, {}).setdefault(place, Counter()).update(amounts)


def _name(month: datetime) -> str:
    return f"{month:%Y-%m}"


def move(old: uuid.UUID, new: uuid.UUID, stored_bytes: int) -> None:
    """Files went from one project to another."""
    add(old, stored_bytes=-stored_bytes)
    add(new, stored_bytes=stored_bytes)


def forget(project_id: uuid.UUID) -> None:
    """Nobody asks any more: the project is gone, with all that was in it."""
    waiting = db.session.info.get(_WAITING, {})
    for place in [place for place in waiting if place.project_id == project_id]:
        del waiting[place]
    db.session.execute(delete(Usage).where(Usage.project_id == project_id))


@event.listens_for(db.session, "before_commit")
def _store(session: Session) -> None:
    if session.in_nested_transaction():
        return
    total: dict[tuple[uuid.UUID, str], Counter[str]] = {}
    for place, amounts in session.info.pop(_WAITING, {}).items():
        total.setdefault((place.project_id, place.month), Counter()).update(amounts)
    shard = random.randrange(SHARDS) if dialect() == "postgresql" else 0  # noqa: S311 - nobody guesses it
    for (project_id, month), amounts in sorted(total.items()):
        if any(amounts.values()):
            place = {"project_id": project_id, "month": month, "shard": shard}
            session.connection().execute(
                _upsert(dialect()), place | {name: amounts[name] for name in COUNTERS}
            )


@cache
def _upsert(dialect: str) -> Any:  # noqa: ARG001 - each database has its own words
    statement = insert(Usage)
    more = {name: getattr(Usage, name) + statement.excluded[name] for name in COUNTERS}
    return statement.on_conflict_do_update(
        index_elements=[Usage.project_id, Usage.month, Usage.shard], set_=more
    )


@event.listens_for(db.session, "after_soft_rollback")
def _forget_waiting(session: Session, ended: SessionTransaction) -> None:
    waiting = session.info.pop(_WAITING, {})
    if ended.nested:
        session.info[_WAITING] = {
            place: amounts for place, amounts in waiting.items() if place.transaction is not ended
        }


def stored_bytes(project_id: uuid.UUID) -> int:
    """As counted, with what this transaction is about to store."""
    counted = int(db.session.scalar(_counted(project_id)) or 0)
    waiting = db.session.info.get(_WAITING, {}).items()
    more = [amounts["stored_bytes"] for place, amounts in waiting if place.project_id == project_id]
    return counted + int(sum(more))


def stored_in_all() -> int:
    """The stored bytes of every project."""
    return int(db.session.scalar(select(func.sum(Usage.stored_bytes))) or 0)


def _counted(project_id: uuid.UUID) -> Select[Any]:
    return select(func.coalesce(func.sum(Usage.stored_bytes), 0)).where(Usage.project_id == project_id)


def stored_results(project_id: uuid.UUID) -> int:
    """The counts of the runs, and the few results without one."""
    in_runs = select(func.coalesce(func.sum(Run.result_count), 0)).where(Run.project_id == project_id)
    alone = select(func.count()).where(Result.project_id == project_id, Result.run_id.is_(None))
    return int(db.session.scalar(select(in_runs.scalar_subquery() + alone.scalar_subquery())) or 0)


def repair() -> None:
    """Count the stored bytes of every project again; a difference is a mistake of ours, and logged."""
    for project_id in db.session.scalars(select(Project.id).order_by(Project.id)).all():
        missing = int(db.session.scalar(_missing(project_id)) or 0)
        if missing:
            log.warning("The stored bytes of project %s were counted wrong by %d", project_id, -missing)
            add(project_id, stored_bytes=missing)
        db.session.commit()
    db.session.execute(delete(Usage).where(Usage.project_id.not_in(select(Project.id))))


def _missing(project_id: uuid.UUID) -> Select[Any]:
    """In one statement: what others commit meanwhile is seen in all of its parts, or in none."""
    kept = Import.project_id == project_id, Import.storage_key.is_not(None)
    artifacts = select(func.coalesce(func.sum(Artifact.size), 0)).where(Artifact.project_id == project_id)
    imports = select(func.coalesce(func.sum(Import.size), 0)).where(*kept)
    parts = [statement.scalar_subquery() for statement in (artifacts, imports, _counted(project_id))]
    return select(literal(0) + parts[0] + parts[1] - parts[2])
