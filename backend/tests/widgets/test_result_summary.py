"""Outcomes in numbers."""

import pytest
from helpers.assertions import assert_problem

URL = "/api/widget/result-summary"
KEYS = ["error", "skipped", "failed", "passed", "total", "xfailed", "xpassed"]


@pytest.fixture
def worked_example(shop, make_run):
    """Runs A to D of the reference."""

    def add(source, env="qa", **counts):
        metadata = {"jenkins": {"job_name": f"job of {source}"}}
        make_run(project_id=shop.id, source=source, env=env, metadata=metadata, summary=counts)

    add("s1", tests=10, failures=1, skips=2)
    add("s1", tests=10, errors=1, skips=1, xfailures=1, xpasses=1)
    add("s2", tests=4)
    add("s2", "stage")


def _get(api, **query):
    response = api.get(URL, params={"project": "shop", **query})
    assert response.status_code == 200, response.text
    return response.json()


@pytest.mark.integration
def test_worked_example(api, worked_example):
    answer = _get(api, env="qa")
    assert list(answer) == KEYS
    assert list(answer.values()) == [1, 3, 1, 17, 24, 1, 1]


@pytest.mark.integration
@pytest.mark.parametrize(
    ("query", "total"),
    [
        ({}, 24),
        ({"source": "s1"}, 20),
        ({"source": "s2", "env": "stage"}, 0),
        ({"job_name": "job of s2"}, 4),
        ({"additional_filters": "source=s1,summary.failures>0"}, 10),
        ({"source": "", "env": "undefined", "job_name": ""}, 24),
    ],
)
def test_parameters_choose_runs(api, worked_example, query, total):
    assert _get(api, **query)["total"] == total


@pytest.mark.integration
def test_nothing_found_is_all_zero(api, shop):
    assert _get(api) == dict.fromkeys(KEYS, 0)


@pytest.mark.integration
def test_passed_is_what_passed_and_nothing_else(api, shop, make_run):
    """Decision 9: what is manual or blocked is in the total alone (the reference takes it for passed)."""
    make_run(project_id=shop.id, summary={"tests": 5, "passes": 2, "manual": 2, "blocked": 1})
    assert _get(api) == dict.fromkeys(KEYS, 0) | {"passed": 2, "total": 5}


@pytest.mark.integration
def test_sums_may_be_larger_than_what_one_run_can_count(api, shop, make_run):
    for _ in range(2):
        make_run(project_id=shop.id, summary={"tests": 2**31 - 1})
    assert _get(api)["total"] == 2**32 - 2


@pytest.mark.integration
def test_unknown_filter_is_left_out_with_a_warning(api, worked_example):
    answer = _get(api, additional_filters="colour=red")
    assert answer["total"] == 24
    assert answer["warnings"] == ["The filter on colour was left out: there is no such field"]


@pytest.mark.integration
def test_other_projects_are_not_looked_into(api_of, worked_example, make_user, make_project, make_run):
    own = make_project(users=[user := make_user()])
    make_run(project_id=own.id, summary={"tests": 3})
    assert api_of(user)("GET", URL).json()["total"] == 3
    assert_problem(api_of(user)("GET", URL, params={"project": "shop"}), 403)


@pytest.mark.validation
def test_what_cannot_be_understood_is_refused(api):
    assert_problem(api.get(URL, params={"bogus": 1, "env": "a\0b"}), 400, "bogus", field="env")
    assert_problem(api.get(URL, params={"additional_filters": "???"}), 400, "filter")
