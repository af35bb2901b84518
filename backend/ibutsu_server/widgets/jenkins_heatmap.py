"""A heatmap of the builds of a Jenkins job."""

import json
from collections import defaultdict
from typing import Any, ClassVar

from pydantic import AliasChoices, Field
from sqlalchemy import ColumnElement, Select, and_, case, func, select

from ibutsu_server.access import Scope
from ibutsu_server.db.models import Run
from ibutsu_server.filters.grouping import by_code_points, group_by
from ibutsu_server.widgets import heatmaps, jenkins_jobs
from ibutsu_server.widgets.conditions import Rows
from ibutsu_server.widgets.parameters import ASKED, Builds, Filters, Project, Text
from ibutsu_server.widgets.rates import in_order, pass_percentage
from ibutsu_server.widgets.widget import Answer, Widget


class JenkinsHeatmap(Widget):
    """Pass rates of the newest builds of a Jenkins job, with one row for each value of a field."""

    id: ClassVar[str] = "jenkins-heatmap"
    title: ClassVar[str] = "Jenkins Pipeline Heatmap"

    job_name: Text = Field(
        description="The Jenkins job", validation_alias=AliasChoices("job_name", "jenkins_job_name")
    )
    builds: Builds = Field(5, description="How many of the newest builds", json_schema_extra=ASKED)
    group_field: Text = Field(
        "component", description="Field of the runs whose values are the rows", json_schema_extra=ASKED
    )
    count_skips: bool = Field(default=True, description="Whether a skip counts against the pass rate")
    project: Project = None
    additional_filters: Filters = None

    def data(self, scope: Scope) -> Answer:
        """The newest builds are those that began last; all runs of a build and group are one cell."""
        found = jenkins_jobs.runs_of_job(
            scope, self.job_name, project=self.project, text=self.additional_filters
        )
        group = group_by(Run, self.group_field)
        if group is None:
            return heatmaps.without_groups(self.group_field, found.warnings)
        runs, warnings = jenkins_jobs.read(
            lambda limit: _statement(found, group, builds=self.builds, runs=limit), self.builds
        )
        builds = in_order({run.build for run in runs})
        groups: dict[str, dict[str, heatmaps.Cell]] = defaultdict(dict)
        for run in runs:
            if run.group is not None:
                groups[heatmaps.name(run.group, self.group_field)][run.build] = self._cell(run)
        shown = sorted(groups)[: min(heatmaps.GROUPS, heatmaps.CELLS // max(len(builds), 1))]
        heatmap = {
            name: heatmaps.row([groups[name].get(build) or heatmaps.missing(build) for build in builds])
            for name in shown
        }
        if len(groups) > len(shown):
            warnings.append(heatmaps.cut_groups(len(shown)))
        return Answer({"heatmap": heatmap}, [*found.warnings, *warnings])

    def _cell(self, run: Any) -> heatmaps.Cell:
        rate = pass_percentage(
            tests=run.tests, passes=run.passes, skips=run.skips, count_skips=self.count_skips
        )
        annotations = json.loads(run.annotations) if run.annotations else None
        return [rate, str(run.id), annotations, run.build]


def _statement(found: Rows, group: ColumnElement[Any], *, builds: int, runs: int) -> Select[Any]:
    """Of each build the newest run of each group, with the sums of all; nothing of a build without groups."""
    annotations: Any = group_by(Run, "metadata.annotations")
    some = case((annotations.not_in(("null", "[]")), annotations))
    columns = (Run.id, Run.tests, Run.passes, Run.skips, group.label("group"), some.label("annotations"))
    newest = jenkins_jobs.newest_runs(found, runs, *columns)
    began = func.min(newest.c.start_time)
    chosen = (
        select(
            newest.c.build,
            func.count().over().label("total"),
            func.sum(func.count()).over().label("looked_at"),
        )
        .group_by(newest.c.build)
        .order_by(began.desc(), by_code_points(newest.c.build).desc())
        .limit(builds)
        .subquery("chosen")
    )
    cells = _cells(newest)
    of_cell = and_(cells.c.build == chosen.c.build, cells.c.place == 1)
    return select(chosen, *(column for column in cells.c if column.key != "build")).outerjoin_from(
        chosen, cells, of_cell
    )


def _cells(newest: Any) -> Any:
    run = newest.c
    cell: Any = {"partition_by": (run.build, run.group)}
    order = (run.start_time.desc(), run.id.desc())
    annotated = (run.annotations.is_(None), *order)
    return (
        select(
            run.build,
            run.group,
            run.id,
            func.row_number().over(**cell, order_by=order).label("place"),
            func.first_value(run.annotations).over(**cell, order_by=annotated).label("annotations"),
            *(func.sum(run[name]).over(**cell).label(name) for name in ("tests", "passes", "skips")),
        )
        .where(run.group.is_not(None))
        .subquery("cells")
    )
