"""Outcomes of recent runs, in percent."""

from typing import ClassVar

from pydantic import Field

from ibutsu_server.widgets.parameters import ASKED, Filters, Project, Text
from ibutsu_server.widgets.widget import Widget


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
