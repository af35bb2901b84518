"""Test history matrix: tests by runs."""

from datetime import UTC, datetime, timedelta

import pytest
from helpers.assertions import assert_problem

from ibutsu_server.widgets import last_results

URL = "/api/widget/test-history-matrix"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
OUTCOMES = {"P": "passed", "F": "failed", "E": "error", "S": "skipped"}


@pytest.fixture
def runs(shop, make_run):
    """Three, the oldest first."""
    return [make_run(project_id=shop.id, start_time=NOW + timedelta(days=day)) for day in range(3)]


@pytest.fixture
def history(runs, make_result):
    """`history("cart", "PF-")` makes the results of a test, one letter for each run."""

    def make(test, outcomes):
        return [
            make_result(test_id=test, result=OUTCOMES[letter], run_id=run.id, start_time=run.start_time)
            for letter, run in zip(outcomes, runs, strict=True)
            if letter != "-"
        ]

    return make


def _get(api, **query):
    response = api.get(URL, params=query)
    assert response.status_code == 200, response.text
    return response.json()


def _rows(api, **query):
    letters = {outcome: letter for letter, outcome in OUTCOMES.items()}
    return {
        test["test_id"]: "".join(letters[cell["result"]] if cell else "-" for cell in test["cells"])
        for test in _get(api, **query)["tests"]
    }


@pytest.mark.integration
def test_cells_are_outcomes_in_the_order_of_the_runs(api, runs, history):
    passed, failed = history("cart", "P-F")
    answer = _get(api)
    assert [run["id"] for run in answer["runs"]] == [str(run.id) for run in runs]
    assert answer["tests"] == [
        {
            "test_id": "cart",
            "has_changed": True,
            "failures": 1,
            "cells": [
                {"result": "passed", "result_id": str(passed.id)},
                None,
                {"result": "failed", "result_id": str(failed.id)},
            ],
        }
    ]
    assert answer["total"] == 1


@pytest.mark.integration
def test_changing_tests_come_first_then_failing_ones_and_passing_ones_not_at_all(api, history):
    rows = {"d": "PFE", "c": "SFP", "a": "EFE", "b": "--F", "e": "PSP"}
    for test, outcomes in [("fine", "PPP"), ("new", "--P"), *reversed(rows.items())]:
        history(test, outcomes)
    assert _rows(api) == rows
    assert list(_rows(api)) == list(rows)


@pytest.mark.integration
def test_last_result_of_a_test_in_a_run_counts(api, runs, make_result):
    for hours, outcome in ((2, "passed"), (1, "failed")):
        start = runs[0].start_time + timedelta(hours=hours)
        make_result(test_id="retried", result=outcome, run_id=runs[0].id, start_time=start)
        make_result(test_id="broken", result="failed", run_id=runs[0].id, start_time=start)
    assert _rows(api) == {"broken": "F--"}
    assert _get(api)["tests"][0]["failures"] == 1


@pytest.mark.integration
def test_newest_runs_of_the_filter_are_shown(api, runs, history, make_run):
    history("cart", "FPF")
    make_run(project_id=runs[0].project_id, start_time=NOW + timedelta(days=9), component="other")
    assert _rows(api, runs=2, project="shop", additional_filters="component@n") == {"cart": "PF"}


@pytest.mark.integration
def test_more_tests_than_asked_for_are_told(api, history):
    for test in ("a", "b", "c"):
        history(test, "FFF")
    answer = _get(api, tests=2)
    assert ([test["test_id"] for test in answer["tests"]], answer["total"]) == (["a", "b"], 3)
    assert answer["warnings"] == ["Only 2 of 3 tests that did not always pass are shown"]


@pytest.mark.integration
def test_runs_with_too_many_results_are_left_out(api, runs, history, monkeypatch):
    monkeypatch.setattr(last_results, "RESULTS", 3)
    history("a", "FFF")
    history("b", "FF-")
    answer = _get(api)
    assert [run["id"] for run in answer["runs"]] == [str(run.id) for run in runs[1:]]
    assert answer["warnings"] == ["Only 2 of 3 runs are shown: together they have more than 3 results"]


@pytest.mark.validation
def test_everything_that_is_wrong_is_told_at_once(api):
    response = api.get(URL, params={"runs": "31", "tests": "101"})
    for field in ("runs", "tests"):
        assert_problem(response, 400, field, field=field)
