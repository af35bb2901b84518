"""Pass rates of components by build and importance."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import accumulate
from typing import Any, ClassVar, NamedTuple
from uuid import UUID

from pydantic import Field
from sqlalchemy import ColumnElement, Select, func, null, or_, select

from ibutsu_server import tallies
from ibutsu_server.access import Scope
from ibutsu_server.db import db
from ibutsu_server.db.ids import is_one_of
from ibutsu_server.db.models import Result
from ibutsu_server.filters.grouping import id_as_text
from ibutsu_server.widgets.job_builds import BUILD, JOB, Builds, newest, text_of
from ibutsu_server.widgets.parameters import ASKED, Project, Text
from ibutsu_server.widgets.rates import pass_rate
from ibutsu_server.widgets.widget import Answer, Widget

IMPORTANCES = ["critical", "high", "medium", "low"]

RESULTS = 20_000
"""Ids of results in one answer; rates are of all results."""

COUNTS = 10_000
"""Outcomes of components, builds and importances that are counted where there are more results."""

IMPORTANCE = "metadata.importance"

Cell = dict[str, Any]
Outcomes = dict[str, Counter[str | None]]
"""By importance."""


class Group(NamedTuple):
    """Results of one kind: how many, when the first of them started, and the ids of those that are listed."""

    component: str
    build: str
    importance: str | None
    outcome: str | None
    results: int
    first: datetime
    ids: list[str]


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
        project_id = scope.project_id(self.project)
        builds = newest(scope, project_id, self.job_name, self.builds)
        known = dict(self._known(project_id, builds))
        place = self._place(builds, builds.runs - known.keys())
        read = _read(_listed(*place)) if place else []
        is_cut = _sum(read) == RESULTS
        live = _read(_counted(*place)) if is_cut else read
        counted = [group for groups in known.values() for group in groups]
        listed = _newest([*_with_ids(known), *read])
        warnings = list(builds.warnings)
        if sum(len(group.ids) for group in listed) < _sum(counted) + _sum(live):
            are_missing = is_cut and len(live) > COUNTS
            rates = "some rates are missing" if are_missing else "the rates are of all of them"
            warnings.append(f"Only the newest {RESULTS} results are listed, {rates}; ask for fewer builds")
        groups = [*counted, *(live[:COUNTS] if is_cut else live)]
        return Answer({"table_data": self._table(groups, listed, builds.numbers)}, warnings)

    def _place(self, builds: Builds, runs: Collection[UUID]) -> list[ColumnElement[bool]]:
        places = [is_one_of(Result.run_id, runs)] if runs else []
        places += [builds.alone] if builds.alone is not None else []
        return places and [
            or_(*places),
            text_of(Result, JOB) == self.job_name,
            text_of(Result, BUILD).in_(builds.numbers),
            Result.component.in_(self.components.split(",")),
            *([Result.env == self.env] if self.env else []),
        ]

    def _known(self, project_id: UUID, builds: Builds) -> Iterator[tuple[UUID, list[Group]]]:
        """What there is in runs that were counted, and that are of one build, component and environment."""
        fields = ("component", BUILD, JOB, *(["env"] if self.env else []))
        runs = tallies.of_runs(project_id, builds.runs, *fields, IMPORTANCE)
        components, place = self.components.split(","), [self.job_name, *([self.env] if self.env else [])]
        for run_id, run in runs.items():
            component, build, *others = (run.common_value(field) for field in fields)
            if component is None or build is None or None in others:
                continue
            is_asked = component in components and build in builds.numbers and others == place
            yield run_id, list(_groups(run, component, build)) if is_asked else []

    def _table(
        self, counted: Sequence[Group], listed: Sequence[Group], builds: list[str]
    ) -> list[dict[str, Any]]:
        """What was first seen stands first."""
        components: defaultdict[str, defaultdict[str, Outcomes]] = defaultdict(lambda: defaultdict(dict))
        for group in sorted(counted, key=lambda group: group.first):
            of_build = components[group.component][group.build]
            outcomes = of_build.setdefault(group.importance or "null", Counter())
            outcomes[group.outcome] += group.results
        ids: defaultdict[tuple[str, str], dict[str, list[str]]] = defaultdict(dict)
        for group in listed:
            cells = ids[group.component, group.build]
            cells.setdefault(group.importance or "null", []).extend(group.ids)
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


def _groups(run: tallies.RunCounts, component: str, build: str) -> Iterator[Group]:
    without = Counter(run.fields["component"][component])
    for importance, outcomes in run.fields[IMPORTANCE].items():
        without.subtract(outcomes)
        for outcome, results in outcomes.items():
            yield Group(component, build, importance, outcome or None, results, run.first, [])
    for outcome, results in (+without).items():
        yield Group(component, build, None, outcome or None, results, run.first, [])


def _with_ids(known: Mapping[UUID, Sequence[Group]]) -> list[Group]:
    """The newest results of these runs."""
    asked = [(run_id, groups) for run_id, groups in known.items() if groups]
    newest_first = sorted(asked, key=lambda run: run[1][0].first, reverse=True)
    sums = accumulate((_sum(groups) for _, groups in newest_first), initial=0)
    runs = [run_id for (run_id, _), before in zip(newest_first, sums, strict=False) if before < RESULTS]
    found = db.session.execute(_ids(runs)) if runs else ()
    return [
        known[run_id][0]._replace(importance=importance, ids=ids.split(",")[::-1])
        for run_id, importance, ids in found
    ]


def _newest(groups: list[Group]) -> list[Group]:
    """As many as are listed, of the groups that began last; those of a group stand from old to new."""
    newest_first = sorted(groups, key=lambda group: group.first, reverse=True)
    sums = accumulate((len(group.ids) for group in newest_first), initial=0)
    left = zip(newest_first, (RESULTS - before for before in sums), strict=False)
    return [group._replace(ids=group.ids[-most:]) for group, most in left if most > 0][::-1]


def _sum(groups: Sequence[Group]) -> int:
    return sum(group.results for group in groups)


def _read(statement: Select[Any]) -> list[Group]:
    found = db.session.execute(statement)
    return [Group._make([*group, ids.split(",")[::-1] if ids else []]) for *group, ids in found]


def _ids(runs: Sequence[UUID]) -> Select[Any]:
    importance, id_ = text_of(Result, IMPORTANCE).label("importance"), id_as_text(Result.id).label("id")
    results = select(Result.run_id, importance, id_).where(is_one_of(Result.run_id, runs))
    found = results.order_by(Result.start_time.desc(), Result.id.desc()).limit(RESULTS).subquery().c
    group = found.run_id, found.importance
    return select(*group, func.aggregate_strings(found.id, ",")).group_by(*group)


def _counted(*place: ColumnElement[bool]) -> Select[Any]:
    build, importance = text_of(Result, BUILD), text_of(Result, IMPORTANCE)
    group = (Result.component, build, importance, Result.result)
    first = func.min(Result.start_time)
    counted = select(*group, func.count(), first, null().label("ids")).where(*place).group_by(*group)
    return counted.order_by(first).limit(COUNTS + 1)


def _listed(*place: ColumnElement[bool]) -> Select[Any]:
    """The newest: their ids in one text for each group, the newest first."""
    build, importance = text_of(Result, BUILD), text_of(Result, IMPORTANCE)
    columns = Result.component, build.label("build"), importance.label("importance"), Result.result
    newest_first = Result.start_time.desc(), Result.id.desc()
    results = select(*columns, Result.start_time, id_as_text(Result.id).label("id")).where(*place)
    found = results.order_by(*newest_first).limit(RESULTS).subquery().c
    group = (found.component, found.build, found.importance, found.result)
    first, ids = func.min(found.start_time), func.aggregate_strings(found.id, ",")
    return select(*group, func.count(), first, ids.label("ids")).group_by(*group).order_by(first)
