"""The builds of Jenkins jobs."""

from datetime import UTC, datetime, timedelta

import pytest
from helpers.assertions import assert_problem

from ibutsu_server.widgets import jenkins_jobs

URL = "/api/widget/jenkins-job-view"
START = datetime(2026, 11, 20, 8, 43, 19, tzinfo=UTC)


@pytest.fixture
def add(shop, make_run):
    """`add(build, seconds after the start, duration, **counts)` makes a run of a build."""

    def make(build, after=0, duration=None, *, job="job", url=None, project=shop, columns=None, **counts):
        jenkins = {"job_name": job, "build_number": build, **({"build_url": url} if url else {})}
        values = {"source": None, **(columns or {})}
        make_run(
            project_id=project.id,
            start_time=START + timedelta(seconds=after),
            duration=duration,
            metadata={"jenkins": jenkins},
            summary=counts,
            **values,
        )

    return make


@pytest.fixture
def worked_example(add):
    """That of the reference."""
    hour = 3600
    add("1", -5 * hour, 100, tests=10, failures=1, skips=2)
    add("2", -4 * hour, 50, tests=10, errors=1, skips=1, xfailures=1, xpasses=1)
    add("2", -4 * hour + 30, 20, tests=3)
    add("10", -3 * hour, 70, tests=3, failures=1)
    add("11", -2 * hour, 5)


def _get(api, **query):
    response = api.get(URL, params={"project": "shop", **query})
    assert response.status_code == 200, response.text
    return response.json()


def _builds(api, **query):
    return [job["build_number"] for job in _get(api, **query)["jobs"]]


@pytest.mark.integration
def test_worked_example(api, worked_example):
    summary = {"xfailures": 0, "xpasses": 0, "errors": 0, "failures": 1, "skips": 2, "tests": 10, "passes": 7}
    answer = _get(api, page=2, page_size=3)
    assert answer == {
        "jobs": [
            {
                "_id": "job-1",
                "build_number": "1",
                "build_url": None,
                "duration": 100.0,
                "env": None,
                "job_name": "job",
                "source": None,
                "start_time": "2026-11-20T03:43:19Z",
                "summary": summary,
                "total_execution_time": 100.0,
            }
        ],
        "pagination": {"page": 2, "pageSize": 3, "totalItems": 4, "totalPages": 2},
    }
    assert list(answer["jobs"][0]["summary"]) == list(summary)


@pytest.mark.integration
def test_build_is_the_sum_of_its_runs(api, worked_example):
    build = _get(api, filter="build_number=2")["jobs"][0]
    assert (build["duration"], build["total_execution_time"]) == (80.0, 70.0)
    assert (build["summary"]["tests"], build["summary"]["passes"]) == (13, 9)


@pytest.mark.integration
def test_builds_that_started_last_come_first(api, worked_example, add):
    assert _builds(api) == ["11", "10", "2", "1"]
    add("1")
    assert _builds(api) == ["1", "11", "10", "2"]


@pytest.mark.integration
def test_builds_that_started_together_have_an_order(api, add):
    for build, job in (("b", "x"), ("B", "x"), ("1", "y")):
        add(build, job=job)
    assert [job["_id"] for job in _get(api)["jobs"]] == ["x-B", "x-b", "y-1"]


@pytest.mark.integration
def test_of_different_texts_the_least_is_shown(api, add):
    add("1", url="https://b", columns={"env": "b", "source": "y"})
    add("1", url="https://B", columns={"env": "a", "source": "x"})
    build = _get(api)["jobs"][0]
    assert (build["build_url"], build["env"], build["source"]) == ("https://B", "a", "x")


@pytest.mark.integration
def test_unknown_durations_are_no_time(api, add):
    add("1")
    add("1", 30)
    build = _get(api)["jobs"][0]
    assert (build["duration"], build["total_execution_time"]) == (30.0, None)


