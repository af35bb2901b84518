"""The heatmap of the runs that fulfil some conditions."""

from datetime import UTC, datetime, timedelta

import pytest
from helpers.assertions import assert_problem

from ibutsu_server.db import db
from ibutsu_server.db.models import Run
from ibutsu_server.widgets import filter_heatmap, heatmaps

URL = "/api/widget/filter-heatmap"
START = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def add(shop, make_run):
    """`add(component, hours_ago, env, **counts)` makes a run and returns its id."""

    def make(component="c1", ago=1, env="qa", *, project=shop, metadata=None, **counts):
        made = make_run(
            project_id=project.id,
            component=component,
            env=env,
            start_time=START - timedelta(hours=ago),
            metadata=metadata or {},
            summary=counts or {"tests": 1},
        )
        return str(made.id)

    return make


@pytest.fixture
def worked_example(add):
    """That of the reference."""
    return {
        "A": add("c1", 5, tests=10, failures=1, skips=2),
        "B": add("c1", 4, tests=10, errors=1, skips=1, xfailures=1, xpasses=1),
        "C": add("c2", 3, tests=4),
        "D": add("c1", 2, "stage"),
    }


def _get(api, filters="", **query):
    response = api.get(URL, params={"project": "shop", "additional_filters": filters, **query})
    assert response.status_code == 200, response.text
    return response.json()


def _heatmap(api, filters="", **query):
    return _get(api, filters, **query)["heatmap"]


@pytest.mark.integration
def test_worked_example(api, worked_example):
    """Decisions 10 and 11: skips are no passes (the reference has 90 and 70), and the slope is per build."""
    a, b, c, _ = worked_example.values()
    heatmap = _heatmap(api, "env=qa", builds=5)
    assert heatmap == {
        "c2": [[100, 0], [100.0, c, None, "1"]],
        "c1": [[pytest.approx(-20.83), 0], [87.5, a, None, "3"], [66.67, b, None, "2"]],
    }
    assert list(heatmap) == ["c2", "c1"]


@pytest.mark.integration
def test_second_worked_example(api, add):
    """Decision 10: a run without tests has no rate, and so no part in the slope (the reference has 0.0)."""
    a = add("c1", 5, tests=10, failures=1, skips=2)
    b = add("c1", 4, tests=10, errors=1, skips=1, xfailures=1, xpasses=1)
    d = add("c1", 2, "stage", tests=0)
    assert _heatmap(api, "component=c1") == {
        "c1": [
            [pytest.approx(-20.83), 0],
            [87.5, a, None, "3"],
            [66.67, b, None, "2"],
            [None, d, None, "1"],
        ]
    }


@pytest.mark.integration
def test_group_shows_its_newest_runs_oldest_first(api, add):
    ids = [add(ago=ago) for ago in (5, 4, 3, 2)]
    assert [cell[1] for cell in _heatmap(api, builds=2)["c1"][1:]] == ids[2:]


@pytest.mark.integration
def test_runs_without_the_field_are_a_group_as_well(api, add):
    add(None)
    assert list(_heatmap(api)) == ["null"]


@pytest.mark.integration
def test_old_name_of_the_filters_works(api, worked_example):
    response = api.get(URL, params={"project": "shop", "filters": "env=stage"})
    assert [row[1][1] for row in response.json()["heatmap"].values()] == [worked_example["D"]]


@pytest.mark.integration
@pytest.mark.parametrize("filters", ["", "undefined"])
def test_filters_may_be_empty(api, worked_example, filters):
    assert set(_heatmap(api, filters)) == {"c1", "c2"}


@pytest.mark.integration
def test_nothing_found_is_an_empty_heatmap(api, shop):
    assert _get(api) == {"heatmap": {}}


@pytest.mark.integration
def test_unknown_group_field_is_an_empty_heatmap_with_a_warning(api, add):
    add()
    answer = _get(api, "colour=red", group_field="colour")
    assert answer["heatmap"] == {}
    assert answer["warnings"] == [
        "The filter on colour was left out: there is no such field",
        "There is no field colour to group by",
    ]


@pytest.mark.integration
def test_groups_with_older_runs_are_cut_off_with_a_warning(api, add, monkeypatch):
    monkeypatch.setattr(heatmaps, "GROUPS", 2)
    for ago, component in enumerate(["c3", "c1", "c2"]):
        add(component, ago)
    answer = _get(api)
    assert list(answer["heatmap"]) == ["c3", "c1"]
    assert answer["warnings"] == ["Only the first 2 groups are shown; additional_filters narrow them down"]


@pytest.mark.integration
def test_runs_that_were_not_looked_at_are_told_of_where_a_row_lacks_them(api, add, monkeypatch):
    monkeypatch.setattr(filter_heatmap, "RUNS", 2)
    for ago in range(3):
        add(ago=ago)
    assert "Only the newest 2 runs" in _get(api, builds=3)["warnings"][0]
    assert "warnings" not in _get(api, builds=2)


@pytest.mark.integration
def test_many_runs_in_as_many_groups_are_one_statement(api, shop, count_statements):
    """The existing server took 6.9 s: its work grew with the square."""
    runs = [{"project_id": shop.id, "component": str(i), "tests": 2, "passes": 1} for i in range(3000)]
    db.session.execute(Run.__table__.insert(), runs)
    db.session.commit()
    with count_statements() as statements:
        answer = _get(api, builds=40)
    assert len(answer["heatmap"]) == heatmaps.GROUPS
    assert len([one for one in statements if "FROM runs" in one]) == 1


@pytest.mark.integration
def test_other_projects_are_not_looked_into(api_of, add, make_user, make_project, shop):
    own = make_project(name="own", users=[user := make_user()])
    add("foreign")
    add("c1", project=own)
    query = {"additional_filters": ""}
    assert list(api_of(user)("GET", URL, params=query).json()["heatmap"]) == ["c1"]
    assert_problem(api_of(user)("GET", URL, params={**query, "project": "shop"}), 403)


@pytest.mark.validation
def test_everything_that_is_wrong_is_told_at_once(api):
    response = api.get(URL, params={"builds": 0, "count_skips": "true"})
    for field in ("additional_filters", "builds", "count_skips"):
        assert_problem(response, 400, field, field=field)


@pytest.mark.validation
@pytest.mark.parametrize("builds", [-1, 1001, 10**30, "many"])
def test_builds_are_bounded(api, builds):
    assert_problem(api.get(URL, params={"additional_filters": "", "builds": builds}), 400, "builds")
