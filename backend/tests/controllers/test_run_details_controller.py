"""What a run consists of: failures by their reasons, tests, all of it as a file; and the run before."""

import csv
import io
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from helpers.assertions import assert_problem
from sqlalchemy import update

from ibutsu_server.db.models import Result, Run
from ibutsu_server.domain import earlier_runs, failures, run_results

START = datetime(2026, 11, 20, 10, tzinfo=UTC)


@pytest.fixture
def nightly(shop, make_run):
    """`nightly(day, ...)` makes a run of that day."""

    def make(day=20, **values):
        labels = {"source": "ci", "component": "cart", "env": "qa"}
        start_time = datetime(2026, 11, day, tzinfo=UTC)
        return make_run(**{"project_id": shop.id, "start_time": start_time, **labels, **values})

    return make


@pytest.fixture
def report(make_result):
    """`report(run, "test", "failed", 5, ...)` makes a result that started after so many seconds."""

    def make(run, test_id, result="failed", seconds=0, **values):
        values = {"start_time": START + timedelta(seconds=seconds), **values}
        return make_result(run_id=run.id, project_id=run.project_id, test_id=test_id, result=result, **values)

    return make


def _get(send, path, **query):
    response = send("GET", f"/api{path}", params=query)
    assert response.status_code == 200, response.text
    return response.json()


def _failures(send, run):
    return _get(send, f"/run/{run.id}/failures")


def _said(message, exception="ValueError", **more):
    return {"exception_name": exception, "message": message, **more}


# Failures


@pytest.mark.integration
def test_run_without_failures_has_no_groups(send, nightly, report):
    run = nightly()
    report(run, "fine", "passed")
    assert _failures(send, run) == {
        "failures": 0,
        "previous_run_id": None,
        "is_complete": True,
        "groups": [],
    }


@pytest.mark.integration
def test_group_tells_all_of_its_failures(send, nightly, report):
    run = nightly()
    metadata = _said("no cart\nof 3", classification="product_failure")
    older = report(run, "a", "error", duration=None, metadata=_said("no cart"))
    newer = report(run, "b", "failed", 1, duration=2.5, metadata=metadata)
    plain = {"previous_result": None, "is_new": False}
    assert _failures(send, run)["groups"] == [
        {
            "exception_name": "ValueError",
            "message": "no cart",
            "reason": "no cart\nof 3",
            "count": 2,
            "new": 0,
            "results": [
                {
                    "id": str(newer.id),
                    "test_id": "b",
                    "result": "failed",
                    "start_time": "2026-11-20T10:00:01Z",
                    "duration": 2.5,
                    "classification": "product_failure",
                    **plain,
                },
                {
                    "id": str(older.id),
                    "test_id": "a",
                    "result": "error",
                    "start_time": "2026-11-20T10:00:00Z",
                    "duration": None,
                    "classification": None,
                    **plain,
                },
            ],
        }
    ]


@pytest.mark.integration
def test_reasons_that_differ_in_addresses_only_are_the_same(send, nightly, report):
    run = nightly()
    for seconds, message in enumerate(("<Cart at 0x7f01a>", "<Cart at 0x7F99b>", "<Cart at 7>")):
        report(run, f"t{seconds}", seconds=seconds, metadata=_said(message))
    report(run, "t3", metadata=_said("<Cart at 0x1>", exception="KeyError"))
    told = [(group["exception_name"], group["message"]) for group in _failures(send, run)["groups"]]
    assert told == [
        ("ValueError", "<Cart at 0x7F99b>"),
        ("ValueError", "<Cart at 7>"),
        ("KeyError", "<Cart at 0x1>"),
    ]


@pytest.mark.integration
@pytest.mark.parametrize(
    ("metadata", "exception", "message", "reason"),
    [
        ({}, None, None, None),
        ({"exception_name": "", "message": " \n", "short_tb": " "}, None, None, None),
        ({"exception_name": "KeyError"}, "KeyError", None, None),
        ({"message": "\n  a\n  b\n"}, None, "a", "a\n  b"),
        ({"message": "x" * 5000}, None, "x" * 300, "x" * 2000),
        (
            {"short_tb": "cart.py:7: in pay\nE   assert 1 == 2\nE    +  where 1\ncart.py:7: AssertionError"},
            None,
            "assert 1 == 2",
            "assert 1 == 2\n+  where 1",
        ),
        ({"short_tb": "Traceback\n  File\nno: 1\n"}, None, "no: 1", "Traceback\n  File\nno: 1"),
        ({"short_tb": "y" * 9000 + "\nlast"}, None, "last", "y" * 1995 + "\nlast"),
        ({"message": {"a": 1}, "exception_name": 7}, "7", None, None),
    ],
)
def test_reason_is_what_tells_most(send, nightly, report, metadata, exception, message, reason):
    run = nightly()
    report(run, "t", metadata=metadata)
    (group,) = _failures(send, run)["groups"]
    assert group["exception_name"] == exception
    if not isinstance(metadata.get("message"), dict):
        assert (group["message"], group["reason"]) == (message, reason)


