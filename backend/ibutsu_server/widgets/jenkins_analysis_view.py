"""The page about one Jenkins job: it gets the parameters of the three widgets on it."""

from typing import ClassVar

from pydantic import Field

from ibutsu_server.access import Scope
from ibutsu_server.widgets.parameters import UNSAID, Builds, Project, Text
from ibutsu_server.widgets.widget import Answer, Widget

HEATMAP_BUILDS = 40
"""As many as a heatmap can show side by side."""


class JenkinsAnalysisView(Widget):
    id: ClassVar[str] = "jenkins-analysis-view"
    title: ClassVar[str] = "Jenkins Job Analysis"
    type: ClassVar[str] = "view"

    job_name: Text = Field(description="The Jenkins job", json_schema_extra=UNSAID)
    builds: Builds = Field(description="How many of the newest builds", json_schema_extra=UNSAID)
    project: Project = None

    def data(self, scope: Scope) -> Answer:  # noqa: ARG002 - nothing is looked up
        project = {"project": self.project} if self.project else {}
        chart = {"job_name": self.job_name, "builds": self.builds, **project}
        heatmap = {
            "job_name": self.job_name,
            "builds": min(self.builds, HEATMAP_BUILDS),
            "group_field": "component",
            "count_skips": True,
            **project,
        }
        return Answer({"barchart_params": chart, "heatmap_params": heatmap, "linechart_params": chart})
