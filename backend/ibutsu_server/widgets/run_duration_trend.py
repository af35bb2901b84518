"""How long the last runs took."""

from statistics import median
from typing import Any, ClassVar

from pydantic import Field
from sqlalchemy import Row

from ibutsu_server.access import Scope
from ibutsu_server.widgets.parameters import Filters, Project
from ibutsu_server.widgets.recent_runs import recent_runs, told
from ibutsu_server.widgets.widget import Answer, Widget

MOST = 200
MEDIAN_OF = 7
"""Runs: one and those before it."""


class RunDurationTrend(Widget):
    """How long the newest runs took: by the clock, as the sum of their results, and by the clock as the \
median of 7 runs.
    """

    id: ClassVar[str] = "run-duration-trend"
    title: ClassVar[str] = "Run Duration Trend"

    runs: int = Field(30, ge=1, le=MOST, description="How many of the newest runs")
    project: Project = None
    additional_filters: Filters = None

    def data(self, scope: Scope) -> Answer:
        """A few runs more are read, so that the first median is one of as many runs as the last."""
        found = recent_runs(
            scope,
            project=self.project,
            additional_filters=self.additional_filters,
            count=self.runs + MEDIAN_OF - 1,
        )
        seconds = [_wall_clock(run) for run in found.runs]
        points = [_point(run, seconds[at : at + MEDIAN_OF]) for at, run in enumerate(found.runs[: self.runs])]
        return Answer({"runs": points[::-1]}, found.warnings)


def _wall_clock(run: Row[Any]) -> float | None:
    """From the start of its first result to the end of its last; None without results."""
    if run.first_start is None or run.last_end is None:
        return None
    seconds: float = (run.last_end - run.first_start).total_seconds()
    return seconds


def _point(run: Row[Any], seconds: list[float | None]) -> dict[str, Any]:
    known = [one for one in seconds if one is not None]
    return {
        "run": told(run),
        "wall_clock": seconds[0],
        "duration": run.duration or 0,
        "median": median(known) if known else None,
    }
