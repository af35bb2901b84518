"""At which time of the week tests run, and fail."""

from collections.abc import Iterable
from typing import Any, ClassVar

from pydantic import Field
from sqlalchemy import Row, Select, extract, func, select

from ibutsu_server.access import Scope
from ibutsu_server.db import db
from ibutsu_server.db.models import Run
from ibutsu_server.widgets.conditions import rows
from ibutsu_server.widgets.failures import failure_percentage
from ibutsu_server.widgets.parameters import Filters, Project
from ibutsu_server.widgets.runs_of_days import cut, runs_of_days
from ibutsu_server.widgets.widget import Answer, Widget

SUNDAY = 7
"""As ISO counts the days of a week; databases say 0."""


class ResultsByTime(Widget):
    """Results of the last days by the hour and weekday (UTC) at which their run started. The failure rate \
is failed and error in percent of all but skipped ones.
    """

    id: ClassVar[str] = "results-by-time"
    title: ClassVar[str] = "Results by Time"

    days: int = Field(30, ge=1, le=366, description="How many days to look back")
    project: Project = None
    additional_filters: Filters = None

    def data(self, scope: Scope) -> Answer:
        """From the counts of the runs: their results are not read."""
        found = rows(scope, Run, project=self.project, texts=[self.additional_filters])
        cells = db.session.execute(_statement(found.statement, self.days)).all()
        of_hours = [{"hour": hour, **_sum(c for c in cells if c.hour == hour)} for hour in range(24)]
        of_days = [
            {"weekday": day or SUNDAY, **_sum(c for c in cells if c.weekday == day)}
            for day in (1, 2, 3, 4, 5, 6, 0)
        ]
        body = {"hours": of_hours, "weekdays": of_days, "cells": [_cell(cell) for cell in cells]}
        return Answer(body, [*found.warnings, *cut(sum(cell.runs for cell in cells))])


def _statement(runs: Select[Any], days: int) -> Select[Any]:
    columns = [Run.start_time, Run.tests, Run.failures, Run.errors, Run.skips]
    run = runs_of_days(runs, days, columns).subquery().c
    weekday, hour = extract("dow", run.start_time), extract("hour", run.start_time)
    numbers = {
        "runs": func.count(),
        "results": func.sum(run.tests),
        "failures": func.sum(run.failures + run.errors),
        "skips": func.sum(run.skips),
    }
    return (
        select(weekday.label("weekday"), hour.label("hour"))
        .add_columns(*(number.label(name) for name, number in numbers.items()))
        .where(hour.is_not(None))
        .group_by(weekday, hour)
        .order_by((weekday + 6) % 7, hour)
    )


def _cell(cell: Row[Any]) -> dict[str, Any]:
    return {"weekday": int(cell.weekday) or SUNDAY, "hour": int(cell.hour), **_sum([cell])}


def _sum(cells: Iterable[Row[Any]]) -> dict[str, Any]:
    numbers = [(cell.runs, cell.results, cell.failures, cell.skips) for cell in cells]
    runs, results, failures, skips = (
        sum(map(int, column)) for column in zip(*numbers, (0,) * 4, strict=True)
    )
    return {
        "runs": runs,
        "results": results,
        "failures": failures,
        "failure_rate": failure_percentage(failures, max(results - skips, failures)),
    }
