"""Result aggregation: how many results have which value of a field."""

from datetime import UTC, datetime, timedelta

import pytest
from freezegun import freeze_time
from helpers.assertions import assert_problem

from ibutsu_server.access import Scope
from ibutsu_server.domain import tallying
from ibutsu_server.widgets import result_aggregator, value_counts
from ibutsu_server.widgets.result_aggregator import ResultAggregator

URL = "/api/widget/result-aggregator"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with freeze_time(NOW):
        yield


@pytest.fixture
def run(shop, make_run):
    return make_run(project_id=shop.id)


@pytest.fixture
def add(shop, run, make_result):
    """`add(n, outcome, ...)` makes so many results of the run, a day ago."""

    def make(count, outcome="passed", *, days=1.0, **values):
        values = {"project_id": shop.id, "run_id": run.id, **values}
        for _ in range(count):
            make_result(result=outcome, start_time=NOW - timedelta(days=days), **values)

    return make


@pytest.fixture
def worked_example(add):
    """That of the reference."""
    add(3, "passed", component="c1", metadata={"tags": ["x", "y"]})
    add(1, "failed", component="c2", metadata={"tags": None})
    add(1, "failed", component="c2", metadata={"tags": ["x"]})
    add(1, "error")
    add(1, "skipped", days=100, component="c3")


def _get(api, **query):
    response = api.get(URL, params=query)
    assert response.status_code == 200, response.text
    return response.json()


def _counts(api, **query):
    return {entry["_id"]: entry["count"] for entry in _get(api, **query)}


def _answer(make_user, **query):
    """What the widget itself says, with its warnings."""
    widget = ResultAggregator.from_query({name: [value] for name, value in query.items()})
    return widget.data(Scope(make_user(is_superadmin=True)))


@pytest.mark.integration
def test_outcomes_are_counted_most_frequent_first(api, worked_example):
    assert _get(api, group_field="result") == [
        {"_id": "passed", "count": 3},
        {"_id": "failed", "count": 2},
        {"_id": "error", "count": 1},
    ]


@pytest.mark.integration
def test_values_alone_are_answered_for_a_filter(api, worked_example):
    assert _get(api, group_field="component", for_filter="true") == [{"_id": "c1"}, {"_id": "c2"}]


@pytest.mark.integration
def test_lists_are_counted_as_a_whole(api, worked_example):
    """Equally frequent values are in their order, which the reference leaves open."""
    assert _get(api, group_field="metadata.tags") == [
        {"_id": ["x", "y"], "count": 3},
        {"_id": ["x"], "count": 1},
        {"_id": None, "count": 1},
    ]


@pytest.mark.integration
def test_declared_defaults_apply(api, worked_example):
    """Decision 12."""
    assert _counts(api) == {"passed": 3, "failed": 2, "error": 1}


@pytest.mark.integration
def test_equally_frequent_values_are_in_their_order(api, add):
    for component in ("b", "a", "B", "ä"):
        add(1, component=component)
    assert [entry["_id"] for entry in _get(api, group_field="component")] == ["B", "a", "b", "ä"]


@pytest.mark.integration
def test_metadata_is_text(api, add):
    for build in (9, "9", True):
        add(1, metadata={"jenkins": {"build_number": build}})
    assert _counts(api, group_field="metadata.jenkins.build_number") == {"9": 2, "true": 1}


@pytest.mark.integration
def test_numbers_times_and_ids_are_json(api, add, run, shop):
    add(1, duration=1.5)
    assert _get(api, group_field="duration") == [{"_id": 1.5, "count": 1}]
    assert _get(api, group_field="start_time") == [{"_id": "2026-11-19T12:00:00Z", "count": 1}]
    assert _get(api, group_field="run_id") == [{"_id": str(run.id), "count": 1}]


@pytest.mark.integration
@pytest.mark.parametrize(
    ("days", "expected"),
    [(None, 2), ("0", 3), ("90", 2), ("0.5", 0), ("1", 0), ("1.01", 2), ("100", 2), ("101", 3)],
)
def test_window_is_strictly_after_its_begin(api, add, days, expected):
    add(2)
    add(1, days=100)
    query = {} if days is None else {"days": days}
    assert sum(_counts(api, **query).values()) == expected


@pytest.mark.integration
def test_a_run_is_counted_whenever_it_was(api, add, run, make_run, shop):
    add(1, days=100)
    add(2, run_id=make_run(project_id=shop.id).id)
    assert _counts(api, run_id=str(run.id)) == {"passed": 1}
    assert _counts(api, run_id=str(run.id), days=90) == {}


@pytest.mark.integration
@pytest.mark.parametrize("run_id", ["", "undefined"])
def test_no_run_is_no_condition_and_keeps_the_window(api, worked_example, run_id):
    """Decision 12: the reference looks at the whole table."""
    assert _counts(api, run_id=run_id) == {"passed": 3, "failed": 2, "error": 1}


