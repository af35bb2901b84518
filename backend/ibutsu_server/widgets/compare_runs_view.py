"""Two runs side by side."""

from typing import ClassVar

from pydantic import AliasChoices, Field

from ibutsu_server.widgets.parameters import Text
from ibutsu_server.widgets.widget import Widget


class CompareRunsView(Widget):
    """The tests that ended differently in two runs."""

    id: ClassVar[str] = "compare-runs-view"
    title: ClassVar[str] = "Compare Runs"
    type: ClassVar[str] = "view"

    additional_filters: list[Text] = Field(
        description="Two of them, one for each run: conditions that the run to compare fulfils",
        validation_alias=AliasChoices("additional_filters", "filters"),
    )
