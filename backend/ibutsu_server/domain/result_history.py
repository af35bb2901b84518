"""How the test of a result ended before and after it."""

from collections.abc import Sequence
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select

from ibutsu_server.db import db
from ibutsu_server.db.models import Result
from ibutsu_server.db.types import JSONObject
from ibutsu_server.widgets import reasons
from ibutsu_server.widgets.failures import FAILED
from ibutsu_server.widgets.shapes import time

MOST = 1000
"""Failures in a row that are looked at."""

Same = Literal["environment", "test"]
_COLUMNS = (
    *(Result.id, Result.run_id, Result.result, Result.start_time, Result.duration),
    *(Result.component, Result.env, Result.source, *reasons.SAID),
)


def of(result: Result, *, same: Same, limit: int) -> JSONObject:
    """The newest results of the test, when it passed last, and since when it has been failing.

    A result that says nothing of its test has no history but itself.
    """
    history = _history(result, same)
    passed = history.where(Result.result == "passed", _is_before(result)).limit(1)
    last_passed = db.session.execute(passed).one_or_none()
    failures = _failures(history, result, last_passed) if result.result in FAILED else []
    return {
        "results": [_told(row) for row in db.session.execute(history.limit(limit))],
        "last_passed": _told(last_passed) if last_passed else None,
        "failing_since": _told(failures[-1]) if failures else None,
        "failures_in_a_row": len(failures),
    }


def _history(result: Result, same: Same) -> Select[Any]:
    """Newest first."""
    if not result.test_id:
        return select(*_COLUMNS).where(Result.id == result.id)
    alike = [Result.project_id == result.project_id, Result.test_id == result.test_id]
    if same == "environment":
        alike += [Result.component == result.component, Result.env == result.env]
    return select(*_COLUMNS).where(*alike).order_by(Result.start_time.desc(), Result.id.desc())


def _failures(history: Select[Any], result: Result, last_passed: Row[Any] | None) -> Sequence[Row[Any]]:
    """Up to this one, since the test passed last."""
    found = history.where(Result.result.in_(FAILED), or_(_is_before(result), Result.id == result.id))
    if last_passed is not None:
        found = found.where(_is_after(last_passed))
    return db.session.execute(found.limit(MOST)).all()


def _is_before(place: Any) -> ColumnElement[bool]:
    return and_(
        Result.start_time <= place.start_time, or_(Result.start_time < place.start_time, Result.id < place.id)
    )


def _is_after(place: Any) -> ColumnElement[bool]:
    return and_(
        Result.start_time >= place.start_time, or_(Result.start_time > place.start_time, Result.id > place.id)
    )


def _told(row: Row[Any]) -> JSONObject:
    return {
        "id": str(row.id),
        "run_id": str(row.run_id) if row.run_id else None,
        "result": row.result,
        "start_time": time(row.start_time),
        "duration": row.duration,
        "component": row.component,
        "env": row.env,
        "source": row.source,
        "exception_name": row.exception_name,
        "message": reasons.line(row),
        "classification": row.classification,
    }
