"""The audit log notes what has changed, once, with who did it, and forgets what was rolled back."""

import os
from contextlib import ExitStack
from datetime import timedelta

import pytest
from click.testing import CliRunner
from fixtures.constants import PASSWORD, SUPERADMIN_EMAIL
from fixtures.database import postgresql
from flask import current_app
from helpers.factories import result_body, run_body
from sqlalchemy import create_engine, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from ibutsu_server.cli import main
from ibutsu_server.db import db, upgrade
from ibutsu_server.db.models import AuditEntry, Group, Membership, Project, Result, Run
from ibutsu_server.domain import audit, counts, groups, runs, sessions, tokens
from ibutsu_server.tasks import celery_task

pytestmark = pytest.mark.integration

CHANGE = {"metadata": {"owner": "jo"}}


def entries(**where):
    return db.session.scalars(select(AuditEntry).filter_by(**where).order_by(AuditEntry.id)).all()


def changes(**where):
    (entry,) = entries(**where)
    return entry.changes


def test_change_tells_what_was_and_what_is(make_group):
    group = make_group(name="old")
    group.name = "new"
    db.session.commit()
    (entry,) = entries(action="update")
    assert (entry.entity, entry.entity_id, entry.name) == ("group", group.id, "new")
    assert entry.changes == {"name": ["old", "new"]}


def test_what_is_sent_as_it_was_writes_nothing(make_group):
    group = make_group(name="same", metadata={"a": {"b": 1}})
    groups.change(group, {"name": "same", "metadata": {"a": {"b": 1}}})
    db.session.commit()
    assert entries(action="update") == []


def test_metadata_is_told_by_the_paths_of_its_keys(make_run):
    run = make_run(metadata={"kept": 1, "deep": {"gone": [1], "changed": "a"}})
    run.data = {"kept": 1, "deep": {"changed": "b"}, "came": {"x": None, "y": True}}
    db.session.commit()
    assert changes(entity="run") == {
        "metadata.deep.gone": [[1], None],
        "metadata.deep.changed": ["a", "b"],
        "metadata.came.y": [None, True],
    }


def test_ids_and_times_are_text(make_run, make_project):
    run, project = make_run(), make_project()
    old = run.project_id
    run.project_id, run.start_time = project.id, run.start_time.replace(microsecond=0) + timedelta(days=1)
    db.session.commit()
    told = entries(entity="run")[0].changes
    assert told["project_id"] == [str(old), str(project.id)]
    assert told["start_time"][1] == run.start_time.isoformat().replace("+00:00", "Z")


def test_what_moves_is_told_in_both_projects(make_run, make_project):
    run, project = make_run(), make_project()
    places = {run.project_id, project.id}
    runs.change(run, {}, project_id=project.id)
    db.session.commit()
    assert {entry.project_id for entry in entries(entity="run")} == places


def test_secrets_are_masked(make_user):
    user = make_user()
    for password_hash in ("first secret", "second secret"):
        user.password_hash = password_hash
        db.session.commit()
    first, second = (entry.changes for entry in entries(entity="user", action="update"))
    assert (first, second) == ({"password": [None, "***"]}, {"password": ["***", "***"]})


def test_token_keeps_its_secret(make_user):
    issued = tokens.issue(make_user(), name="ci", lifetime=timedelta(hours=1))
    db.session.commit()
    told = changes(entity="token", name="ci")
    assert sorted(told) == ["expires", "name", "user_id"]
    assert issued.token.last_four not in told.values()


def test_long_values_are_cut(make_group):
    group = make_group(name="x" * 600, metadata={"list": ["y" * 600]})
    told = changes(entity_id=group.id)
    assert told["name"][1] == "x" * 500 + "…"
    assert len(told["metadata.list"][1]) == 501


def test_what_differs_behind_the_cut_is_told_all_the_same(make_group):
    group = make_group(name="x" * 600)
    group.name = "x" * 601
    db.session.commit()
    assert len(entries(action="update")) == 1


