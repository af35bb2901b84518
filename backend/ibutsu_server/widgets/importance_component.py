"""Pass rates of components by build and importance."""

from collections import Counter, defaultdict
from typing import Any, ClassVar

from pydantic import Field
from sqlalchemy import Select, select

from ibutsu_server import filters
from ibutsu_server.access import Scope
from ibutsu_server.db import db
from ibutsu_server.db.models import Result
from ibutsu_server.widgets.parameters import ASKED, Project, Text
from ibutsu_server.widgets.rates import newest_builds, pass_rate
from ibutsu_server.widgets.widget import Answer, Widget

IMPORTANCES = ["critical", "high", "medium", "low"]

Cell = dict[str, Any]


class ImportanceComponent(Widget):
    """How much of each component passes, per build of a job and importance of the tests."""

    id: ClassVar[str] = "importance-component"
    title: ClassVar[str] = "Importance by component"

    job_name: Text = Field("", description="The Jenkins job", json_schema_extra=ASKED)
    group_field: Text = Field(
        "component", description="Accepted for old dashboards; without effect", json_schema_extra=ASKED
    )
    env: Text = Field("", description="Only results in this environment")
    components: Text = Field("", description="Components, separated by commas", json_schema_extra=ASKED)
    builds: int = Field(5, ge=1, le=40, description="How many of the newest builds")
    count_skips: bool = Field(default=False, description="Whether a skip counts against the pass rate")
    project: Project = None

    def data(self, scope: Scope) -> Answer:
        """`percentage` is a fraction from 0 to 1, `N/A` without a rate, `NA` where the build is missing."""
        if self.project is None:
            return Answer({"table_data": []})
        clauses = [filters.Clause("project_id", "=", str(scope.project_id(self.project)))]
        clauses.append(filters.Clause("metadata.jenkins.job_name", "=", self.job_name))
        clauses.append(filters.Clause("component", "*", self.components.replace(",", ";")))
        if self.env:
            clauses.append(filters.Clause("env", "=", self.env))
        rows = db.session.execute(filters.apply(_statement(), Result, clauses)).all()
        builds = newest_builds({str(row.build) for row in rows if row.build is not None}, self.builds)
        return Answer({"table_data": self._table([row for row in rows if str(row.build) in builds], builds)})

    def _table(self, rows: list[Any], builds: list[str]) -> list[dict[str, Any]]:
        cells: dict[str, dict[str, dict[str, list[Any]]]] = defaultdict(
            lambda: {build: defaultdict(list) for build in builds}
        )
        for row in rows:
            cells[row.component][str(row.build)][str(row.importance or "null")].append(row)
        return [
            {
                "component": component,
                "bnums": builds,
                "importances": IMPORTANCES,
                "data": {build: self._build(found) for build, found in by_build.items()},
            }
            for component, by_build in cells.items()
        ]

    def _build(self, by_importance: dict[str, list[Any]]) -> dict[str, Cell]:
        if not by_importance:
            return {importance: {"percentage": "NA", "result_list": []} for importance in IMPORTANCES}
        importances = dict.fromkeys([*by_importance, *IMPORTANCES])
        return {importance: self._cell(by_importance.get(importance, [])) for importance in importances}

    def _cell(self, rows: list[Any]) -> Cell:
        rate = pass_rate(Counter(row.result for row in rows), count_skips=self.count_skips)
        return {
            "percentage": "N/A" if rate is None else round(rate, 2),
            "result_list": [str(row.id) for row in rows],
        }


def _statement() -> Select[Any]:
    return select(
        Result.id,
        Result.result,
        Result.component,
        Result.data["importance"].as_string().label("importance"),
        Result.data["jenkins"]["build_number"].as_string().label("build"),
    ).order_by(Result.start_time, Result.id)
