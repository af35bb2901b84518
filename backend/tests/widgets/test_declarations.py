"""What the widgets say of themselves: the first fourteen as published clients know it, then our own."""

import re
from pathlib import Path

import pytest
from fixtures.constants import MISSING_ID

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
latest-runs | Latest Runs | widget | runs:integer?=10 project:string? additional_filters:string?
most-failing-tests | Most Failing Tests | widget | days:integer?=14 tests:integer?=10 project:string? \
additional_filters:string?
slowest-tests | Slowest Tests | widget | days:integer?=14 order:string?=duration tests:integer?=10 \
project:string? additional_filters:string?
test-history-matrix | Test History Matrix | widget | runs:integer?=10 tests:integer?=50 project:string? \
additional_filters:string?
failures-by-exception | Failures by Exception | widget | days:integer?=14 exceptions:integer?=20 \
project:string? additional_filters:string?
pass-rate-trend | Pass Rate Trend | widget | days:integer?=30 project:string? additional_filters:string?
new-and-fixed-tests | New and Fixed Tests | widget | tests:integer?=25 project:string? \
additional_filters:string?
run-duration-trend | Run Duration Trend | widget | runs:integer?=30 project:string? additional_filters:string?
results-by-time | Results by Time | widget | days:integer?=30 project:string? additional_filters:string?
"""
WITHOUT_DESCRIPTION = {
    "accessibility-dashboard-view",
    "accessibility-analysis-view",
    "jenkins-job-view",
    "jenkins-analysis-view",
}
ASKED = {
    "compare-runs-view": {"additional_filters": ["env=qa", "env=prod"]},
    "jenkins-heatmap": {"job_name": "job"},
    "filter-heatmap": {"additional_filters": ""},
    "accessibility-analysis-view": {"run_list": "a,b"},
    "accessibility-bar-chart": {"run_list": MISSING_ID},
    "jenkins-analysis-view": {"job_name": "job", "builds": 1},
    "jenkins-bar-chart": {"job_name": "job"},
    "jenkins-line-chart": {"job_name": "job"},
}
"""What some need to be asked for."""

NOTHING = {"accessibility-dashboard-view", "accessibility-bar-chart"}
"""They have nothing to show where nothing is stored."""

REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "widgets"


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
    assert answer["pagination"] == {"page": 1, "pageSize": 23, "totalItems": 23, "totalPages": 1}


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
@pytest.mark.parametrize("id_", WIDGETS)
def test_every_widget_answers_where_nothing_is_stored(api, id_):
    response = api.get(f"/api/widget/{id_}", params=ASKED.get(id_))
    assert response.status_code == (204 if id_ in NOTHING else 200), response.text


@pytest.mark.unit
@pytest.mark.parametrize("name", ["days", "weeks"])
def test_how_far_widgets_can_look_back_is_bounded(name):
    """A dashboard that looks back further is cut to it."""
    looking_back = [one for one in WIDGETS.values() if name in one.model_fields]
    assert looking_back
    for widget in looking_back:
        assert widget.model_json_schema(by_alias=False)["properties"][name]["maximum"] <= 36500


@pytest.mark.unit
def test_reference_lists_every_widget():
    listed = re.findall(
        r"^\| \[`([\w-]+)`\]\((.*?)\) \| (\w+) \|", (REFERENCE / "index.md").read_text(), re.MULTILINE
    )
    assert listed == [(one.id, f"{one.id}.md", one.type) for one in WIDGETS.values()]


@pytest.mark.unit
@pytest.mark.parametrize("id_", WIDGETS)
def test_page_of_a_widget_names_its_parameters(id_):
    page = (REFERENCE / f"{id_}.md").read_text()
    named = re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)
    assert set(named) >= set(WIDGETS[id_].parameters())


FILTERS = (
    *("test_id=a", "test_id~a", "test_id%a", "test_id@t", "component*web;api", "result!passed", "duration>1"),
    *("start_time>2026-01-01", "metadata.owner=amy", "metadata.owner~a", "metadata.tags*a;b", "run_id@f"),
)


@pytest.mark.integration
@pytest.mark.parametrize("text", FILTERS)
@pytest.mark.parametrize(
    "name", [name for name, widget in WIDGETS.items() if "additional_filters" in widget.model_fields]
)
def test_every_filter_can_be_asked_of_every_widget(api, shop, name, text):
    values = {"project": "shop", "builds": 1, "job_name": "nightly", "group_field": "env"}
    query = {key: value for key, value in values.items() if key in WIDGETS[name].model_fields}
    filters = [text, text] if name == "compare-runs-view" else text
    answer = api.get(f"/api/widget/{name}", params={**query, "additional_filters": filters})
    assert answer.status_code == 200, answer.text
