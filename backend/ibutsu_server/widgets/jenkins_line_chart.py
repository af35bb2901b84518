"""Durations of the builds of a Jenkins job."""

from typing import ClassVar

from pydantic import Field

from ibutsu_server.access import Scope
from ibutsu_server.widgets.jenkins_jobs import duration, newest_builds_of_job, runs_of_job
from ibutsu_server.widgets.parameters import Builds, Project, Text
from ibutsu_server.widgets.widget import Answer, Widget


class JenkinsLineChart(Widget):
    """How many hours the newest builds of a Jenkins job took."""

    id: ClassVar[str] = "jenkins-line-chart"
    title: ClassVar[str] = "Jenkins Line Chart"

    job_name: Text = Field(description="The Jenkins job")
    builds: Builds = Field(30, description="How many of the newest builds")
    project: Project = None

    def data(self, scope: Scope) -> Answer:
        """The builds whose last run started last come first; the sum only where it is another line."""
        found = runs_of_job(scope, self.job_name, project=self.project)
        newest = newest_builds_of_job(found, self.builds)
        times = {build.build: (duration(build), build.seconds or 0.0) for build in newest.builds}
        lines = {"duration": {build: _hours(time) for build, (time, _) in times.items()}}
        if any(time != total for time, total in times.values()):
            lines["total_execution_time"] = {build: _hours(total) for build, (_, total) in times.items()}
        return Answer(lines, newest.warnings)


def _hours(seconds: float) -> float:
    return round(seconds / 3600, 2)
