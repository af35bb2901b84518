"""The heatmap of the builds of a Jenkins job."""

from datetime import UTC, datetime, timedelta

import pytest
from helpers.assertions import assert_problem

from ibutsu_server.widgets import heatmaps, jenkins_jobs

URL = "/api/widget/jenkins-heatmap"
START = datetime(2026, 11, 20, 12, tzinfo=UTC)
NOTE = [{"name": "a", "value": "b"}]


@pytest.fixture
def add(shop, make_run):
    """`add(build, component, hours_ago, passed, failed)` makes a run of the job and returns its id."""

    def make(build, component="c1", ago=1, passes=1, failures=0, *, job="job", metadata=None, **values):
        jenkins = {"job_name": job, "build_number": build}
        values = {"summary": {"passes": passes, "failures": failures}, "project_id": shop.id, **values}
        made = make_run(
            component=component,
            start_time=START - timedelta(hours=ago),
            metadata={"jenkins": jenkins, **(metadata or {})},
            **values,
        )
        return str(made.id)

    return make


@pytest.fixture
def worked_example(add):
    """That of the reference: `S(tests, failures, errors, skips, xfailures, xpasses)`."""

    def counts(*numbers):
        names = ("tests", "failures", "errors", "skips", "xfailures", "xpasses")
        return dict(zip(names, numbers, strict=False))

    return {
        "A": add("1", "c1", 5, summary=counts(10, 1, 0, 2)),
        "B": add("2", "c1", 4, summary=counts(10, 0, 1, 1, 1, 1), metadata={"annotations": NOTE}),
        "C": add("2", "c2", 4, summary=counts(3)),
        "D": add("10", "c1", 3, summary=counts(3, 1)),
        "E": add("11", "c3", 2, summary=counts(0)),
    }


def _get(api, **query):
    response = api.get(URL, params={"project": "shop", "job_name": "job", **query})
    assert response.status_code == 200, response.text
    return response.json()


def _heatmap(api, **query):
    return _get(api, **query)["heatmap"]


def _none(*builds):
    return [["Build failed", "None", None, build] for build in builds]


@pytest.mark.integration
def test_worked_example_with_skips(api, worked_example):
    """Decision 10: a run without tests has no rate (the reference has 0)."""
    a, b, c, d, e = worked_example.values()
    assert _heatmap(api) == {
        "c1": [
            [pytest.approx(-1.665), 0],
            [70.0, a, None, "1"],
            [60.0, b, NOTE, "2"],
            [66.67, d, None, "10"],
            *_none("11"),
        ],
        "c2": [[0, 0], *_none("1"), [100.0, c, None, "2"], *_none("10", "11")],
        "c3": [[0, 0], *_none("1", "2", "10"), [None, e, None, "11"]],
    }


@pytest.mark.integration
def test_worked_example_without_skips(api, worked_example):
    """Decision 10: skips are left out of both sides (the reference has 90 and 70, as if they had passed)."""
    row = _heatmap(api, count_skips="false")["c1"]
    assert [cell[0] for cell in row[:4]] == [pytest.approx(-10.415), 87.5, 66.67, 66.67]


@pytest.mark.integration
def test_only_the_newest_builds_are_shown(api, worked_example):
    heatmap = _heatmap(api, builds=2)
    assert {group: [cell[3] for cell in row[1:]] for group, row in heatmap.items()} == {
        "c1": ["10", "11"],
        "c3": ["10", "11"],
    }


@pytest.mark.integration
def test_filters_choose_the_builds_as_well(api, worked_example):
    heatmap = _heatmap(api, additional_filters="component=c2")
    assert heatmap == {"c2": [[0, 0], [100.0, worked_example["C"], None, "2"]]}


@pytest.mark.integration
def test_all_runs_of_a_build_and_group_are_one_cell(api, add):
    """Decision 11; the id is that of the newest run, the annotations of the newest that has some."""
    add("1", ago=4, passes=3, metadata={"annotations": [{"name": "old", "value": "er"}]})
    add("1", ago=3, failures=1, passes=0, metadata={"annotations": NOTE})
    newest = add("1", ago=2, passes=0, failures=4, metadata={"annotations": []})
    assert _heatmap(api) == {"c1": [[0, 0], [37.5, newest, NOTE, "1"]]}


@pytest.mark.integration
def test_slope_goes_from_the_oldest_build_to_the_newest(api, add):
    for build, failures in (("10", 0), ("9", 1), ("8", 2)):
        add(build, ago=20 - int(build), passes=4 - failures, failures=failures)
    assert _heatmap(api)["c1"][0] == [25.0, 0]


@pytest.mark.integration
def test_builds_without_a_run_are_left_out_of_the_slope(api, add):
    add("1", ago=3, passes=1, failures=1)
    add("2", "c2", ago=2)
    add("3", ago=1, passes=1)
    assert _heatmap(api)["c1"][0] == [50.0, 0]


@pytest.mark.integration
def test_slope_of_nothing_but_passes_is_100(api, add):
    add("1", ago=2)
    add("2", ago=1)
    assert _heatmap(api)["c1"][0] == [100, 0]


@pytest.mark.integration
def test_newest_builds_are_those_that_began_last(api, add):
    add("500", ago=9)
    add("1", ago=2)
    add("2", ago=1)
    assert [cell[3] for cell in _heatmap(api, builds=2)["c1"][1:]] == ["1", "2"]


@pytest.mark.integration
def test_build_numbers_may_be_text_or_numbers(api, add):
    for ago, build in enumerate(["nightly", 10, "9", "1.2"]):
        add(build, ago=ago)
    assert [cell[3] for cell in _heatmap(api)["c1"][1:]] == ["9", "10", "1.2", "nightly"]


