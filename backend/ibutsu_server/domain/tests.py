"""The list of tests that a project has reported."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

import orjson
from sqlalchemy import ColumnElement, DateTime, Text, Uuid, bindparam, case, cast, func, or_, select, true
from sqlalchemy.dialects.postgresql import JSONB

from ibutsu_server.db import db
from ibutsu_server.db.models import Result, Test
from ibutsu_server.db.writes import Insert, dialect, insert


def saw(project_id: uuid.UUID, test_id: str, at: datetime) -> None:
    """Remember that a test ran; safe against any number of parallel reporters."""
    values = {"project_id": project_id, "test_id": test_id, "first_seen": at, "last_seen": at}
    db.session.connection().execute(_saw(dialect()), values)


@cache
def _saw(dialect: str) -> Insert:  # noqa: ARG001 - each database has its own words
    return _widening(insert(Test))


def _widening(statement: Insert) -> Insert:
    """The span of a test that is known already grows where it must."""
    first, last = statement.excluded.first_seen, statement.excluded.last_seen
    earlier, later = first < Test.first_seen, last > Test.last_seen
    return statement.on_conflict_do_update(
        index_elements=[Test.project_id, Test.test_id],
        set_={
            "first_seen": case((earlier, first), else_=Test.first_seen),
            "last_seen": case((later, last), else_=Test.last_seen),
        },
        where=or_(earlier, later),
    )


Spans = dict[str, tuple[datetime, datetime]]
"""When tests began first and last."""


def saw_all(project_id: str, spans: Spans) -> None:
    """The same for many at once, in one order: nobody who does the same waits for the other in turn."""
    values = [
        (test_id, start := _utc(first), start if first is last else _utc(last))
        for test_id, (first, last) in sorted(spans.items())
    ]
    document = {"project": uuid.UUID(project_id), "spans": orjson.dumps(values).decode()}
    db.session.connection().execute(_saw_all(dialect()), document)


@cache
def _saw_all(dialect: str) -> Insert:
    each = _EACH_OF[dialect]
    project = bindparam("project", type_=Uuid()).label("project_id")
    return _widening(insert(Test).from_select(_NAMES, select(project, *each).where(true())))


def _utc(value: datetime) -> str:
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def _on_postgresql() -> Sequence[ColumnElement[Any]]:
    span = func.jsonb_array_elements(cast(bindparam("spans"), JSONB()), type_=JSONB()).column_valued("span")
    texts = [span.op("->>", return_type=Text())(place) for place in range(3)]
    return texts[0], *(cast(text + "+00", DateTime(timezone=True)) for text in texts[1:])


def _on_sqlite() -> Sequence[ColumnElement[Any]]:
    span = func.json_each(bindparam("spans")).table_valued("value")
    return [func.json_extract(span.c.value, f"$[{place}]") for place in range(3)]


_NAMES = ["project_id", "test_id", "first_seen", "last_seen"]
_EACH_OF = {"postgresql": _on_postgresql(), "sqlite": _on_sqlite()}


def saw_run(project_id: uuid.UUID, run_id: uuid.UUID) -> None:
    """Remember all tests of a run at once."""
    found = (
        select(Result.project_id, Result.test_id, func.min(Result.start_time), func.max(Result.start_time))
        .where(Result.run_id == run_id, Result.project_id == project_id, Result.test_id.is_not(None))
        .group_by(Result.project_id, Result.test_id)
    )
    db.session.execute(_widening(insert(Test).from_select(_NAMES, found)))
