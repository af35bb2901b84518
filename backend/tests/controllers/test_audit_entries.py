"""What every operation that writes leaves in the audit log."""

from datetime import timedelta

import pytest
from controllers.test_access import (  # noqa: F401 - `world` is a fixture
    OPERATIONS,
    ROWS,
    _send,
    world,
)
from fixtures.constants import PASSWORD
from helpers import db_builders
from sqlalchemy import select, text

from ibutsu_server.db import db
from ibutsu_server.db.models import AuditEntry
from ibutsu_server.db.types import now
from ibutsu_server.domain import account_codes, retention
from ibutsu_server.passwords import hash_password
from ibutsu_server.storage import Storage
from ibutsu_server.tasks.prune_old_runs import prune_old_runs

ENTRIES = """
update_run               update run
bulk_update              update run
delete_run               delete run
update_result            update result
bulk_update_results      update result
delete_result            delete result
delete_artifact          delete artifact
cancel_import            update import
retry_import             update import
delete_import            delete import
add_project              create project, create member
update_project           update project
admin_add_project        create project, create member
admin_update_project     update project
admin_delete_project     delete project
set_member               update member
update_retention         create retention
remove_member            delete member
add_group                create group
update_group             update group
delete_group             delete group
add_dashboard            create dashboard
update_dashboard         update dashboard
delete_dashboard         delete dashboard
copy_dashboard           create dashboard
import_dashboard         create dashboard, create widget_config
add_saved_filter         create saved_filter
update_saved_filter      update saved_filter
delete_saved_filter      delete saved_filter
add_widget_config        create widget_config
update_widget_config     update widget_config
delete_widget_config     delete widget_config
admin_add_user           create user
admin_update_user        update user
admin_delete_user        delete user
update_current_user      update user
add_token                create token
delete_token             delete token
login                    create session
delete_session           delete session
delete_other_sessions    delete session
reset_password           update user, delete token, delete token
"""

NOTHING = {
    "add_run": "there are too many, and the run is its own record",
    "add_result": "there are too many, and the result is its own record",
    "upload_artifact": "there are too many, and the artifact is its own record",
    "upload_artifact_form": "there are too many, and the artifact is its own record",
    "add_results": "there are too many, and the results are their own record",
    "add_import": "the import is its own record",
    "logout": "callers with API tokens have no session to end",
    "refresh": "the session goes on",
    "register": "an entry for new addresses only would tell who has an account; the activation is noted",
    "recover": "it promises a mail, and changes no account",
}

CALLERS = ("maintainer", "owner", "superadmin", "anonymous")
CHANGED = {"set_member": {"json": {"role": "reporter"}}}
"""Where the request of the access table would change nothing."""

WRITING = {name: method for name, (method, _, _) in OPERATIONS.items() if method != "GET"}


def _expected():
    lines = (line.split(maxsplit=1) for line in ENTRIES.strip().splitlines())
    return {operation: sorted(entries.strip().split(", ")) for operation, entries in lines}


EXPECTED = _expected()


@pytest.mark.unit
def test_every_operation_that_writes_has_a_row():
    assert EXPECTED.keys() | NOTHING.keys() == WRITING.keys()
    assert EXPECTED.keys() & NOTHING.keys() == set()


@pytest.mark.integration
@pytest.mark.parametrize("operation", WRITING)
def test_operation_leaves_its_entries(flask_app, world, operation):  # noqa: F811
    caller = next(name for name in CALLERS if ROWS[operation][name] < 400)
    db.session.execute(text("DELETE FROM audit_log"))
    db.session.commit()
    assert _send(flask_app[0], operation, world, caller, **CHANGED.get(operation, {})).status_code < 400
    entries = db.session.scalars(select(AuditEntry)).all()
    told = [f"{entry.action} {entry.entity}" for entry in entries]
    assert sorted(told) == EXPECTED.get(operation, []), [entry.changes for entry in entries]
    assert all(entry.user_email and entry.address == "testclient" for entry in entries)


def _told(**where):
    return db.session.scalars(select(AuditEntry).filter_by(**where).order_by(AuditEntry.id)).all()


@pytest.fixture
def person(make_user):
    return make_user(email="jo@example.com", password=PASSWORD)


