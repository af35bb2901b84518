"""The newest runs, one line each."""

from typing import Any, ClassVar

from pydantic import Field
from sqlalchemy import Row

from ibutsu_server.access import Scope
from ibutsu_server.widgets.parameters import Filters, Project
from ibutsu_server.widgets.rates import pass_percentage
from ibutsu_server.widgets.recent_runs import counts, recent_runs, told
from ibutsu_server.widgets.widget import Answer, Widget

MOST = 100


class LatestRuns(Widget):
    """The newest runs with their outcomes and pass rates: passed tests in percent of all but skipped ones."""

    id: ClassVar[str] = "latest-runs"
    title: ClassVar[str] = "Latest Runs"

    runs: int = Field(10, ge=1, le=MOST, description="How many of the newest runs")
    project: Project = None
    additional_filters: Filters = None

    def data(self, scope: Scope) -> Answer:
        found = recent_runs(
            scope, project=self.project, additional_filters=self.additional_filters, count=self.runs
        )
        return Answer({"runs": [_line(run) for run in found.runs]}, found.warnings)


def _line(run: Row[Any]) -> dict[str, Any]:
    return {
        "run": told(run),
        "duration": run.duration or 0,
        "counts": counts(run),
        "pass_rate": pass_percentage(tests=run.tests, passes=run.passes, skips=run.skips, count_skips=False),
    }
