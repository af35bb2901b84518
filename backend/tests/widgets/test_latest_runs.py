"""Latest runs: the newest runs with what is known of them."""

from datetime import UTC, datetime, timedelta

import pytest
from helpers.assertions import assert_problem

URL = "/api/widget/latest-runs"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def report(shop, make_run):
    """`report(days, ...)` makes a run of that many days ago."""

    def make(days, **values):
        return make_run(**{"project_id": shop.id, "start_time": NOW - timedelta(days=days), **values})

    return make


def _runs(api, **query):
    response = api.get(URL, params=query)
    assert response.status_code == 200, response.text
    return response.json()["runs"]


@pytest.mark.integration
def test_run_is_told_with_its_outcomes_and_pass_rate(api, report):
    metadata = {
        "jenkins": {"job_name": "nightly", "build_number": 7},
        "branch": "main",
        "git": {"commit": "c0ffee"},
    }
    summary = {"tests": 10, "failures": 1, "errors": 1, "skips": 4, "xfailures": 1}
    run = report(0, metadata=metadata, summary=summary, component="web", env="qa", duration=12.5)
    assert _runs(api) == [
        {
            "run": {
                "id": str(run.id),
                "source": "test",
                "component": "web",
                "env": "qa",
                "job_name": "nightly",
                "build_number": "7",
                "branch": "main",
                "commit": "c0ffee",
                "start_time": "2026-11-20T12:00:00Z",
            },
            "duration": 12.5,
            "counts": {
                "total": 10,
                "passed": 3,
                "failed": 1,
                "error": 1,
                "skipped": 4,
                "xfailed": 1,
                "xpassed": 0,
                "manual": 0,
                "blocked": 0,
            },
            "pass_rate": 50.0,
        }
    ]


@pytest.mark.integration
@pytest.mark.parametrize("summary", [{}, {"tests": 2, "skips": 2}])
def test_nothing_to_judge_is_no_rate(api, report, summary):
    """Decision 10: all skipped is no rate."""
    report(0, summary=summary)
    (run,) = _runs(api)
    assert (run["pass_rate"], run["duration"], run["run"]["job_name"]) == (None, 0, None)


@pytest.mark.integration
def test_newest_runs_come_first(api, report):
    runs = [report(days) for days in (2, 0, 1)]
    expected = [str(runs[place].id) for place in (1, 2)]
    assert [run["run"]["id"] for run in _runs(api, runs=2)] == expected


@pytest.mark.integration
def test_filter_and_project_choose_runs(api, report, make_run):
    wanted = report(1, component="web")
    report(0, component="api")
    make_run(component="web")
    assert [run["run"]["id"] for run in _runs(api, project="shop", additional_filters="component=web")] == [
        str(wanted.id)
    ]


@pytest.mark.validation
@pytest.mark.parametrize("runs", ["0", "101", "many", "9" * 30])
def test_number_of_runs_is_bounded(api, runs):
    assert_problem(api.get(URL, params={"runs": runs}), 400, "runs", field="runs")