@pytest.mark.integration
def test_sign_in_and_sign_out_are_told_with_who_did_it(flask_app, person):
    client, _token = flask_app
    token = client.post("/api/login", json={"email": "jo@example.com", "password": PASSWORD}).json()["token"]
    assert client.post("/api/login/logout", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    begin, end = _told(entity="session")
    assert (begin.action, end.action) == ("create", "delete")
    for entry in (begin, end):
        assert (entry.user_id, entry.user_email) == (person.id, "jo@example.com")
        assert (entry.name, entry.address) == ("jo@example.com", "testclient")
    assert end.token_id == begin.entity_id


@pytest.mark.integration
def test_sign_in_that_fails_is_not_told(flask_app, person):
    flask_app[0].post("/api/login", json={"email": "jo@example.com", "password": "wrong"})
    assert _told(entity="session") == []


@pytest.mark.integration
def test_activation_is_told_as_the_persons_own(flask_app, make_user):
    user = make_user(email="new@example.com", is_active=False, is_pending=True)
    code = account_codes.issue(user, "activate", password_hash=hash_password(PASSWORD, rounds=4))
    db.session.commit()
    assert flask_app[0].get(f"/api/login/activate/{code}").status_code == 302
    (entry,) = _told(entity="user", action="update")
    assert (entry.user_id, entry.user_email) == (user.id, "new@example.com")
    assert entry.changes == {
        "password": [None, "***"],
        "is_active": [False, True],
        "is_pending": [True, False],
    }


@pytest.mark.integration
def test_change_of_the_password_tells_what_access_it_ended(flask_app, person):
    client, _token = flask_app
    db_builders.token(person, name="ci")
    token = client.post("/api/login", json={"email": "jo@example.com", "password": PASSWORD}).json()["token"]
    body = {"password": "another battery of horses", "current_password": PASSWORD}
    assert client.put("/api/user", json=body, headers={"Authorization": f"Bearer {token}"}).status_code == 200
    (entry,) = _told(entity="user", action="update")
    assert entry.changes == {"password": ["***", "***"]}
    assert {(one.entity, one.name) for one in _told(action="delete")} == {
        ("token", "ci"),
        ("session", "jo@example.com"),
    }


@pytest.mark.integration
def test_task_that_was_asked_for_is_told_with_who_did_and_what_it_deleted(flask_app, make_run, make_user):
    admin = make_user(email="admin@example.com", is_superadmin=True)
    old = make_run(start_time=now() - timedelta(days=1000))
    body = {"token": db_builders.token(admin), "task": "db.prune_old_runs", "params": {"months": 12}}
    assert flask_app[0].post("/admin/run-task", json=body).status_code == 202
    prune_old_runs(months=12)
    (asked,) = _told(entity="task")
    assert (asked.user_email, asked.name) == ("admin@example.com", "prune_old_runs")
    assert asked.changes == {"params.months": [None, 12]}
    (done,) = _told(entity="run")
    assert (done.user_email, done.project_id) == ("task prune_old_runs", old.project_id)
    assert done.changes == {"runs": [1, None]}


@pytest.mark.integration
@pytest.mark.parametrize(
    ("prune", "noun"), [(retention.prune_results, "result"), (retention.prune_artifacts, "artifact")]
)
def test_what_goes_for_its_age_is_told_once_for_each_project(make_result, make_artifact, prune, noun):
    long_ago = now() - timedelta(days=1000)
    result = make_result(start_time=long_ago)
    for _ in range(3):
        make_artifact(result_id=result.id, upload_date=long_ago)
    prune(timedelta(days=365))
    (entry,) = _told(entity=noun)
    assert (entry.entity_id, entry.project_id) == (None, result.project_id)
    assert entry.changes == {f"{noun}s": [{"result": 1, "artifact": 3}[noun], None]}


@pytest.mark.integration
def test_imports_that_go_for_their_age_are_told_once_for_each_project(make_import, make_project, tmp_path):
    project = make_project()
    for place in (project.id, project.id, None):
        make_import(project_id=place, created=now() - timedelta(days=30))
    retention.prune_imports(Storage.open(tmp_path.as_uri()), timedelta(days=7))
    told = {entry.project_id: entry.changes for entry in _told(entity="import")}
    assert told == {project.id: {"imports": [2, None]}, None: {"imports": [1, None]}}
