"""What the fourteen widgets say of themselves, as clients know it, and which of them have no data yet."""

import re
from pathlib import Path

import pytest
from helpers.assertions import assert_problem

from ibutsu_server.widgets import WIDGETS

# id | title | type | parameters: name:type, then ! for required, ? for not required, and =default
TABLE = """
compare-runs-view | Compare Runs | view | additional_filters:list!
jenkins-heatmap | Jenkins Pipeline Heatmap | widget | job_name:string! builds:integer!=5 \
group_field:string!=component count_skips:boolean?=True project:string? additional_filters:string?
filter-heatmap | Filtered Heatmap | widget | additional_filters:string! builds:integer!=5 \
group_field:string!=component project:string?
run-aggregator | Run Aggregation | widget | group_field:string!=component weeks:integer!=4 project:string? \
additional_filters:string?
result-summary | Result Summary | widget | source:string? env:string? job_name:string? project:string? \
additional_filters:string?
result-aggregator | Result Aggregation | widget | group_field:string!=result days:float?=90 run_id:string? \
project:string? for_filter:boolean?=False additional_filters:string?
importance-component | Importance by component | widget | job_name:string!= group_field:string!=component \
env:string?= components:string!= builds:integer?=5 count_skips:boolean?=False project:string?
accessibility-dashboard-view | Accessibility Dashboard View | view |
accessibility-analysis-view | Accessibility Analysis View | view | run_list:list project:string?
accessibility-bar-chart | Accessibility Bar Chart | widget | run_list:list!
jenkins-job-view | Jenkins Job View | view | additional_filters:list page:integer page_size:integer \
run_limit:integer project:string?
jenkins-analysis-view | Jenkins Job Analysis | view | job_name:string builds:integer project:string?
jenkins-bar-chart | Jenkins Bar Chart | widget | job_name:string! builds:integer!=30 project:string?
jenkins-line-chart | Jenkins Line Chart | widget | job_name:string! builds:integer?=30 project:string?
"""
WITHOUT_DESCRIPTION = {
    "accessibility-dashboard-view",
    "accessibility-analysis-view",
    "jenkins-job-view",
    "jenkins-analysis-view",
}
WITHOUT_DATA = {
    "compare-runs-view": {"additional_filters": ["env=qa", "env=prod"]},
    "jenkins-heatmap": {"job_name": "job"},
    "filter-heatmap": {"additional_filters": ""},
    "run-aggregator": {},
    "result-summary": {},
    "result-aggregator": {},
    "accessibility-bar-chart": {"run_list": "a,b"},
    "jenkins-job-view": {},
    "jenkins-bar-chart": {"job_name": "job"},
    "jenkins-line-chart": {"job_name": "job"},
}
"""With a query that is fine for each."""


def _spelled(param):
    required = {True: "!", False: "?", None: ""}[param.get("required")]
    default = f"={param['default']}" if "default" in param else ""
    return f"{param['name']}:{param['type']}{required}{default}"


def _row(widget):
    params = " ".join(_spelled(param) for param in widget["params"])
    return f"{widget['id']} | {widget['title']} | {widget['type']} | {params}".strip()


@pytest.mark.integration
def test_types_are_declared_as_clients_know_them(api):
    answer = api.get("/api/widget/types").json()
    assert [_row(widget) for widget in answer["types"]] == TABLE.strip().splitlines()
    assert answer["pagination"] == {"page": 1, "pageSize": 14, "totalItems": 14, "totalPages": 1}


@pytest.mark.integration
def test_defaults_have_the_type_of_their_parameter(api):
    kinds = {"string": str, "integer": int, "float": (int, float), "boolean": bool}
    for widget in api.get("/api/widget/types").json()["types"]:
        for param in widget["params"]:
            if "default" in param:
                assert isinstance(param["default"], kinds[param["type"]]), (widget["id"], param)


@pytest.mark.integration
def test_everything_is_described_but_four_views(api):
    types = api.get("/api/widget/types").json()["types"]
    assert {one["id"] for one in types if "description" not in one} == WITHOUT_DESCRIPTION
    assert all(one["description"].endswith(".") for one in types if "description" in one)
    assert all(param["description"] for one in types for param in one["params"])


@pytest.mark.unit
def test_every_widget_is_the_file_named_after_it():
    for id_, widget in WIDGETS.items():
        assert widget.__module__ == f"ibutsu_server.widgets.{id_.replace('-', '_')}"


@pytest.mark.integration
@pytest.mark.parametrize(("id_", "query"), WITHOUT_DATA.items(), ids=WITHOUT_DATA)
def test_widget_without_data_says_so(api, id_, query):
    assert_problem(api.get(f"/api/widget/{id_}", params=query), 404, f"{id_} has no data in this version")


@pytest.mark.unit
def test_guide_lists_every_widget_and_says_which_have_data():
    guide = (Path(__file__).parents[3] / "docs" / "user-guide" / "dashboards.md").read_text()
    listed = re.findall(r"^\| `([\w-]+)` \| (\w+) \| (.*?) ?\|$", guide, re.MULTILINE)
    assert [(id_, type_) for id_, type_, _ in listed] == [(one.id, one.type) for one in WIDGETS.values()]
    assert {id_ for id_, _, data in listed if not data} == set(WITHOUT_DATA)
