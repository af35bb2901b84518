"""The page of the builds of Jenkins jobs."""

from typing import ClassVar

from pydantic import AliasChoices, Field

from ibutsu_server.widgets.parameters import UNSAID, Project, Text
from ibutsu_server.widgets.widget import Widget


class JenkinsJobView(Widget):
    id: ClassVar[str] = "jenkins-job-view"
    title: ClassVar[str] = "Jenkins Job View"
    type: ClassVar[str] = "view"

    additional_filters: list[Text] | None = Field(
        None,
        description="Conditions that the runs of the builds fulfil",
        validation_alias=AliasChoices("additional_filters", "filter"),
        json_schema_extra=UNSAID,
    )
    page: int | None = Field(None, ge=1, le=2**31, description="Which page", json_schema_extra=UNSAID)
    page_size: int | None = Field(
        None, ge=1, le=500, description="Builds on one page", json_schema_extra=UNSAID
    )
    run_limit: int | None = Field(
        None, ge=1, le=2**31, description="Only so many of the newest runs", json_schema_extra=UNSAID
    )
    project: Project = None
