"""Compare runs: which tests ended differently, and which only one of the runs has."""

from datetime import UTC, datetime, timedelta

import pytest
from helpers.assertions import assert_problem

from ibutsu_server.widgets import compare_runs_view

URL = "/api/widget/compare-runs-view"
NOTHING = {"results": [], "only": {"left": [], "right": []}, "pagination": {"totalItems": 0}}
START = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def report(shop, make_run, make_result):
    """`report(env, "a.py::t1 passed", ...)` makes a run with these results and returns it."""
    clock = iter(START + timedelta(minutes=i) for i in range(1000))

    def make(env, *lines, **values):
        run = make_run(project_id=shop.id, env=env)
        for line in lines:
            test, outcome = line.split()
            file, _, test_id = test.rpartition("::")
            make_result(
                project_id=shop.id,
                run_id=run.id,
                env=env,
                test_id=test_id,
                result=outcome,
                start_time=next(clock),
                **{"metadata": {"fspath": file} if file else {}, **values},
            )
        return run

    return make


@pytest.fixture
def worked_example(report):
    """That of the reference."""
    report("prod", "a.py::t1 passed", "a.py::t2 failed", "b.py::t3 passed")
    report("stage", "a.py::t1 failed", "a.py::t2 failed", "b.py::t3 skipped")


def _get(api, left="env=prod", right="env=stage", **query):
    response = api.get(URL, params={"additional_filters": [left, right], **query})
    assert response.status_code == 200, response.text
    return response.json()


def _pairs(answer):
    return [(left["test_id"], left["result"], right["result"]) for left, right in answer["results"]]


def _alone(answer):
    return {side: [result["test_id"] for result in results] for side, results in answer["only"].items()}


@pytest.mark.integration
def test_tests_that_ended_differently_are_paired(api, worked_example):
    answer = _get(api)
    assert _pairs(answer) == [("t1", "passed", "failed"), ("t3", "passed", "skipped")]
    assert answer["pagination"] == {"totalItems": 2}
    assert _alone(answer) == {"left": [], "right": []}
    assert "warnings" not in answer


@pytest.mark.integration
def test_filters_also_choose_the_results(api, worked_example):
    """Decision 11: t3 is told, because it is among the results of one side only."""
    answer = _get(api, "env=prod,result*passed;failed", "env=stage,result*passed;failed")
    assert _pairs(answer) == [("t1", "passed", "failed")]
    assert _alone(answer) == {"left": ["t3"], "right": []}


@pytest.mark.integration
def test_results_are_whole(api, worked_example):
    left = _get(api)["results"][0][0]
    assert left == api.get(f"/api/result/{left['id']}").json()


@pytest.mark.integration
def test_tests_of_one_run_alone_are_told(api, report):
    """Decision 11."""
    report("prod", "a.py::both passed", "a.py::gone passed", "a.py::moved passed")
    report("stage", "a.py::both passed", "b.py::moved passed", "b.py::new failed")
    answer = _get(api)
    assert answer["results"] == []
    assert _alone(answer) == {"left": ["gone", "moved"], "right": ["moved", "new"]}


@pytest.mark.integration
def test_results_without_a_file_are_compared_by_name(api, report):
    report("prod", "t1 passed")
    report("stage", "t1 failed")
    assert _pairs(_get(api)) == [("t1", "passed", "failed")]


@pytest.mark.integration
def test_repeated_test_is_paired_with_the_first_that_ended_differently(api, report):
    report("prod", "t1 passed", "t1 failed")
    report("stage", "t1 passed", "t1 failed", "t1 error")
    assert _pairs(_get(api)) == [("t1", "passed", "failed"), ("t1", "failed", "passed")]


@pytest.mark.integration
def test_pairs_are_in_the_order_of_their_files(api, report):
    report("prod", "b.py::t1 passed", "a.py::t2 passed", "a.py::t1 passed")
    report("stage", "a.py::t2 failed", "b.py::t1 failed", "a.py::t1 failed")
    answer = _get(api)
    order = [(left["metadata"]["fspath"], left["test_id"]) for left, _ in answer["results"]]
    assert order == [("a.py", "t1"), ("a.py", "t2"), ("b.py", "t1")]


@pytest.mark.integration
def test_newest_run_of_each_side_is_compared(api, report):
    report("prod", "t1 failed")
    report("prod", "t1 passed")
    report("stage", "t1 passed")
    assert _get(api) == NOTHING


