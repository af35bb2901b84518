"""Wrong counts and times of old clients are put right."""

from datetime import timedelta

import pytest
from fixtures.constants import MISSING_ID

from ibutsu_server.db.models import Project, Result, Run, User
from ibutsu_server.db.types import now
from ibutsu_server.domain import repairs
from ibutsu_server.tasks.add_result_start_time import add_result_start_time
from ibutsu_server.tasks.seed_users import seed_users
from ibutsu_server.tasks.sync_aborted_runs import sync_aborted_runs
from ibutsu_server.tasks.update_run import update_run

pytestmark = pytest.mark.integration


@pytest.fixture
def spoil(db_session, make_result):
    """A run with one result and wrong counts."""

    def spoil(run):
        make_result(run_id=run.id, project_id=run.project_id)
        db_session.expire_all()
        run.tests = run.result_count = 9
        db_session.commit()
        return run

    return spoil


def _tests(db_session, run):
    db_session.expire_all()
    return db_session.get_one(Run, run.id).tests


def test_run_is_counted_again(db_session, make_run, spoil):
    run = spoil(make_run())
    update_run.apply([str(run.id)], throw=True)
    assert _tests(db_session, run) == 1


def test_run_without_results_keeps_what_its_client_said(db_session, make_run):
    run = make_run(summary={"tests": 7})
    update_run.apply([str(run.id)], throw=True)
    assert _tests(db_session, run) == 7


def test_missing_run_is_nobodys_fault(db_session):
    update_run.apply([MISSING_ID], throw=True)
    assert Run.query.count() == 0


def test_recent_runs_with_wrong_counts_are_counted_again(db_session, make_run, spoil):
    recent, old = spoil(make_run()), spoil(make_run(start_time=now() - timedelta(hours=4)))
    hearsay = make_run(summary={"tests": 7})
    sync_aborted_runs.apply(throw=True)
    assert [_tests(db_session, run) for run in (recent, old, hearsay)] == [1, 9, 7]


def test_start_time_of_old_clients_is_found_under_its_new_name(
    db_session, make_run, make_result, monkeypatch
):
    monkeypatch.setattr(repairs, "BATCH", 2)
    run = make_run()
    place = {"run_id": run.id, "project_id": run.project_id}
    given = [
        {"starttime": 5},
        {"starttime": 5, "start_time": 6},
        {"a": 1},
        {"starttime": 5},
        {"starttime": 7},
    ]
    made = [make_result(metadata=metadata, **place) for metadata in given]
    elsewhere = make_result(metadata={"starttime": 5})
    add_result_start_time.apply([str(run.id)], throw=True)
    db_session.expire_all()
    found = [db_session.get_one(Result, one.id).data.get("start_time") for one in (*made, elsewhere)]
    assert found == [5, 6, None, 5, 7, None]


def test_people_are_made_and_put_into_their_projects(db_session, make_project, make_user):
    shop = make_project(name="shop")
    make_user(email="old@example.com", name="Old")
    teams = {
        "SHOP": {"owner": "boss@example.com", "users": ["OLD@example.com", "new@example.com"]},
        "unknown": {"owner": "ghost@example.com", "users": []},
    }
    for _ in range(2):
        seed_users.apply([teams], throw=True)
    db_session.expire_all()
    people = {user.email: user for user in User.query}
    assert "ghost@example.com" not in people
    assert (people["new@example.com"].name, people["new@example.com"].is_active) == ("new", True)
    found = db_session.get_one(Project, shop.id)
    assert found.owner_id == people["boss@example.com"].id
    assert [user.email for user in found.users] == ["boss@example.com", "new@example.com", "old@example.com"]
