"""Values of a field, for those who write a filter."""

from datetime import timedelta

import pytest
from helpers.assertions import assert_problem

from ibutsu_server.db.types import now
from ibutsu_server.domain import field_values, tallying

DAY = timedelta(days=1)


@pytest.fixture
def shop(make_project):
    return make_project(name="shop")


@pytest.fixture
def report(shop, make_run, make_result):
    run = make_run(project_id=shop.id)

    def make(days=0, **values):
        return make_result(project_id=shop.id, run_id=run.id, start_time=now() - days * DAY, **values)

    return make


@pytest.fixture
def values(api, shop):
    """`values(field=…)` asks, and answers pairs and whether they are all."""

    def ask(**query):
        answer = api.get(f"/api/project/{shop.id}/field-values", params=query)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        return [(one["value"], one["count"]) for one in body["values"]], body["is_complete"]

    return ask


@pytest.fixture(params=[True, False], ids=["counted", "not counted"])
def count(request):
    """Whether the values are counted beforehand."""
    return lambda: request.param and bool(tallying.tally(timedelta(0)))


@pytest.mark.integration
def test_the_most_frequent_value_is_the_first(report, values, count):
    for owner in ("bob", "ann", "ann", "cid"):
        report(metadata={"owner": owner})
    report()
    is_counted = count()
    assert values(field="metadata.owner") == ([("ann", 2), ("bob", 1), ("cid", 1)], is_counted)


@pytest.mark.integration
def test_columns_have_values_too(report, values, count):
    report(component="web", result="failed")
    count()
    assert values(field="component")[0] == [("web", 1)]
    assert values(field="result")[0] == [("failed", 1)]


@pytest.mark.integration
def test_values_are_found_by_how_they_begin(report, values, count):
    for owner in ("Ann", "anton", "bob", "a%"):
        report(metadata={"owner": owner})
    count()
    assert [value for value, _ in values(field="metadata.owner", prefix="AN")[0]] == ["Ann", "anton"]
    assert [value for value, _ in values(field="metadata.owner", prefix="a%")[0]] == ["a%"]


@pytest.mark.integration
def test_only_recent_results_count(report, values, count):
    report(days=100, metadata={"owner": "old"})
    report(days=80, metadata={"owner": "ann"})
    count()
    assert values(field="metadata.owner")[0] == [("ann", 1)]
    assert values(field="metadata.owner", days=10)[0] == []
    assert len(values(field="metadata.owner", days=0)[0]) == 2


@pytest.mark.integration
def test_what_is_left_out_is_told(report, values):
    for owner in ("ann", "ann", "bob"):
        report(metadata={"owner": owner})
    tallying.tally(timedelta(0))
    assert values(field="metadata.owner", limit=1) == ([("ann", 2)], False)


@pytest.mark.integration
def test_every_test_is_known(report, values, monkeypatch):
    monkeypatch.setattr(field_values, "NEWEST", 1)
    report(days=2, test_id="test_old")
    report(days=1, test_id="test_new")
    report(days=3, test_id="other")
    assert values(field="test_id", prefix="TEST") == ([("test_new", 1), ("test_old", 0)], False)


@pytest.mark.integration
@pytest.mark.parametrize("field", ["start_time", "duration", "run_id", "metadata.tags"])
def test_other_fields_are_read_from_the_newest_results(report, values, field):
    report(metadata={"tags": ["x"]})
    found, is_complete = values(field=field)
    assert len(found) == 1
    assert not is_complete


@pytest.mark.integration
def test_a_project_without_results_has_no_values(values):
    assert values(field="component")[0] == []


@pytest.mark.validation
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "field"),
        ({"field": "nonsense"}, "nonsense"),
        ({"field": "fingerprint"}, "fingerprint"),
        ({"field": "metadata"}, "metadata"),
        ({"field": "metadata.a'b"}, "odd characters"),
        ({"field": "component", "days": -1}, "days"),
        ({"field": "component", "days": 36501}, "days"),
        ({"field": "component", "limit": 0}, "limit"),
        ({"field": "component", "limit": 1001}, "limit"),
    ],
)
def test_bad_queries_are_told(api, shop, query, field):
    response = api.get(f"/api/project/{shop.id}/field-values", params=query)
    assert_problem(response, 400, field)
