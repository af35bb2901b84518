"""Outcomes of the builds of a Jenkins job."""

from typing import ClassVar

from pydantic import Field

from ibutsu_server.access import Scope
from ibutsu_server.widgets.jenkins_jobs import newest_builds_of_job, runs_of_job
from ibutsu_server.widgets.parameters import ASKED, Builds, Project, Text
from ibutsu_server.widgets.widget import Answer, Widget

BARS = {
    "passed": "passes",
    "skipped": "skips",
    "error": "errors",
    "failed": "failures",
    "xpassed": "xpasses",
    "xfailed": "xfailures",
}


class JenkinsBarChart(Widget):
    """How many tests of each outcome the newest builds of a Jenkins job had."""

    id: ClassVar[str] = "jenkins-bar-chart"
    title: ClassVar[str] = "Jenkins Bar Chart"

    job_name: Text = Field(description="The Jenkins job")
    builds: Builds = Field(30, description="How many of the newest builds", json_schema_extra=ASKED)
    project: Project = None

    def data(self, scope: Scope) -> Answer:
        """The builds whose last run started last come first."""
        found = runs_of_job(scope, self.job_name, project=self.project)
        newest = newest_builds_of_job(found, self.builds)
        body = {
            bar: {build.build: getattr(build, count) for build in newest.builds}
            for bar, count in BARS.items()
        }
        return Answer(body, newest.warnings)
