"""Durations of the builds of a Jenkins job."""

from typing import ClassVar

from pydantic import Field

from ibutsu_server.widgets.parameters import Builds, Project, Text
from ibutsu_server.widgets.widget import Widget


class JenkinsLineChart(Widget):
    """How many hours the newest builds of a Jenkins job took."""

    id: ClassVar[str] = "jenkins-line-chart"
    title: ClassVar[str] = "Jenkins Line Chart"

    job_name: Text = Field(description="The Jenkins job")
    builds: Builds = Field(30, description="How many of the newest builds")
    project: Project = None