@pytest.mark.integration
def test_filters_narrow_the_results(api, worked_example):
    assert _counts(api, additional_filters="component=c1,result*passed;failed") == {"passed": 3}


@pytest.mark.integration
def test_unknown_filter_is_told_and_left_out(make_user, worked_example):
    answer = _answer(make_user, additional_filters="colour=red,component=c1")
    assert answer.body == [{"_id": "passed", "count": 3}]
    assert answer.warnings == ["The filter on colour was left out: there is no such field"]


@pytest.mark.integration
@pytest.mark.parametrize("field", ["colour", "metadata", "fingerprint", 'metadata.a"b'])
def test_unknown_field_is_told(api, make_user, worked_example, field):
    assert _get(api, group_field=field) == []
    assert _answer(make_user, group_field=field).warnings == [f"There is no field {field} to group by"]


@pytest.mark.integration
def test_without_results_there_is_an_empty_list(api, shop):
    assert _get(api, project="shop") == []


@pytest.mark.integration
def test_only_the_most_frequent_values_are_answered(make_user, add, monkeypatch):
    monkeypatch.setattr(value_counts, "GROUPS", 2)
    monkeypatch.setattr(result_aggregator, "GROUPS", 2)
    for count, component in enumerate(("a", "b", "c"), start=1):
        add(count, component=component)
    answer = _answer(make_user, group_field="component")
    assert [entry["_id"] for entry in answer.body] == ["c", "b"]
    assert answer.warnings == ["Only the 2 most frequent values are shown; a filter narrows them down"]


@pytest.mark.integration
def test_values_that_were_not_counted_before_are_those_of_the_newest_results(make_user, add, monkeypatch):
    monkeypatch.setattr(value_counts, "ROWS", 2)
    monkeypatch.setattr(result_aggregator, "ROWS", 2)
    add(1, component="old", days=2)
    add(3, component="new", days=1)
    answer = _answer(make_user, group_field="component")
    assert answer.body == [{"_id": "new", "count": 2}]
    assert answer.warnings == ["Only the newest 2 results are counted; fewer days or a filter help"]


@pytest.mark.integration
@pytest.mark.parametrize("field", ["result", "component", "metadata.owner", "metadata.tags", "duration"])
@pytest.mark.parametrize("filter_", ["", "result*passed;failed", "result!passed", "component=c1", "result@y"])
@pytest.mark.parametrize("days", [0, 5, 90])
@pytest.mark.usefixtures("worked_example")
def test_counts_made_before_are_those_made_now(api, add, field, filter_, days):
    add(2, "failed", metadata={"owner": "ann"}, days=5.5)
    add(1, "xfailed", metadata={"owner": "bob"}, run_id=None)
    query = {"group_field": field, "additional_filters": filter_, "days": days, "project": "shop"}
    live = _get(api, **query)
    tallying.tally(timedelta(0))
    assert _get(api, **query) == live


@pytest.mark.integration
def test_a_filter_is_offered_the_most_frequent_values(make_user, add, monkeypatch):
    monkeypatch.setattr(result_aggregator, "CHOICES", 1)
    add(1, component="a")
    add(2, component="b")
    answer = _answer(make_user, group_field="component", for_filter="true")
    assert answer.body == [{"_id": "b"}]
    assert answer.warnings == ["Only the 1 most frequent values are shown; a filter narrows them down"]


@pytest.mark.integration
def test_results_of_other_projects_are_invisible(api_of, make_user, make_project, make_run, add, run):
    add(1)
    member = make_user()
    make_project(users=[member])
    get = api_of(member)
    assert get("GET", URL).json() == []
    assert get("GET", URL, params={"run_id": str(run.id)}).json() == []
    assert_problem(get("GET", URL, params={"project": "shop"}), 403)


@pytest.mark.integration
def test_run_of_another_project_has_nothing(api, add, run, make_project):
    add(1)
    make_project(name="other")
    assert _get(api, project="other", run_id=str(run.id)) == []


@pytest.mark.validation
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"run_id": "1"}, "run_id"),
        ({"days": "many"}, "days"),
        ({"days": "-1"}, "days"),
        ({"days": "1e300"}, "days"),
        ({"days": "nan"}, "days"),
        ({"for_filter": "perhaps"}, "for_filter"),
        ({"additional_filters": "duration=x"}, "duration"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_bad_parameter_is_named(api, query, field):
    assert_problem(api.get(URL, params=query), 400, field)


@pytest.mark.validation
def test_everything_that_is_wrong_is_named_at_once(api):
    problem = api.get(URL, params={"run_id": "1", "days": "x"}).json()
    assert {error["field"] for error in problem["errors"]} == {"run_id", "days"}
