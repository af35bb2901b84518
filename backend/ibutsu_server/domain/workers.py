"""Who does the background work: processes that give signs of life, and what the lost ones leave behind."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update

from ibutsu_server.db import db
from ibutsu_server.db.models import Import, Worker
from ibutsu_server.db.types import new_id, now
from ibutsu_server.db.writes import insert

SILENT = timedelta(minutes=1)
"""A worker that tells nothing for so long is lost, or so busy that others go on in its place."""

FORGOTTEN = timedelta(minutes=5)


@dataclass(frozen=True)
class Sign:
    """What a process tells of itself."""

    kind: str
    hostname: str
    pid: int
    queues: list[str]
    concurrency: int
    id: uuid.UUID = field(default_factory=new_id)
    started: datetime = field(default_factory=now)


def note(sign: Sign, doing: list[dict[str, str]]) -> None:
    """This worker is alive, and does this."""
    told = {"seen": now(), "doing": doing}
    statement = insert(Worker).values(**asdict(sign), **told)
    db.session.execute(statement.on_conflict_do_update(index_elements=[Worker.id], set_=told))


def leave(sign: Sign) -> None:
    db.session.execute(delete(Worker).where(Worker.id == sign.id))


def known() -> Sequence[Worker]:
    """Those that were heard of lately, in the order in which they came."""
    return db.session.scalars(select(Worker).order_by(Worker.started, Worker.id)).all()


def count_alive() -> int:
    """Those that work; who only starts what is due does not."""
    alive = select(func.count()).select_from(Worker).where(_is_alive(), Worker.kind != "scheduler")
    return db.session.scalar(alive) or 0


def is_alive(hostname: str, kinds: Iterable[str]) -> bool:
    """Whether one of these kinds on this machine gave a sign of life lately."""
    here = Worker.hostname == hostname, Worker.kind.in_(list(kinds))
    return db.session.scalar(select(Worker.id).where(_is_alive(), *here).limit(1)) is not None


def forget_lost() -> None:
    db.session.execute(delete(Worker).where(Worker.seen < now() - FORGOTTEN))


def give_back(ids: Iterable[uuid.UUID]) -> list[uuid.UUID]:
    """Imports that are not worked on any more wait again; whoever still works on one has lost it."""
    return _wait_again(Import.id.in_(list(ids)), Import.status == "running")


def take_from_lost() -> list[uuid.UUID]:
    """Imports under way of which nothing is heard and that no living worker names; they wait again."""
    told = chain.from_iterable(db.session.scalars(select(Worker.doing).where(_is_alive())))
    worked_on = [uuid.UUID(doing["about"]) for doing in told if doing["task"] == "run_import"]
    return _wait_again(Import.status == "running", _is_silent(), Import.id.not_in(worked_on))


def take_from_queue() -> list[uuid.UUID]:
    """Imports that have waited for a while: for whoever knows that nothing is in the queue."""
    return _wait_again(Import.status == "pending", _is_silent())


def _wait_again(*which: Any) -> list[uuid.UUID]:
    changed = update(Import).where(*which).values(status="pending", heartbeat=now())
    return list(db.session.scalars(changed.returning(Import.id)))


def _is_alive() -> ColumnElement[bool]:
    return Worker.seen > now() - SILENT


def _is_silent() -> ColumnElement[bool]:
    return Import.heartbeat < now() - SILENT
