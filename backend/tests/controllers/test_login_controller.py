"""Signing in over HTTP: who gets in, what the others are told, and how long it lasts."""

import time
from datetime import timedelta

import jwt as pyjwt
import pytest
from fixtures.constants import JWT_SECRET, PASSWORD
from helpers.assertions import assert_problem


@pytest.fixture
def client(flask_app):
    return flask_app[0]


@pytest.fixture
def jo(make_user):
    return make_user(email="Jo@example.com", name="Jo", password=PASSWORD)


@pytest.fixture
def login_disabled(client, monkeypatch):
    settings = client.application.config["SETTINGS"].model_copy(update={"user_login_enabled": False})
    monkeypatch.setitem(client.application.config, "SETTINGS", settings)


def _sign_in(client, email="Jo@example.com", password=PASSWORD):
    return client.post("/api/login", json={"email": email, "password": password})


@pytest.mark.integration
@pytest.mark.parametrize("email", ["Jo@example.com", "jo@EXAMPLE.com"])
def test_right_password_gives_a_token_that_works(client, jo, email):
    answer = _sign_in(client, email)
    assert answer.status_code == 200
    assert (answer.json()["name"], answer.json()["email"]) == ("Jo", "Jo@example.com")
    headers = {"Authorization": f"Bearer {answer.json()['token']}"}
    assert client.get("/api/user", headers=headers).json()["id"] == str(jo.id)


@pytest.mark.integration
def test_address_beyond_ascii_is_found(client, make_user):
    make_user(email="Äpfel@example.com", password=PASSWORD)
    assert _sign_in(client, "Äpfel@example.com").status_code == 200


@pytest.mark.integration
@pytest.mark.parametrize(
    ("kind", "lifetime"), [("token", timedelta(hours=1)), ("refresh_token", timedelta(days=30))]
)
def test_token_is_a_jwt_with_issuer_subject_and_end(client, jo, kind, lifetime):
    token = _sign_in(client).json()[kind]
    claims = pyjwt.decode(token, JWT_SECRET, ["HS256"], issuer="org.ibutsu-project.server")
    assert claims["sub"] == str(jo.id)
    assert abs(claims["exp"] - claims["iat"] - lifetime.total_seconds()) <= 1
    assert abs(claims["iat"] - time.time()) < 60


@pytest.mark.integration
def test_each_sign_in_is_a_session_of_its_own(client, jo):
    tokens = [_sign_in(client).json()["token"] for _ in range(2)]
    assert tokens[0] != tokens[1]
    for token in tokens:
        assert client.get("/api/user", headers={"Authorization": f"Bearer {token}"}).status_code == 200


@pytest.mark.validation
@pytest.mark.parametrize(
    ("email", "password", "code", "message"),
    [
        ("Jo@example.com", "", "EMPTY", "Username and/or password are empty"),
        ("Jo@example.com", "wrong", "INVALID", "Username and/or password are invalid"),
        ("Jo@example.com", PASSWORD.upper(), "INVALID", "Username and/or password are invalid"),
        ("Jo@example.com", "x" * 100, "INVALID", "Username and/or password are invalid"),
        ("nobody@example.com", PASSWORD, "INVALID", "Username and/or password are invalid"),
        ("passwordless@example.com", PASSWORD, "INVALID", "Username and/or password are invalid"),
        ("inactive@example.com", "wrong", "INVALID", "Username and/or password are invalid"),
        ("inactive@example.com", PASSWORD, "INACTIVE", "User account is inactive"),
    ],
)
def test_refusal_says_why(client, jo, make_user, email, password, code, message):
    make_user(email="passwordless@example.com")
    make_user(email="inactive@example.com", password=PASSWORD, is_active=False)
    response = _sign_in(client, email, password)
    assert_problem(response, 401, message)
    assert (response.json()["code"], response.json()["message"]) == (code, message)


@pytest.mark.validation
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "email"),
        ({"email": "jo@example.com"}, "password"),
        ({"password": "x"}, "email"),
        ({"email": "", "password": "x"}, "email"),
        ({"email": "nobody", "password": "x"}, "email"),
        ({"email": None, "password": "x"}, "email"),
        ({"email": "jo@example.com", "password": 5}, "password"),
        ({"email": "jo@example.com", "password": None}, "password"),
        ({"email": "jo@example.com", "password": "x", "remember": True}, "remember"),
    ],
)
def test_malformed_sign_in_is_400(client, body, field):
    assert_problem(client.post("/api/login", json=body), 400, field=field)


@pytest.mark.integration
@pytest.mark.parametrize(
    ("email", "password"),
    [("Jo@example.com", PASSWORD), ("nobody@example.com", "x"), ("admin@example.com", "wrong")],
)
def test_with_local_login_disabled_nobody_gets_in(client, login_disabled, jo, make_user, email, password):
    make_user(email="admin@example.com", password=PASSWORD, is_superadmin=True)
    response = _sign_in(client, email, password)
    assert_problem(response, 401, "disabled")
    assert response.json()["code"] == "INVALID"


@pytest.mark.integration
def test_with_local_login_disabled_superadmins_still_get_in(client, login_disabled, make_user):
    make_user(email="admin@example.com", password=PASSWORD, is_superadmin=True)
    assert _sign_in(client, "admin@example.com").status_code == 200


@pytest.mark.integration
def test_bad_token_does_not_stand_in_the_way_of_signing_in(client, jo):
    body = {"email": "Jo@example.com", "password": PASSWORD}
    assert client.post("/api/login", json=body, headers={"Authorization": "Bearer x"}).status_code == 200


@pytest.mark.integration
def test_deactivated_user_loses_access_at_once(client, jo, db_session):
    headers = {"Authorization": f"Bearer {_sign_in(client).json()['token']}"}
    jo.is_active = False
    db_session.commit()
    assert_problem(client.get("/api/user", headers=headers), 401, "no longer active")


@pytest.mark.integration
def test_ways_to_sign_in_are_told_to_everybody(client):
    providers = dict.fromkeys(["keycloak", "google", "github", "facebook", "gitlab"], False)
    told = client.get("/api/login/support").json()
    assert {"user": True, **providers}.items() <= told.items()


@pytest.mark.integration
def test_disabled_local_login_is_told(client, login_disabled):
    assert client.get("/api/login/support").json()["user"] is False
