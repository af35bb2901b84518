"""The page about one Jenkins job gets the parameters of its widgets."""

import pytest
from helpers.assertions import assert_problem

URL = "/api/widget/jenkins-analysis-view"


@pytest.mark.integration
def test_parameters_go_to_all_three_widgets(api):
    query = {"job_name": "job", "builds": 70, "project": "not a project"}
    chart = {"job_name": "job", "builds": 70, "project": "not a project"}
    heatmap = {**chart, "builds": 40, "group_field": "component", "count_skips": True}
    assert api.get(URL, params=query).json() == {
        "barchart_params": chart,
        "heatmap_params": heatmap,
        "linechart_params": chart,
    }


@pytest.mark.integration
@pytest.mark.parametrize("project", [{}, {"project": ""}, {"project": "undefined"}])
def test_without_project_there_is_no_such_key(api, project):
    answer = api.get(URL, params={"job_name": "job", "builds": 30, **project}).json()
    assert answer["heatmap_params"]["builds"] == 30
    assert all("project" not in params for params in answer.values())


@pytest.mark.validation
def test_everything_that_is_wrong_is_told_at_once(api):
    response = api.get(URL, params={"builds": "many", "bogus": 1})
    for field in ("job_name", "builds", "bogus"):
        assert_problem(response, 400, field, field=field)
