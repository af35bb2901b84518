"""`POST /admin/run-task`: superadmins have background tasks done; nothing else gets through."""

from datetime import timedelta

import pytest
from fixtures.constants import MISSING_ID, PASSWORD, SUPERADMIN_EMAIL
from helpers import db_builders
from helpers.assertions import assert_problem

from ibutsu_server.controllers import run_task
from ibutsu_server.db.models import Token, User

URL = "/admin/run-task"
SYNC = {"task": "runs.sync_aborted_runs", "params": {}}


@pytest.fixture
def sent(monkeypatch):
    """What would be done in the background: names of tasks and their arguments."""
    sent = []
    for known in run_task.KNOWN.values():
        name = known.task.name
        monkeypatch.setattr(known.task, "apply_async", lambda args, name=name: sent.append((name, args)))
    return sent


@pytest.fixture
def ask(flask_app, sent):
    client, token = flask_app
    return lambda **body: client.post(URL, json={"token": token, **body})


@pytest.mark.integration
@pytest.mark.parametrize(
    ("task", "params", "args"),
    [
        ("db.prune_old_files", {}, (5,)),
        ("db.prune_old_files", {"months": 7}, (7,)),
        ("db.prune_old_files", {"months": "7"}, (7,)),
        ("db.prune_old_results", {}, (6,)),
        ("db.prune_old_runs", {}, (12,)),
        ("db.prune_old_import_files", {}, (7,)),
        ("db.clear_import_file_content", {"import_id": MISSING_ID}, (MISSING_ID,)),
        (
            "db.seed_users",
            {"projects": {"shop": {"owner": "jo@example.com"}}},
            ({"shop": {"owner": "jo@example.com", "users": []}},),
        ),
        ("results.add_result_start_time", {"run_id": MISSING_ID}, (MISSING_ID,)),
        ("runs.update_run", {"run_id": MISSING_ID.replace("-", "")}, (MISSING_ID,)),
        ("runs.sync_aborted_runs", {}, ()),
        ("runs.sync_aborted_runs", None, ()),
    ],
)
def test_task_is_accepted_and_sent(ask, sent, task, params, args):
    response = ask(task=task, params=params)
    assert (response.status_code, response.text) == (202, "Accepted")
    assert response.headers["content-type"].startswith("text/html")
    assert sent == [(task.rpartition(".")[2], args)]


@pytest.mark.integration
@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "application/octet-stream", None])
def test_any_content_type_will_do(flask_app, sent, content_type):
    client, token = flask_app
    content = f'{{"token": "{token}", "task": "runs.sync_aborted_runs"}}'.encode()
    headers = {"Content-Type": content_type} if content_type else {}
    assert client.post(URL, content=content, headers=headers).status_code == 202


@pytest.mark.validation
@pytest.mark.parametrize("content", [b"", b"null", b"{", b"[]", b'"x"', b"5", b'{"task": NaN}'])
def test_what_is_no_json_object_is_400(flask_app, sent, content):
    assert_problem(flask_app[0].post(URL, content=content), 400)
    assert sent == []


@pytest.mark.validation
def test_endless_body_is_413(flask_app, settings):
    assert_problem(flask_app[0].post(URL, content=b" " * (settings.request_max_bytes + 1)), 413)


@pytest.mark.validation
@pytest.mark.parametrize("token", [None, "", "x.y.z", 5, [], {}], ids=repr)
def test_no_or_bad_token_is_401(flask_app, sent, token):
    assert_problem(flask_app[0].post(URL, json={**SYNC, "token": token}), 401)
    assert_problem(flask_app[0].post(URL, json=SYNC), 401)
    assert sent == []


@pytest.fixture
def boss(db_session):
    return User.query.filter_by(email=SUPERADMIN_EMAIL).one()


@pytest.mark.validation
@pytest.mark.parametrize("end", ["revoked", "expired", "deactivated", "refresh"])
def test_token_that_is_worth_nothing_any_more_is_401(flask_app, boss, sent, db_session, end):
    jwt = db_builders.token(boss, lifetime=timedelta(hours=-1 if end == "expired" else 1))
    if end == "revoked":
        Token.query.delete()
    if end == "refresh":
        from flask_jwt_extended import create_refresh_token

        jwt = create_refresh_token(str(boss.id))
    boss.is_active = end != "deactivated"
    db_session.commit()
    assert_problem(flask_app[0].post(URL, json={**SYNC, "token": jwt}), 401)
    assert sent == []


@pytest.mark.validation
def test_token_in_a_header_does_not_count(api, sent):
    assert_problem(api.post(URL, json=SYNC), 401)


@pytest.mark.validation
@pytest.mark.parametrize("kind", ["user", "read-only", "of one project"])
def test_others_than_superadmins_with_a_full_token_get_403(
    flask_app, boss, sent, make_user, make_project, kind
):
    jwt = {
        "user": lambda: db_builders.token(make_user(password=PASSWORD)),
        "read-only": lambda: db_builders.token(boss, role="viewer"),
        "of one project": lambda: db_builders.token(boss, project_id=make_project().id),
    }[kind]()
    assert_problem(flask_app[0].post(URL, json={**SYNC, "token": jwt}), 403, "Forbidden")
    assert sent == []


@pytest.mark.validation
@pytest.mark.parametrize(
    ("body", "status", "text", "field"),
    [
        ({}, 400, "no task", "task"),
        ({"task": ""}, 400, "no task", "task"),
        ({"task": 5}, 400, "no task", "task"),
        ({"task": "update_run"}, 400, "<module>.<name>", "task"),
        ({"task": "ibutsu_server.tasks.runs"}, 400, "<module>.<name>", "task"),
        ({"task": "query.query_task"}, 400, "GET /run", "task"),
        ({"task": "runs.nothing"}, 404, "no task", None),
        ({"task": "os.system"}, 404, "no task", None),
        ({"task": "runs.update_run"}, 400, "required", "params.run_id"),
        ({"task": "runs.update_run", "params": {"run_id": "x"}}, 400, "UUID", "params.run_id"),
        ({"task": "runs.update_run", "params": []}, 400, "params", "params"),
        ({"task": "runs.update_run", "params": "x"}, 400, "params", "params"),
        ({"task": "runs.sync_aborted_runs", "params": {"x": 1}}, 400, "params.x", "params.x"),
        ({"task": "db.prune_old_runs", "params": {"months": "old"}}, 400, "integer", "params.months"),
        ({"task": "db.prune_old_runs", "params": {"months": -1}}, 400, "greater", "params.months"),
        ({"task": "db.prune_old_runs", "params": {"months": 10**9}}, 400, "less", "params.months"),
        (
            {"task": "db.seed_users", "params": {"projects": {"a": {"users": ["x"]}}}},
            400,
            "e-mail address",
            None,
        ),
    ],
)
def test_wrong_order_is_told(ask, sent, body, status, text, field):
    assert_problem(ask(**body), status, text, field=field)
    assert sent == []


@pytest.mark.validation
def test_only_post_is_served(flask_app):
    assert_problem(flask_app[0].get(URL), 405)
    assert_problem(flask_app[0].post(f"/api{URL}", json=SYNC), 404)
