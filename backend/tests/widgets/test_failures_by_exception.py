"""Failures by exception: what was raised how often, and what was said last."""

from datetime import UTC, datetime, timedelta

import pytest
from freezegun import freeze_time
from helpers.assertions import assert_problem
from sqlalchemy import false

from ibutsu_server.widgets import failures_by_exception

URL = "/api/widget/failures-by-exception"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with freeze_time(NOW):
        yield


@pytest.fixture
def fail(shop, make_result):
    """`fail(exception, ...)` makes a failed result of an hour ago."""

    def make(exception=None, *, hours=1, **values):
        metadata = {"exception_name": exception} if exception is not None else {}
        values = {"project_id": shop.id, "result": "failed", **values}
        values["metadata"] = metadata | values.get("metadata", {})
        return make_result(start_time=NOW - timedelta(hours=hours), **values)

    return make


def _get(api, **query):
    response = api.get(URL, params=query)
    assert response.status_code == 200, response.text
    return response.json()


def _counts(api, **query):
    return {one["exception_name"]: one["failures"] for one in _get(api, **query)["exceptions"]}


@pytest.mark.integration
def test_failures_are_counted_with_the_newest_one(api, make_run, shop, fail):
    run = make_run(project_id=shop.id)
    fail("KeyError", hours=2, test_id="a", metadata={"message": "'old'"})
    newest = fail("KeyError", test_id="b", run_id=run.id, metadata={"message": "\n'total'\nmore"})
    fail("KeyError", hours=3, test_id="b", result="error")
    assert _get(api) == {
        "failures": 3,
        "exceptions": [
            {
                "exception_name": "KeyError",
                "failures": 3,
                "tests": 2,
                "newest": {
                    "result_id": str(newest.id),
                    "run_id": str(run.id),
                    "start_time": "2026-11-20T11:00:00Z",
                    "test_id": "b",
                    "message": "'total'",
                },
            }
        ],
    }


@pytest.mark.integration
def test_most_frequent_come_first_then_names(api, fail):
    for exception in ("b", "a", "B", "c", "c", None, ""):
        fail(exception)
    assert list(_counts(api).items()) == [("c", 2), ("unknown", 2), ("B", 1), ("a", 1), ("b", 1)]


@pytest.mark.integration
@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ({}, None),
        (
            {"short_tb": "cart.py:7: in pay\nE   assert 1 == 2\nE    +  where\ncart.py:7: AssertionError"},
            "assert 1 == 2",
        ),
        ({"short_tb": "Traceback\n  File\nValueError: no\n"}, "ValueError: no"),
        ({"message": " ", "short_tb": "ValueError: no"}, "ValueError: no"),
        ({"message": "x" * 500}, "x" * 300),
        ({"message": 42}, "42"),
    ],
)
def test_message_is_one_line_of_what_was_said(api, fail, metadata, message):
    fail("Error", metadata=metadata)
    assert _get(api)["exceptions"][0]["newest"]["message"] == message


@pytest.mark.integration
def test_failures_that_are_deleted_at_this_moment_do_no_harm(api, fail, monkeypatch):
    fail("KeyError")
    newest = failures_by_exception._newest
    monkeypatch.setattr(failures_by_exception, "_newest", lambda *args: newest(*args).where(false()))
    assert _get(api) == {"failures": 1, "exceptions": []}


@pytest.mark.integration
def test_of_failures_at_the_same_time_one_is_the_newest(api, fail):
    ids = [str(fail("KeyError").id) for _ in range(3)]
    assert _get(api)["exceptions"][0]["newest"]["result_id"] == max(ids)


@pytest.mark.integration
def test_window_project_and_filter_choose_failures(api, fail, make_result):
    fail("wanted", env="qa")
    fail("other", env="prod")
    fail("old", env="qa", hours=48)
    fail("fine", env="qa", result="passed")
    make_result(result="failed", env="qa", start_time=NOW, metadata={"exception_name": "foreign"})
    assert _counts(api, days=2, project="shop", additional_filters="env=qa") == {"wanted": 1}


@pytest.mark.integration
def test_more_exceptions_than_asked_for_are_told(api, fail):
    for exception in ("a", "b", "b"):
        fail(exception)
    answer = _get(api, exceptions=1)
    assert (answer["failures"], len(answer["exceptions"])) == (3, 1)
    assert answer["warnings"] == ["Only the 1 most frequent of 2 exceptions are shown"]


@pytest.mark.integration
def test_failures_beyond_the_newest_are_told_to_be_left_out(api, fail, monkeypatch):
    monkeypatch.setattr(failures_by_exception, "FAILURES", 2)
    for hours in (1, 2, 3):
        fail(f"Error{hours}", hours=hours)
    answer = _get(api)
    assert [one["exception_name"] for one in answer["exceptions"]] == ["Error1", "Error2"]
    assert answer["warnings"] == ["Only the newest 2 failures, since 2026-11-20T09:00:00Z, are looked at"]


@pytest.mark.validation
def test_everything_that_is_wrong_is_told_at_once(api):
    response = api.get(URL, params={"days": "1.5", "exceptions": "101"})
    for field in ("days", "exceptions"):
        assert_problem(response, 400, field, field=field)
