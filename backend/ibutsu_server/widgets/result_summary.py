"""Outcomes in numbers."""

from typing import ClassVar

from pydantic import Field

from ibutsu_server.widgets.parameters import Filters, OptionalText, Project
from ibutsu_server.widgets.widget import Widget


class ResultSummary(Widget):
    """How many results there are of each outcome, over all runs."""

    id: ClassVar[str] = "result-summary"
    title: ClassVar[str] = "Result Summary"

    source: OptionalText = Field(None, description="Only runs from this source")
    env: OptionalText = Field(None, description="Only runs in this environment")
    job_name: OptionalText = Field(None, description="Only runs of this Jenkins job")
    project: Project = None
    additional_filters: Filters = None