@pytest.mark.integration
def test_largest_group_comes_first_then_that_with_the_newest_failure(send, nightly, report):
    run = nightly()
    for seconds, message in enumerate(("old", "many", "many", "new")):
        report(run, f"t{seconds}", seconds=seconds, metadata=_said(message))
    assert [group["message"] for group in _failures(send, run)["groups"]] == ["many", "new", "old"]


@pytest.mark.integration
def test_failures_are_compared_with_the_run_before(send, nightly, report):
    before, run = nightly(19), nightly(20)
    ends = [("failed", "failed"), ("broken", "error"), ("fixed", "passed"), ("again", "failed")]
    for seconds, (test, outcome) in enumerate([*ends, ("again", "passed")]):
        report(before, test, outcome, seconds)
    for test in ("failed", "broken", "fixed", "again", "added", None):
        report(run, test, metadata=_said("no"))
    answer = _failures(send, run)
    (group,) = answer["groups"]
    assert answer["previous_run_id"] == str(before.id)
    assert {one["test_id"]: (one["previous_result"], one["is_new"]) for one in group["results"]} == {
        "failed": ("failed", False),
        "broken": ("error", False),
        "fixed": ("passed", True),
        "again": ("passed", False),
        "added": (None, True),
        None: (None, False),
    }
    assert (group["count"], group["new"]) == (6, 2)


@pytest.mark.integration
def test_only_some_of_a_group_are_told_and_all_are_counted(send, nightly, report, monkeypatch):
    monkeypatch.setattr(failures, "SHOWN", 2)
    nightly(19)
    run = nightly(20)
    for seconds in range(4):
        report(run, f"t{seconds}", seconds=seconds)
    (group,) = _failures(send, run)["groups"]
    assert [one["test_id"] for one in group["results"]] == ["t3", "t2"]
    assert (group["count"], group["new"]) == (4, 4)


@pytest.mark.integration
def test_of_too_many_groups_the_largest_are_told(send, nightly, report, monkeypatch):
    monkeypatch.setattr(failures, "GROUPS", 1)
    run = nightly()
    for message in ("often", "often", "once"):
        report(run, "a", metadata=_said(message), result="failed")
    answer = _failures(send, run)
    assert [(group["message"], group["reason"]) for group in answer["groups"]] == [("often", "often")]
    assert (answer["failures"], answer["is_complete"]) == (3, False)


@pytest.mark.integration
def test_of_too_many_failures_the_newest_are_looked_at(send, nightly, report, monkeypatch):
    monkeypatch.setattr(failures, "MOST", 2)
    run = nightly()
    for seconds in range(4):
        report(run, f"t{seconds}", ("failed", "error")[seconds % 2], seconds)
    answer = _failures(send, run)
    assert (answer["failures"], answer["is_complete"]) == (4, False)
    assert [one["test_id"] for one in answer["groups"][0]["results"]] == ["t3", "t2"]
    monkeypatch.setattr(failures, "MOST", 4)
    assert _failures(send, run)["is_complete"] is True


@pytest.mark.integration
def test_failures_take_the_same_number_of_statements_however_many_there_are(
    send, nightly, report, count_statements
):
    run = nightly(20)
    report(nightly(19), "t0")
    counted = []
    for batch in range(2):
        for number in range(5):
            report(run, f"t{batch}-{number}", metadata=_said(f"{number}"))
        path = f"/run/{run.id}/failures"
        with count_statements() as statements:
            _get(send, path)
        counted.append(len(statements))
    assert counted == [6, 6]


# The run before


@pytest.mark.integration
@pytest.mark.parametrize(
    "missing", [(), ("component",), ("env",), ("source",), ("component", "env", "source")]
)
def test_run_before_is_the_newest_earlier_one_that_is_alike(send, nightly, make_run, missing):
    nothing = dict.fromkeys(missing)
    nightly(17, **nothing)
    before = nightly(18, **nothing)
    for name in ("source", "component", "env"):
        nightly(19, **{**nothing, name: "another"})
        nightly(19, **{**nothing, name: None if name not in missing else "something"})
    labels = {"source": "ci", "component": "cart", "env": "qa", **nothing}
    make_run(start_time=START - timedelta(hours=1), **labels)
    run = nightly(20, **nothing)
    nightly(21, **nothing)
    assert _failures(send, run)["previous_run_id"] == str(before.id)


@pytest.mark.integration
def test_of_runs_that_started_together_ids_make_the_order(nightly):
    ids = sorted(run.id for run in [nightly(20) for _ in range(3)])
    assert [earlier_runs.before(id_) for id_ in ids] == [None, *ids[:2]]


