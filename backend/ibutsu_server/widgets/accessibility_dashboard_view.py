"""The page of the runs that have accessibility data: it lists them by itself and needs nothing more."""

from typing import ClassVar

from ibutsu_server.access import Scope
from ibutsu_server.widgets.widget import Answer, Widget


class AccessibilityDashboardView(Widget):
    id: ClassVar[str] = "accessibility-dashboard-view"
    title: ClassVar[str] = "Accessibility Dashboard View"
    type: ClassVar[str] = "view"

    def data(self, scope: Scope) -> Answer:  # noqa: ARG002 - nothing is looked up
        return Answer(None)
