"""Lists of runs and results in the order that was asked for, the same on both databases."""

from datetime import UTC, datetime, timedelta
from itertools import chain
from uuid import UUID

import pytest
from helpers.assertions import assert_problem

from ibutsu_server import pages, totals

pytestmark = pytest.mark.integration

START = datetime(2026, 11, 1, tzinfo=UTC)


def _id(number):
    return UUID(int=number << 100)


@pytest.fixture
def shop(make_project):
    return make_project()


@pytest.fixture
def listed(api, shop):
    """`listed("run", sort=…)` are the numbers of the ids that are listed."""

    def _listed(noun, *filters, **query):
        query |= {"filter": [f"project_id={shop.id}", *filters]}
        response = api.request("GET", f"/api/{noun}", params=query)
        assert response.status_code == 200, response.text
        return [UUID(one["id"]).int >> 100 for one in response.json()[f"{noun}s"]]

    return _listed


@pytest.fixture
def runs(shop, make_run):
    """Run 5 has no duration and no tests; 2 and 3 are alike, and so are their percentages with that of 4."""
    rows = [
        (1, 9.5, {"tests": 10, "failures": 1, "errors": 2, "skips": 3}),
        (2, 2.0, {"tests": 3, "failures": 1, "errors": 1, "skips": 1}),
        (3, 2.0, {"tests": 3, "failures": 1, "errors": 1, "skips": 1}),
        (4, 11.0, {"tests": 300, "failures": 300, "errors": 0, "skips": 0}),
        (5, None, {}),
    ]
    for number, duration, summary in rows:
        at = START + timedelta(minutes=(number * 3) % 7)
        make_run(
            id=_id(number), project_id=shop.id, start_time=at, duration=duration, summary=summary, env="qa"
        )


ORDERS = {
    "start_time": [5, 3, 1, 4, 2],
    "duration": [2, 3, 1, 4, 5],
    "-duration": [4, 1, 3, 2, 5],
    "tests": [5, 2, 3, 1, 4],
    "-tests": [4, 1, 3, 2, 5],
    "failures": [5, 1, 2, 3, 4],
    "-failures": [4, 3, 2, 1, 5],
    "errors": [4, 5, 2, 3, 1],
    "-errors": [1, 3, 2, 5, 4],
    "skips": [4, 5, 2, 3, 1],
    "-skips": [1, 3, 2, 5, 4],
    "pass_percent": [2, 3, 4, 1, 5],
    "-pass_percent": [1, 4, 3, 2, 5],
}


@pytest.mark.parametrize(("sort", "expected"), ORDERS.items())
def test_runs_are_sorted(runs, listed, sort, expected):
    assert listed("run", sort=sort) == expected
    in_parts = (listed("run", "env=qa", sort=sort, pageSize=2, page=page) for page in (1, 2, 3))
    assert list(chain.from_iterable(in_parts)) == expected
    assert listed("run", sort=sort, estimate=True) == expected


def test_newest_come_first_where_nothing_is_asked_for(runs, listed):
    expected = ORDERS["start_time"][::-1]
    assert listed("run") == listed("run", sort="-start_time") == listed("run", sort="") == expected


TESTS = ["b", "B", "a_1", "a.1", "ä", None]


@pytest.fixture
def results(shop, make_run, make_result):
    run = make_run(project_id=shop.id)
    for number, test in enumerate(TESTS, 1):
        make_result(
            id=_id(number),
            project_id=shop.id,
            run_id=run.id,
            test_id=test,
            result=("passed", "failed", "skipped")[number % 3],
            duration=None if number == 3 else number % 2,
            start_time=START + timedelta(minutes=number % 4),
            metadata={"team": "x", "n": number},
        )
    make_result(id=_id(9), project_id=shop.id)
    return run


RESULT_ORDERS = {
    "start_time": [4, 1, 5, 2, 6, 3],
    "-start_time": [3, 6, 2, 5, 1, 4],
    "test_id": [2, 4, 3, 1, 5, 6],
    "-test_id": [5, 1, 3, 4, 2, 6],
    "result": [1, 4, 3, 6, 2, 5],
    "-result": [5, 2, 6, 3, 4, 1],
    "duration": [2, 4, 6, 1, 5, 3],
    "-duration": [5, 1, 6, 4, 2, 3],
}


