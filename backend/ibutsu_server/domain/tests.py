"""The list of tests that a project has reported."""

import uuid
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import func, select

from ibutsu_server.db import db
from ibutsu_server.db.models import Result, Test
from ibutsu_server.db.writes import insert


def saw(project_id: uuid.UUID, test_id: str, at: datetime) -> None:
    """Remember that a test ran; safe against any number of parallel reporters."""
    db.session.connection().execute(
        _saw(db.engine.dialect.name),
        {"project_id": project_id, "test_id": test_id, "first_seen": at, "last_seen": at},
    )


@cache
def _saw(dialect: str) -> Any:  # noqa: ARG001 - each database has its own words
    statement = insert(Test.__table__)
    seen = statement.excluded.last_seen
    return statement.on_conflict_do_update(
        index_elements=[Test.project_id, Test.test_id],
        set_={"last_seen": seen},
        where=Test.last_seen < seen,
    )


def saw_run(project_id: uuid.UUID, run_id: uuid.UUID) -> None:
    """Remember all tests of a run at once."""
    found = (
        select(Result.project_id, Result.test_id, func.min(Result.start_time), func.max(Result.start_time))
        .where(Result.run_id == run_id, Result.project_id == project_id, Result.test_id.is_not(None))
        .group_by(Result.project_id, Result.test_id)
    )
    names = ["project_id", "test_id", "first_seen", "last_seen"]
    db.session.execute(insert(Test.__table__).from_select(names, found).on_conflict_do_nothing())
