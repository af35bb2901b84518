"""Pass rate trend: one point for each day."""

from datetime import UTC, datetime

import pytest
from freezegun import freeze_time
from helpers.assertions import assert_problem

from ibutsu_server.widgets import runs_of_days

URL = "/api/widget/pass-rate-trend"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with freeze_time(NOW):
        yield


@pytest.fixture
def report(shop, make_run):
    """`report(time, tests, failures, skips)` makes a run."""

    def make(time, tests, failures=0, skips=0, **values):
        summary = {"tests": tests, "failures": failures, "skips": skips}
        start = datetime.fromisoformat(f"2026-11-{time}+00:00")
        return make_run(**{"project_id": shop.id, "start_time": start, "summary": summary, **values})

    return make


def _get(api, **query):
    response = api.get(URL, params=query)
    assert response.status_code == 200, response.text
    return response.json()


@pytest.mark.integration
def test_day_has_the_rate_of_all_its_tests_and_of_its_worst_and_best_run(api, report):
    report("18T00:00", 10, 1)
    report("18T23:59", 30, 9, 10)
    report("19T00:00", 3, 1)
    assert _get(api) == {
        "days": [
            {
                "day": "2026-11-18",
                "runs": 2,
                "tests": 40,
                "pass_rate": 66.67,
                "lowest": 55.0,
                "highest": 90.0,
            },
            {
                "day": "2026-11-19",
                "runs": 1,
                "tests": 3,
                "pass_rate": 66.67,
                "lowest": 66.67,
                "highest": 66.67,
            },
        ]
    }


@pytest.mark.integration
def test_day_with_nothing_to_judge_has_no_rate(api, report):
    """Decision 10: all skipped is no rate."""
    report("19T00:00", 2, 0, 2)
    report("19T01:00", 0)
    (day,) = _get(api)["days"]
    assert (day["runs"], day["pass_rate"], day["lowest"], day["highest"]) == (2, None, None, None)


@pytest.mark.integration
def test_window_project_and_filter_choose_runs(api, report, make_project):
    report("19T12:01", 1, component="web")
    report("19T12:00", 1, 1, component="web")
    report("20T00:00", 1, 1, component="api")
    report("20T00:00", 1, 1, component="web", project_id=make_project().id)
    days = _get(api, days=1, project="shop", additional_filters="component=web")["days"]
    assert [(day["day"], day["runs"], day["pass_rate"]) for day in days] == [("2026-11-19", 1, 100.0)]


@pytest.mark.integration
def test_runs_beyond_the_newest_are_told_to_be_left_out(api, report, monkeypatch):
    monkeypatch.setattr(runs_of_days, "RUNS", 2)
    for time in ("17T00:00", "18T00:00", "19T00:00"):
        report(time, 1)
    answer = _get(api)
    assert [day["day"] for day in answer["days"]] == ["2026-11-18", "2026-11-19"]
    assert answer["warnings"] == ["Only the newest 2 runs are counted: ask for fewer days"]


@pytest.mark.integration
def test_run_of_the_last_moment_that_there_is_does_no_harm(api, report):
    report("19T00:00", 1, start_time=datetime.max.replace(tzinfo=UTC))
    assert len(_get(api)["days"]) <= 1


@pytest.mark.validation
@pytest.mark.parametrize("days", ["0", "367", "9" * 30, "1.5", ""])
def test_window_is_bounded(api, days):
    assert_problem(api.get(URL, params={"days": days}), 400, "days", field="days")
