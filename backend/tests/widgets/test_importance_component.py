"""Importance by component: pass rates per build and importance."""

from datetime import UTC, datetime, timedelta

import pytest
from helpers.assertions import assert_problem
from sqlalchemy import select

from ibutsu_server.db import db
from ibutsu_server.db.models import RunTally
from ibutsu_server.domain import tallying
from ibutsu_server.widgets import importance_component, job_builds

URL = "/api/widget/importance-component"
NOTHING = {"percentage": "N/A", "result_list": []}
NO_BUILD = {"percentage": "NA", "result_list": []}
STANDARD = ("critical", "high", "medium", "low")


@pytest.fixture
def report(shop, make_run, make_result):
    """`report(build, component, importance, outcome)` makes a result of the job and returns its id."""
    run = make_run(project_id=shop.id)
    clock = iter(datetime(2026, 11, 1, tzinfo=UTC) + timedelta(minutes=i) for i in range(100))

    def make(build, component, importance, outcome, *, job="job", **values):
        metadata = {"jenkins": {"job_name": job, "build_number": build}}
        if importance:
            metadata["importance"] = importance
        made = make_result(
            project_id=shop.id,
            run_id=run.id,
            component=component,
            result=outcome,
            metadata=metadata,
            start_time=next(clock),
            **values,
        )
        return str(made.id)

    return make


def _get(api, **query):
    query = {"project": "shop", "job_name": "job", "components": "c1,c2", **query}
    response = api.get(URL, params=query)
    assert response.status_code == 200, response.text
    return response.json()


def _table(api, **query):
    return _get(api, **query)["table_data"]


def _listed(table):
    """The ids of the results of the one component, by build."""
    return {
        build: [id_ for cell in cells.values() for id_ in cell["result_list"]]
        for row in table
        for build, cells in row["data"].items()
    }


def _ids(table):
    cells = [cell for row in table for cells in row["data"].values() for cell in cells.values()]
    return [id_ for cell in cells for id_ in cell["result_list"]]


def _rates(table):
    return {
        (row["component"], build, importance): cell["percentage"]
        for row in table
        for build, cells in row["data"].items()
        for importance, cell in cells.items()
    }


def _of_build(build, *, job="job", **metadata):
    return {"jenkins": {"job_name": job, "build_number": build}, **metadata}


@pytest.fixture
def worked_example(report):
    """That of the reference: two builds, two components."""
    return {
        "a": report("9", "c1", "high", "passed"),
        "b": report("9", "c1", "high", "failed"),
        "c": report("9", "c1", "high", "skipped"),
        "d": report("9", "c1", "low", "xfailed"),
        "e": report("10", "c1", "critical", "passed"),
        "f": report("10", "c2", "medium", "passed"),
    }


@pytest.mark.integration
def test_get_importance_component_with_valid_project(api, worked_example):
    a, b, c, d, e, f = worked_example.values()
    empty = dict.fromkeys(STANDARD, NOTHING)
    common = {"bnums": ["9", "10"], "importances": list(STANDARD)}
    assert _table(api) == [
        {
            "component": "c1",
            **common,
            "data": {
                "9": {
                    **empty,
                    "high": {"percentage": 0.5, "result_list": [a, b, c]},
                    "low": {"percentage": 0.0, "result_list": [d]},
                },
                "10": {**empty, "critical": {"percentage": 1.0, "result_list": [e]}},
            },
        },
        {
            "component": "c2",
            **common,
            "data": {
                "9": dict.fromkeys(STANDARD, NO_BUILD),
                "10": {**empty, "medium": {"percentage": 1.0, "result_list": [f]}},
            },
        },
    ]


@pytest.mark.integration
def test_get_importance_component_with_empty_results(api, shop):
    assert _table(api) == []


@pytest.mark.integration
def test_without_project_there_is_nothing(api, worked_example):
    assert api.get(URL, params={"job_name": "job", "components": "c1"}).json() == {"table_data": []}


@pytest.mark.integration
def test_skips_count_against_the_rate_when_asked(api, worked_example):
    high = _table(api, count_skips="Yes")[0]["data"]["9"]["high"]
    assert high["percentage"] == 0.33


@pytest.mark.integration
@pytest.mark.parametrize("count_skips", ["true", "false"])
def test_all_skipped_is_no_rate(api, report, count_skips):
    id_ = report("1", "c1", "high", "skipped")
    high = _table(api, count_skips=count_skips)[0]["data"]["1"]["high"]
    assert high == {"percentage": "N/A", "result_list": [id_]}


@pytest.mark.integration
def test_newest_builds_are_chosen_by_number(api, worked_example):
    assert [row["bnums"] for row in _table(api, builds=1)] == [["10"], ["10"]]