@pytest.mark.integration
@pytest.mark.parametrize("job", ["5", "a, b=c", 'say "hi"'])
def test_job_may_have_any_name(api, add, job):
    add("1", job=job)
    assert list(_heatmap(api, job_name=job)) == ["c1"]


@pytest.mark.integration
def test_groups_may_be_metadata_and_numbers(api, add):
    add("1", metadata={"team": "core", "tags": ["x", "y"]})
    assert list(_heatmap(api, group_field="metadata.team")) == ["core"]
    assert list(_heatmap(api, group_field="metadata.tags")) == ['["x", "y"]']
    assert list(_heatmap(api, group_field="summary.tests")) == ["1"]


@pytest.mark.integration
def test_runs_without_the_group_field_leave_an_empty_build(api, add):
    id_ = add("1", ago=2)
    add("2", None, ago=1)
    assert _heatmap(api) == {"c1": [[0, 0], [100.0, id_, None, "1"], *_none("2")]}
    assert _heatmap(api, group_field="env") == {}


@pytest.mark.integration
def test_old_name_of_the_job_works(api, add):
    add("1")
    response = api.get(URL, params={"jenkins_job_name": "job", "project": "shop"})
    assert list(response.json()["heatmap"]) == ["c1"]


@pytest.mark.integration
def test_nothing_found_is_an_empty_heatmap(api, shop, make_run):
    make_run(project_id=shop.id, metadata={"jenkins": {"job_name": "job"}}, component="c1")
    assert _get(api) == {"heatmap": {}}


@pytest.mark.integration
@pytest.mark.parametrize("field", ["colour", "metadata", "fingerprint", ""])
def test_unknown_group_field_is_an_empty_heatmap_with_a_warning(api, add, field):
    add("1")
    answer = _get(api, group_field=field)
    assert answer == {"heatmap": {}, "warnings": [f"There is no field {field} to group by"]}


@pytest.mark.integration
def test_unknown_filter_is_left_out_with_a_warning(api, add):
    add("1")
    answer = _get(api, additional_filters="colour=red")
    assert list(answer["heatmap"]) == ["c1"]
    assert "colour" in answer["warnings"][0]


@pytest.mark.integration
def test_many_groups_are_cut_off_with_a_warning(api, add, monkeypatch):
    monkeypatch.setattr(heatmaps, "GROUPS", 2)
    for component in ("c3", "c1", "c2"):
        add("1", component)
    answer = _get(api)
    assert list(answer["heatmap"]) == ["c1", "c2"]
    assert answer["warnings"] == ["Only the first 2 groups are shown; additional_filters narrow them down"]


@pytest.mark.integration
def test_with_many_builds_there_are_fewer_groups(api, add, monkeypatch):
    monkeypatch.setattr(heatmaps, "CELLS", 5)
    for component in ("c1", "c2", "c3"):
        add("1", component)
    assert list(_heatmap(api, builds=1000)) == ["c1", "c2", "c3"]
    add("2")
    assert list(_heatmap(api, builds=1000)) == ["c1", "c2"]


@pytest.mark.integration
def test_more_runs_are_looked_at_where_few_are_not_enough(api, add, monkeypatch):
    monkeypatch.setattr(jenkins_jobs, "RUNS_PER_BUILD", 1)
    monkeypatch.setattr(jenkins_jobs, "FEW_RUNS", 1)
    for ago in range(4):
        add("1", ago=ago, passes=2)
    assert _get(api, builds=1)["heatmap"]["c1"][1][0] == 100.0
    add("0", ago=9, failures=1)
    assert [cell[3] for cell in _heatmap(api, builds=2)["c1"][1:]] == ["0", "1"]


@pytest.mark.integration
def test_runs_that_were_not_looked_at_are_told_of(api, add, monkeypatch):
    monkeypatch.setattr(jenkins_jobs, "RUNS", 2)
    for build in ("1", "2", "3"):
        add(build, ago=9 - int(build))
    answer = _get(api)
    assert [cell[3] for cell in answer["heatmap"]["c1"][1:]] == ["2", "3"]
    assert "Only the newest 2 runs" in answer["warnings"][0]
    assert "warnings" not in _get(api, builds=1)


@pytest.mark.integration
def test_it_takes_one_statement_over_the_runs(api, worked_example, count_statements):
    with count_statements() as statements:
        _heatmap(api)
    assert len([statement for statement in statements if "FROM runs" in statement]) == 1


@pytest.mark.integration
def test_other_projects_are_not_looked_into(api_of, add, make_user, make_project, shop):
    own = make_project(name="own", users=[user := make_user()])
    add("1", "foreign")
    id_ = add("2", "c1", project_id=own.id)
    expected = {"heatmap": {"c1": [[0, 0], [100.0, id_, None, "2"]]}}
    assert api_of(user)("GET", URL, params={"job_name": "job"}).json() == expected
    assert_problem(api_of(user)("GET", URL, params={"job_name": "job", "project": "shop"}), 403)


@pytest.mark.validation
def test_everything_that_is_wrong_is_told_at_once(api):
    response = api.get(URL, params={"builds": 10**30, "count_skips": "maybe", "bogus": 1})
    for field in ("job_name", "builds", "count_skips", "bogus"):
        assert_problem(response, 400, field, field=field)


@pytest.mark.validation
@pytest.mark.parametrize("builds", [0, -1, 1001, "", "many"])
def test_builds_are_bounded(api, builds):
    assert_problem(api.get(URL, params={"job_name": "job", "builds": builds}), 400, "builds", field="builds")


@pytest.mark.validation
def test_filter_that_is_none_is_refused(api):
    assert_problem(api.get(URL, params={"job_name": "job", "additional_filters": "???"}), 400, "filter")
