"""Run duration trend: how long the newest runs took."""

from datetime import UTC, datetime, timedelta

import pytest
from helpers.assertions import assert_problem

URL = "/api/widget/run-duration-trend"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def report(shop, make_run):
    """`report(days, seconds)` makes a run of that many days ago that took so long."""

    def make(days, seconds, **values):
        start = NOW - timedelta(days=days)
        span = (
            {} if seconds is None else {"first_start": start, "last_end": start + timedelta(seconds=seconds)}
        )
        return make_run(**{"project_id": shop.id, "start_time": start, **span, **values})

    return make


def _runs(api, **query):
    response = api.get(URL, params=query)
    assert response.status_code == 200, response.text
    return response.json()["runs"]


@pytest.mark.integration
def test_time_by_the_clock_and_sum_of_durations_come_from_the_results(api, shop, make_run, make_result):
    run = make_run(project_id=shop.id, start_time=NOW)
    for minutes, duration in ((0, 90.0), (1, 60.0)):
        start = NOW + timedelta(minutes=minutes)
        make_result(run_id=run.id, start_time=start, duration=duration)
    (point,) = _runs(api)
    assert point["run"]["id"] == str(run.id)
    assert (point["wall_clock"], point["duration"], point["median"]) == (120.0, 150.0, 120.0)


@pytest.mark.integration
def test_median_is_of_a_run_and_the_six_before_it(api, report):
    for days, seconds in enumerate((100, 20, 30, 40, 50, 60, 70, 80, 90)):
        report(days, seconds)
    points = _runs(api, runs=3)
    assert [(point["wall_clock"], point["median"]) for point in points] == [(30, 60), (20, 50), (100, 50)]


@pytest.mark.integration
def test_run_without_results_has_no_time_by_the_clock(api, report):
    report(1, None)
    report(0, None, duration=5.0)
    report(2, 10)
    points = _runs(api, runs=2)
    assert [(one["wall_clock"], one["duration"], one["median"]) for one in points] == [
        (None, 0, 10),
        (None, 5, 10),
    ]
    assert _runs(api, runs=2, additional_filters="duration@y")[0]["median"] is None


@pytest.mark.integration
def test_filter_and_project_choose_runs(api, report, make_run):
    wanted = report(1, 5, env="qa")
    report(0, 5, env="prod")
    make_run(env="qa")
    points = _runs(api, project="shop", additional_filters="env=qa")
    assert [point["run"]["id"] for point in points] == [str(wanted.id)]


@pytest.mark.validation
@pytest.mark.parametrize("runs", ["0", "201", "-1", "9" * 30])
def test_number_of_runs_is_bounded(api, runs):
    assert_problem(api.get(URL, params={"runs": runs}), 400, "runs", field="runs")