@pytest.mark.integration
@pytest.mark.parametrize(
    "condition",
    [
        "job_name=b",
        "metadata.jenkins.job_name=b",
        "data.jenkins.job_name=b",
        "build_number=7",
        "metadata.jenkins.build_number*7;8",
        "job_name=b,build_number=7",
        'job_name="b"',
        "build_number>6",
    ],
)
def test_fields_of_jenkins_may_be_named_alone_or_in_full(api, add, condition):
    add("5", job="a")
    add("7", job="b")
    assert _builds(api, filter=condition) == ["7"]
    assert _builds(api, additional_filters=condition) == ["7"]


@pytest.mark.integration
@pytest.mark.parametrize("job", ['say "hi"', "a, b", "a,env=qa", "x=y"])
def test_jobs_may_have_any_name(api, add, job):
    add("5")
    add("7", job=job)
    quoted = f'"{job}"' if '"' not in job else job
    assert _builds(api, filter=f"job_name={quoted}") == ["7"]


@pytest.mark.integration
def test_all_conditions_must_hold(api, add):
    for build in ("1", "2"):
        add(build, job="a")
        add(build, job="b", columns={"env": "qa"})
    assert _builds(api, filter=["job_name=b", "build_number=2", "env=qa"]) == ["2"]


@pytest.mark.integration
def test_only_the_newest_runs_where_asked(api, worked_example):
    answer = _get(api, run_limit=3)
    assert [(job["build_number"], job["summary"]["tests"]) for job in answer["jobs"]] == [
        ("11", 0),
        ("10", 3),
        ("2", 3),
    ]
    assert "warnings" not in answer


@pytest.mark.integration
def test_runs_that_were_not_looked_at_are_told_of(api, worked_example, monkeypatch):
    monkeypatch.setattr(jenkins_jobs, "RUNS", 2)
    answer = _get(api, run_limit=2**31)
    assert [job["build_number"] for job in answer["jobs"]] == ["11", "10"]
    assert answer["warnings"] == ["Only the newest 2 runs were looked at; conditions narrow them down"]


@pytest.mark.integration
def test_runs_without_job_or_build_are_no_builds(api, shop, make_run):
    for jenkins in ({"job_name": "a"}, {"build_number": "1"}, {"job_name": None, "build_number": "1"}, "x"):
        make_run(project_id=shop.id, metadata={"jenkins": jenkins})
    nothing = {"page": 1, "pageSize": 25, "totalItems": 0, "totalPages": 0}
    assert _get(api) == {"jobs": [], "pagination": nothing}


@pytest.mark.integration
def test_page_after_the_last_is_empty(api, worked_example):
    pagination = {"page": 9, "pageSize": 3, "totalItems": 4, "totalPages": 2}
    assert _get(api, page=9, page_size=3) == {"jobs": [], "pagination": pagination}
    assert _get(api, page=2**31, page_size=500)["jobs"] == []


@pytest.mark.integration
def test_it_takes_one_statement_over_the_runs(api, worked_example, count_statements):
    with count_statements() as statements:
        _get(api)
    assert len([statement for statement in statements if "FROM runs" in statement]) == 1


@pytest.mark.integration
def test_unknown_filter_is_left_out_with_a_warning(api, worked_example):
    answer = _get(api, filter="colour=red")
    assert len(answer["jobs"]) == 4
    assert answer["warnings"] == ["The filter on colour was left out: there is no such field"]


@pytest.mark.integration
def test_other_projects_are_not_looked_into(api_of, add, make_user, make_project):
    own = make_project(users=[user := make_user()])
    add("1")
    add("2", project=own)
    jobs = api_of(user)("GET", URL).json()["jobs"]
    assert [job["build_number"] for job in jobs] == ["2"]
    assert_problem(api_of(user)("GET", URL, params={"project": "shop"}), 403)


@pytest.mark.validation
def test_everything_that_is_wrong_is_told_at_once(api):
    response = api.get(URL, params={"page": 0, "page_size": 501, "run_limit": 10**30, "pageSize": 5})
    for field in ("page", "page_size", "run_limit", "pageSize"):
        assert_problem(response, 400, field, field=field)
