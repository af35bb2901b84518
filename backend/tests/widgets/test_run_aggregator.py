"""Outcomes of recent runs in percent."""

from datetime import UTC, datetime, timedelta

import pytest
from freezegun import freeze_time
from helpers.assertions import assert_problem

from ibutsu_server.widgets import run_aggregator

URL = "/api/widget/run-aggregator"
KEYS = ["passed", "skipped", "error", "failed", "xfailed", "xpassed"]
NOTHING = {key: {} for key in KEYS}


@pytest.fixture
def add(shop, make_run):
    def make(component="c1", **counts):
        return make_run(project_id=shop.id, component=component, summary=counts or {"tests": 1})

    return make


def _get(api, **query):
    response = api.get(URL, params={"project": "shop", **query})
    assert response.status_code == 200, response.text
    return response.json()


@pytest.mark.integration
def test_worked_example(api, add):
    """The reference took the expected failure and the unexpected pass for passes; decision 11 shows them."""
    add("c1", tests=10, failures=1, skips=2)
    add("c1", tests=10, errors=1, skips=1, xfailures=1, xpasses=1)
    add("c2", tests=4)
    add("c3", tests=0)
    answer = _get(api)
    assert list(answer) == KEYS
    assert answer == {
        "passed": {"c1": 65, "c2": 100},
        "skipped": {"c1": 15, "c2": 0},
        "error": {"c1": 5, "c2": 0},
        "failed": {"c1": 5, "c2": 0},
        "xfailed": {"c1": 5, "c2": 0},
        "xpassed": {"c1": 5, "c2": 0},
    }


@pytest.mark.integration
def test_shares_add_up(api, add):
    add(tests=3, failures=1, errors=1)
    shares = [groups["c1"] for groups in _get(api).values()]
    assert sum(shares) == 100


@pytest.mark.integration
def test_manual_and_blocked_are_in_the_total_but_nobodys_share(api, add):
    add(tests=4, passes=2, manual=1, blocked=1)
    answer = _get(api)
    assert {key: groups["c1"] for key, groups in answer.items()} == dict.fromkeys(KEYS, 0) | {"passed": 50}


@pytest.mark.integration
def test_results_without_an_outcome_are_no_passes(api, shop, make_run, make_result):
    run = make_run(project_id=shop.id, component="c1")
    for outcome in ("passed", None):
        make_result(run_id=run.id, project_id=shop.id, result=outcome)
    assert _get(api)["passed"] == {"c1": 50}


@pytest.mark.integration
def test_counts_that_contradict_each_other_stay_within_the_hundred(api, add):
    add(tests=1, passes=3, failures=1)
    answer = _get(api)
    assert (answer["passed"]["c1"], answer["failed"]["c1"]) == (75, 25)


@pytest.mark.integration
def test_only_runs_within_the_window_count(api, shop, make_run):
    now = datetime.now(UTC)
    for component, age in (("in", timedelta(days=7, seconds=-1)), ("out", timedelta(days=7))):
        summary = {"tests": 1}
        make_run(project_id=shop.id, component=component, start_time=now - age, summary=summary)
    with freeze_time(now):
        assert _get(api, weeks=1)["passed"] == {"in": 100}


@pytest.mark.integration
def test_runs_without_the_group_field_are_left_out(api, add):
    add(None)
    assert _get(api) == NOTHING


@pytest.mark.integration
def test_groups_may_be_metadata(api, shop, make_run):
    make_run(project_id=shop.id, metadata={"team": 5}, summary={"tests": 1})
    assert _get(api, group_field="metadata.team")["passed"] == {"5": 100}


@pytest.mark.integration
def test_unknown_group_field_is_empty_with_a_warning(api, add):
    add()
    warnings = ["There is no field colour to group by"]
    assert _get(api, group_field="colour") == {**NOTHING, "warnings": warnings}


@pytest.mark.integration
def test_small_groups_are_cut_off_with_a_warning(api, add, monkeypatch):
    monkeypatch.setattr(run_aggregator, "GROUPS", 2)
    for component, tests in (("c1", 1), ("c2", 9), ("c3", 1)):
        add(component, tests=tests)
    answer = _get(api)
    assert list(answer["passed"]) == ["c2", "c1"]
    assert answer["warnings"] == ["Only the 2 largest groups are shown; a filter narrows them down"]


@pytest.mark.integration
def test_filters_choose_runs(api, add):
    add("c1")
    add("c2")
    answer = _get(api, additional_filters="component=c2,colour=red")
    assert answer["passed"] == {"c2": 100}
    assert "colour" in answer["warnings"][0]


@pytest.mark.integration
def test_other_projects_are_not_looked_into(api_of, add, make_user, make_project, make_run):
    own = make_project(users=[user := make_user()])
    add("foreign")
    make_run(project_id=own.id, component="c1", summary={"tests": 1})
    assert api_of(user)("GET", URL).json()["passed"] == {"c1": 100}
    assert_problem(api_of(user)("GET", URL, params={"project": "shop"}), 403)


@pytest.mark.validation
@pytest.mark.parametrize("weeks", [0, -1, 0.5, "", 10**30])
def test_weeks_are_bounded(api, weeks):
    assert_problem(api.get(URL, params={"weeks": weeks, "bogus": 1}), 400, "weeks", field="weeks")
