"""A POST that is repeated under its `Idempotency-Key` is done once, whatever happens to its answers."""

from datetime import timedelta
from uuid import uuid4

import pytest
from fixtures.constants import PASSWORD
from helpers import db_builders
from helpers.assertions import assert_problem
from helpers.factories import result_body, run_body

from ibutsu_server import openapi
from ibutsu_server.db import db
from ibutsu_server.db.models import (
    Artifact,
    IdempotencyKey,
    Import,
    Mail,
    Membership,
    Result,
    Run,
    Token,
    UserSession,
)
from ibutsu_server.db.types import now
from ibutsu_server.domain import idempotency
from ibutsu_server.errors import TookTooLong, Unavailable

pytestmark = pytest.mark.integration

POSTS = {
    operation["operationId"]: operation
    for item in openapi.document()["paths"].values()
    for method, operation in item.items()
    if method == "post"
}
BOTH_NAMES = {"title": "Shop", "name": "shop"}


@pytest.fixture
def key():
    return {"Idempotency-Key": str(uuid4())}


@pytest.fixture
def reporter(make_user):
    return make_user(email="reporter@example.com", password=PASSWORD)


@pytest.fixture
def shop(make_project, reporter):
    return make_project(name="shop", users=[reporter])


@pytest.fixture
def post(flask_app, reporter, headers_of, key, shop):
    """Post as the reporter, always under the same key unless another one is given."""
    client, signed_in = flask_app[0], headers_of(reporter)

    def send(path, *, headers=None, **request):
        return client.post(f"/api{path}", headers={**signed_in, **key, **(headers or {})}, **request)

    return send


def without_id(body):
    return {name: value for name, value in body.items() if name != "id"}


def assert_replays(first, second):
    assert first.status_code < 300, first.text
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert second.headers["Content-Type"] == first.headers["Content-Type"]
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"


def test_repeated_request_is_done_once_and_answered_twice(post):
    body = without_id(run_body("shop"))
    assert_replays(post("/run", json=body), post("/run", json=body))
    assert Run.query.count() == 1


def test_repeated_result_is_counted_once(post):
    run = post("/run", json=run_body("shop"), headers={"Idempotency-Key": "run"}).json()["id"]
    body = without_id(result_body("shop", run))
    assert_replays(post("/result", json=body), post("/result", json=body))
    assert Run.query.one().result_count == 1


def test_other_order_of_keys_is_the_same_request(post):
    backwards = dict(reversed(BOTH_NAMES.items()))
    first = post("/project", json={**BOTH_NAMES, "name": "new"})
    assert_replays(first, post("/project", json={**backwards, "name": "new"}))


def test_other_body_under_the_key_is_409_and_not_done(post):
    post("/run", json=run_body("shop", source="one"))
    answer = post("/run", json=run_body("shop", source="two"))
    assert_problem(answer, 409, "Idempotency-Key", field="Idempotency-Key")
    assert [run.source for run in Run.query] == ["one"]


def test_key_belongs_to_one_request_of_the_caller_whatever_the_path(post):
    post("/run", json=run_body("shop"))
    assert_problem(post("/result", json=result_body("shop")), 409, field="Idempotency-Key")
    assert Result.query.count() == 0


def test_other_query_under_the_key_is_409(post, make_run, shop):
    make_run(project_id=shop.id)
    body, query = {"metadata": {"a": 1}}, {"filter": f"project_id={shop.id}"}
    first = post("/runs/bulk-update", json=body, params=query)
    assert_replays(first, post("/runs/bulk-update", json=body, params=query))
    assert_problem(post("/runs/bulk-update", json=body, params={**query, "pageSize": 2}), 409)


def test_other_key_is_another_request(post):
    body = without_id(run_body("shop"))
    for key in ("one", "two"):
        answer = post("/run", json=body, headers={"Idempotency-Key": key})
        assert "Idempotency-Replayed" not in answer.headers
    assert Run.query.count() == 2


def test_two_users_may_choose_the_same_key(post, make_user, make_project, headers_of):
    other = make_user()
    make_project(name="other", users=[other])
    assert post("/run", json=run_body("shop")).status_code == 201
    assert post("/run", json=run_body("other"), headers=headers_of(other)).status_code == 201


@pytest.mark.parametrize("body", [{"metadata": {"project": "unknown"}}, {"metadata": {}}, {"results": []}])
def test_refused_request_uses_up_no_key(post, body):
    assert_problem(post("/run", json=body), 400)
    assert IdempotencyKey.query.count() == 0
    assert post("/run", json=run_body("shop")).status_code == 201


