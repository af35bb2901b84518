"""Importance by component: pass rates per build and importance."""

from datetime import UTC, datetime, timedelta

import pytest

URL = "/api/widget/importance-component"
NOTHING = {"percentage": "N/A", "result_list": []}
NO_BUILD = {"percentage": "NA", "result_list": []}
STANDARD = ("critical", "high", "medium", "low")


@pytest.fixture
def shop(make_project):
    return make_project(name="shop")


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


def _table(api, **query):
    query = {"project": "shop", "job_name": "job", "components": "c1,c2", **query}
    response = api.get(URL, params=query)
    assert response.status_code == 200, response.text
    return response.json()["table_data"]


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