@pytest.mark.integration
def test_build_numbers_may_be_numbers(api, report):
    for build in (9, 10, 8):
        report(build, "c1", "high", "passed")
    assert _table(api)[0]["bnums"] == ["8", "9", "10"]


@pytest.mark.integration
def test_other_and_missing_importance_have_rows_of_their_own(api, report):
    report("1", "c1", "urgent", "passed")
    report("1", "c1", None, "failed")
    data = _table(api)[0]["data"]["1"]
    assert (data["urgent"]["percentage"], data["null"]["percentage"]) == (1.0, 0.0)
    assert data["high"] == NOTHING


@pytest.mark.integration
def test_only_the_job_the_components_and_the_project_asked_for(api, report, make_result):
    wanted = report("1", "c1", "high", "passed")
    report("1", "c3", "high", "failed")
    report("1", "c1", "high", "failed", job="other")
    metadata = {"jenkins": {"job_name": "job", "build_number": "1"}, "importance": "high"}
    make_result(component="c1", result="failed", metadata=metadata)
    table = _table(api)
    assert [row["component"] for row in table] == ["c1"]
    assert table[0]["data"]["1"]["high"]["result_list"] == [wanted]


@pytest.mark.integration
def test_env_chooses_results(api, report):
    wanted = report("1", "c1", "high", "passed", env="qa")
    report("1", "c1", "high", "failed", env="prod")
    assert _table(api, env="qa", group_field="component")[0]["data"]["1"]["high"]["result_list"] == [wanted]


@pytest.fixture
def report_build(shop, make_run, make_result):
    """`report_build("9", 2)` makes a run that says which build it is, with so many results."""

    def make(build, count=1, *, outcome="passed", **values):
        metadata = _of_build(build)
        run = make_run(project_id=shop.id, metadata=metadata)
        place = {"project_id": shop.id, "run_id": run.id, "component": "c1"}
        values = {**place, "metadata": {**metadata, "importance": "high"}, **values}
        return [str(make_result(result=outcome, **values).id) for _ in range(count)]

    return make


@pytest.mark.integration
def test_builds_are_found_by_their_runs(api, report_build):
    nine, ten = report_build("9"), report_build(10, 2)
    assert _listed(_table(api)) == {"9": nine, "10": ten}
    assert _listed(_table(api, builds=1)) == {"10": ten}


@pytest.mark.integration
def test_runs_that_tell_and_runs_that_do_not_are_taken_together(api, report, report_build):
    told, untold = report_build("9"), report("9", "c1", "high", "passed")
    later = report("11", "c1", "high", "passed")
    assert {build: set(ids) for build, ids in _listed(_table(api)).items()} == {
        "9": {*told, untold},
        "11": {later},
    }


@pytest.mark.integration
def test_results_without_a_run_count(api, make_result, shop):
    metadata = {"jenkins": {"job_name": "job", "build_number": "9"}}
    made = make_result(project_id=shop.id, component="c1", metadata=metadata)
    assert made.run_id is None
    assert _listed(_table(api)) == {"9": [str(made.id)]}


@pytest.mark.integration
def test_newest_builds_are_those_of_the_job_whatever_the_component(api, report):
    """As in the reference: where a component has no such build, its cells say so."""
    report("8", "c1", "high", "passed")
    report("9", "c2", "high", "passed")
    report("10", "c3", "high", "passed")
    table = _table(api, builds=2)
    assert [row["component"] for row in table] == ["c2"]
    assert table[0]["data"] == {
        "9": {**dict.fromkeys(STANDARD, NOTHING), "high": table[0]["data"]["9"]["high"]},
        "10": dict.fromkeys(STANDARD, NO_BUILD),
    }


@pytest.mark.integration
def test_only_newest_results_are_listed_and_all_are_rated(api, report, monkeypatch):
    monkeypatch.setattr(importance_component, "RESULTS", 1)
    report("9", "c1", "high", "failed")
    newest = report("9", "c1", "high", "passed")
    answer = _get(api)
    assert answer["table_data"][0]["data"]["9"]["high"] == {"percentage": 0.5, "result_list": [newest]}
    assert answer["warnings"] == [
        "Only the newest 1 results are listed, the rates are of all of them; ask for fewer builds"
    ]


