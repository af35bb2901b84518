"""Who does the background work, over HTTP, for superadmins."""

import pytest
from helpers.assertions import assert_problem

from ibutsu_server.domain import schedule, workers

pytestmark = pytest.mark.integration

URL = "/api/admin/workers"


def test_workers_tell_what_they_do(api, db_session):
    doing = [{"task": "run_import", "about": "0197c0f6-7777-7c3e-9b6a-3f0f5c1a2b4d"}]
    sign = workers.Sign("worker", "machine-1", 17, ["celery", "imports"], 2)
    workers.note(sign, doing)
    db_session.commit()
    (worker,) = api.get(URL).json()["workers"]
    assert worker["id"] == str(sign.id)
    assert (worker["hostname"], worker["pid"], worker["concurrency"]) == ("machine-1", 17, 2)
    assert (worker["queues"], worker["doing"]) == (["celery", "imports"], doing)
    assert worker["started"] <= worker["seen"]


def test_scheduled_task_that_fails_is_seen(api, db_session):
    schedule.begin("prune_old_runs", "first")
    schedule.fail("prune_old_runs", "The database took too long")
    db_session.commit()
    (task,) = api.get(URL).json()["scheduled"]
    assert (task["name"], task["error"]) == ("prune_old_runs", "The database took too long")
    assert task["started"] <= task["failing_since"] <= task["ended"]


def test_queues_are_told(api):
    assert set(api.get(URL).json()["queued"]) == {"celery", "imports", "upkeep"}


def test_ordinary_user_gets_403(api_of, make_user):
    assert_problem(api_of(make_user())("GET", URL), 403, "Forbidden")