@pytest.mark.integration
def test_change_is_told_in_percentage_points_in_the_order_of_the_ids(send, nightly):
    first = nightly(17, summary={"tests": 3, "passes": 1})
    second = nightly(18, summary={"tests": 3, "passes": 2})
    third = nightly(19, summary={"tests": 30, "passes": 19})
    empty = nightly(20)
    last = nightly(21, summary={"tests": 1, "passes": 1})
    asked = [last, empty, third, second, first, third]
    answer = _get(send, "/runs/comparisons", id=[str(run.id) for run in asked])
    assert [one["id"] for one in answer["comparisons"]] == [str(run.id) for run in asked]
    told = [(one["previous_run_id"], one["change"]) for one in answer["comparisons"]]
    assert told == [
        (str(empty.id), None),
        (str(third.id), None),
        (str(second.id), -3.3),
        (str(first.id), 33.3),
        (None, None),
        (str(second.id), -3.3),
    ]


@pytest.mark.integration
def test_no_change_is_no_negative_zero(send, nightly):
    nightly(19, summary={"tests": 10_000, "passes": 5001})
    run = nightly(20, summary={"tests": 2, "passes": 1})
    response = send("GET", "/api/runs/comparisons", params={"id": str(run.id)})
    assert '"change":0.0' in response.text


@pytest.mark.integration
def test_comparisons_take_one_statement_beside_that_for_the_caller(send, nightly, count_statements):
    ids = [str(nightly(day).id) for day in range(1, 20)]
    with count_statements() as statements:
        _get(send, "/runs/comparisons", id=ids)
    assert len(statements) == 2


@pytest.mark.validation
def test_comparisons_need_runs_that_the_caller_may_see(send, nightly, make_run, other):
    own, foreign = str(nightly().id), str(make_run(project_id=other.id).id)
    missing = str(uuid4())
    url = "/api/runs/comparisons"
    assert_problem(send("GET", url, params={"id": [own, foreign]}), 403)
    assert_problem(send("GET", url, params={"id": [own, missing]}), 404, missing, field="id")
    assert_problem(send("GET", url, params={"id": [own, "x"]}), 400, "not a valid UUID", field="id")
    assert_problem(send("GET", url), 400, "id", field="id")
    assert_problem(send("GET", url, params={"id": [own] * 101}), 400, field="id")


# Tests


@pytest.mark.integration
def test_tests_are_told_in_the_order_in_which_they_started(send, nightly, report):
    run = nightly()
    late = report(run, None, "passed", 5, duration=None)
    metadata = {"fspath": "cart/test_a.py", "worker": "gw1", "classification": "test_failure", "a": {"b": 1}}
    early = report(run, "a", "failed", duration=1.5, metadata=_said("no", **metadata))
    nothing = dict.fromkeys(("test_id", "path", "duration", "worker", "exception_name", "classification"))
    assert _get(send, f"/run/{run.id}/tests") == {
        "tests": [
            {
                "id": str(early.id),
                "test_id": "a",
                "path": "cart/test_a.py",
                "result": "failed",
                "start_time": "2026-11-20T10:00:00Z",
                "duration": 1.5,
                "worker": "gw1",
                "exception_name": "ValueError",
                "classification": "test_failure",
            },
            {"id": str(late.id), "result": "passed", "start_time": "2026-11-20T10:00:05Z", **nothing},
        ],
        "is_complete": True,
    }


@pytest.mark.integration
@pytest.mark.parametrize(
    ("metadata", "worker"),
    [
        ({"worker": "gw0", "worker_id": "gw1", "hostname": "h"}, "gw0"),
        ({"worker": "", "worker_id": "gw1", "hostname": "h"}, "gw1"),
        ({"thread": "7-MainThread", "host": "h"}, "7-MainThread"),
        ({"hostname": "h"}, "h"),
        ({"host": "h"}, "h"),
        ({"worker": 3}, "3"),
        ({}, None),
    ],
)
def test_worker_is_what_the_client_says(send, nightly, report, metadata, worker):
    run = nightly()
    report(run, "a", metadata=metadata)
    assert _get(send, f"/run/{run.id}/tests")["tests"][0]["worker"] == worker


@pytest.mark.integration
def test_of_too_many_tests_the_first_are_told(send, nightly, report, monkeypatch):
    monkeypatch.setattr(run_results, "MOST", 2)
    run = nightly()
    for seconds in range(3):
        report(run, f"t{seconds}", seconds=seconds)
    answer = _get(send, f"/run/{run.id}/tests")
    assert [one["test_id"] for one in answer["tests"]] == ["t0", "t1"]
    assert answer["is_complete"] is False


# The run as a file


def _rows(send, run):
    response = send("GET", f"/api/run/{run.id}/export")
    assert response.status_code == 200, response.text
    return response, list(csv.DictReader(io.StringIO(response.text, newline="")))