def test_the_first_hundred_fields_are_told(make_group):
    group = make_group(metadata={str(i): i for i in range(120)})
    told = changes(entity_id=group.id)
    assert (len(told), told["…"]) == (101, [None, "and 21 more"])


def test_thing_that_is_touched_twice_has_one_entry(make_group):
    group = make_group(name="a", metadata={"x": 1})
    for name in ("b", "c"):
        group.name = name
        db.session.flush()
    group.data = {"x": 2}
    db.session.commit()
    assert changes(action="update") == {"name": ["a", "c"], "metadata.x": [1, 2]}


def test_there_and_back_again_is_no_change(make_group):
    group = make_group(name="a")
    for name in ("b", "a"):
        group.name = name
        db.session.flush()
    db.session.commit()
    assert entries(action="update") == []


def test_what_comes_and_goes_in_one_transaction_was_never_there(db_session):
    group = Group(name="passing")
    db_session.add(group)
    db_session.flush()
    db_session.delete(group)
    db_session.commit()
    assert entries(entity="group") == []


def test_deleted_run_tells_how_many_results_went_with_it(result_test_hierarchy):
    run = result_test_hierarchy["run"]
    db.session.delete(run)
    db.session.commit()
    assert changes(action="delete")["results"] == [1, None]


def test_counts_are_the_servers_business(result_test_hierarchy):
    run, result = result_test_hierarchy["run"], result_test_hierarchy["result"]
    run.tests = 5
    db.session.flush()
    counts.recount(run.id)
    db.session.delete(result)
    db.session.flush()
    counts.recount(run.id)
    db.session.commit()
    assert entries(entity="run") == []


def test_counts_that_somebody_says_are_told(make_run):
    run = make_run(summary={"tests": 2, "failures": 2})
    runs.change(run, {"summary": {"tests": 2, "passes": 2, "extra": 1}}, project_id=None)
    db.session.commit()
    told = changes(entity="run")
    assert told["summary.failures"] == [2, 0]
    assert told["summary.extra"] == [None, 1]


def test_what_was_rolled_back_is_forgotten(make_group):
    group = make_group(name="old")
    group.name = "new"
    db.session.flush()
    db.session.rollback()
    db.session.commit()
    assert entries(action="update") == []


def test_what_was_rolled_back_to_a_savepoint_is_forgotten(make_group):
    kept, dropped = make_group(name="kept"), make_group(name="dropped")
    kept.name = "kept, new"
    db.session.flush()
    savepoint = db.session.begin_nested()
    dropped.name = "dropped, new"
    db.session.flush()
    savepoint.rollback()
    db.session.commit()
    assert [entry.name for entry in entries(action="update")] == ["kept, new"]


def test_what_happened_in_a_savepoint_that_was_released_is_told(make_group):
    group = make_group(name="old")
    with db.session.begin_nested():
        group.name = "new"
    db.session.commit()
    assert changes(action="update") == {"name": ["old", "new"]}


def test_what_goes_by_the_thousand_is_told_together(make_project):
    project = make_project()
    for count in (7, 8):
        audit.tell(
            "delete", "result", name="old ones", changes={"results": (count, None)}, project_id=project.id
        )
    db.session.commit()
    told = entries(entity="result", project_id=project.id)
    assert [entry.changes for entry in told] == [{"results": [7, None]}, {"results": [8, None]}]


def test_member_has_the_name_of_the_user(make_user, make_project):
    user = make_user(email="jo@example.com")
    project = make_project(users=[user])
    db.session.get_one(Membership, (user.id, project.id)).role = "viewer"
    db.session.commit()
    (entry,) = entries(entity="member", action="update")
    assert (entry.name, entry.entity_id, entry.project_id) == ("jo@example.com", user.id, project.id)
    assert entry.changes == {"role": ["maintainer", "viewer"]}


