"""The caller's own account over HTTP."""

import pytest
from fixtures.constants import MISSING_ID, PASSWORD
from helpers.assertions import assert_problem

NEW = "a new and better password"


@pytest.fixture
def jo(make_user):
    return make_user(email="jo@example.com", name="Jo", password=PASSWORD)


def _sign_in(client, password):
    return client.post("/api/login", json={"email": "jo@example.com", "password": password})


@pytest.mark.integration
def test_caller_sees_their_account_and_no_secret(api_of, jo):
    assert api_of(jo)("GET", "/api/user").json() == {
        "id": str(jo.id),
        "email": "jo@example.com",
        "name": "Jo",
        "is_superadmin": False,
        "is_active": True,
        "group_id": None,
    }


@pytest.mark.integration
@pytest.mark.parametrize("name", ["Jo Doe", "Jö ✓", None])
def test_name_can_be_changed(api_of, jo, name):
    send = api_of(jo)
    assert send("PUT", "/api/user", json={"name": name}).json()["name"] == name
    assert send("GET", "/api/user").json()["name"] == name


@pytest.mark.integration
def test_account_can_be_sent_back_as_it_was_read(api_of, jo):
    send = api_of(jo)
    account = send("GET", "/api/user").json()
    assert send("PUT", "/api/user", json={**account, "name": "New"}).json() == {**account, "name": "New"}


@pytest.mark.validation
@pytest.mark.parametrize(
    "change",
    [{"is_superadmin": True}, {"is_active": False}, {"email": "x@example.com"}, {"group_id": MISSING_ID}],
)
def test_nobody_gives_themselves_rights_or_another_address(api_of, jo, change):
    send = api_of(jo)
    before = send("GET", "/api/user").json()
    response = send("PUT", "/api/user", json={**change, "name": "Other"})
    assert_problem(response, 403, "administrator", field=next(iter(change)))
    assert send("GET", "/api/user").json() == before


@pytest.mark.integration
def test_password_can_be_changed_by_who_knows_the_old_one(flask_app, api_of, jo):
    client, _token = flask_app
    body = {"password": NEW, "current_password": PASSWORD}
    assert api_of(jo)("PUT", "/api/user", json=body).status_code == 200
    assert _sign_in(client, NEW).status_code == 200
    assert_problem(_sign_in(client, PASSWORD), 401, "invalid")


@pytest.mark.integration
def test_new_password_ends_all_access(flask_app, api_of, headers_of, jo):
    client, _token = flask_app
    session, api_token = _sign_in(client, PASSWORD).json()["token"], headers_of(jo)
    api_of(jo)("PUT", "/api/user", json={"password": NEW, "current_password": PASSWORD})
    for headers in ({"Authorization": f"Bearer {session}"}, api_token):
        assert_problem(client.get("/api/user", headers=headers), 401)


@pytest.mark.validation
@pytest.mark.parametrize(
    ("body", "text", "field"),
    [
        ({"password": NEW}, "current_password is not right", "current_password"),
        ({"password": NEW, "current_password": "wrong"}, "current_password is not right", "current_password"),
        ({"password": "", "current_password": PASSWORD}, "must not be empty", "password"),
        ({"password": "x" * 73, "current_password": PASSWORD}, "max 72 bytes", "password"),
        ({"password": "password1", "current_password": PASSWORD}, "easy to guess", "password"),
        ({"password": "jo@example.com", "current_password": PASSWORD}, "e-mail address", "password"),
        ({"password": 5}, "", "password"),
        ({"name": 5}, "", "name"),
        ({"password_hash": "x"}, "unexpected", "password_hash"),
        ({"_password": "x"}, "unexpected", "_password"),
        ({"activation_code": "x"}, "unexpected", "activation_code"),
        ({"tokens": []}, "unexpected", "tokens"),
        ({"projects": []}, "unexpected", "projects"),
    ],
)
def test_bad_change_is_400_and_names_the_field(flask_app, api_of, jo, body, text, field):
    assert_problem(api_of(jo)("PUT", "/api/user", json=body), 400, text, field=field)
    assert _sign_in(flask_app[0], PASSWORD).status_code == 200


@pytest.mark.integration
def test_account_without_password_cannot_be_given_one_with_a_token_alone(api_of, make_user):
    response = api_of(make_user())("PUT", "/api/user", json={"password": NEW, "current_password": ""})
    assert_problem(response, 400, "current_password")
