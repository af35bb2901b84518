"""The page about the accessibility of some runs: it gets their ids back, for the widgets on it."""

from typing import ClassVar

from pydantic import Field

from ibutsu_server.access import Scope
from ibutsu_server.widgets.parameters import UNSAID, Ids, Project
from ibutsu_server.widgets.widget import Answer, Widget


class AccessibilityAnalysisView(Widget):
    id: ClassVar[str] = "accessibility-analysis-view"
    title: ClassVar[str] = "Accessibility Analysis View"
    type: ClassVar[str] = "view"

    run_list: Ids = Field(description="Ids of the runs", json_schema_extra=UNSAID)
    project: Project = None

    def data(self, scope: Scope) -> Answer:  # noqa: ARG002 - nothing is looked up
        return Answer(self.run_list)
