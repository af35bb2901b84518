"""The page of the runs with accessibility data has nothing to add to them."""

import pytest
from helpers.assertions import assert_problem

URL = "/api/widget/accessibility-dashboard-view"


@pytest.mark.integration
def test_there_is_nothing_to_show(api):
    response = api.get(URL)
    assert (response.status_code, response.content) == (204, b"")


@pytest.mark.validation
def test_it_takes_no_parameters(api):
    assert_problem(api.get(URL, params={"project": "shop"}), 400, field="project")