def test_revoked_access_is_told_of_each_token_and_session(make_user):
    user = make_user(email="jo@example.com")
    tokens.issue(user, name="ci", lifetime=timedelta(hours=1))
    hour = timedelta(hours=1)
    sessions.open_session(user, sessions.Visitor("192.0.2.7", "curl"), sessions.Lifetimes(hour, hour))
    db.session.commit()
    tokens.revoke_all(user)
    db.session.commit()
    gone = {(entry.entity, entry.name) for entry in entries(action="delete")}
    assert gone == {("token", "ci"), ("session", "jo@example.com")}


def test_update_through_sql_fails(make_group):
    make_group()
    for statement in ("UPDATE audit_log SET name = 'x'", "UPDATE audit_log SET changes = NULL"):
        with pytest.raises(Exception, match="the audit log is never changed"):
            db.session.execute(text(statement))
        db.session.rollback()


def test_update_through_the_session_fails(make_group):
    entry = entries(entity_id=make_group(name="g").id)[0]
    entry.name = "somebody else"
    with pytest.raises(Exception, match="the audit log is never changed"):
        db.session.flush()
    db.session.rollback()


def test_actor_ends_with_its_context(app_context, make_group):
    with current_app.app_context():
        audit.act(user_email="somebody", address="192.0.2.7")
        db.session.add(Group(name="theirs"))
        db.session.commit()
    with current_app.app_context():
        db.session.add(Group(name="nobody's"))
        db.session.commit()
    told = {entry.name: entry.user_email for entry in entries(entity="group")}
    assert told == {"theirs": "somebody", "nobody's": None}


def test_actor_outlives_a_rollback(make_group):
    audit.act(user_email="somebody")
    db.session.rollback()
    make_group(name="g")
    assert entries(name="g")[0].user_email == "somebody"


@celery_task
def delete_groups_for_test():
    db.session.delete(db.session.scalars(select(Group)).one())


def test_what_a_task_deletes_is_told_with_its_name(make_group, make_user):
    audit.act(user_id=make_user().id, user_email="who asked for it", address="192.0.2.7")
    make_group(name="old")
    db.session.commit()
    delete_groups_for_test()
    (entry,) = entries(action="delete")
    assert (entry.user_email, entry.user_id) == ("task delete_groups_for_test", None)
    assert entry.address is None


@celery_task
def repair_for_test():
    for entity in (Run, Result):
        db.session.scalars(select(entity)).one().data = {"repaired": True}
    db.session.scalars(select(Project)).one().title = "new"


def test_what_a_task_puts_right_is_no_edit(result_test_hierarchy):
    repair_for_test()
    assert [entry.entity for entry in entries(action="update")] == ["project"]
    db.session.expire_all()
    assert result_test_hierarchy["run"].data == {"repaired": True}


def _send(flask_app, jwt):
    headers = {"Authorization": f"Bearer {jwt}"}
    return lambda method, url, **request: flask_app[0].request(method, url, headers=headers, **request)


@pytest.fixture
def reporter(flask_app, make_user, make_project):
    """Requests of a program whose user is maintainer of the project `shop`."""
    user = make_user(email="ci@example.com", password=PASSWORD)
    make_project(name="shop", users=[user])
    issued = tokens.issue(user, name="ci", lifetime=timedelta(hours=1))
    db.session.commit()
    return _send(flask_app, issued.jwt)


def test_reports_are_not_edits(reporter):
    run = reporter("POST", "/api/run", json=run_body("shop")).json()
    result = reporter("POST", "/api/result", json=result_body("shop", run["id"])).json()
    assert reporter("PUT", f"/api/run/{run['id']}", json=CHANGE).status_code == 200
    assert result["run_id"] == run["id"]
    assert [entry.entity for entry in entries() if entry.user_id] == []


def test_other_peoples_runs_are_edited(reporter, make_run):
    run = make_run(project_id=db.session.scalars(select(Project.id)).one())
    reporter("PUT", f"/api/run/{run.id}", json=CHANGE)
    assert changes(entity="run") == {"metadata.owner": [None, "jo"]}