@pytest.mark.integration
def test_counted_runs_are_rated_as_if_they_were_read(api, report, report_build, monkeypatch):
    """Runs of one build and component from their counts, all others from their results."""
    report_build("9", 3, metadata=_of_build("9", importance="low"), outcome="failed")
    report_build("9", 2, metadata=_of_build("9"))
    report_build("10", 2, component="c2", env="qa")
    report_build("10", 1, component="c3")
    report_build("10", 1, metadata=_of_build("10", job="other"))
    report_build("10", 1, metadata=_of_build("8"))
    report("10", "c1", "high", "passed")
    report("9", "c2", "high", None)
    whole = {env: _get(api, env=env) for env in ("", "qa")}
    monkeypatch.setattr(importance_component, "RESULTS", 2)
    tallying.tally(timedelta(0))
    for env, expected in whole.items():
        answer = _get(api, env=env)
        assert _rates(answer["table_data"]) == _rates(expected["table_data"])
        assert set(_ids(answer["table_data"])) <= set(_ids(expected["table_data"]))
        assert len(_ids(answer["table_data"])) == 2


@pytest.mark.integration
def test_counted_runs_are_not_read_for_their_rates(api, report_build, shop):
    report_build("9", 2)
    tallying.tally(timedelta(0))
    counts = db.session.scalars(select(RunTally).filter_by(field="metadata.importance")).one()
    counts.counts = {"high": {"passed": 1, "failed": 1}}  # as nobody else would
    db.session.commit()
    assert _rates(_table(api))["c1", "9", "high"] == 0.5


@pytest.mark.integration
def test_the_newest_are_listed_whether_they_are_counted_or_not(api, report, report_build, monkeypatch):
    monkeypatch.setattr(importance_component, "RESULTS", 2)
    report("8", "c1", "high", "passed")
    report("8", "c2", "high", "passed")
    tallying.tally(timedelta(0))
    newest = report_build("9", 2, start_time=datetime(2026, 11, 20, tzinfo=UTC))
    tallying.tally(timedelta(0))
    assert sorted(_ids(_table(api))) == sorted(newest)


@pytest.mark.integration
def test_missing_rates_are_told(api, report, monkeypatch):
    monkeypatch.setattr(importance_component, "RESULTS", 1)
    monkeypatch.setattr(importance_component, "COUNTS", 1)
    report("9", "c1", "high", "passed")
    report("9", "c1", "low", "passed")
    answer = _get(api)
    assert answer["table_data"][0]["data"]["9"]["low"]["percentage"] == "N/A"
    assert "some rates are missing" in answer["warnings"][0]


@pytest.mark.integration
def test_all_that_is_listed_is_rated(api, report, monkeypatch):
    monkeypatch.setattr(importance_component, "COUNTS", 1)
    report("9", "c1", "high", "passed")
    report("9", "c1", "low", "passed")
    answer = _get(api)
    assert answer["table_data"][0]["data"]["9"]["low"]["percentage"] == 1
    assert "warnings" not in answer


@pytest.mark.integration
def test_unknown_builds_are_looked_for_in_the_newest_results_only(
    api, report, make_run, make_result, shop, monkeypatch
):
    monkeypatch.setattr(job_builds, "LOOSE", 1)
    report("9", "c1", "high", "passed")
    newer = make_run(project_id=shop.id)
    metadata = {"jenkins": {"job_name": "job", "build_number": "10"}, "importance": "high"}
    id_ = make_result(project_id=shop.id, run_id=newer.id, component="c1", metadata=metadata).id
    answer = _get(api)
    assert _listed(answer["table_data"]) == {"10": [str(id_)]}
    assert answer["warnings"] == [
        "Of the results whose run does not tell its build, only the newest 1 are looked at"
    ]


@pytest.mark.integration
def test_results_without_a_run_are_looked_for_among_the_newest_only(api, make_result, shop, monkeypatch):
    monkeypatch.setattr(job_builds, "LOOSE", 1)
    for build, day in (("9", 1), ("10", 2)):
        metadata = {"jenkins": {"job_name": "job", "build_number": build}, "importance": "high"}
        start = datetime(2026, 11, day, tzinfo=UTC)
        make_result(project_id=shop.id, run_id=None, component="c1", metadata=metadata, start_time=start)
    answer = _get(api)
    assert [row["bnums"] for row in answer["table_data"]] == [["10"]]
    assert answer["warnings"] == ["Of the results without a run, only the newest 1 are looked at"]


@pytest.mark.integration
def test_other_projects_are_forbidden(api_of, make_user, make_project, worked_example):
    member = make_user()
    make_project(users=[member])
    query = {"project": "shop", "job_name": "job", "components": "c1"}
    assert_problem(api_of(member)("GET", URL, params=query), 403)


@pytest.mark.validation
@pytest.mark.parametrize(
    ("query", "field"),
    [({"builds": "0"}, "builds"), ({"builds": "41"}, "builds"), ({"count_skips": "perhaps"}, "count_skips")],
)
def test_bad_parameter_is_named(api, query, field):
    assert_problem(api.get(URL, params=query), 400, field, field=field)
