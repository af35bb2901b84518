"""The counts of a run: what is reported, what is counted, and that counting again finds the same."""

from datetime import UTC, datetime, timedelta

import pytest

from ibutsu_server import serialize
from ibutsu_server.db.models import Run
from ibutsu_server.domain import counts

START = datetime(2026, 11, 1, 10, tzinfo=UTC)


def _numbers(run: Run) -> tuple[object, ...]:
    columns = ("tests", "result_count", "first_start", "last_end", *counts.OUTCOME_COLUMNS)
    return *(getattr(run, column) for column in columns), round(run.duration, 6)


@pytest.mark.integration
@pytest.mark.parametrize(
    ("summary", "expected"),
    [
        ({}, {"tests": 0, "passes": 0, "pass_percent": 0, "collected": 0, "not_run": 0}),
        ({"tests": 10, "failures": 3}, {"passes": 7, "pass_percent": 70}),
        ({"tests": 3, "failures": 5}, {"passes": 0, "tests": 3}),
        ({"tests": 3, "passes": 1}, {"passes": 1, "pass_percent": 33}),
        ({"failures": 1, "passes": 2}, {"tests": 3, "pass_percent": 66}),
        ({"tests": 4, "manual": 1, "blocked": 1}, {"passes": 2}),
        ({"tests": 4, "collected": 9}, {"not_run": 5}),
        ({"tests": 4, "collected": 2}, {"not_run": 0}),
        ({"tests": 2, "pass_percent": 99, "not_run": 7}, {"pass_percent": 100, "not_run": 0}),
        ({"tests": 1, "flaky": 2}, {"flaky": 2}),
    ],
)
def test_reported_summary_is_completed_by_the_server(make_run, summary, expected):
    assert serialize.summary(make_run(summary=summary)).items() >= expected.items()


@pytest.mark.integration
def test_each_outcome_has_a_count_of_its_own(make_run, make_result, db_session):
    run = make_run()
    for outcome in (*counts.COLUMN_OF_OUTCOME, None):
        make_result(run_id=run.id, project_id=run.project_id, result=outcome)
    summary = serialize.summary(db_session.get_one(Run, run.id))
    assert [summary[column] for column in counts.OUTCOME_COLUMNS] == [1] * 8
    assert (summary["tests"], summary["pass_percent"]) == (9, 11)


@pytest.mark.integration
def test_first_result_replaces_what_the_client_had_reported(make_run, make_result, db_session):
    run = make_run(summary={"tests": 99, "failures": 99, "collected": 5}, duration=1000)
    make_result(run_id=run.id, project_id=run.project_id, duration=2)
    stored = db_session.get_one(Run, run.id)
    assert (stored.tests, stored.failures, stored.passes, stored.duration) == (1, 0, 1, 2)
    assert stored.collected == 5


@pytest.mark.integration
def test_later_reports_do_not_touch_counted_numbers(make_run, make_result, db_session):
    run = make_run()
    make_result(run_id=run.id, project_id=run.project_id)
    stored = db_session.get_one(Run, run.id)
    counts.report(stored, {"tests": 99, "failures": 99, "collected": 3, "flaky": 1})
    assert (stored.tests, stored.failures, stored.collected) == (1, 0, 3)
    assert stored.summary_extra == {"flaky": 1}


@pytest.mark.integration
def test_recount_finds_what_was_counted_one_by_one(make_run, make_result, db_session):
    run = make_run()
    for i, outcome in enumerate((*counts.COLUMN_OF_OUTCOME, None, "passed")):
        start = START + timedelta(seconds=(7 * i) % 5)
        values = {"result": outcome, "start_time": start, "duration": None if i == 3 else i / 4}
        make_result(run_id=run.id, project_id=run.project_id, **values)
    counted = _numbers(db_session.get_one(Run, run.id))
    counts.recount(run.id)
    assert _numbers(db_session.get_one(Run, run.id)) == counted


@pytest.mark.integration
def test_run_whose_results_are_gone_counts_nothing(make_run, make_result, db_session):
    run = make_run()
    db_session.delete(make_result(run_id=run.id, project_id=run.project_id))
    db_session.flush()
    counts.recount(run.id)
    stored = db_session.get_one(Run, run.id)
    assert (stored.tests, stored.result_count, stored.duration, stored.first_start) == (0, 0, 0, None)


@pytest.mark.integration
def test_duration_without_end_does_not_break_the_span(make_run, make_result, db_session):
    run = make_run()
    make_result(run_id=run.id, project_id=run.project_id, start_time=START, duration=1e15)
    stored = db_session.get_one(Run, run.id)
    assert (stored.first_start, stored.last_end) == (START, START)
