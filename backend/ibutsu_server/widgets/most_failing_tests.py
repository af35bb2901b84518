"""Tests by the number of their failures."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from pydantic import Field
from sqlalchemy import CTE, Row, Select, func, literal, select
from sqlalchemy.orm import aliased

from ibutsu_server.access import Scope
from ibutsu_server.db import db
from ibutsu_server.db.models import Result
from ibutsu_server.db.types import UtcDateTime
from ibutsu_server.filters.grouping import by_code_points
from ibutsu_server.widgets.failures import FAILED, failure_percentage
from ibutsu_server.widgets.parameters import Filters, Project
from ibutsu_server.widgets.recent_results import Window, found_in, window
from ibutsu_server.widgets.widget import Answer, Widget

FAILURES = 100_000
"""So many of the newest failures are counted."""

RESULTS = 1_000
"""So many of the newest results of each test are counted."""

TESTS = 50

Test = tuple[uuid.UUID, str]
"""Its project and its id."""


class MostFailingTests(Widget):
    """The tests with the most failures (failed or error) in the last days. The failure rate is in percent \
of their results, skipped ones left out.
    """

    id: ClassVar[str] = "most-failing-tests"
    title: ClassVar[str] = "Most Failing Tests"

    days: int = Field(14, ge=1, le=90, description="How many days to look back")
    tests: int = Field(10, ge=1, le=TESTS, description="How many tests")
    project: Project = None
    additional_filters: Filters = None

    def data(self, scope: Scope) -> Answer:
        recent = window(
            scope,
            project=self.project,
            additional_filters=self.additional_filters,
            days=self.days,
            most=FAILURES,
            outcomes=FAILED,
        )
        counts = db.session.execute(_counts(recent, self._worst(recent))).all()
        last = _last_failures(recent, {(row.project_id, row.test_id): row.last for row in counts})
        tests = [(row, last.get((row.project_id, row.test_id))) for row in counts]
        entries = [_entry(row, failure) for row, failure in tests if failure is not None]
        return Answer({"tests": entries}, [*recent.warnings, *_warnings(counts)])

    def _worst(self, recent: Window) -> CTE:
        columns = Result.project_id, Result.test_id
        failures = func.count()
        return (
            recent.statement.with_only_columns(*columns, failures.label("failures"))
            .where(Result.result.in_(FAILED), Result.test_id.is_not(None))
            .group_by(*columns)
            .order_by(failures.desc(), by_code_points(Result.test_id), Result.project_id)
            .limit(self.tests)
            .cte("worst")
        )


def _counts(recent: Window, worst: CTE) -> Select[Any]:
    """Of the newest results of each test; an index finds where they begin."""
    older = aliased(Result)
    beginning = (
        select(older.start_time)
        .where(older.project_id == worst.c.project_id, older.test_id == worst.c.test_id)
        .where(older.start_time > recent.start)
        .order_by(older.start_time.desc())
        .offset(RESULTS)
        .limit(1)
        .scalar_subquery()
    )
    start = func.coalesce(beginning, literal(recent.start, UtcDateTime()))
    found = select(worst, start.label("start"), beginning.is_not(None).label("is_cut")).cte("worst_tests")
    tests = found.prefix_with("MATERIALIZED").c  # else PostgreSQL looks for the beginning with each result
    columns = tests.project_id, tests.test_id, tests.is_cut
    failed = Result.result.in_(FAILED)
    failures = func.count().filter(failed)
    return (
        recent.statement.with_only_columns(
            *columns,
            failures.label("failures"),
            func.count().filter(Result.result == "passed").label("passes"),
            func.count().filter(Result.result.is_distinct_from("skipped")).label("executions"),
            func.max(Result.start_time).filter(failed).label("last"),
        )
        .where(Result.project_id == tests.project_id, Result.test_id == tests.test_id)
        .where(Result.start_time > tests.start)
        .group_by(*columns)
        .having(failures > 0)
        .order_by(failures.desc(), by_code_points(tests.test_id), tests.project_id)
    )


def _last_failures(recent: Window, times: Mapping[Test, datetime]) -> dict[Test, Row[Any]]:
    """But for those that are deleted at this moment."""
    columns = Result.project_id, Result.test_id, Result.id, Result.run_id, Result.start_time
    statement = recent.statement.with_only_columns(*columns).where(
        Result.test_id.in_({test for _, test in times}),
        Result.start_time.in_(set(times.values())),
        Result.result.in_(FAILED),
    )
    rows: Sequence[Any] = db.session.execute(statement.order_by(Result.id)).all() if times else []
    return {
        (row.project_id, row.test_id): row
        for row in rows
        if times.get((row.project_id, row.test_id)) == row.start_time
    }


def _entry(row: Row[Any], last: Row[Any]) -> dict[str, Any]:
    return {
        "test_id": row.test_id,
        "project_id": str(row.project_id),
        "failures": row.failures,
        "executions": row.executions,
        "failure_rate": failure_percentage(row.failures, row.executions),
        "is_flaky": row.passes > 0,
        "last_failure": found_in(last),
    }


def _warnings(counts: Sequence[Row[Any]]) -> list[str]:
    if not any(row.is_cut for row in counts):
        return []
    return [f"Of each test only the newest {RESULTS} results are counted: ask for fewer days"]
