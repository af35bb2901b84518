"""The list of tests that a project has reported."""

import uuid
from datetime import datetime
from functools import cache
from typing import Any

import orjson
from sqlalchemy import DateTime, Text, Uuid, bindparam, case, cast, column, func, or_, select
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


def saw_all(spans: dict[tuple[uuid.UUID, str], tuple[datetime, datetime]]) -> None:
    """The same for many at once: when each test began first and last, by project and test.

    In one order, so that nobody who does the same at the same time waits for the other in turn.
    """
    values = [
        {"project_id": project_id, "test_id": test_id, "first_seen": first, "last_seen": last}
        for (project_id, test_id), (first, last) in sorted(spans.items())
    ]
    if values and dialect() == "postgresql":
        db.session.connection().execute(_saw_all(), {"rows": orjson.dumps(values).decode()})
    elif values:
        db.session.connection().execute(_saw(dialect()), values)


@cache
def _saw_all() -> Insert:
    types: dict[str, Any] = {
        "project_id": Uuid(),
        "test_id": Text(),
        "first_seen": _TIME,
        "last_seen": _TIME,
    }
    document = func.jsonb_to_recordset(cast(bindparam("rows"), JSONB()))
    rows = document.table_valued(*(column(name, kind) for name, kind in types.items()))
    known = rows.render_derived(name="spans", with_types=True)
    return _widening(insert(Test).from_select(list(types), select(known)))


_TIME = DateTime(timezone=True)


def saw_run(project_id: uuid.UUID, run_id: uuid.UUID) -> None:
    """Remember all tests of a run at once."""
    found = (
        select(Result.project_id, Result.test_id, func.min(Result.start_time), func.max(Result.start_time))
        .where(Result.run_id == run_id, Result.project_id == project_id, Result.test_id.is_not(None))
        .group_by(Result.project_id, Result.test_id)
    )
    names = ["project_id", "test_id", "first_seen", "last_seen"]
    db.session.execute(_widening(insert(Test).from_select(names, found)))
