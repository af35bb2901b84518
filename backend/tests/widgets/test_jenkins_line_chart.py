"""Durations of the builds of a Jenkins job."""

from datetime import UTC, datetime, timedelta

import pytest
from helpers.assertions import assert_problem

from ibutsu_server.widgets import jenkins_jobs

URL = "/api/widget/jenkins-line-chart"
START = datetime(2026, 11, 20, 8, tzinfo=UTC)


@pytest.fixture
def add(shop, make_run):
    """`add(build, seconds after the start, duration)` makes a run of a build."""

    def make(build, after=0, duration=None, *, project=shop):
        make_run(
            project_id=project.id,
            start_time=START + timedelta(seconds=after),
            duration=duration,
            metadata={"jenkins": {"job_name": "job", "build_number": build}},
        )

    return make


def _get(api, **query):
    response = api.get(URL, params={"project": "shop", "job_name": "job", **query})
    assert response.status_code == 200, response.text
    return response.json()


@pytest.mark.integration
def test_worked_example(api, add):
    for build, hours, duration in (("1", 5, 100), ("2", 4, 50), ("10", 3, 70), ("11", 2, 5)):
        add(build, -3600 * hours, duration)
    add("2", -3600 * 4 + 30, 20)
    hours = {"11": 0.0, "10": 0.02, "2": 0.02, "1": 0.03}
    answer = _get(api)
    assert answer == {"duration": hours, "total_execution_time": hours}
    assert list(answer["duration"]) == list(hours)


@pytest.mark.integration
def test_second_worked_example(api, add):
    add("3", 0, 7200)
    add("3", 1800, 3600)
    assert _get(api) == {"duration": {"3": 2.5}, "total_execution_time": {"3": 3.0}}


@pytest.mark.integration
def test_sum_is_left_out_where_it_is_the_same(api, add):
    add("1", 0, 3600)
    add("2", 10)
    assert _get(api) == {"duration": {"2": 0.0, "1": 1.0}}


@pytest.mark.integration
def test_only_the_newest_builds_are_shown(api, add):
    for build in ("1", "2", "3"):
        add(build, int(build))
    assert list(_get(api, builds=2)["duration"]) == ["3", "2"]


@pytest.mark.integration
def test_nothing_found_is_an_empty_line(api, shop):
    assert _get(api) == {"duration": {}}


@pytest.mark.integration
def test_runs_that_were_not_looked_at_are_told_of(api, add, monkeypatch):
    monkeypatch.setattr(jenkins_jobs, "RUNS", 1)
    add("1", 1)
    add("2", 2)
    answer = _get(api)
    assert answer["duration"] == {"2": 0.0}
    assert answer["warnings"] == ["Only the newest 1 runs were looked at; conditions narrow them down"]


@pytest.mark.integration
def test_other_projects_are_not_looked_into(api_of, add, make_user, make_project):
    own = make_project(users=[user := make_user()])
    add("1")
    add("2", project=own)
    query = {"job_name": "job"}
    assert api_of(user)("GET", URL, params=query).json() == {"duration": {"2": 0.0}}
    assert_problem(api_of(user)("GET", URL, params={**query, "project": "shop"}), 403)


@pytest.mark.validation
def test_everything_that_is_wrong_is_told_at_once(api):
    response = api.get(URL, params={"builds": 0, "page": 1})
    for field in ("job_name", "builds", "page"):
        assert_problem(response, 400, field, field=field)