def test_who_signed_in_edits_what_their_program_has_reported(flask_app, reporter):
    run = reporter("POST", "/api/run", json=run_body("shop")).json()
    login = flask_app[0].post("/api/login", json={"email": "ci@example.com", "password": PASSWORD})
    _send(flask_app, login.json()["token"])("PUT", f"/api/run/{run['id']}", json=CHANGE)
    (entry,) = entries(entity="run")
    (sign_in,) = entries(entity="session")
    assert (entry.token_id, entry.token_name) == (sign_in.entity_id, "login-token")


def test_repeated_update_of_a_run_is_told_once(reporter, make_run):
    run = make_run(project_id=db.session.scalars(select(Project.id)).one())
    for _ in range(3):
        reporter("PUT", f"/api/run/{run.id}", json=CHANGE)
    assert len(entries(entity="run")) == 1


def test_posting_a_result_issues_no_statement_for_the_log(reporter, make_run, count_statements):
    run = make_run(project_id=db.session.scalars(select(Project.id)).one())
    reporter("POST", "/api/result", json=result_body("shop", str(run.id)))
    with count_statements() as statements:
        assert reporter("POST", "/api/result", json=result_body("shop", str(run.id))).status_code == 201
    assert len(statements) == 5
    assert not [statement for statement in statements if "audit_log" in statement]


def test_request_that_fails_leaves_no_entry(reporter, make_run):
    run = make_run(project_id=db.session.scalars(select(Project.id)).one())
    body = {**CHANGE, "metadata": {"project": "nowhere", "a": 1}}
    assert reporter("PUT", f"/api/run/{run.id}", json=body).status_code == 400
    assert entries(entity="run") == []


def test_person_of_one_request_is_not_behind_the_next(api, flask_app, make_group, make_user):
    group, _person = make_group(), make_user(email="jo@example.com", password=PASSWORD)
    api.put(f"/api/group/{group.id}", json={"name": "new"})
    flask_app[0].post("/api/login", json={"email": "jo@example.com", "password": PASSWORD}, headers={})
    emails = {entry.entity: entry.user_email for entry in entries() if entry.address}
    assert emails == {"group": SUPERADMIN_EMAIL, "session": "jo@example.com"}
    assert entries(entity="session")[0].token_id is None


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated(request, tmp_path):
    """The engine of a database that was made by the migrations."""
    with ExitStack() as stack:
        url = f"sqlite:///{tmp_path / 'migrated.db'}"
        if request.param == "postgresql":
            if "TEST_POSTGRESQL_URL" not in os.environ:
                pytest.skip("TEST_POSTGRESQL_URL names no server")
            url = stack.enter_context(postgresql(os.environ["TEST_POSTGRESQL_URL"]))
        upgrade.upgrade(url)
        engine = create_engine(url)
        yield engine
        engine.dispose()


def test_migrated_log_refuses_updates_as_well(migrated):
    row = {"action": "create", "entity": "group", "name": "g"}
    with migrated.begin() as connection:
        connection.execute(insert(AuditEntry), [row])
    with pytest.raises(DBAPIError, match="the audit log is never changed"), migrated.begin() as connection:
        connection.execute(update(AuditEntry).values(name="x"))
    with migrated.begin() as connection:
        assert connection.scalar(select(AuditEntry.name)) == "g"


def test_commands_are_told_as_the_command_line(tmp_path):
    env = {"IBUTSU_DATA_DIR": str(tmp_path), "BCRYPT_LOG_ROUNDS": "4"}
    command = ["admin", "create", "--email", "boss@example.com", "--password", PASSWORD]
    assert CliRunner().invoke(main, command, env=env).exit_code == 0
    engine = create_engine(f"sqlite:///{tmp_path / 'ibutsu.db'}")
    with engine.connect() as connection:
        (entry,) = connection.execute(select(AuditEntry.__table__)).all()
    engine.dispose()
    assert (entry.user_email, entry.action, entry.entity) == ("command line", "create", "user")
    assert entry.changes["password"] == [None, "***"]
