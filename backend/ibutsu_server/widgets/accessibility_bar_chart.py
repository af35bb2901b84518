"""Accessibility checks of some runs, counted."""

from typing import ClassVar

from pydantic import Field

from ibutsu_server.widgets.parameters import Ids
from ibutsu_server.widgets.widget import Widget


class AccessibilityBarChart(Widget):
    """How many accessibility checks of some runs passed, and how many found a violation."""

    id: ClassVar[str] = "accessibility-bar-chart"
    title: ClassVar[str] = "Accessibility Bar Chart"

    run_list: Ids = Field(description="Ids of the runs")
