"""New and fixed tests: what changed between the last two runs."""

from datetime import UTC, datetime, timedelta

import pytest
from helpers.assertions import assert_problem

from ibutsu_server.widgets import last_results

URL = "/api/widget/new-and-fixed-tests"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
KINDS = ("newly_failing", "fixed", "still_failing", "new", "missing")


@pytest.fixture
def before(shop, make_run):
    return make_run(project_id=shop.id, start_time=NOW - timedelta(days=1))


@pytest.fixture
def now(shop, make_run):
    return make_run(project_id=shop.id, start_time=NOW)


@pytest.fixture
def report(before, now, make_result):
    """`report(test, outcome before, outcome now)` makes its results; None for none."""

    def make(test, *outcomes):
        return [
            make_result(test_id=test, result=outcome, run_id=run.id, start_time=run.start_time)
            for run, outcome in zip((before, now), outcomes, strict=True)
            if outcome
        ]

    return make


def _get(api, **query):
    response = api.get(URL, params=query)
    assert response.status_code == 200, response.text
    return response.json()


def _names(answer):
    return {kind: [test["test_id"] for test in answer[kind]] for kind in KINDS if answer[kind]}


@pytest.mark.integration
def test_test_is_told_with_both_outcomes(api, before, now, report):
    old, new = report("cart", "passed", "error")
    answer = _get(api)
    assert (answer["run"]["id"], answer["previous"]["id"]) == (str(now.id), str(before.id))
    assert answer["newly_failing"] == [
        {
            "test_id": "cart",
            "now": {"result": "error", "result_id": str(new.id)},
            "before": {"result": "passed", "result_id": str(old.id)},
        }
    ]
    assert answer["totals"] == dict.fromkeys(KINDS, 0) | {"newly_failing": 1}


@pytest.mark.integration
@pytest.mark.parametrize(
    ("outcomes", "kinds"),
    [
        (("passed", "failed"), {"newly_failing"}),
        (("skipped", "failed"), {"newly_failing"}),
        ((None, "failed"), {"newly_failing", "new"}),
        ((None, "passed"), {"new"}),
        (("error", "passed"), {"fixed"}),
        (("failed", "skipped"), set()),
        (("failed", "error"), {"still_failing"}),
        (("failed", None), {"missing"}),
        (("passed", None), {"missing"}),
        (("passed", "passed"), set()),
    ],
)
def test_kind_of_change(api, report, outcomes, kinds):
    report("cart", *outcomes)
    assert _names(_get(api)) == {kind: ["cart"] for kind in kinds}


@pytest.mark.integration
def test_last_result_of_a_test_in_a_run_counts(api, before, now, report, make_result):
    report("cart", "failed", "failed")
    make_result(test_id="cart", run_id=now.id, start_time=NOW + timedelta(minutes=1))
    assert _names(_get(api)) == {"fixed": ["cart"]}


@pytest.mark.integration
def test_lists_are_bounded_and_totals_are_not(api, report):
    for test in ("b", "a", "B"):
        report(test, "passed", "failed")
    answer = _get(api, tests=2)
    assert (_names(answer), answer["totals"]["newly_failing"]) == ({"newly_failing": ["B", "a"]}, 3)


@pytest.mark.integration
def test_filter_chooses_which_runs_are_the_last_two(api, report, now, make_run):
    report("cart", "passed", "failed")
    make_run(project_id=now.project_id, start_time=NOW + timedelta(days=1), component="other")
    assert _names(_get(api, project="shop", additional_filters="component@n")) == {"newly_failing": ["cart"]}


@pytest.mark.integration
def test_single_run_has_nothing_to_be_compared_with(api, now, make_result):
    make_result(test_id="cart", run_id=now.id, result="failed")
    answer = _get(api)
    assert (answer["run"]["id"], answer["previous"], _names(answer)) == (str(now.id), None, {})


@pytest.mark.integration
def test_runs_with_too_many_results_are_not_compared(api, report, now, monkeypatch):
    monkeypatch.setattr(last_results, "RESULTS", 1)
    report("cart", "passed", "failed")
    answer = _get(api)
    assert (answer["run"]["id"], answer["previous"]) == (str(now.id), None)
    assert answer["warnings"] == ["Only 1 of 2 runs are shown: together they have more than 1 results"]


@pytest.mark.validation
@pytest.mark.parametrize("tests", ["0", "201", "all"])
def test_number_of_tests_is_bounded(api, tests):
    assert_problem(api.get(URL, params={"tests": tests}), 400, "tests", field="tests")
