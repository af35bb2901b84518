"""The widgets there are, in the order in which they are offered."""

from collections.abc import Mapping
from typing import Any

from ibutsu_server.widgets.accessibility_analysis_view import AccessibilityAnalysisView
from ibutsu_server.widgets.accessibility_bar_chart import AccessibilityBarChart
from ibutsu_server.widgets.accessibility_dashboard_view import AccessibilityDashboardView
from ibutsu_server.widgets.compare_runs_view import CompareRunsView
from ibutsu_server.widgets.failures_by_exception import FailuresByException
from ibutsu_server.widgets.filter_heatmap import FilterHeatmap
from ibutsu_server.widgets.importance_component import ImportanceComponent
from ibutsu_server.widgets.jenkins_analysis_view import JenkinsAnalysisView
from ibutsu_server.widgets.jenkins_bar_chart import JenkinsBarChart
from ibutsu_server.widgets.jenkins_heatmap import JenkinsHeatmap
from ibutsu_server.widgets.jenkins_job_view import JenkinsJobView
from ibutsu_server.widgets.jenkins_line_chart import JenkinsLineChart
from ibutsu_server.widgets.latest_runs import LatestRuns
from ibutsu_server.widgets.most_failing_tests import MostFailingTests
from ibutsu_server.widgets.new_and_fixed_tests import NewAndFixedTests
from ibutsu_server.widgets.pass_rate_trend import PassRateTrend
from ibutsu_server.widgets.result_aggregator import ResultAggregator
from ibutsu_server.widgets.result_summary import ResultSummary
from ibutsu_server.widgets.results_by_time import ResultsByTime
from ibutsu_server.widgets.run_aggregator import RunAggregator
from ibutsu_server.widgets.run_duration_trend import RunDurationTrend
from ibutsu_server.widgets.slowest_tests import SlowestTests
from ibutsu_server.widgets.test_history_matrix import TestHistoryMatrix
from ibutsu_server.widgets.widget import Widget

_ALL: tuple[type[Widget], ...] = (
    CompareRunsView,
    JenkinsHeatmap,
    FilterHeatmap,
    RunAggregator,
    ResultSummary,
    ResultAggregator,
    ImportanceComponent,
    AccessibilityDashboardView,
    AccessibilityAnalysisView,
    AccessibilityBarChart,
    JenkinsJobView,
    JenkinsAnalysisView,
    JenkinsBarChart,
    JenkinsLineChart,
    LatestRuns,
    MostFailingTests,
    SlowestTests,
    TestHistoryMatrix,
    FailuresByException,
    PassRateTrend,
    NewAndFixedTests,
    RunDurationTrend,
    ResultsByTime,
)
WIDGETS: dict[str, type[Widget]] = {widget.id: widget for widget in _ALL}


def declared(widget: str, params: Mapping[str, Any] | None) -> dict[str, Any]:
    """Those of some stored parameters that a widget has, under their names of today.

    Of a widget that does not exist (any more) nothing is known.
    """
    return WIDGETS[widget].declared(params or {}) if widget in WIDGETS else {}