@pytest.mark.integration
def test_run_is_exported_as_csv(send, nightly, report):
    run = nightly()
    metadata = _said('no "cart",\nnone', classification="product_failure")
    labels = {"component": "cart", "env": "qa", "source": "ci"}
    result = report(run, "a[ä]", duration=1.5, metadata=metadata, params={"n": [1]}, **labels)
    report(run, "b", "passed", 1, duration=None)
    response, rows = _rows(send, run)
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-disposition"] == f"attachment; filename=run-{run.id}.csv"
    assert rows[0] == {
        "id": str(result.id),
        "test_id": "a[ä]",
        "result": "failed",
        "start_time": "2026-11-20T10:00:00Z",
        "duration": "1.5",
        "component": "cart",
        "env": "qa",
        "source": "ci",
        "exception_name": "ValueError",
        "message": 'no "cart",\nnone',
        "classification": "product_failure",
        "params": '{"n":[1]}',
    }
    assert [(row["test_id"], row["duration"], row["message"], row["params"]) for row in rows[1:]] == [
        ("b", "", "", "")
    ]


@pytest.mark.integration
@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("@SUM(1)", "'@SUM(1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\n=1", "'\n=1"),
        ("\uff1d1", "'\uff1d1"),
        ("-2.5e3", "-2.5e3"),
        ("+7", "+7"),
        ("a=1", "a=1"),
    ],
)
def test_spreadsheet_finds_no_formula(send, nightly, report, text, cell):
    run = nightly()
    report(run, text, duration=-1.5, component=text)
    _response, ((row),) = _rows(send, run)
    assert (row["test_id"], row["component"], row["duration"]) == (cell, cell, "-1.5")


@pytest.mark.integration
def test_run_is_exported_as_json(send, nightly, report):
    run = nightly()
    ids = [str(report(run, "a", seconds=seconds, metadata=_said("no")).id) for seconds in (0, 1)]
    response = send("GET", f"/api/run/{run.id}/export", params={"format": "json"})
    assert response.headers["content-type"] == "application/json"
    assert response.headers["content-disposition"] == f"attachment; filename=run-{run.id}.json"
    assert response.json() == {
        "run": _get(send, f"/run/{run.id}"),
        "results": [_get(send, f"/result/{id_}") for id_ in ids],
    }


@pytest.mark.integration
def test_empty_run_is_exported(send, nightly):
    run = nightly()
    response, rows = _rows(send, run)
    assert response.text.startswith("id,test_id,result,")
    assert rows == []
    assert _get(send, f"/run/{run.id}/export", format="json") == {
        "run": _get(send, f"/run/{run.id}"),
        "results": [],
    }


@pytest.mark.integration
@pytest.mark.parametrize("batch", [1, 2, 5, 9])
def test_export_comes_in_batches_with_every_result_once(send, nightly, report, monkeypatch, batch):
    monkeypatch.setattr(run_results, "BATCH", batch)
    run = nightly()
    for number in range(5):
        report(run, f"t{number}", seconds=number // 3)
    report(nightly(19), "other")
    _response, rows = _rows(send, run)
    exported = _get(send, f"/run/{run.id}/export", format="json")["results"]
    assert sorted(row["test_id"] for row in rows) == [f"t{number}" for number in range(5)]
    assert [row["id"] for row in rows] == [one["id"] for one in exported]


@pytest.mark.integration
def test_slow_reader_keeps_no_connection_between_batches(db_session, nightly, report, monkeypatch):
    monkeypatch.setattr(run_results, "BATCH", 1)
    run = nightly()
    for seconds, test in enumerate("ab"):
        report(run, test, seconds=seconds)
    found = run_results.batches(run.id, (Result.id, Result.start_time, Result.test_id))
    assert [row.test_id for row in next(found)] == ["a"]
    db_session.remove()
    assert [row.test_id for row in next(found)] == ["b"]


@pytest.mark.integration
def test_export_that_fails_at_once_is_a_problem(send, nightly, monkeypatch):
    from ibutsu_server.errors import TookTooLong

    def fail(*_arguments):
        raise TookTooLong("The database took too long")
        yield

    monkeypatch.setattr(run_results, "batches", fail)
    assert_problem(send("GET", f"/api/run/{nightly().id}/export"), 504)


@pytest.mark.validation
def test_unknown_format_is_400(send, nightly):
    response = send("GET", f"/api/run/{nightly().id}/export", params={"format": "xlsx"})
    assert_problem(response, 400, field="format")


@pytest.mark.integration
def test_reported_counts_without_results_are_no_failures(send, db_session, nightly):
    run = nightly(summary={"tests": 5, "failures": 5})
    db_session.execute(update(Run).values(result_count=0))
    db_session.commit()
    assert _failures(send, run)["failures"] == 0
