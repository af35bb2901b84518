"""Widgets over HTTP: which there are, how their parameters are read, and what goes with their answers."""

from typing import ClassVar

import pytest
from helpers.assertions import assert_problem

from ibutsu_server.widgets import WIDGETS
from ibutsu_server.widgets.widget import Answer, Widget

URL = "/api/widget/importance-component"


@pytest.mark.integration
@pytest.mark.parametrize(
    ("type_", "pagination"),
    [
        ("widget", {"page": 1, "pageSize": 18, "totalItems": 18, "totalPages": 1}),
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


@pytest.mark.integration
@pytest.mark.parametrize("nothing", [None, []])
def test_stored_parameter_without_a_value_counts_as_absent(api, make_project, make_widget_config, nothing):
    params = {"weeks": nothing, "group_field": "env"}
    config = make_widget_config(project_id=make_project().id, params=params)
    assert api.get(f"/api/widget/{config.id}").status_code == 200


@pytest.mark.validation
@pytest.mark.parametrize("ids", [[1], [None], [{"a": 1}], [["a"]]])
def test_stored_list_of_something_else_is_400(api, make_project, make_widget_config, ids):
    config = make_widget_config(
        project_id=make_project().id, widget="accessibility-analysis-view", params={"run_list": ids}
    )
    assert_problem(api.get(f"/api/widget/{config.id}"), 400, field="run_list")


@pytest.fixture
def on_dashboard(make_project, make_dashboard, make_widget_config):
    """`on_dashboard(days, widget, **params)` is the URL of a widget on a dashboard that looks back so far."""

    def make(days, widget, /, **params):
        project = make_project()
        dashboard = make_dashboard(project_id=project.id, days=days)
        config = make_widget_config(
            project_id=project.id, dashboard_id=dashboard.id, widget=widget, params=params
        )
        return f"/api/widget/{config.id}"

    return make


class Echo(Widget):
    """What it was asked for."""

    id: ClassVar[str] = "echo"
    title: ClassVar[str] = "Echo"

    def data(self, _scope):
        return Answer([f"{name}={value}" for name, value in self if name in ("days", "weeks")])


@pytest.fixture
def echoes(monkeypatch):
    """Some widgets that only tell how far they look back."""
    for id_ in ("run-aggregator", "result-aggregator", "pass-rate-trend", "result-summary"):
        monkeypatch.setattr(WIDGETS[id_], "data", Echo.data)


@pytest.mark.integration
@pytest.mark.parametrize(
    ("days", "widget", "said", "found"),
    [
        (30, "pass-rate-trend", {}, ["days=30"]),
        (30, "pass-rate-trend", {"days": 7}, ["days=7"]),
        (None, "pass-rate-trend", {}, ["days=30"]),
        (7, "result-aggregator", {"days": None}, ["days=7.0"]),
        (14, "run-aggregator", {}, ["weeks=2"]),
        (15, "run-aggregator", {}, ["weeks=3"]),
        (1, "run-aggregator", {"weeks": 9}, ["weeks=9"]),
        (7, "result-summary", {}, []),
    ],
)
def test_widget_looks_back_as_far_as_its_dashboard(api, on_dashboard, echoes, days, widget, said, found):
    response = api.get(on_dashboard(days, widget, **said))
    assert response.json() == found
    assert "Ibutsu-Warnings" not in response.headers


@pytest.mark.integration
def test_query_says_more_than_the_dashboard(api, on_dashboard, echoes):
    assert api.get(on_dashboard(7, "pass-rate-trend"), params={"days": 3}).json() == ["days=3"]


@pytest.mark.integration
@pytest.mark.parametrize(
    ("widget", "found"), [("pass-rate-trend", ["days=366"]), ("run-aggregator", ["weeks=5200"])]
)
def test_widget_that_cannot_look_back_so_far_says_so(api, on_dashboard, echoes, widget, found):
    response = api.get(on_dashboard(36500, widget))
    assert response.json() == found
    assert "its dashboard 36500 days" in response.headers["Ibutsu-Warnings"]


@pytest.fixture
def warns(monkeypatch):
    """`warns(body, *warnings)` is the URL of a widget that answers this."""

    def make(body, *warnings):
        monkeypatch.setattr(Echo, "data", lambda *_: Answer(body, warnings))
        monkeypatch.setitem(WIDGETS, "echo", Echo)
        return "/api/widget/echo"

    return make


@pytest.mark.integration
def test_warnings_of_a_list_are_in_a_header_of_one_line(api, warns):
    response = api.get(warns(["a"], "No gr\u00f6\u00dfe", "two\r\nlines\x00 \U0001f9ea"))
    assert response.json() == ["a"]
    assert response.headers["Ibutsu-Warnings"] == r"No gr\xf6\xdfe; two lines? \U0001f9ea"


@pytest.mark.integration
def test_header_of_warnings_is_short(api, warns):
    response = api.get(warns([], *["x" * 600] * 3))
    assert len(response.headers["Ibutsu-Warnings"]) == 1000


@pytest.mark.integration
def test_warnings_of_an_object_are_in_it(api, warns):
    response = api.get(warns({"heatmap": {}}, "one", "two"))
    assert response.json() == {"heatmap": {}, "warnings": ["one", "two"]}
    assert "Ibutsu-Warnings" not in response.headers


@pytest.mark.integration
def test_answer_that_a_client_has_already_is_not_sent_again(api, warns):
    first = api.get(warns(["a"]))
    assert first.headers["Cache-Control"] == "private, no-cache"
    headers = {"If-None-Match": first.headers["ETag"]}
    again = api.get(warns(["a"]), headers=headers)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert "Content-Type" not in again.headers
    assert api.get(warns(["b"]), headers=headers).json() == ["b"]
    assert api.get(warns(["a"], "cut"), headers=headers).headers["Ibutsu-Warnings"] == "cut"


@pytest.mark.integration
def test_what_a_client_has_is_no_way_around_its_rights(api, api_of, make_user, make_project, headers_of):
    query = {"project": str(make_project().id)}
    etag = api.get(URL, params=query).headers["ETag"]
    headers = headers_of(make_user()) | {"If-None-Match": etag}
    assert_problem(api.get(URL, params=query, headers=headers), 403)


@pytest.mark.integration
def test_nothing_to_show_has_no_tag(api, warns):
    response = api.get(warns(None, "cut"))
    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["Ibutsu-Warnings"] == "cut"
    assert "ETag" not in response.headers
