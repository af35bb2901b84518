"""How much passed on each day."""

from typing import Any, ClassVar

from pydantic import Field
from sqlalchemy import Date, Float, Row, Select, case, cast, func, select

from ibutsu_server.access import Scope
from ibutsu_server.db import db
from ibutsu_server.db.models import Run
from ibutsu_server.widgets.conditions import rows
from ibutsu_server.widgets.parameters import Filters, Project
from ibutsu_server.widgets.rates import pass_percentage
from ibutsu_server.widgets.runs_of_days import cut, runs_of_days
from ibutsu_server.widgets.widget import Answer, Widget


class PassRateTrend(Widget):
    """The pass rate of each of the last days (UTC), and of its worst and its best run: passed tests in \
percent of all but skipped ones.
    """

    id: ClassVar[str] = "pass-rate-trend"
    title: ClassVar[str] = "Pass Rate Trend"

    days: int = Field(30, ge=1, le=366, description="How many days to look back")
    project: Project = None
    additional_filters: Filters = None

    def data(self, scope: Scope) -> Answer:
        found = rows(scope, Run, project=self.project, texts=[self.additional_filters])
        days = db.session.execute(_statement(found.statement, self.days)).all()
        body = {"days": [_point(day) for day in days if day.day is not None]}
        return Answer(body, [*found.warnings, *cut(sum(day.runs for day in days))])


def _statement(runs: Select[Any], days: int) -> Select[Any]:
    """The rate of a run is that of `rates.pass_rate`."""
    run = runs_of_days(runs, days, [Run.start_time, Run.tests, Run.passes, Run.skips]).subquery().c
    judged = case((run.tests - run.skips > run.passes, run.tests - run.skips), else_=run.passes)
    rate = case((judged > 0, 100 * cast(run.passes, Float) / judged))
    day = func.date(run.start_time, type_=Date())
    numbers = {
        "runs": func.count(),
        "tests": func.sum(run.tests),
        "passes": func.sum(run.passes),
        "skips": func.sum(run.skips),
        "lowest": func.min(rate),
        "highest": func.max(rate),
    }
    columns = [number.label(name) for name, number in numbers.items()]
    return select(day.label("day"), *columns).group_by(day).order_by(day)


def _point(day: Row[Any]) -> dict[str, Any]:
    rate = pass_percentage(tests=day.tests, passes=day.passes, skips=day.skips, count_skips=False)
    return {
        "day": day.day.isoformat(),
        "runs": day.runs,
        "tests": day.tests,
        "pass_rate": rate,
        "lowest": None if day.lowest is None else round(day.lowest, 2),
        "highest": None if day.highest is None else round(day.highest, 2),
    }
