"""Widgets over HTTP: which there are, and how their parameters are read."""

import pytest
from helpers.assertions import assert_problem

from ibutsu_server.widgets import WIDGETS

URL = "/api/widget/importance-component"


@pytest.mark.integration
@pytest.mark.parametrize(
    ("type_", "pagination"),
    [
        ("widget", {"page": 1, "pageSize": 9, "totalItems": 9, "totalPages": 1}),
        ("view", {"page": 1, "pageSize": 5, "totalItems": 5, "totalPages": 1}),
        ("nonsense", {"page": 1, "pageSize": 0, "totalItems": 0, "totalPages": 1}),
    ],
)
def test_types_can_be_chosen(api, type_, pagination):
    answer = api.get("/api/widget/types", params={"type": type_}).json()
    assert {widget["type"] for widget in answer["types"]} <= {type_}
    assert len(answer["types"]) == pagination["totalItems"]
    assert answer["pagination"] == pagination


@pytest.mark.validation
@pytest.mark.parametrize("id_", ["nonsense", "00000000-0000-0000-0000-000000000000", "IMPORTANCE-COMPONENT"])
def test_unknown_widget_is_404(api, id_):
    assert_problem(api.get(f"/api/widget/{id_}"), 404, "not found")


@pytest.mark.validation
@pytest.mark.parametrize(
    ("query", "text", "field"),
    [
        (
            {"nonsense": 1, "other": 2},
            "Invalid parameters for widget 'importance-component': nonsense, other",
            "nonsense",
        ),
        ({"builds": "many"}, "Parameter error for widget 'importance-component': builds", "builds"),
        ({"builds": 0}, "builds", "builds"),
        ({"builds": 41}, "builds", "builds"),
        ({"count_skips": ""}, "count_skips", "count_skips"),
        ({"count_skips": "perhaps"}, "count_skips", "count_skips"),
        ({"project": "nobody"}, "Invalid project", "project"),
        ({"job_name": "a\0b"}, "NUL", "job_name"),
        ({"project": "a\0b"}, "NUL", "project"),
    ],
)
def test_bad_parameter_is_400_and_named(api, query, text, field):
    assert_problem(api.get(URL, params=query), 400, text, field=field)


@pytest.mark.validation
def test_everything_that_is_wrong_is_named_at_once(api):
    response = api.get(URL, params={"builds": "many", "count_skips": "perhaps", "z": 1, "a": 2})
    text = "Invalid parameters for widget 'importance-component': a, z; Parameter error"
    assert_problem(response, 400, text)
    told = {error["field"]: error["message"] for error in response.json()["errors"]}
    assert list(told) == ["a", "z", "builds", "count_skips"]
    assert all(told.values())


@pytest.mark.validation
@pytest.mark.parametrize(
    ("widget", "query"),
    [
        ("jenkins-heatmap", {"job_name": "job", "builds": "0"}),
        ("jenkins-heatmap", {"job_name": "job", "builds": "1001"}),
        ("run-aggregator", {"weeks": "0.5"}),
        ("run-aggregator", {"weeks": "5201"}),
        ("result-aggregator", {"days": "undefined"}),
        ("result-aggregator", {"days": "nan"}),
        ("result-aggregator", {"for_filter": ""}),
        ("jenkins-job-view", {"page": "0"}),
        ("jenkins-job-view", {"page_size": "0"}),
        ("compare-runs-view", {"additional_filters": "a=\0"}),
    ],
)
def test_value_that_is_none_of_its_type_is_400_whatever_the_widget(api, widget, query):
    field = list(query)[-1]
    assert_problem(api.get(f"/api/widget/{widget}", params=query), 400, field, field=field)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("widget", "old", "new"),
    [
        ("jenkins-heatmap", {"jenkins_job_name": ["a"]}, {"job_name": "a"}),
        ("compare-runs-view", {"filters": ["a=1,b=2", "c=3"]}, {"additional_filters": ["a=1,b=2", "c=3"]}),
        ("filter-heatmap", {"filters": ["a=1"]}, {"additional_filters": "a=1"}),
        ("jenkins-job-view", {"filter": ["a=1", "b=2"]}, {"additional_filters": ["a=1", "b=2"]}),
        ("jenkins-heatmap", {"jenkins_job_name": ["a"], "job_name": ["b"]}, {"job_name": "b"}),
    ],
)
def test_old_names_of_parameters_are_understood(widget, old, new):
    read = WIDGETS[widget].from_query(old)
    assert read.model_dump(include=set(new)) == new


@pytest.mark.unit
@pytest.mark.parametrize("nothing", ["", "undefined"])
def test_what_was_not_filled_in_counts_as_absent(nothing):
    read = WIDGETS["result-summary"].from_query(
        {name: [nothing] for name in WIDGETS["result-summary"].parameters()}
    )
    assert set(read.model_dump().values()) == {None}


@pytest.mark.integration
@pytest.mark.parametrize("value", ["true", "True", "Yes", "y", "1", "t"])
def test_flags_are_understood_in_the_old_spellings(api, make_project, value):
    query = {"project": str(make_project().id), "count_skips": value}
    assert api.get(URL, params=query).status_code == 200


@pytest.mark.integration
def test_of_a_repeated_parameter_the_first_counts(api, make_project):
    query = [("project", make_project(name="shop").name), ("project", "nobody")]
    assert api.get(URL, params=query).json() == {"table_data": []}


@pytest.mark.integration
def test_outsider_gets_403(api_of, make_user, make_project):
    project = make_project(name="shop")
    for name in ("shop", str(project.id)):
        assert_problem(api_of(make_user())("GET", URL, params={"project": name}), 403)


@pytest.mark.integration
def test_stored_widget_is_answered_by_its_id(api, make_project, make_widget_config):
    project = make_project()
    config = make_widget_config(
        project_id=project.id, widget="jenkins-analysis-view", params={"job_name": "nightly", "builds": 70}
    )
    answer = api.get(f"/api/widget/{config.id}", params={"job_name": "weekly"}).json()
    assert answer["heatmap_params"] == {
        "job_name": "weekly",
        "builds": 40,
        "group_field": "component",
        "count_skips": True,
        "project": str(project.id),
    }


@pytest.mark.integration
def test_stored_widget_that_is_not_the_callers_is_403(api_of, make_user, make_project, make_widget_config):
    config = make_widget_config(project_id=make_project().id, widget="jenkins-analysis-view")
    assert_problem(api_of(make_user())("GET", f"/api/widget/{config.id}"), 403)


@pytest.mark.validation
def test_stored_widget_of_a_type_that_is_gone_is_404(api, make_widget_config):
    config = make_widget_config(widget="crystal-ball")
    assert_problem(api.get(f"/api/widget/{config.id}"), 404, "crystal-ball")


@pytest.mark.validation
def test_stored_parameter_of_the_wrong_type_is_named(api, make_project, make_widget_config):
    params = {"job_name": "nightly", "builds": {"many": 1}}
    config = make_widget_config(project_id=make_project().id, widget="jenkins-analysis-view", params=params)
    assert_problem(api.get(f"/api/widget/{config.id}"), 400, field="builds")
