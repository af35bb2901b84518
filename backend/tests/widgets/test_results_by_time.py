"""Results by time: hours and weekdays at which tests run, and fail."""

from datetime import UTC, datetime

import pytest
from freezegun import freeze_time
from helpers.assertions import assert_problem

from ibutsu_server.widgets import runs_of_days

URL = "/api/widget/results-by-time"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    """It is Friday."""
    with freeze_time(NOW):
        yield


@pytest.fixture
def report(shop, make_run):
    """`report(time, ...)` makes a run of 10 tests: one failed, one an error and two skipped."""

    def make(time, **values):
        summary = {"tests": 10, "failures": 1, "errors": 1, "skips": 2}
        start = datetime.fromisoformat(f"2026-11-{time}+00:00")
        return make_run(**{"project_id": shop.id, "start_time": start, "summary": summary, **values})

    return make


def _get(api, **query):
    response = api.get(URL, params=query)
    assert response.status_code == 200, response.text
    return response.json()


@pytest.mark.integration
def test_runs_are_counted_at_their_hour_and_weekday(api, report):
    for time in ("15T23:59", "16T00:00", "09T00:30", "16T05:00"):
        report(time)
    once = {"runs": 1, "results": 10, "failures": 2, "failure_rate": 25.0}
    twice = {"runs": 2, "results": 20, "failures": 4, "failure_rate": 25.0}
    answer = _get(api)
    assert answer["cells"] == [
        {"weekday": 1, "hour": 0, **twice},
        {"weekday": 1, "hour": 5, **once},
        {"weekday": 7, "hour": 23, **once},
    ]
    assert [one["weekday"] for one in answer["weekdays"]] == [1, 2, 3, 4, 5, 6, 7]
    assert answer["weekdays"][0] == {
        "weekday": 1,
        "runs": 3,
        "results": 30,
        "failures": 6,
        "failure_rate": 25.0,
    }
    assert [one["hour"] for one in answer["hours"]] == list(range(24))
    assert answer["hours"][0] == {"hour": 0, **twice}
    assert answer["hours"][1] == {"hour": 1, "runs": 0, "results": 0, "failures": 0, "failure_rate": None}


@pytest.mark.integration
def test_nothing_but_skips_has_no_rate(api, report):
    report("19T00:00", summary={"tests": 2, "skips": 2})
    (cell,) = _get(api)["cells"]
    assert (cell["results"], cell["failure_rate"]) == (2, None)


@pytest.mark.integration
def test_window_project_and_filter_choose_runs(api, report, make_project):
    report("19T12:01", component="web")
    report("19T12:00", component="web")
    report("20T00:00", component="api")
    report("20T00:00", component="web", project_id=make_project().id)
    (cell,) = _get(api, days=1, project="shop", additional_filters="component=web")["cells"]
    assert (cell["weekday"], cell["hour"], cell["runs"]) == (4, 12, 1)


@pytest.mark.integration
def test_runs_beyond_the_newest_are_told_to_be_left_out(api, report, monkeypatch):
    monkeypatch.setattr(runs_of_days, "RUNS", 2)
    for time in ("17T00:00", "18T00:00", "19T00:00"):
        report(time)
    answer = _get(api)
    assert [cell["weekday"] for cell in answer["cells"]] == [3, 4]
    assert answer["warnings"] == ["Only the newest 2 runs are counted: ask for fewer days"]


@pytest.mark.integration
def test_run_of_the_last_moment_that_there_is_does_no_harm(api, report):
    report("19T00:00", start_time=datetime.max.replace(tzinfo=UTC))
    assert len(_get(api)["cells"]) <= 1


@pytest.mark.validation
@pytest.mark.parametrize("days", ["0", "367", "9" * 30, "1.5"])
def test_window_is_bounded(api, days):
    assert_problem(api.get(URL, params={"days": days}), 400, "days", field="days")
