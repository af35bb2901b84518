"""The caller's own API tokens over HTTP: shown once, later only by four characters, revoked at once."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from fixtures.constants import PASSWORD
from helpers.assertions import assert_page, assert_problem

from ibutsu_server.db.models import Token

LATER = "2999-01-01T00:00:00Z"


@pytest.fixture
def jo(make_user):
    return make_user(email="jo@example.com", password=PASSWORD)


@pytest.fixture
def send(api_of, jo):
    return api_of(jo)


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
def test_tokens_of_others_are_not_seen(api, send, make_user, api_of):
    made = _make(send).json()
    other = api_of(make_user())
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
