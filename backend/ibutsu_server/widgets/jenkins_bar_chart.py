"""Outcomes of the builds of a Jenkins job."""

from typing import ClassVar

from pydantic import Field

from ibutsu_server.widgets.parameters import ASKED, Builds, Project, Text
from ibutsu_server.widgets.widget import Widget


class JenkinsBarChart(Widget):
    """How many tests of each outcome the newest builds of a Jenkins job had."""

    id: ClassVar[str] = "jenkins-bar-chart"
    title: ClassVar[str] = "Jenkins Bar Chart"

    job_name: Text = Field(description="The Jenkins job")
    builds: Builds = Field(30, description="How many of the newest builds", json_schema_extra=ASKED)
    project: Project = None