def test_other_methods_take_no_notice_of_the_header(flask_app, headers_of, reporter, key):
    client, headers = flask_app[0], {**headers_of(reporter), **key}
    for _ in range(2):
        assert "Idempotency-Replayed" not in client.get("/api/user", headers=headers).headers
        client.put("/api/user", headers=headers, json={"name": str(uuid4())})
    assert IdempotencyKey.query.count() == 0


def test_long_list_is_a_get_and_makes_a_task_each_time(flask_app, headers_of, reporter, key, shop):
    query = {"filter": f"project_id={shop.id}", "pageSize": 501}
    headers = {**headers_of(reporter), **key}
    answers = [flask_app[0].get("/api/run", headers=headers, params=query) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert len({answer.json()["task_id"] for answer in answers}) == 2


@pytest.mark.validation
@pytest.mark.parametrize("value", ["", "k" * 256, "\u00e9".encode("latin-1"), b"tab\tinside"])
def test_unusable_key_is_400_and_named(post, value):
    answer = post("/run", json=run_body("shop"), headers={"Idempotency-Key": value})
    assert_problem(answer, 400, field="Idempotency-Key")
    assert Run.query.count() == 0


@pytest.mark.validation
@pytest.mark.parametrize("value", ["k", "k" * 255, '"8e03978e-40d5-43e8-bc93-6894a57f9324"', "a b:c/~!"])
def test_usable_keys(post, value):
    body = without_id(run_body("shop"))
    first, second = (post("/run", json=body, headers={"Idempotency-Key": value}) for _ in range(2))
    assert_replays(first, second)


def upload(**fields):
    return {"data": {"filename": "a.log", **fields}}


@pytest.fixture
def result(make_run, make_result, shop):
    run = make_run(project_id=shop.id)
    return str(make_result(run_id=run.id, project_id=shop.id).id)


def test_repeated_upload_is_stored_once_whatever_its_boundary(post, result):
    first, second = (
        post("/artifact", files={"file": ("a.log", b"x" * 600_000)}, **upload(resultId=result))
        for _ in range(2)
    )
    assert first.request.headers["Content-Type"] != second.request.headers["Content-Type"]
    assert_replays(first, second)
    artifact = Artifact.query.one()
    assert artifact.size == 600_000


@pytest.mark.parametrize(
    ("name", "content", "fields"),
    [("a.log", b"other", {}), ("b.log", b"x", {}), ("a.log", b"x", {"additionalMetadata": '{"a": 1}'})],
)
def test_other_file_name_or_field_is_another_upload(post, result, name, content, fields):
    post("/artifact", files={"file": ("a.log", b"x")}, **upload(resultId=result))
    answer = post("/artifact", files={"file": (name, content)}, **upload(resultId=result, **fields))
    assert_problem(answer, 409, field="Idempotency-Key")
    assert Artifact.query.count() == 1


@pytest.fixture
def sign_in(flask_app, reporter, key):
    def send(password=PASSWORD):
        body = {"email": reporter.email, "password": password}
        return flask_app[0].post("/api/login", headers=key, json=body)

    return send


def test_repeated_sign_in_opens_one_session(sign_in):
    assert_replays(sign_in(), sign_in())
    assert UserSession.query.count() == 1


def test_repeated_sign_in_of_a_browser_gets_the_same_cookies(flask_app, reporter, key):
    body = {"email": reporter.email, "password": PASSWORD, "cookies": True}
    cookies = []
    for _ in range(2):
        cookies.append(flask_app[0].post("/api/login", headers=key, json=body).headers.get_list("Set-Cookie"))
        flask_app[0].cookies.clear()  # the answer was lost on the way
    assert len(cookies[0]) == 4
    assert cookies[1] == cookies[0]


def test_repeated_renewal_gets_the_same_tokens(flask_app, sign_in):
    body = {"refresh_token": sign_in().json()["refresh_token"]}
    headers = {"Idempotency-Key": "renewal"}
    first, second = (flask_app[0].post("/api/login/refresh", headers=headers, json=body) for _ in range(2))
    assert_replays(first, second)


def test_renewal_that_ended_its_session_is_judged_again(flask_app, sign_in, db_session):
    """The refusal comes with a commit of its own: the key must not stand for an answer that never was."""
    old = sign_in().json()["refresh_token"]
    flask_app[0].post("/api/login/refresh", json={"refresh_token": old})
    UserSession.query.update({"used": now() - timedelta(hours=1)})
    db_session.commit()
    for _ in range(2):
        answer = flask_app[0].post(
            "/api/login/refresh", headers={"Idempotency-Key": "late"}, json={"refresh_token": old}
        )
        assert_problem(answer, 401)


def test_repeated_sign_out_with_another_token_is_another_request(flask_app, reporter, key):
    body = {"email": reporter.email, "password": PASSWORD}
    jwts = [flask_app[0].post("/api/login", json=body).json()["token"] for _ in range(2)]
    for jwt in jwts:
        headers = {"Authorization": f"Bearer {jwt}", **key}
        assert flask_app[0].post("/api/login/logout", headers=headers).status_code == 200
    assert UserSession.query.count() == 0


def test_repeated_registration_is_promised_one_mail(flask_app, app_context, key):
    body = {"email": "new@example.com", "password": PASSWORD}
    first, second = (flask_app[0].post("/api/login/register", headers=key, json=body) for _ in range(2))
    assert_replays(first, second)
    assert Mail.query.count() == 1


REPORT = b'<testsuite name="s" tests="1"><testcase classname="c" name="t" time="1"/></testsuite>'


def test_repeated_import_is_done_once(post):
    first, second = (
        post("/import", files={"importFile": ("r.xml", REPORT)}, data={"project": "shop"}) for _ in range(2)
    )
    assert_replays(first, second)
    assert Import.query.count() == 1
    other = post("/import", files={"importFile": ("r.xml", REPORT + b"\n")}, data={"project": "shop"})
    assert_problem(other, 409, field="Idempotency-Key")


def test_task_that_is_run_by_hand_takes_no_notice_of_the_header(flask_app, app_context, key):
    client, token = flask_app
    for _ in range(2):
        body = {"token": token, "task": "db.prune_old_files", "params": {}}
        answer = client.post("/admin/run-task", headers=key, json=body)
        assert "Idempotency-Replayed" not in answer.headers
    assert IdempotencyKey.query.count() == 0


def test_refused_sign_in_can_be_repeated_under_its_key(sign_in):
    assert sign_in("wrong").status_code == 401
    assert sign_in().status_code == 200


def test_replayed_sign_in_asks_for_the_password(sign_in):
    sign_in()
    assert_problem(sign_in("wrong"), 409, field="Idempotency-Key")


def test_stolen_database_shows_neither_key_nor_answer_nor_password(post, sign_in, key):
    token = post("/user/token", json={"name": "nightly-pipeline", "expires": None}).json()["token"]
    sign_in()
    stored = b"".join(row.digest + row.fingerprint + row.answer for row in IdempotencyKey.query)
    for secret in (token, "nightly-pipeline", key["Idempotency-Key"], PASSWORD):
        assert secret.encode() not in stored


def test_token_is_told_again_to_who_knows_the_key(post):
    body = {"name": "ci", "expires": None}
    assert_replays(post("/user/token", json=body), post("/user/token", json=body))
    assert Token.query.filter_by(name="ci").count() == 1


def asked(**values):
    said = {"secret": "s" * 32, "caller": "jo", "key": "k", "content": b"body"}
    return idempotency.recognise(**{**said, **values})


@pytest.mark.unit
@pytest.mark.parametrize("changed", [{"secret": "t" * 32}, {"caller": "al"}, {"key": "l"}])
def test_nothing_stored_is_recognised_with_another_secret_caller_or_key(changed):
    one, other = asked(), asked(**changed)
    assert one.digest != other.digest
    assert one.fingerprint != other.fingerprint


@pytest.mark.unit
def test_same_answer_looks_different_every_time():
    answer = idempotency.Answer(201, [("Location", "/api/run/1")], b"{}\n")
    sealed = {idempotency._sealed(asked(), answer) for _ in range(2)}
    assert len(sealed) == 2
    assert {str(idempotency._opened(asked(), 201, one)) for one in sealed} == {str(answer)}


def test_revoked_token_is_401_before_key_and_answer_are_looked_at(flask_app, reporter, shop, key):
    headers = {"Authorization": f"Bearer {db_builders.token(reporter, name='gone')}", **key}
    body = without_id(run_body("shop"))
    assert flask_app[0].post("/api/run", json=body, headers=headers).status_code == 201
    Token.query.filter_by(name="gone").delete()
    db.session.commit()
    assert_problem(flask_app[0].post("/api/run", json=body, headers=headers), 401)
    assert_problem(flask_app[0].post("/api/run", json={"metadata": {}}, headers=headers), 401)


def test_renewed_token_of_the_same_user_gets_the_answer(post, headers_of, reporter):
    body = without_id(run_body("shop"))
    assert_replays(post("/run", json=body), post("/run", json=body, headers=headers_of(reporter)))


@pytest.mark.parametrize("limits", [{"role": "viewer"}, {"project": "elsewhere"}])
def test_limited_token_of_the_same_user_gets_what_it_may_have(post, reporter, make_project, limits):
    if "project" in limits:
        limits = {"project_id": make_project(name=limits["project"], users=[reporter]).id}
    limited = {"Authorization": f"Bearer {db_builders.token(reporter, **limits)}"}
    body = without_id(run_body("shop"))
    post("/run", json=body)
    assert_problem(post("/run", json=body, headers=limited), 403)


def test_former_member_is_not_told_again_what_was_answered(post, make_run, shop):
    make_run(project_id=shop.id)
    bulk = {"json": {"metadata": {"a": 1}}, "params": {"filter": f"project_id={shop.id}"}}
    body = {"json": without_id(run_body("shop"))}
    requests = (("/run", body), ("/runs/bulk-update", bulk))
    first = [post(path, headers={"Idempotency-Key": path}, **request) for path, request in requests]
    assert [answer.status_code for answer in first] == [201, 200]
    Membership.query.delete()
    db.session.commit()
    for path, request in requests:
        assert_problem(post(path, headers={"Idempotency-Key": path}, **request), 403)


def test_former_superadmin_is_not_told_again_what_was_answered(api, make_group, key):
    assert api.post("/api/group", json={"name": "new"}, headers=key).status_code == 201
    db_builders.User.query.update({"is_superadmin": False})
    db.session.commit()
    assert_problem(api.post("/api/group", json={"name": "new"}, headers=key), 403)


def test_answer_is_the_same_when_things_changed_meanwhile(post, flask_app, headers_of, reporter):
    body = without_id(run_body("shop", source="before"))
    first = post("/run", json=body)
    change = {"headers": headers_of(reporter), "json": {"source": "after"}}
    assert flask_app[0].put(f"/api/run/{first.json()['id']}", **change).status_code == 200
    assert_replays(first, post("/run", json=body))


def test_request_that_failed_after_a_commit_of_its_own_is_repeated(post):
    body = without_id(run_body("shop"))
    post("/run", json=body)
    IdempotencyKey.query.update({"status": None, "answer": None})
    Run.query.delete()
    db.session.commit()
    assert "Idempotency-Replayed" not in post("/run", json=body).headers
    assert post("/run", json=body).headers["Idempotency-Replayed"] == "true"
    assert Run.query.count() == 1


def test_unforeseen_mistake_leaves_no_key(flask_app, post, monkeypatch):
    from ibutsu_server.domain import runs

    monkeypatch.setattr(runs, "add", lambda *_, **__: 1 / 0)
    assert post("/run", json=run_body("shop")).status_code == 500
    assert IdempotencyKey.query.count() == 0


def test_long_wait_for_the_first_request_ends_with_try_again_later(app_context, monkeypatch):
    def late(*_):
        raise TookTooLong("too long")

    monkeypatch.setattr(idempotency, "insert_new", late)
    with pytest.raises(Unavailable, match="not answered yet"):
        idempotency.claim(asked())


def test_key_that_is_forgotten_just_now_is_no_mistake_of_the_server(app_context, monkeypatch):
    monkeypatch.setattr(idempotency, "insert_new", lambda *_: False)
    with pytest.raises(Unavailable, match="forgotten"):
        idempotency.claim(asked())


def test_key_costs_three_statements_and_no_key_none(flask_app, post, headers_of, reporter, count_statements):
    headers, body = headers_of(reporter), without_id(run_body("shop"))
    with count_statements() as without:
        flask_app[0].post("/api/run", headers=headers, json=body)
    with count_statements() as with_key:
        post("/run", json=body)
    assert [statement for statement in without if "idempotency_keys" in statement] == []
    assert len(with_key) == len(without) + 3


@pytest.mark.unit
@pytest.mark.parametrize("operation", POSTS.values(), ids=POSTS)
def test_operation_documents_the_key(operation):
    parameters = [one.get("$ref") for one in operation.get("parameters", [])]
    assert "#/components/parameters/idempotencyKey" in parameters
    assert {"400", "409"} <= operation["responses"].keys()


@pytest.mark.unit
@pytest.mark.parametrize("operation", POSTS.values(), ids=POSTS)
def test_operation_documents_that_answers_are_replayed(operation):
    done = {status: one for status, one in operation["responses"].items() if status[0] in "23"}
    assert done
    for status, answer in done.items():
        assert "Idempotency-Replayed" in answer.get("headers", {}), status
