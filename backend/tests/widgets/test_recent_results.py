"""What the widgets about recent runs and results have in common."""

import pytest
from helpers.assertions import assert_problem
from openapi_schema_validator import OAS30ReadValidator

from ibutsu_server import openapi
from ibutsu_server.widgets import WIDGETS

NO_COUNTS = {"runs": 0, "results": 0, "failures": 0, "failure_rate": None}
KINDS = ("newly_failing", "fixed", "still_failing", "new", "missing")
EMPTY = {
    "latest-runs": {"runs": []},
    "most-failing-tests": {"tests": []},
    "slowest-tests": {"tests": []},
    "test-history-matrix": {"runs": [], "tests": [], "total": 0},
    "failures-by-exception": {"failures": 0, "exceptions": []},
    "pass-rate-trend": {"days": []},
    "new-and-fixed-tests": {
        "run": None,
        "previous": None,
        "totals": dict.fromkeys(KINDS, 0),
        **{kind: [] for kind in KINDS},
    },
    "run-duration-trend": {"runs": []},
    "results-by-time": {
        "hours": [{"hour": hour, **NO_COUNTS} for hour in range(24)],
        "weekdays": [{"weekday": day, **NO_COUNTS} for day in range(1, 8)],
        "cells": [],
    },
}
every_widget = pytest.mark.parametrize("widget", EMPTY)


@pytest.fixture
def two_runs(shop, make_run, make_result):
    """With a test that fails in both."""
    for _ in range(2):
        run = make_run(project_id=shop.id)
        make_result(run_id=run.id, result="failed")


def _without_time(body):
    return {name: value for name, value in body.items() if name != "since"}


@pytest.mark.integration
@every_widget
def test_no_data_is_the_empty_shape(api, shop, widget):
    for query in ({}, {"project": "shop"}):
        response = api.get(f"/api/widget/{widget}", params=query)
        assert (response.status_code, _without_time(response.json())) == (200, EMPTY[widget])


@pytest.mark.integration
@every_widget
def test_others_projects_are_invisible(api_of, make_user, two_runs, widget):
    request = api_of(make_user())
    assert _without_time(request("GET", f"/api/widget/{widget}").json()) == EMPTY[widget]
    assert_problem(request("GET", f"/api/widget/{widget}?project=shop"), 403)


@pytest.mark.integration
@every_widget
def test_members_see_the_same_with_and_without_naming_their_project(
    api_of, make_user, make_project, make_run, make_result, widget
):
    member = make_user()
    mine, foreign = make_project(name="mine", users=[member]), make_run()
    for run in (make_run(project_id=mine.id), make_run(project_id=mine.id), foreign):
        make_result(run_id=run.id, result="failed")
    request = api_of(member)
    bodies = [request("GET", f"/api/widget/{widget}{query}").json() for query in ("", "?project=mine")]
    assert _without_time(bodies[0]) == _without_time(bodies[1]) != EMPTY[widget]


@pytest.mark.integration
@every_widget
def test_answer_is_as_its_schema_says(api, two_runs, widget):
    body = api.get(f"/api/widget/{widget}", params={"additional_filters": "colour=red"}).json()
    assert body["warnings"] == ["The filter on colour was left out: there is no such field"]
    schema = openapi.schema(WIDGETS[widget].__name__)
    assert [fault.message for fault in OAS30ReadValidator(schema).iter_errors(body)] == []
    assert _without_time(body) != EMPTY[widget]


@pytest.mark.unit
@every_widget
def test_example_is_as_its_schema_says(widget):
    schema = openapi.schema(WIDGETS[widget].__name__)
    assert [fault.message for fault in OAS30ReadValidator(schema).iter_errors(schema["example"])] == []


@pytest.mark.validation
@every_widget
def test_malformed_filter_is_400(api, widget):
    response = api.get(f"/api/widget/{widget}", params={"additional_filters": "no filter"})
    assert_problem(response, 400, "is not a filter")


@pytest.mark.validation
@every_widget
def test_unknown_parameter_is_400(api, widget):
    assert_problem(api.get(f"/api/widget/{widget}", params={"colour": "red"}), 400, field="colour")
