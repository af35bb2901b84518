"""Most failing tests: how often they failed, and where last."""

from datetime import UTC, datetime, timedelta

import pytest
from freezegun import freeze_time
from helpers.assertions import assert_problem

from ibutsu_server.widgets import most_failing_tests, recent_results

URL = "/api/widget/most-failing-tests"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with freeze_time(NOW):
        yield


@pytest.fixture
def run(shop, make_run):
    return make_run(project_id=shop.id)


@pytest.fixture
def report(shop, run, make_result):
    """`report(test, outcomes)` makes a result for each outcome, one an hour, the last an hour ago."""

    def make(test, outcomes, **values):
        values = {"project_id": shop.id, "run_id": run.id, **values}
        return [
            make_result(
                test_id=test, result=outcome, start_time=NOW - timedelta(hours=len(outcomes) - at), **values
            )
            for at, outcome in enumerate(outcomes)
        ]

    return make


def _get(api, **query):
    response = api.get(URL, params=query)
    assert response.status_code == 200, response.text
    return response.json()


def _ids(api, **query):
    return [test["test_id"] for test in _get(api, **query)["tests"]]


@pytest.mark.integration
def test_failures_are_counted_with_the_last_one(api, shop, run, report):
    results = report("cart", ["failed", "passed", "error", "skipped", "passed"])
    assert _get(api) == {
        "tests": [
            {
                "test_id": "cart",
                "project_id": str(shop.id),
                "failures": 2,
                "executions": 4,
                "failure_rate": 50.0,
                "is_flaky": True,
                "last_failure": {
                    "result_id": str(results[2].id),
                    "run_id": str(run.id),
                    "start_time": "2026-11-20T09:00:00Z",
                },
            }
        ]
    }


@pytest.mark.integration
def test_failures_that_are_deleted_at_this_moment_do_no_harm(api, report, monkeypatch):
    report("cart", ["failed"])
    monkeypatch.setattr(most_failing_tests, "_last_failures", lambda *_: {})
    assert _get(api) == {"tests": []}


@pytest.mark.integration
def test_most_failures_come_first_then_names(api, report):
    report("b", ["failed"])
    report("a", ["error"])
    report("B", ["failed"])
    report("c", ["failed", "failed"])
    report("fine", ["passed", "skipped", "xfailed"])
    assert _ids(api) == ["c", "B", "a", "b"]
    assert _ids(api, tests=2) == ["c", "B"]


@pytest.mark.integration
def test_test_that_never_passed_is_not_flaky(api, report):
    report("cart", ["failed", "skipped", "xfailed"])
    (test,) = _get(api)["tests"]
    assert (test["is_flaky"], test["failure_rate"]) == (False, 50.0)


@pytest.mark.integration
def test_window_begins_after_so_many_days(api, shop, make_result):
    for test, seconds in (("edge", 0), ("new", 1)):
        start = NOW - timedelta(days=1) + timedelta(seconds=seconds)
        make_result(test_id=test, result="failed", start_time=start, project_id=shop.id)
    assert _ids(api, days=1) == ["new"]


@pytest.mark.integration
def test_same_test_of_two_projects_is_two(api, report, make_run):
    other = make_run()
    report("cart", ["failed", "failed"])
    report("cart", ["failed"], project_id=other.project_id, run_id=other.id)
    assert [test["failures"] for test in _get(api)["tests"]] == [2, 1]
    assert [test["failures"] for test in _get(api, project="shop")["tests"]] == [2]


@pytest.mark.integration
def test_filter_is_about_failures_and_executions(api, report):
    report("cart", ["failed", "passed"], env="qa")
    report("cart", ["failed", "failed"], env="prod")
    (test,) = _get(api, additional_filters="env=qa")["tests"]
    assert (test["failures"], test["executions"]) == (1, 2)


@pytest.mark.integration
def test_results_without_a_run_or_a_test_do_no_harm(api, report):
    report("alone", ["failed"], run_id=None)
    report(None, ["failed"])
    (test,) = _get(api)["tests"]
    assert (test["test_id"], test["last_failure"]["run_id"]) == ("alone", None)


@pytest.mark.integration
def test_failures_beyond_the_newest_are_told_to_be_left_out(api, report, monkeypatch):
    monkeypatch.setattr(most_failing_tests, "FAILURES", 2)
    report("cart", ["failed", "passed", "failed", "error", "passed"])
    answer = _get(api)
    assert [(test["failures"], test["executions"]) for test in answer["tests"]] == [(2, 4)]
    assert answer["warnings"] == ["Only the newest 2 failures, since 2026-11-20T07:00:00Z, are looked at"]


@pytest.mark.integration
def test_executions_beyond_the_newest_are_told_to_be_left_out(api, report, monkeypatch):
    monkeypatch.setattr(most_failing_tests, "RESULTS", 3)
    report("cart", ["failed", "failed", "passed", "failed", "passed"])
    answer = _get(api)
    assert [(test["failures"], test["executions"]) for test in answer["tests"]] == [(1, 3)]
    assert answer["warnings"] == ["Of each test only the newest 3 results are counted: ask for fewer days"]


@pytest.mark.integration
def test_projects_beyond_those_with_the_newest_runs_are_told_to_be_left_out(
    api, report, make_run, monkeypatch
):
    monkeypatch.setattr(recent_results, "PROJECTS", 1)
    old = make_run(start_time=NOW - timedelta(days=3))
    report("new", ["failed"])
    report("old", ["failed"], project_id=old.project_id, run_id=old.id)
    answer = _get(api)
    assert [test["test_id"] for test in answer["tests"]] == ["new"]
    assert answer["warnings"] == ["Only the 1 projects with the newest runs are looked at: name one"]


@pytest.mark.validation
def test_everything_that_is_wrong_is_told_at_once(api):
    response = api.get(URL, params={"days": "91", "tests": "9" * 30})
    for field in ("days", "tests"):
        assert_problem(response, 400, field, field=field)
