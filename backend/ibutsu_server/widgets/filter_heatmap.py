"""A heatmap of the runs that fulfil some conditions."""

from collections import defaultdict
from typing import Any, ClassVar

from pydantic import AliasChoices, Field

from ibutsu_server.access import Scope
from ibutsu_server.db import db
from ibutsu_server.db.models import Run
from ibutsu_server.filters.grouping import group_by
from ibutsu_server.widgets import heatmaps
from ibutsu_server.widgets.conditions import rows
from ibutsu_server.widgets.parameters import ASKED, Builds, OptionalText, Project, Text
from ibutsu_server.widgets.rates import pass_percentage
from ibutsu_server.widgets.widget import Answer, Widget

RUNS_PER_BUILD = 75
"""So many times `builds` of the newest runs are looked at."""

RUNS = 10_000
"""Never more than these."""


class FilterHeatmap(Widget):
    """Pass rates of the newest runs that match a filter, with one row for each value of a field."""

    id: ClassVar[str] = "filter-heatmap"
    title: ClassVar[str] = "Filtered Heatmap"

    additional_filters: OptionalText = Field(
        description="Which runs, in the language of filters; conditions are joined by commas",
        validation_alias=AliasChoices("additional_filters", "filters"),
    )
    builds: Builds = Field(5, description="How many runs in each row", json_schema_extra=ASKED)
    group_field: Text = Field(
        "component", description="Field of the runs whose values are the rows", json_schema_extra=ASKED
    )
    project: Project = None

    def data(self, scope: Scope) -> Answer:
        """Each run is a cell, numbered from the newest; groups are in the order of their newest run."""
        found = rows(scope, Run, project=self.project, texts=[self.additional_filters])
        group = group_by(Run, self.group_field)
        if group is None:
            return heatmaps.without_groups(self.group_field, found.warnings)
        most = min(RUNS_PER_BUILD * self.builds, RUNS)
        statement = found.statement.with_only_columns(
            group.label("group"), Run.id, Run.tests, Run.passes, Run.skips
        )
        newest = statement.order_by(Run.start_time.desc(), Run.id.desc()).limit(most + 1)
        runs = db.session.execute(newest).all()
        groups = self._groups(runs[:most])
        shown = list(groups)[: heatmaps.GROUPS]
        heatmap = {group: heatmaps.row(groups[group][::-1], fewest=1) for group in shown}
        warnings = [*found.warnings]
        if len(runs) > most and any(len(cells) < self.builds for cells in groups.values()):
            warnings.append(heatmaps.cut_runs(most))
        if len(groups) > len(shown):
            warnings.append(heatmaps.cut_groups(len(shown)))
        return Answer({"heatmap": heatmap}, warnings)

    def _groups(self, runs: Any) -> dict[str, list[heatmaps.Cell]]:
        """The newest cells of each group, newest first."""
        groups: dict[str, list[heatmaps.Cell]] = defaultdict(list)
        for number, run in enumerate(runs, start=1):
            cells = groups[heatmaps.name(run.group, self.group_field)]
            if len(cells) < self.builds:
                rate = pass_percentage(tests=run.tests, passes=run.passes, skips=run.skips, count_skips=False)
                cells.append([rate, str(run.id), None, str(number)])
        return groups
