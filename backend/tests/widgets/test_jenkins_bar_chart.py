"""Outcomes of the builds of a Jenkins job."""

from datetime import UTC, datetime, timedelta

import pytest
from helpers.assertions import assert_problem

from ibutsu_server.widgets import jenkins_jobs

URL = "/api/widget/jenkins-bar-chart"
START = datetime(2026, 11, 20, 8, tzinfo=UTC)
KEYS = ["passed", "skipped", "error", "failed", "xpassed", "xfailed"]


@pytest.fixture
def add(shop, make_run):
    """`add(build, hours_ago, **counts)` makes a run of a build."""

    def make(build, ago=1, *, job="job", project=shop, **counts):
        make_run(
            project_id=project.id,
            start_time=START - timedelta(hours=ago),
            metadata={"jenkins": {"job_name": job, "build_number": build}},
            summary=counts,
        )

    return make


@pytest.fixture
def worked_example(add):
    """That of the reference."""
    add("1", 5, tests=10, failures=1, skips=2)
    add("2", 4, tests=10, errors=1, skips=1, xfailures=1, xpasses=1)
    add("2", 4, tests=3)
    add("10", 3, tests=3, failures=1)
    add("11", 2)


def _get(api, **query):
    response = api.get(URL, params={"project": "shop", "job_name": "job", **query})
    assert response.status_code == 200, response.text
    return response.json()


@pytest.mark.integration
def test_worked_example(api, worked_example):
    answer = _get(api)
    assert list(answer) == KEYS
    assert answer == {
        "passed": {"11": 0, "10": 2, "2": 9, "1": 7},
        "skipped": {"11": 0, "10": 0, "2": 1, "1": 2},
        "error": {"11": 0, "10": 0, "2": 1, "1": 0},
        "failed": {"11": 0, "10": 1, "2": 0, "1": 1},
        "xpassed": {"11": 0, "10": 0, "2": 1, "1": 0},
        "xfailed": {"11": 0, "10": 0, "2": 1, "1": 0},
    }
    assert list(answer["passed"]) == ["11", "10", "2", "1"]


@pytest.mark.integration
def test_only_the_newest_builds_are_shown(api, worked_example):
    assert list(_get(api, builds=2)["passed"]) == ["11", "10"]


@pytest.mark.integration
@pytest.mark.parametrize("job", ["5", "a,b", "a, env=b", 'say "hi"'])
def test_job_may_have_any_name(api, add, job):
    add("1", job=job, tests=1)
    assert _get(api, job_name=job)["passed"] == {"1": 1}


@pytest.mark.integration
def test_nothing_found_is_six_empty_objects(api, shop):
    assert _get(api) == {key: {} for key in KEYS}


@pytest.mark.integration
def test_more_runs_are_looked_at_where_few_are_not_enough(api, add, monkeypatch):
    monkeypatch.setattr(jenkins_jobs, "RUNS_PER_BUILD", 1)
    monkeypatch.setattr(jenkins_jobs, "FEW_RUNS", 1)
    for _ in range(4):
        add("1", tests=2)
    assert _get(api, builds=1)["passed"] == {"1": 8}


@pytest.mark.integration
def test_runs_before_many_others_are_not_counted(api, add, monkeypatch):
    monkeypatch.setattr(jenkins_jobs, "RUNS_PER_BUILD", 1)
    monkeypatch.setattr(jenkins_jobs, "FEW_RUNS", 2)
    for ago, build in ((9, "1"), (5, "2"), (1, "1")):
        add(build, ago, tests=ago)
    assert _get(api, builds=1)["passed"] == {"1": 1}


@pytest.mark.integration
def test_runs_that_were_not_looked_at_are_told_of(api, add, monkeypatch):
    monkeypatch.setattr(jenkins_jobs, "RUNS", 2)
    for build in ("1", "2", "3"):
        add(build, 9 - int(build))
    answer = _get(api)
    assert list(answer["passed"]) == ["3", "2"]
    assert answer["warnings"] == ["Only the newest 2 runs were looked at; conditions narrow them down"]


@pytest.mark.integration
def test_other_projects_are_not_looked_into(api_of, add, make_user, make_project):
    own = make_project(users=[user := make_user()])
    add("1", tests=1)
    add("2", tests=1, project=own)
    query = {"job_name": "job"}
    assert api_of(user)("GET", URL, params=query).json()["passed"] == {"2": 1}
    assert_problem(api_of(user)("GET", URL, params={**query, "project": "shop"}), 403)


@pytest.mark.validation
@pytest.mark.parametrize("builds", [0, 1001, 10**30, "many"])
def test_everything_that_is_wrong_is_told_at_once(api, builds):
    response = api.get(URL, params={"builds": builds, "group_field": "env"})
    for field in ("job_name", "builds", "group_field"):
        assert_problem(response, 400, field, field=field)
