"""Outcomes of recent runs, in percent."""

from datetime import timedelta
from typing import Any, ClassVar

from pydantic import Field
from sqlalchemy import ColumnElement, Select, func

from ibutsu_server.access import Scope
from ibutsu_server.db import db
from ibutsu_server.db.models import Run
from ibutsu_server.db.types import now
from ibutsu_server.filters.grammar import shown
from ibutsu_server.filters.grouping import by_code_points, group_by
from ibutsu_server.widgets import heatmaps
from ibutsu_server.widgets.conditions import rows
from ibutsu_server.widgets.parameters import ASKED, Filters, Project, Text
from ibutsu_server.widgets.rates import shares
from ibutsu_server.widgets.widget import Answer, Widget

GROUPS = 500
"""Bars that one answer can have."""

SHARES = {
    "passed": "passes",
    "skipped": "skips",
    "error": "errors",
    "failed": "failures",
    "xfailed": "xfailures",
    "xpassed": "xpasses",
}
"""Each is a share of `tests`, which manual and blocked ones are part of as well."""


class RunAggregator(Widget):
    """Outcomes of the tests of recent runs, in percent, with one bar for each value of a field."""

    id: ClassVar[str] = "run-aggregator"
    title: ClassVar[str] = "Run Aggregation"

    group_field: Text = Field(
        "component", description="Field of the runs whose values are the bars", json_schema_extra=ASKED
    )
    weeks: int = Field(4, ge=1, le=5200, description="How many weeks to look back", json_schema_extra=ASKED)
    project: Project = None
    additional_filters: Filters = None

    def data(self, scope: Scope) -> Answer:
        """The groups with most tests first; those without a test, and runs without a group, are left out."""
        found = rows(scope, Run, project=self.project, texts=[self.additional_filters])
        group = group_by(Run, self.group_field)
        if group is None:
            warning = f"There is no field {shown(self.group_field)} to group by"
            return Answer({share: {} for share in SHARES}, [*found.warnings, warning])
        recent = found.statement.where(Run.start_time > now() - timedelta(weeks=self.weeks))
        groups = db.session.execute(_grouped(recent, group)).all()
        warnings = [*found.warnings]
        if len(groups) > GROUPS:
            warnings.append(f"Only the {GROUPS} largest groups are shown; a filter narrows them down")
        return Answer(_body(groups[:GROUPS], self.group_field), warnings)


def _grouped(runs: Select[Any], group: ColumnElement[Any]) -> Select[Any]:
    tests = func.sum(Run.tests)
    sums = (func.sum(getattr(Run, column)).label(share) for share, column in SHARES.items())
    return (
        runs.with_only_columns(group.label("group"), tests.label("tests"), *sums)
        .where(group.is_not(None))
        .group_by(group)
        .having(tests > 0)
        .order_by(tests.desc(), by_code_points(group))
        .limit(GROUPS + 1)
    )


def _body(groups: Any, field: str) -> dict[str, dict[str, int]]:
    body: dict[str, dict[str, int]] = {share: {} for share in SHARES}
    for group in groups:
        parts = {share: getattr(group, share) for share in SHARES}
        for share, percentage in shares(parts, max(group.tests, sum(parts.values()))).items():
            body[share][heatmaps.name(group.group, field)] = percentage
    return body
