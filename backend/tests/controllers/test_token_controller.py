"""The caller's own API tokens over HTTP: shown once, later only by four characters, revoked at once."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from fixtures.constants import PASSWORD
from helpers import db_builders
from helpers.assertions import assert_page, assert_problem
from helpers.factories import result_body, run_body
from ibutsu_client import models as client_models

from ibutsu_server.db.models import Project, Task, Token, User
from ibutsu_server.tasks.read_page import read_page

LATER = "2999-01-01T00:00:00Z"


@pytest.fixture
def jo(make_user):
    return make_user(email="jo@example.com", password=PASSWORD)


@pytest.fixture
def send_as(flask_app):
    """`send_as(jwt)` sends requests with that token."""
    client, _token = flask_app

    def with_token(jwt):
        headers = {"Authorization": f"Bearer {jwt}"}
        return lambda method, url, **request: client.request(method, url, headers=headers, **request)

    return with_token


@pytest.fixture
def send(send_as, jo):
    return send_as(db_builders.session(jo).jwt)


def _make(send, **values):
    return send("POST", "/api/user/token", json={"name": "ci", "expires": LATER, **values})


def _user(client, jwt):
    return client.get("/api/user", headers={"Authorization": f"Bearer {jwt}"})


@pytest.mark.integration
def test_new_token_opens_the_door(flask_app, send, jo):
    response = _make(send)
    assert response.status_code == 201
    token = response.json()
    assert (token["name"], token["expires"], token["user_id"]) == ("ci", LATER, str(jo.id))
    assert _user(flask_app[0], token["token"]).json()["id"] == str(jo.id)


@pytest.mark.integration
def test_token_is_shown_once_and_later_only_its_last_four_characters(send):
    made = _make(send).json()
    listed = send("GET", "/api/user/token")
    assert_page(listed, "tokens", [made["id"]])
    for answer in (listed.json()["tokens"][0], send("GET", f"/api/user/token/{made['id']}").json()):
        assert answer == made | {"token": made["token"][-4:]}


@pytest.mark.integration
def test_token_itself_is_not_stored(send):
    jwt = _make(send).json()["token"]
    stored = Token.query.filter_by(name="ci").one()
    assert jwt not in [str(value) for value in vars(stored).values()]
    assert len(stored.digest) == 32


@pytest.mark.integration
def test_deleted_token_is_worth_nothing_at_once(flask_app, send):
    made = _make(send).json()
    deleted = send("DELETE", f"/api/user/token/{made['id']}")
    assert (deleted.status_code, deleted.json()) == (200, "OK")
    assert_problem(_user(flask_app[0], made["token"]), 401, "revoked")
    assert_problem(send("GET", f"/api/user/token/{made['id']}"), 404, "Token not found")
    assert_problem(send("DELETE", f"/api/user/token/{made['id']}"), 404)


@pytest.mark.integration
def test_tokens_are_listed_by_name_without_sign_ins(flask_app, send):
    client, _token = flask_app
    client.post("/api/login", json={"email": "jo@example.com", "password": PASSWORD})
    ids = [_make(send, name=name).json()["id"] for name in ("b", "c", "a")]
    assert_page(send("GET", "/api/user/token"), "tokens", [ids[2], ids[0], ids[1]])


@pytest.mark.integration
def test_tokens_of_others_are_not_seen(api, send, make_user, send_as):
    made = _make(send).json()
    other = send_as(db_builders.session(make_user()).jwt)
    assert other("GET", "/api/user/token").json()["tokens"] == []
    for method in ("GET", "DELETE"):
        assert_problem(other(method, f"/api/user/token/{made['id']}"), 403)
        assert_problem(api.request(method, f"/api/user/token/{made['id']}"), 403)


@pytest.mark.integration
def test_token_without_an_end_lasts_a_year(send):
    expires = datetime.fromisoformat(_make(send, expires=None).json()["expires"])
    assert timedelta(days=364) < expires - datetime.now(UTC) < timedelta(days=366)


@pytest.mark.integration
@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        ("2999-01-01", LATER),
        ("2999-01-01T02:00:00+02:00", LATER),
    ],
)
def test_end_is_understood_with_and_without_offset(flask_app, send, sent, answered):
    made = _make(send, expires=sent)
    assert made.status_code == 201, made.text
    assert made.json()["expires"] == answered
    assert _user(flask_app[0], made.json()["token"]).status_code == 200


@pytest.mark.validation
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"expires": "2020-01-01T00:00:00Z"}, "expires"),
        ({"expires": "9999-12-31T23:59:59.999999Z"}, "expires"),
        ({"expires": "0001-01-01"}, "expires"),
        ({"expires": "soon"}, "expires"),
        ({"expires": ""}, "expires"),
        ({"expires": 5}, "expires"),
        ({"name": None}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"id": "x"}, "id"),
        ({"kind": "session"}, "kind"),
        ({"digest": "x"}, "digest"),
        ({"project": ""}, "project"),
        ({"project": "nowhere"}, "project"),
        ({"project": 5}, "project"),
        ({"project_id": str(uuid4())}, "project_id"),
        ({"role": ""}, "role"),
        ({"role": "admin"}, "role"),
    ],
)
def test_bad_token_is_400_and_names_the_field(send, change, field):
    assert_problem(_make(send, **change), 400, field=field)


@pytest.mark.validation
@pytest.mark.parametrize("missing", ["name", "expires"])
def test_name_and_end_are_required(send, missing):
    body = {"name": "ci", "expires": LATER}
    del body[missing]
    assert_problem(send("POST", "/api/user/token", json=body), 400, "required property", field=missing)


@pytest.mark.integration
def test_client_may_choose_the_id_but_neither_user_nor_token(send, jo):
    id_ = str(uuid4())
    made = _make(send, id=id_, user_id=str(uuid4()), token="mine").json()
    assert (made["id"], made["user_id"]) == (id_, str(jo.id))
    assert made["token"] != "mine"
    assert_problem(_make(send, id=id_), 409, "already exist", field="id")


@pytest.mark.integration
def test_token_called_login_token_locks_nobody_out(flask_app, send):
    for _ in range(2):
        assert _make(send, name="login-token").status_code == 201
    body = {"email": "jo@example.com", "password": PASSWORD}
    assert flask_app[0].post("/api/login", json=body).status_code == 200


@pytest.fixture
def shop(jo, make_project):
    return make_project(name="shop", users=[jo])


@pytest.fixture
def elsewhere(jo, make_project):
    return make_project(name="elsewhere", users=[jo])


@pytest.fixture
def limited(send, send_as, shop):
    """`limited(role="viewer")`: requests with a token that is limited so; to the shop by default."""

    def make(**limits):
        made = _make(send, **({"project": "shop"} | limits))
        assert made.status_code == 201, made.text
        return send_as(made.json()["token"])

    return make


@pytest.mark.integration
def test_limits_of_a_token_are_told(send, shop):
    made = _make(send, project="SHOP", role="reporter").json()
    assert (made["project_id"], made["role"]) == (str(shop.id), "reporter")
    assert send("GET", "/api/user/token").json()["tokens"] == [made | {"token": made["token"][-4:]}]


@pytest.mark.integration
def test_token_without_limits_says_so(send):
    made = _make(send).json()
    assert (made["project_id"], made["role"]) == (None, None)
    assert abs(datetime.fromisoformat(made["created"]) - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.integration
def test_published_client_reads_limited_tokens(send, shop):
    made = _make(send, project=str(shop.id), role="viewer").json()
    read = client_models.Token.from_dict(made)
    assert (str(read.id), read.name, read.token) == (made["id"], "ci", made["token"])
    assert client_models.TokenList.from_dict(send("GET", "/api/user/token").json()).tokens[0].name == "ci"


@pytest.mark.integration
def test_token_for_a_project_of_others_is_refused(send, make_project):
    make_project(name="theirs")
    assert_problem(_make(send, project="theirs"), 403)
    assert Token.query.filter_by(name="ci").count() == 0


@pytest.mark.integration
def test_viewer_token_reads_and_cannot_post(limited, shop, make_run):
    send, run = limited(role="viewer"), make_run(project_id=shop.id)
    assert send("GET", f"/api/run/{run.id}").status_code == 200
    assert_problem(send("POST", "/api/run", json=run_body("shop")), 403)
    assert_problem(send("POST", "/api/result", json=result_body("shop", run.id)), 403)
    assert_problem(send("PUT", f"/api/run/{run.id}", json={"metadata": {"a": 1}}), 403)


@pytest.mark.integration
def test_reporter_token_posts_and_cannot_edit(limited, shop, make_run):
    send, run = limited(role="reporter"), make_run(project_id=shop.id)
    assert send("POST", "/api/run", json=run_body("shop")).status_code == 201
    assert_problem(send("PUT", f"/api/run/{run.id}", json={"metadata": {"a": 1}}), 403)


@pytest.mark.integration
@pytest.mark.parametrize("role", ["maintainer", "owner"])
def test_role_of_a_token_makes_nobody_more_than_they_are(send, send_as, jo, make_project, make_run, role):
    project = make_project(name="shop", users=[jo], role="viewer")
    run = make_run(project_id=project.id)
    made = _make(send, project="shop", role=role).json()
    limited = send_as(made["token"])
    assert_problem(limited("PUT", f"/api/run/{run.id}", json={"metadata": {"a": 1}}), 403)
    assert_problem(limited("POST", "/api/run", json=run_body("shop")), 403)


@pytest.mark.integration
def test_project_token_sees_one_project_in_every_list(
    limited, shop, elsewhere, make_run, make_result, make_artifact, make_dashboard, make_widget_config
):
    for project in (shop, elsewhere):
        run = make_run(project_id=project.id)
        result = make_result(run_id=run.id, project_id=project.id)
        make_artifact(result_id=result.id)
        make_dashboard(project_id=project.id)
        make_widget_config(project_id=project.id)
    send = limited()
    for noun in ("run", "result", "dashboard", "widget-config"):
        answer = send("GET", f"/api/{noun}")
        ((_, items),) = [(key, value) for key, value in answer.json().items() if key != "pagination"]
        assert [item["project_id"] for item in items] == [str(shop.id)], noun
    assert_page(send("GET", "/api/project"), "projects", [shop.id])
    assert len(send("GET", "/api/artifact").json()["artifacts"]) == 1


@pytest.mark.integration
def test_project_token_reaches_nothing_elsewhere(limited, elsewhere, make_run):
    send, run = limited(), make_run(project_id=elsewhere.id)
    assert_problem(send("GET", f"/api/run/{run.id}"), 403)
    assert_problem(send("POST", "/api/run", json=run_body("elsewhere")), 403)
    assert_problem(send("GET", f"/api/project/{elsewhere.id}"), 401)
    found = send("GET", "/api/run", params={"filter": f"project_id={elsewhere.id}"})
    assert found.json()["runs"] == []


@pytest.mark.integration
@pytest.mark.parametrize("limits", [{"project": "shop"}, {"role": "maintainer", "project": None}])
def test_limited_token_of_a_superadmin_is_no_superadmin(send_as, jo, shop, make_project, db_session, limits):
    db_session.get(User, jo.id).is_superadmin = True
    db_session.commit()
    make_project(name="theirs")
    send = send_as(_make(send_as(db_builders.session(jo).jwt), **limits).json()["token"])
    assert_problem(send("POST", "/api/group", json={"name": "new"}), 403)
    assert_problem(send("GET", "/api/admin/user"), 403)
    assert_problem(send("GET", "/api/admin/project"), 403)


@pytest.mark.integration
def test_list_of_a_superadmins_token_is_narrowed_by_its_project_or_a_filter(
    send_as, jo, shop, make_run, db_session
):
    db_session.get(User, jo.id).is_superadmin = True
    run = make_run(project_id=shop.id)
    make_run()
    sign_in = send_as(db_builders.session(jo).jwt)
    of_shop = send_as(_make(sign_in, project="shop").json()["token"])
    viewer = send_as(_make(sign_in, role="viewer").json()["token"])
    assert_page(of_shop("GET", "/api/run"), "runs", [run.id])
    assert_problem(viewer("GET", "/api/run"), 400, "filter is required")


@pytest.mark.integration
@pytest.mark.parametrize("limits", [{"project": "shop"}, {"role": "maintainer", "project": None}])
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/user/token", None),
        ("POST", "/user/token", {"name": "wider", "expires": None}),
        ("GET", "/user/session", None),
        ("DELETE", "/user/session", None),
        ("PUT", "/user", {"name": "New"}),
        ("PUT", "/user", {"password": "a new and better password", "current_password": PASSWORD}),
        ("POST", "/project", {"name": "new"}),
    ],
)
def test_limited_token_has_nothing_to_do_with_the_account(limited, limits, method, path, body):
    answer = limited(**limits)(method, f"/api{path}", **({"json": body} if body else {}))
    assert_problem(answer, 403, "limited to a project or a role")
    assert (Token.query.filter_by(name="wider").count(), Project.query.filter_by(name="new").count()) == (
        0,
        0,
    )


@pytest.mark.integration
def test_limited_token_sees_no_token_and_ends_none(limited, send, jo):
    made, session = _make(send, name="other").json(), db_builders.session(jo).session
    for path in (f"/user/token/{made['id']}", f"/user/session/{session.id}"):
        assert_problem(limited()("DELETE", f"/api{path}"), 403)
    assert_problem(limited()("GET", f"/api/user/token/{made['id']}"), 403)


@pytest.mark.integration
def test_big_page_of_a_limited_token_stays_within_its_limits(limited, shop, elsewhere, make_run):
    runs = {project.id: make_run(project_id=project.id) for project in (shop, elsewhere)}
    send = limited(role="viewer")
    ordered = send("GET", "/api/run?pageSize=501").json()["task_id"]
    read_page(ordered)
    done = send("GET", f"/api/task/{ordered}")
    assert done.status_code == 200
    assert [run["id"] for run in done.json()["runs"]] == [str(runs[shop.id].id)]


@pytest.mark.integration
def test_big_page_is_not_read_for_a_token_that_was_deleted_meanwhile(limited, shop, send, db_session):
    ordered = limited(name="short-lived")("GET", "/api/run?pageSize=501").json()["task_id"]
    Token.query.filter_by(name="short-lived").delete()
    db_session.commit()
    read_page(ordered)
    db_session.expire_all()
    assert (Task.query.one().state, Task.query.one().result) == ("FAILURE", None)


@pytest.mark.integration
def test_task_of_an_unlimited_token_is_not_read_by_a_limited_one(limited, send):
    ordered = send("GET", "/api/run?pageSize=501").json()["task_id"]
    read_page(ordered)
    assert send("GET", f"/api/task/{ordered}").status_code == 200
    assert_problem(limited()("GET", f"/api/task/{ordered}"), 403)
    other = limited()("GET", "/api/run?pageSize=501").json()["task_id"]
    assert_problem(limited(role="viewer")("GET", f"/api/task/{other}"), 403)


@pytest.mark.integration
def test_token_goes_with_its_project(limited, shop, db_session):
    send = limited()
    db_session.delete(db_session.get(Project, shop.id))
    db_session.commit()
    assert_problem(send("GET", "/api/user"), 401)
