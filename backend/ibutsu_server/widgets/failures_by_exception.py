"""Failures by what was raised."""

from collections.abc import Iterable
from typing import Any, ClassVar

from pydantic import Field
from sqlalchemy import Row, Select, func, select

from ibutsu_server.access import Scope
from ibutsu_server.db import db
from ibutsu_server.db.models import Result
from ibutsu_server.filters.grouping import by_code_points, group_by
from ibutsu_server.widgets import reasons
from ibutsu_server.widgets.failures import FAILED
from ibutsu_server.widgets.parameters import Filters, Project
from ibutsu_server.widgets.recent_results import Window, found_in, window
from ibutsu_server.widgets.widget import Answer, Widget

FAILURES = 100_000
"""So many of the newest failures are counted."""

EXCEPTIONS = 100

_NAME = func.coalesce(func.nullif(group_by(Result, "metadata.exception_name"), ""), "unknown")


class FailuresByException(Widget):
    """Failures (failed or error) of the last days, counted by `metadata.exception_name`, with the newest \
one of each.
    """

    id: ClassVar[str] = "failures-by-exception"
    title: ClassVar[str] = "Failures by Exception"

    days: int = Field(14, ge=1, le=90, description="How many days to look back")
    exceptions: int = Field(20, ge=1, le=EXCEPTIONS, description="How many exceptions")
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
        groups = db.session.execute(self._groups(recent)).all()
        newest = {row.name: row for row in db.session.execute(_newest(recent, groups))} if groups else {}
        body = {
            "failures": int(groups[0].total) if groups else 0,
            "exceptions": [_entry(group, newest[group.name]) for group in groups if group.name in newest],
        }
        return Answer(body, [*recent.warnings, *self._warnings(groups)])

    def _groups(self, recent: Window) -> Select[Any]:
        failures = func.count()
        named = (
            recent.statement.with_only_columns(_NAME.label("name"), Result.test_id, Result.start_time)
            .where(Result.result.in_(FAILED))
            .subquery()
        )
        numbers = {
            "failures": failures,
            "tests": func.count(named.c.test_id.distinct()),
            "last": func.max(named.c.start_time),
            "total": func.sum(failures).over(),
            "exceptions": func.count().over(),
        }
        return (
            select(named.c.name, *(number.label(name) for name, number in numbers.items()))
            .group_by(named.c.name)
            .order_by(failures.desc(), by_code_points(named.c.name))
            .limit(self.exceptions)
        )

    def _warnings(self, groups: Iterable[Row[Any]]) -> list[str]:
        more = [group.exceptions for group in groups if group.exceptions > self.exceptions]
        return [f"Only the {self.exceptions} most frequent of {more[0]} exceptions are shown"] if more else []


def _newest(recent: Window, groups: Iterable[Row[Any]]) -> Select[Any]:
    """One result of each group, of which many may have started at the same time; none that is deleted now."""
    place = func.row_number().over(partition_by=_NAME, order_by=(Result.start_time.desc(), Result.id.desc()))
    found = (
        recent.statement.with_only_columns(Result.id, Result.run_id, Result.test_id, Result.start_time)
        .add_columns(_NAME.label("name"), reasons.MESSAGE, reasons.SHORT_TB, place.label("place"))
        .where(Result.result.in_(FAILED), Result.start_time.in_({group.last for group in groups}))
        .subquery()
    )
    return select(found).where(found.c.place == 1)


def _entry(group: Row[Any], newest: Row[Any]) -> dict[str, Any]:
    return {
        "exception_name": group.name,
        "failures": group.failures,
        "tests": group.tests,
        "newest": {**found_in(newest), "test_id": newest.test_id, "message": reasons.line(newest)},
    }
