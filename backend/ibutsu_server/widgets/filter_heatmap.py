"""A heatmap of the runs that fulfil some conditions."""

from typing import ClassVar

from pydantic import AliasChoices, Field

from ibutsu_server.widgets.parameters import ASKED, Builds, Project, Text
from ibutsu_server.widgets.widget import Widget


class FilterHeatmap(Widget):
    """Pass rates of the newest runs that match a filter, with one row for each value of a field."""

    id: ClassVar[str] = "filter-heatmap"
    title: ClassVar[str] = "Filtered Heatmap"

    additional_filters: Text = Field(
        description="Which runs, in the language of filters; conditions are joined by commas",
        validation_alias=AliasChoices("additional_filters", "filters"),
    )
    builds: Builds = Field(5, description="How many runs in each row", json_schema_extra=ASKED)
    group_field: Text = Field(
        "component", description="Field of the runs whose values are the rows", json_schema_extra=ASKED
    )
    project: Project = None
