"""The page about the accessibility of some runs gets their ids back."""

import pytest
from helpers.assertions import assert_problem

URL = "/api/widget/accessibility-analysis-view"


@pytest.mark.integration
@pytest.mark.parametrize(
    "query",
    [
        [("run_list", "a"), ("run_list", "b")],
        [("run_list", "a,b")],
        [("run_list", "a,"), ("run_list", "b"), ("project", "no project of this name")],
    ],
)
def test_list_is_a_repeated_parameter_or_text_with_commas(api, query):
    response = api.get(URL, params=query)
    assert (response.status_code, response.json()) == (200, ["a", "b"])


@pytest.mark.integration
def test_empty_list_stays_empty(api):
    assert api.get(URL, params={"run_list": ""}).json() == []


@pytest.mark.validation
def test_list_is_required(api):
    assert_problem(api.get(URL), 400, "run_list", field="run_list")
