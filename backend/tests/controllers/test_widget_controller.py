"""Widgets over HTTP: which there are, and how their parameters are read."""

import pytest
from helpers.assertions import assert_problem

from ibutsu_server.widgets import WIDGETS

URL = "/api/widget/importance-component"


@pytest.mark.integration
def test_every_widget_describes_itself_and_its_parameters(api):
    answer = api.get("/api/widget/types").json()
    assert [widget["id"] for widget in answer["types"]] == list(WIDGETS)
    count = len(WIDGETS)
    assert answer["pagination"] == {"page": 1, "pageSize": count, "totalItems": count, "totalPages": 1}
    described = next(widget for widget in answer["types"] if widget["id"] == "importance-component")
    assert (described["title"], described["type"]) == ("Importance by component", "widget")
    types = {param["name"]: (param["type"], param.get("default")) for param in described["params"]}
    assert types["builds"] == ("integer", 5)
    assert types["count_skips"] == ("boolean", False)
    assert types["project"] == ("string", None)
    assert set(types) == {"job_name", "group_field", "env", "components", "builds", "count_skips", "project"}


@pytest.mark.integration
@pytest.mark.parametrize(("type_", "count"), [("widget", 1), ("view", 0), ("nonsense", 0)])
def test_types_can_be_chosen(api, type_, count):
    answer = api.get("/api/widget/types", params={"type": type_}).json()
    of_type = [widget for widget in WIDGETS.values() if widget.type == type_]
    assert len(answer["types"]) == len(of_type) >= count
    assert answer["pagination"]["totalItems"] == len(of_type)


@pytest.mark.validation
def test_unknown_widget_is_400(api):
    assert_problem(api.get("/api/widget/nonsense"), 400)


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
    ],
)
def test_bad_parameter_is_400_and_named(api, query, text, field):
    assert_problem(api.get(URL, params=query), 400, text, field=field)


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
