"""Tasks that are due at certain times: each is done once at a time, and what became of it is kept."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update

from ibutsu_server.db import db
from ibutsu_server.db.models import ScheduledTask
from ibutsu_server.db.types import now
from ibutsu_server.db.writes import insert_new

PAUSE = timedelta(seconds=30)
"""Two schedulers send everything twice: what was begun so recently is not begun again."""

LOST = timedelta(minutes=5)
"""Who began a task and has not ended it by then is lost, or slow: then another may begin, it does no harm."""

REASON_CHARACTERS = 500


def known_since(names: Iterable[str]) -> dict[str, datetime]:
    """When each was begun last, or was heard of first: what was due since then has been missed."""
    for name in names:
        insert_new(ScheduledTask, {"name": name, "known_since": now()})
    told = select(ScheduledTask.name, ScheduledTask.started, ScheduledTask.known_since)
    return {row.name: row.started or row.known_since for row in db.session.execute(told)}


def begin(name: str, request: str) -> None:
    """It begins now, whatever others do."""
    insert_new(ScheduledTask, {"name": name, "known_since": now()})
    _set(name, request=request, started=now(), ended=None)


def begin_alone(name: str, request: str) -> bool:
    """Begin what a scheduler asks for; False when another is at it, or was just now."""
    insert_new(ScheduledTask, {"name": name, "known_since": now()})
    row = ScheduledTask
    is_free = or_(
        row.started.is_(None),
        row.request == request,
        row.started < now() - LOST,
        row.ended.is_not(None) & (row.started < now() - PAUSE),
    )
    return _set(name, is_free, request=request, started=now(), ended=None)


def succeed(name: str) -> None:
    _set(name, ended=now(), error=None, failing_since=None)


def fail(name: str, reason: str) -> None:
    ended = now()
    since = func.coalesce(ScheduledTask.failing_since, ended)
    _set(name, ended=ended, error=reason[:REASON_CHARACTERS], failing_since=since)


def outcomes() -> Sequence[ScheduledTask]:
    """What became of each task, by name."""
    return db.session.scalars(select(ScheduledTask).order_by(ScheduledTask.name)).all()


def _set(name: str, *which: object, **values: object) -> bool:
    changed = db.session.execute(
        update(ScheduledTask).where(ScheduledTask.name == name, *which).values(values)  # type: ignore[arg-type]
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]
