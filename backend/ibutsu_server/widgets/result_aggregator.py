"""Results counted by a field."""

from typing import ClassVar

from pydantic import Field

from ibutsu_server.widgets.parameters import ASKED, Filters, OptionalText, Project, Text
from ibutsu_server.widgets.widget import Widget


class ResultAggregator(Widget):
    """How many results there are for each value of a field."""

    id: ClassVar[str] = "result-aggregator"
    title: ClassVar[str] = "Result Aggregation"

    group_field: Text = Field(
        "result", description="Field of the results whose values are counted", json_schema_extra=ASKED
    )
    days: float = Field(
        90, ge=0, le=36500, allow_inf_nan=False, description="How many days to look back; 0 is no limit"
    )
    run_id: OptionalText = Field(None, description="Only results of this run, by its id")
    project: Project = None
    for_filter: bool = Field(default=False, description="Answer the values alone, without counting")
    additional_filters: Filters = None
