"""The history of a test, and metadata for several results at once."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from helpers.assertions import assert_problem
from sqlalchemy import select

from ibutsu_server.db.models import AuditEntry, Result
from ibutsu_server.domain import result_history

START = datetime(2026, 11, 20, tzinfo=UTC)
URL = "/api/results/bulk-update"


@pytest.fixture
def report(shop, make_result):
    """`report(3, "failed", ...)` makes a result of the third day."""

    def make(day, result="passed", **values):
        labels = {"project_id": shop.id, "test_id": "test_pay", "component": "cart", "env": "qa"}
        start_time = START + timedelta(days=day)
        return make_result(**{**labels, "start_time": start_time, "result": result, **values})

    return make


def _history(send, result, **query):
    response = send("GET", f"/api/result/{result.id}/history", params=query)
    assert response.status_code == 200, response.text
    return response.json()


def _ids(results):
    return [result and result["id"] for result in results]


def _told(*results):
    return [result and str(result.id) for result in results]


@pytest.mark.integration
def test_result_is_told_with_what_it_says(send, report, make_run, shop):
    run = make_run(project_id=shop.id)
    metadata = {"exception_name": "KeyError", "message": "'a'\nb", "classification": "test_failure"}
    result = report(0, "failed", run_id=run.id, metadata=metadata, source="ci", duration=2.5)
    told = {
        "id": str(result.id),
        "run_id": str(run.id),
        "result": "failed",
        "start_time": "2026-11-20T00:00:00Z",
        "duration": 2.5,
        "component": "cart",
        "env": "qa",
        "source": "ci",
        "exception_name": "KeyError",
        "message": "'a'",
        "classification": "test_failure",
    }
    assert _history(send, result) == {
        "results": [told],
        "last_passed": None,
        "failing_since": told,
        "failures_in_a_row": 1,
    }


@pytest.mark.integration
def test_history_tells_when_it_passed_last_and_since_when_it_fails(send, report):
    outcomes = ("passed", "failed", "passed", "skipped", "error", "xfailed", "failed", "passed", "failed")
    results = [report(day, outcome) for day, outcome in enumerate(outcomes)]
    answer = _history(send, results[6])
    assert _ids(answer["results"]) == _told(*reversed(results))
    assert _ids([answer["last_passed"], answer["failing_since"]]) == _told(results[2], results[4])
    assert answer["failures_in_a_row"] == 2


@pytest.mark.integration
def test_test_that_never_passed_fails_from_the_beginning(send, report):
    results = [report(day, "failed") for day in range(3)]
    answer = _history(send, results[1])
    assert _ids([answer["last_passed"], answer["failing_since"]]) == _told(None, results[0])
    assert answer["failures_in_a_row"] == 2


@pytest.mark.integration
@pytest.mark.parametrize("outcome", ["passed", "skipped", "xpassed"])
def test_result_that_is_no_failure_fails_since_never(send, report, outcome):
    before = report(0)
    report(1, "failed")
    answer = _history(send, report(2, outcome))
    assert _ids([answer["last_passed"], answer["failing_since"]]) == _told(before, None)
    assert answer["failures_in_a_row"] == 0


@pytest.mark.integration
def test_results_that_started_together_are_in_the_order_of_their_ids(send, report):
    made = sorted((report(0, outcome) for outcome in ("failed",) * 4), key=lambda result: result.id)
    answer = _history(send, made[2])
    assert _ids(answer["results"]) == _told(*reversed(made))
    assert _ids([answer["failing_since"]]) == _told(made[0])
    assert answer["failures_in_a_row"] == 3


@pytest.mark.integration
@pytest.mark.parametrize("component", ["cart", None])
def test_environment_is_the_same_unless_all_are_wanted(send, report, other, component):
    own = [report(day, component=component) for day in range(2)]
    prod = report(2, env="prod", component=component)
    search = report(3, component="search")
    report(4, test_id="another", component=component)
    report(5, project_id=other.id, component=component)
    assert _ids(_history(send, own[0])["results"]) == _told(own[1], own[0])
    everywhere = _history(send, own[0], same="test")["results"]
    assert _ids(everywhere) == _told(search, prod, own[1], own[0])


@pytest.mark.integration
def test_newest_are_told_as_many_as_are_wanted(send, report):
    results = [report(day) for day in range(4)]
    assert _ids(_history(send, results[0], limit=2)["results"]) == _told(results[3], results[2])


@pytest.mark.integration
def test_failures_in_a_row_are_counted_up_to_a_limit(send, report, monkeypatch):
    monkeypatch.setattr(result_history, "MOST", 2)
    results = [report(day, "failed") for day in range(4)]
    answer = _history(send, results[3])
    assert _ids([answer["failing_since"]]) == _told(results[2])
    assert answer["failures_in_a_row"] == 2


@pytest.mark.integration
def test_result_of_no_test_is_its_own_history(send, report):
    report(0, test_id=None)
    result = report(1, "failed", test_id=None)
    answer = _history(send, result)
    assert _ids([*answer["results"], answer["failing_since"]]) == _told(result, result)
    assert (answer["last_passed"], answer["failures_in_a_row"]) == (None, 1)
    passed = _history(send, report(2, test_id=None))
    assert (passed["last_passed"], passed["failing_since"]) == (None, None)


@pytest.mark.validation
@pytest.mark.parametrize(("field", "value"), [("same", "run"), ("limit", 0), ("limit", 201), ("limit", "x")])
def test_history_of_something_else_is_400(send, report, field, value):
    response = send("GET", f"/api/result/{report(0).id}/history", params={field: value})
    assert_problem(response, 400, field=field)


# Several at once


def _update(send, ids, metadata):
    return send("POST", URL, json={"ids": [str(id_) for id_ in ids], "metadata": metadata})


def _stored(db_session, *results):
    for result in results:
        db_session.refresh(result)
    return [result.data for result in results]


def _updates(db_session):
    told = select(AuditEntry).where(AuditEntry.action == "update", AuditEntry.entity == "result")
    return db_session.scalars(told).all()


@pytest.mark.integration
def test_metadata_are_merged_into_each(send, report, db_session):
    one, other = report(0, metadata={"a": 1, "b": {"c": 2}}), report(1)
    response = _update(send, [one.id, other.id, one.id], {"classification": "test_failure", "b": {"d": 3}})
    assert (response.status_code, response.json()) == (200, {"updated": 2})
    assert _stored(db_session, one, other) == [
        {"a": 1, "b": {"c": 2, "d": 3}, "classification": "test_failure"},
        {"b": {"d": 3}, "classification": "test_failure"},
    ]
    assert {entry.entity_id for entry in _updates(db_session)} == {one.id, other.id}


@pytest.mark.integration
def test_runs_are_told_once_that_their_results_have_changed(send, report, make_run, shop, db_session):
    runs = [make_run(project_id=shop.id, is_tallied=True) for _ in range(2)]
    results = [report(day, run_id=runs[day % 2].id) for day in range(4)]
    for run in runs:
        db_session.refresh(run)
        run.is_tallied = True
    db_session.commit()
    before = [run.changes for run in runs]
    assert _update(send, [result.id for result in results], {"a": 1}).status_code == 200
    for run, changes in zip(runs, before, strict=True):
        db_session.refresh(run)
        assert (run.is_tallied, run.changes, run.passes) == (False, changes + 1, 2)


@pytest.mark.integration
def test_results_can_be_moved_to_another_run_and_are_counted_there(
    send, report, make_run, make_artifact, shop, db_session
):
    old, new = (make_run(project_id=shop.id) for _ in range(2))
    results = [report(day, outcome, run_id=old.id) for day, outcome in enumerate(("passed", "failed"))]
    artifact = make_artifact(result_id=results[0].id)
    assert _update(send, [result.id for result in results], {"run": str(new.id)}).status_code == 200
    for thing in (old, new, artifact):
        db_session.refresh(thing)
    assert (old.result_count, new.result_count, new.passes, new.failures) == (0, 2, 1, 1)
    assert artifact.run_id == new.id


@pytest.mark.integration
def test_results_are_changed_all_or_none(send, report, make_result, other, db_session):
    own, foreign, missing = report(0), make_result(project_id=other.id), uuid4()
    assert_problem(_update(send, [own.id, missing], {"a": 1}), 404, str(missing), field="ids")
    assert_problem(_update(send, [own.id, foreign.id], {"a": 1}), 403)
    assert_problem(_update(send, [own.id], {"component": 7}), 400, field="metadata.component")
    assert _stored(db_session, own, foreign) == [{}, {}]


@pytest.mark.validation
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"ids": []}, "ids"),
        ({"ids": ["x"]}, "ids.0"),
        ({"ids": [str(uuid4())] * 1001}, "ids"),
        ({"metadata": {}}, "metadata"),
        ({"metadata": None}, "metadata"),
        ({"result": "passed"}, "result"),
        ({"metadata": {"run": "x"}}, "metadata.run"),
        ({"metadata": {"project": 7}}, "metadata.project"),
    ],
)
def test_what_is_wrong_is_400_and_named(send, report, change, field):
    body = {"ids": [str(report(0).id)], "metadata": {"a": 1}, **change}
    assert_problem(send("POST", URL, json=body), 400, field=field)


@pytest.mark.integration
def test_repeated_request_is_answered_as_before(flask_app, headers_of, jo, report, db_session):
    headers = {**headers_of(jo), "Idempotency-Key": str(uuid4())}
    body = {"ids": [str(report(0).id)], "metadata": {"a": 1}}
    first, again = (flask_app[0].post(URL, json=body, headers=headers) for _ in range(2))
    assert first.json() == again.json() == {"updated": 1}
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(_updates(db_session)) == 1


@pytest.mark.integration
def test_many_results_take_few_statements(send, shop, make_run, bulk_result_creator, count_statements):
    run = make_run(project_id=shop.id)
    counted = []
    for count in (2, 20):
        results = bulk_result_creator(count=count, run_id=run.id, project_id=shop.id)
        ids = [result.id for result in results]
        with count_statements() as statements:
            assert _update(send, ids, {"classification": "test_failure"}).json() == {"updated": count}
        counted.append(len(statements))
    assert counted[0] == counted[1]
    assert Result.query.filter(Result.data["classification"].as_string() == "test_failure").count() == 22
