"""The results of a run in the order in which they started: in a few words each, or all of them in batches."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, literal, select, tuple_

from ibutsu_server.db import db
from ibutsu_server.db.models import Result, Run
from ibutsu_server.db.types import JSONObject
from ibutsu_server.errors import NotFound
from ibutsu_server.widgets import reasons
from ibutsu_server.widgets.shapes import time

MOST = 20_000
"""Results that are told in a few words."""

BATCH = 100
"""Results in memory at once, with all that was sent of them."""

_WORKERS = ("worker", "worker_id", "thread", "hostname", "host")
"""Metadata that say what ran a test: what clients think of, then what CTRF, JUnit and Allure say."""

_WORKER = func.coalesce(*map(reasons.short, _WORKERS))
_OTHERS = {
    "test_id": Result.test_id,
    "path": reasons.short("fspath"),
    "result": Result.result,
    "duration": Result.duration,
    "worker": _WORKER,
    "exception_name": reasons.EXCEPTION,
    "classification": reasons.CLASSIFICATION,
}
_IN_SHORT = (Result.id, Result.start_time, *_OTHERS.values())


def in_short(run_id: uuid.UUID) -> JSONObject:
    """The first of them; `is_complete` tells whether these are all."""
    statement = select(*_IN_SHORT).where(Result.run_id == run_id).order_by(Result.start_time, Result.id)
    found = db.session.execute(statement.limit(MOST + 1)).all()
    return {"tests": [_told(*row) for row in found[:MOST]], "is_complete": len(found) <= MOST}


def _told(id_: uuid.UUID, start_time: datetime, *others: Any) -> JSONObject:
    return {"id": str(id_), "start_time": time(start_time), **dict(zip(_OTHERS, others, strict=True))}


def batches(run_id: uuid.UUID, columns: Sequence[Any]) -> Iterator[Sequence[Row[Any]]]:
    """All of them; the columns include time and id.

    Each batch is one statement, and between two of them no session is needed: who reads slowly keeps nothing
    waiting.  Raises NotFound where the run goes meanwhile, so that what is cut off does not look whole.
    """
    place = tuple_(Result.start_time, Result.id)
    first = select(*columns).where(Result.run_id == run_id).order_by(Result.start_time, Result.id)
    statement = first
    while rows := db.session.execute(statement.limit(BATCH)).all():
        yield rows
        last = literal(rows[-1].start_time, Result.start_time.type), literal(rows[-1].id, Result.id.type)
        statement = first.where(place > tuple_(*last))
    if db.session.scalar(select(Run.id).where(Run.id == run_id)) is None:
        raise NotFound("Run not found")