@pytest.mark.parametrize("filter_", [None, "metadata.team=x", "test_id%", "metadata.n@y"])
@pytest.mark.parametrize(("sort", "expected"), RESULT_ORDERS.items())
def test_results_of_a_run_are_sorted(results, listed, sort, expected, filter_):
    if filter_ == "test_id%":
        expected = [number for number in expected if TESTS[number - 1] is not None]
    asked = [f"run_id={results.id}", *([filter_] if filter_ else [])]
    in_parts = (listed("result", *asked, sort=sort, pageSize=4, page=page) for page in (1, 2))
    assert list(chain.from_iterable(in_parts)) == expected


@pytest.mark.parametrize(
    "filter_", ["metadata.team=x", "test_id~.", "env@n", "metadata.team=x,result=passed"]
)
def test_oldest_results_first_whatever_the_filters(results, listed, filter_):
    newest_first = listed("result", filter_)
    assert len(newest_first) >= 2
    assert listed("result", filter_, sort="start_time") == newest_first[::-1]


def test_oldest_first_among_many(results, listed, monkeypatch):
    """Where many are found the order is walked along, in this direction as well."""
    monkeypatch.setattr(pages, "MANY", 1)
    monkeypatch.setattr(totals, "RECENT", 3)
    expected = RESULT_ORDERS["start_time"]
    assert listed("result", "metadata.team=x", sort="start_time", pageSize=3) == expected[:3]
    assert listed("result", "metadata.team=x", pageSize=3) == expected[::-1][:3]


@pytest.mark.validation
@pytest.mark.parametrize(
    ("noun", "sort", "words"),
    [
        ("run", "color", "Unknown sort 'color': known are start_time, duration, tests, failures"),
        ("run", "test_id", "Unknown sort"),
        ("run", "--duration", "Unknown sort"),
        ("run", "-", "Unknown sort"),
        ("run", "duration,tests", "Unknown sort"),
        ("result", "tests", "known are start_time, test_id, result, duration"),
        ("result", "test_id", "only within one run"),
        ("result", "-duration", "run_id="),
    ],
)
@pytest.mark.parametrize("size", [25, 501])
def test_order_that_no_list_has_is_400(api, shop, noun, sort, words, size):
    query = {"filter": f"project_id={shop.id}", "sort": sort, "pageSize": size}
    assert_problem(api.request("GET", f"/api/{noun}", params=query), 400, words, field="sort")


@pytest.mark.validation
@pytest.mark.parametrize("operator", ["!", "~", "@", "*"])
def test_one_run_must_be_named(api, shop, results, operator):
    filters = [f"project_id={shop.id}", f"run_id{operator}{results.id}"]
    response = api.request("GET", "/api/result", params={"filter": filters, "sort": "result"})
    assert_problem(response, 400, field="sort")


@pytest.mark.parametrize(
    ("noun", "sort"), [("run", "-duration"), ("run", "start_time"), ("result", "test_id")]
)
def test_long_page_is_sorted_as_well(flask_app, api, shop, runs, results, noun, sort):
    client, _token = flask_app
    filters = [f"project_id={shop.id}", *([f"run_id={results.id}"] if noun == "result" else [])]
    query = {"filter": filters, "sort": sort}
    ordered = api.request("GET", f"/api/{noun}", params=query | {"pageSize": 501})
    assert ordered.status_code == 201, ordered.text
    task_id = ordered.json()["task_id"]
    client.application.extensions["celery"].tasks["read_page"](task_id)
    done = api.request("GET", f"/api/task/{task_id}").json()
    assert done[f"{noun}s"] == api.request("GET", f"/api/{noun}", params=query).json()[f"{noun}s"]


def test_default_order_and_its_reverse_are_those_of_the_index(api, shop, results, count_statements):
    """An order with NULLS LAST, or over an expression, would be sorted for."""
    for sort in ("-start_time", "start_time"):
        with count_statements() as statements:
            api.request("GET", "/api/result", params={"filter": f"project_id={shop.id}", "sort": sort})
        (page,) = [one for one in statements if "FROM results JOIN" in one.replace("\n", " ")]
        assert "NULLS" not in page
        assert "CASE" not in page.partition("ORDER BY")[2]
