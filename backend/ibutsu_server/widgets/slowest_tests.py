"""Tests that take long, or longer than before."""

from datetime import datetime
from typing import Any, ClassVar, Literal

from pydantic import Field
from sqlalchemy import ColumnElement, Row, Select, and_, case, func

from ibutsu_server.access import Scope
from ibutsu_server.db import db
from ibutsu_server.db.models import Result
from ibutsu_server.db.types import now
from ibutsu_server.filters.grouping import as_json, by_code_points
from ibutsu_server.widgets.parameters import Filters, Project
from ibutsu_server.widgets.recent_results import Window, window
from ibutsu_server.widgets.widget import Answer, Widget

RESULTS = 200_000
"""So many of the newest results are looked at."""

EXECUTIONS = 3
"""With fewer a half of the window says nothing."""

TESTS = 100


class SlowestTests(Widget):
    """The tests with the longest mean duration in the last days, or with the most growth: the mean of the \
newer half of the days divided by that of the older half.
    """

    id: ClassVar[str] = "slowest-tests"
    title: ClassVar[str] = "Slowest Tests"

    days: int = Field(14, ge=1, le=90, description="How many days to look back")
    order: Literal["duration", "growth"] = Field("duration", description="By `duration` or by `growth`")
    tests: int = Field(10, ge=1, le=TESTS, description="How many tests")
    project: Project = None
    additional_filters: Filters = None

    def data(self, scope: Scope) -> Answer:
        recent = window(
            scope,
            project=self.project,
            additional_filters=self.additional_filters,
            days=self.days,
            most=RESULTS,
        )
        found = db.session.execute(self._statement(recent, recent.start + (now() - recent.start) / 2))
        body = {"since": as_json(recent.start), "tests": [_entry(row) for row in found]}
        return Answer(body, recent.warnings)

    def _statement(self, recent: Window, middle: datetime) -> Select[Any]:
        """Skipped results took no time that could be compared."""
        duration, is_newer = func.avg(Result.duration), Result.start_time > middle
        older, newer = _mean(~is_newer), _mean(is_newer)
        growth = case((and_(older > 0, newer.is_not(None)), newer / older))
        first = duration if self.order == "duration" else growth
        columns = Result.project_id, Result.test_id
        numbers = {"executions": func.count(), "duration": duration, "older": older, "newer": newer}
        return (
            recent.statement.with_only_columns(
                *columns, growth.label("growth"), *(number.label(name) for name, number in numbers.items())
            )
            .where(Result.test_id.is_not(None), Result.duration.is_not(None))
            .where(Result.result.is_distinct_from("skipped"))
            .group_by(*columns)
            .having(first.is_not(None))
            .order_by(first.desc(), by_code_points(Result.test_id), Result.project_id)
            .limit(self.tests)
        )


def _mean(of_half: ColumnElement[bool]) -> ColumnElement[Any]:
    durations = case((of_half, Result.duration))
    return case((func.count(durations) >= EXECUTIONS, func.avg(durations)))


def _entry(row: Row[Any]) -> dict[str, Any]:
    return {
        "test_id": row.test_id,
        "project_id": str(row.project_id),
        "executions": row.executions,
        "duration": round(row.duration, 3),
        "older": _rounded(row.older),
        "newer": _rounded(row.newer),
        "growth": _rounded(row.growth),
    }


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 3)
