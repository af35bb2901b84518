"""Slowest tests: mean durations, and how they grew."""

from datetime import UTC, datetime, timedelta

import pytest
from freezegun import freeze_time
from helpers.assertions import assert_problem

from ibutsu_server.widgets import slowest_tests

URL = "/api/widget/slowest-tests"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with freeze_time(NOW):
        yield


@pytest.fixture
def report(shop, make_result):
    """`report(test, *durations)` makes a result for each, two days apart, the last one a day ago."""

    def make(test, *durations, **values):
        for at, duration in enumerate(reversed(durations)):
            start = NOW - timedelta(days=1 + 2 * at)
            values = {"project_id": shop.id, **values}
            make_result(test_id=test, duration=duration, start_time=start, **values)

    return make


def _get(api, **query):
    response = api.get(URL, params=query)
    assert response.status_code == 200, response.text
    return response.json()


def _ids(api, **query):
    return [test["test_id"] for test in _get(api, **query)["tests"]]


@pytest.mark.integration
def test_answer_stays_the_same_within_the_hour(api, report):
    report("cart", 1, 2, 3)
    tag = api.get(URL).headers["ETag"]
    with freeze_time(NOW + timedelta(minutes=59)):
        assert api.get(URL, headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.integration
def test_mean_duration_and_growth_between_the_halves_of_the_window(api, shop, report):
    report("cart", 1, 2, 3, 4, 5, 6)
    assert _get(api, days=12) == {
        "since": "2026-11-08T12:00:00Z",
        "tests": [
            {
                "test_id": "cart",
                "project_id": str(shop.id),
                "executions": 6,
                "duration": 3.5,
                "older": 2.0,
                "newer": 5.0,
                "growth": 2.5,
            }
        ],
    }


@pytest.mark.integration
def test_growth_needs_three_executions_in_each_half(api, report):
    report("cart", 2, 3, 4, 5, 6)
    (test,) = _get(api, days=12)["tests"]
    assert (test["older"], test["newer"], test["growth"]) == (None, 5.0, None)
    assert _ids(api, days=12, order="growth") == []


@pytest.mark.integration
def test_order_is_by_duration_or_by_growth(api, report):
    report("slow", 9, 9, 9, 9, 9, 9)
    report("slower", 1, 1, 1, 3, 3, 3)
    report("faster", 4, 4, 4, 2, 2, 2)
    assert _ids(api, days=12) == ["slow", "faster", "slower"]
    assert _ids(api, days=12, order="growth") == ["slower", "slow", "faster"]
    assert _ids(api, days=12, tests=1) == ["slow"]


@pytest.mark.integration
def test_nothing_grows_from_no_duration_at_all(api, report):
    report("cart", 0, 0, 0, 1, 1, 1)
    (test,) = _get(api, days=12)["tests"]
    assert (test["older"], test["growth"]) == (0.0, None)


@pytest.mark.integration
def test_skipped_and_unmeasured_results_do_not_count(api, report):
    report("cart", 4)
    report("cart", 0, result="skipped")
    report("cart", None)
    (test,) = _get(api)["tests"]
    assert (test["executions"], test["duration"]) == (1, 4.0)


@pytest.mark.integration
def test_window_project_and_filter_choose_results(api, report, make_result):
    report("cart", 100, 1, env="qa")
    report("cart", 7, env="prod")
    make_result(test_id="foreign", duration=50)
    (test,) = _get(api, days=3, project="shop", additional_filters="env=qa")["tests"]
    assert test["duration"] == 1.0


@pytest.mark.integration
def test_window_is_told_where_there_are_too_many_results(api, report, monkeypatch):
    monkeypatch.setattr(slowest_tests, "RESULTS", 2)
    report("cart", 1, 2, 3)
    answer = _get(api)
    assert (answer["since"], answer["tests"][0]["executions"]) == ("2026-11-15T12:00:00Z", 2)
    assert answer["warnings"] == ["Only the newest 2 results, since 2026-11-15T12:00:00Z, are looked at"]


@pytest.mark.validation
def test_everything_that_is_wrong_is_told_at_once(api):
    response = api.get(URL, params={"days": "0", "tests": "101", "order": "name"})
    for field in ("days", "tests", "order"):
        assert_problem(response, 400, field, field=field)
