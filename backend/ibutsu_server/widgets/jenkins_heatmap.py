"""A heatmap of the builds of a Jenkins job."""

from typing import ClassVar

from pydantic import AliasChoices, Field

from ibutsu_server.widgets.parameters import ASKED, Builds, Filters, Project, Text
from ibutsu_server.widgets.widget import Widget


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