@pytest.mark.integration
def test_metadata_chooses_the_run(api, report, shop):
    for build, outcome in ((1, "failed"), (2, "passed"), (3, "error")):
        report("prod", f"t1 {outcome}", metadata={"build": build})
    here = f"project_id={shop.id}"
    answer = _get(api, f"{here},metadata.build=2", f"{here},metadata.build=1")
    assert _pairs(answer) == [("t1", "passed", "failed")]


@pytest.mark.integration
def test_results_without_a_run_are_no_run(api, report, make_result, shop):
    report("prod", "t1 passed")
    report("stage", "t1 failed")
    make_result(
        project_id=shop.id, run_id=None, env="prod", test_id="t2", start_time=START + timedelta(days=1)
    )
    answer = _get(api)
    assert _pairs(answer) == [("t1", "passed", "failed")]
    assert _alone(answer) == {"left": [], "right": []}


@pytest.mark.integration
def test_without_filters_there_is_nothing(api, worked_example):
    assert api.get(URL).json() == NOTHING


@pytest.mark.integration
def test_old_name_of_the_filters_works(api, worked_example):
    assert api.get(URL, params={"filters": ["env=prod", "env=stage"]}).json()["pagination"] == {
        "totalItems": 2
    }


@pytest.mark.integration
def test_side_without_a_run_is_told(api, worked_example):
    warning = "No run has results that fulfil env=moon"
    assert _get(api, right="env=moon") == {**NOTHING, "warnings": [warning]}


@pytest.mark.integration
def test_same_run_on_both_sides_is_told(api, worked_example):
    assert _get(api, right="env=prod") == {**NOTHING, "warnings": ["Both filters find the same run"]}


@pytest.mark.integration
def test_unknown_field_is_told_and_left_out(api, worked_example):
    answer = _get(api, left="env=prod,colour=red")
    assert len(answer["results"]) == 2
    assert answer["warnings"] == ["The filter on colour was left out: there is no such field"]


@pytest.mark.integration
def test_only_so_many_are_shown(api, report, monkeypatch):
    monkeypatch.setattr(compare_runs_view, "PAIRS", 1)
    report("prod", "t1 passed", "t2 passed", "old1 passed", "old2 passed")
    report("stage", "t1 failed", "t2 failed", "new1 passed")
    answer = _get(api)
    assert (_pairs(answer), answer["pagination"]) == ([("t1", "passed", "failed")], {"totalItems": 2})
    assert _alone(answer) == {"left": ["old1"], "right": ["new1"]}
    narrow = "are shown; a filter on each side narrows them down"
    assert answer["warnings"] == [
        f"Only 1 of 2 tests that ended differently {narrow}",
        f"Only 1 of 2 results that only the left run has {narrow}",
    ]


@pytest.mark.integration
def test_only_so_many_results_are_compared(api, worked_example, monkeypatch):
    monkeypatch.setattr(compare_runs_view, "RESULTS", 1)
    answer = _get(api)
    assert _pairs(answer) == [("t1", "passed", "failed")]
    assert "Only the first 1 results of a run are compared" in answer["warnings"][0]


@pytest.mark.integration
def test_statements_do_not_grow_with_the_results(api, report, count_statements):
    report("prod", *(f"t{i} passed" for i in range(20)))
    report("stage", *(f"t{i} failed" for i in range(20)))
    with count_statements() as statements:
        assert _get(api)["pagination"] == {"totalItems": 20}
    assert len([one for one in statements if "FROM results" in one]) == 5


@pytest.mark.integration
def test_runs_of_other_projects_are_invisible(api_of, make_user, make_project, worked_example, shop):
    member = make_user()
    make_project(users=[member])
    get = api_of(member)
    answer = get("GET", URL, params={"additional_filters": ["env=prod", "env=stage"]}).json()
    assert (answer["results"], len(answer["warnings"])) == ([], 2)
    named = {"additional_filters": [f"project_id={shop.id}", "env=stage"]}
    assert get("GET", URL, params=named).json()["results"] == []


@pytest.mark.validation
@pytest.mark.parametrize(
    "query",
    [
        {"additional_filters": "env=prod"},
        {"additional_filters": ["env=prod", "env=stage", "env=qa"]},
        {"additional_filters": ""},
    ],
)
def test_two_filters_are_wanted(api, query):
    assert_problem(api.get(URL, params=query), 400, "additional_filters", field="additional_filters")


@pytest.mark.validation
def test_malformed_filter_is_refused(api):
    query = {"additional_filters": ["env", "env=stage"]}
    assert_problem(api.get(URL, params=query), 400, "'env' is not a filter")


@pytest.mark.validation
def test_project_is_no_parameter(api, shop):
    query = {"additional_filters": ["env=prod", "env=stage"], "project": "shop"}
    assert_problem(api.get(URL, params=query), 400, "project")
