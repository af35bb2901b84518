"""Pass rates of components by build and importance."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from pydantic import Field
from sqlalchemy import ColumnElement, Select, func, select

from ibutsu_server.access import Scope
from ibutsu_server.db import db
from ibutsu_server.db.models import Result
from ibutsu_server.widgets.job_builds import BUILD, JOB, newest, text_of
from ibutsu_server.widgets.parameters import ASKED, Project, Text
from ibutsu_server.widgets.rates import pass_rate
from ibutsu_server.widgets.widget import Answer, Widget

IMPORTANCES = ["critical", "high", "medium", "low"]

RESULTS = 20_000
"""Ids of results in one answer; rates are of all results."""

COUNTS = 10_000
"""Outcomes of components, builds and importances that are counted where there are more results."""

Cell = dict[str, Any]
Counts = Mapping[tuple[str, str, str | None, str | None], int]
"""By component, build, importance and outcome."""

Outcomes = dict[str, Counter[str | None]]
"""By importance."""


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
        builds = newest(scope, scope.project_id(self.project), self.job_name, self.builds)
        place = [
            builds.place,
            text_of(Result, JOB) == self.job_name,
            text_of(Result, BUILD).in_(builds.numbers),
            Result.component.in_(self.components.split(",")),
            *([Result.env == self.env] if self.env else []),
        ]
        newest_first = db.session.execute(_results(*place)).all()
        results = newest_first[:RESULTS][::-1]
        if len(newest_first) <= RESULTS:
            counts: Counts = Counter((row[0], row[1], row[2], row[3]) for row in results)
            return Answer({"table_data": self._table(counts, results, builds.numbers)}, builds.warnings)
        counted = db.session.execute(_counts(*place)).all()
        counts = {(row[0], row[1], row[2], row[3]): row[4] for row in counted[:COUNTS]}
        rates = "the rates are of all of them" if len(counted) <= COUNTS else "some rates are missing"
        warning = f"Only the newest {RESULTS} results are listed, {rates}; ask for fewer builds"
        table = self._table(counts, results, builds.numbers)
        return Answer({"table_data": table}, [*builds.warnings, warning])

    def _table(self, counts: Counts, results: Sequence[Any], builds: list[str]) -> list[dict[str, Any]]:
        components: defaultdict[str, defaultdict[str, Outcomes]] = defaultdict(lambda: defaultdict(dict))
        for (component, build, importance, outcome), count in counts.items():
            outcomes = components[component][build].setdefault(importance or "null", Counter())
            outcomes[outcome] += count
        ids: defaultdict[tuple[str, str], dict[str, list[str]]] = defaultdict(dict)
        for component, build, importance, _, id_ in results:
            ids[component, build].setdefault(importance or "null", []).append(str(id_))
        return [
            {
                "component": component,
                "bnums": builds,
                "importances": IMPORTANCES,
                "data": {build: self._build(found.get(build), ids[component, build]) for build in builds},
            }
            for component, found in components.items()
        ]

    def _build(self, outcomes: Outcomes | None, ids: Mapping[str, list[str]]) -> dict[str, Cell]:
        if outcomes is None:
            return {importance: {"percentage": "NA", "result_list": []} for importance in IMPORTANCES}
        return {
            importance: self._cell(outcomes.get(importance, Counter()), ids.get(importance, []))
            for importance in dict.fromkeys([*outcomes, *IMPORTANCES])
        }

    def _cell(self, outcomes: Counter[str | None], ids: list[str]) -> Cell:
        rate = pass_rate(outcomes, count_skips=self.count_skips)
        return {"percentage": "N/A" if rate is None else round(rate, 2), "result_list": ids}


def _counts(*place: ColumnElement[bool]) -> Select[Any]:
    """What was first seen stands first."""
    build, importance = text_of(Result, BUILD), text_of(Result, "metadata.importance")
    group = (Result.component, build, importance, Result.result)
    counted = select(*group, func.count()).where(*place).group_by(*group)
    return counted.order_by(func.min(Result.start_time)).limit(COUNTS + 1)


def _results(*place: ColumnElement[bool]) -> Select[Any]:
    build, importance = text_of(Result, BUILD), text_of(Result, "metadata.importance")
    return (
        select(Result.component, build, importance, Result.result, Result.id)
        .where(*place)
        .order_by(Result.start_time.desc(), Result.id.desc())
        .limit(RESULTS + 1)
    )
