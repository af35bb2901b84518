"""Browsers: signed in by cookies that no script can read, and safe from what other pages send."""

import re
from datetime import timedelta

import pytest
from fixtures.constants import MISSING_ID, PASSWORD
from helpers import db_builders
from helpers.assertions import assert_problem

from ibutsu_server import openapi
from ibutsu_server.controllers import cookies
from ibutsu_server.db.models import Project, Token, UserSession

pytestmark = pytest.mark.integration

CREDENTIALS = {"email": "jo@example.com", "password": PASSWORD, "cookies": True}


@pytest.fixture
def jo(make_user):
    return make_user(email="jo@example.com", name="Jo", password=PASSWORD)


@pytest.fixture
def browser(flask_app, jo):
    """A client that is signed in by cookies, like a browser."""
    client, _token = flask_app
    answer = client.post("/api/login", json=CREDENTIALS)
    assert answer.status_code == 200, answer.text
    yield client
    client.cookies.clear()


@pytest.fixture
def own_page(browser):
    """The header that only our own pages can send."""
    return {cookies.CSRF_HEADER: browser.cookies["ibutsu_csrf"]}


def _set_cookies(answer):
    """Attributes of each cookie that an answer sets, by name."""
    found = {}
    for line in answer.headers.get_list("set-cookie"):
        pair, *attributes = line.split("; ")
        found[pair.partition("=")[0]] = {"value": pair.partition("=")[2], "is": set(attributes)}
    return found


def test_answer_to_a_browser_has_no_token_in_its_body(flask_app, jo):
    answer = flask_app[0].post("/api/login", json=CREDENTIALS)
    flask_app[0].cookies.clear()
    assert answer.json() == {"name": "Jo", "email": "jo@example.com", "expires_in": 3600}
    assert answer.headers["Cache-Control"] == "no-store"


def test_tokens_are_out_of_reach_of_scripts_and_the_csrf_value_is_not(flask_app, jo):
    given = _set_cookies(flask_app[0].post("/api/login", json=CREDENTIALS))
    flask_app[0].cookies.clear()
    assert set(given) == {"ibutsu_access", "ibutsu_refresh", "ibutsu_csrf"}
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= given["ibutsu_access"]["is"]
    assert {"HttpOnly", "SameSite=Lax", "Path=/api/login"} <= given["ibutsu_refresh"]["is"]
    assert {"SameSite=Lax", "Path=/"} <= given["ibutsu_csrf"]["is"]
    assert "HttpOnly" not in given["ibutsu_csrf"]["is"]


@pytest.mark.unit
@pytest.mark.parametrize(("url", "is_secure"), [("https://ibutsu.example.com", True), ("http://x", False)])
def test_cookies_are_for_https_alone_where_the_server_has_it(settings, url, is_secure):
    configured = cookies.configuration(settings.model_copy(update={"backend_url": url}))
    assert configured["JWT_COOKIE_SECURE"] is is_secure


@pytest.mark.parametrize("wanted", [False, None])
def test_without_the_wish_for_cookies_none_is_set(flask_app, jo, wanted):
    answer = flask_app[0].post("/api/login", json={**CREDENTIALS, "cookies": wanted})
    assert "set-cookie" not in answer.headers
    assert answer.json()["token"]


def test_browser_is_signed_in(browser, jo):
    assert browser.get("/api/user").json()["id"] == str(jo.id)


def test_browser_asks_for_the_size_of_a_file(browser, jo, make_project, make_run, make_result, make_artifact):
    project = make_project(users=[jo])
    result = make_result(run_id=make_run(project_id=project.id).id, project_id=project.id)
    artifact = make_artifact(result_id=result.id)
    assert browser.head(f"/api/artifact/{artifact.id}/download").status_code == 200


def test_browser_changes_something_from_our_own_page(browser, own_page):
    assert browser.put("/api/user", json={"name": "New"}, headers=own_page).json()["name"] == "New"


@pytest.mark.validation
@pytest.mark.parametrize("value", [None, "", "x", "ä"])
@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/project"), ("PUT", "/user"), ("DELETE", "/user/session")]
)
def test_what_another_page_sends_changes_nothing(browser, method, path, value):
    headers = {} if value is None else {cookies.CSRF_HEADER: value.encode()}
    answer = browser.request(method, f"/api{path}", json={"name": "evil"}, headers=headers)
    assert_problem(answer, 403, "X-CSRF-TOKEN")
    assert Project.query.count() == 0


@pytest.mark.validation
def test_no_operation_that_changes_something_takes_a_cookie_alone(browser):
    asked = [
        (method, path)
        for path, item in openapi.document()["paths"].items()
        for method, operation in item.items()
        if method in {"post", "put", "patch", "delete"} and operation.get("security") != []
    ]
    assert len(asked) > 20
    for method, path in asked:
        url = re.sub(r"{\w+}", MISSING_ID, path)
        assert_problem(browser.request(method, f"/api{url}"), 403, "X-CSRF-TOKEN")


@pytest.mark.validation
def test_csrf_value_of_another_session_is_not_taken(browser, flask_app, make_user):
    make_user(email="mallory@example.com", password=PASSWORD)
    access = browser.cookies["ibutsu_access"]
    browser.post("/api/login", json={**CREDENTIALS, "email": "mallory@example.com"})
    headers = {cookies.CSRF_HEADER: browser.cookies["ibutsu_csrf"], "Cookie": f"ibutsu_access={access}"}
    browser.cookies.clear()
    assert_problem(browser.put("/api/user", json={"name": "x"}, headers=headers), 403)


def test_program_with_a_bearer_token_needs_no_csrf_value(browser, auth_headers, headers_of, jo):
    assert browser.put("/api/user", json={"name": "New"}, headers=headers_of(jo)).status_code == 200


@pytest.mark.validation
@pytest.mark.parametrize("header", ["Bearer x.y.z", "bearer x", "Bearer", "Bearer ", "Token x", "x"])
def test_good_cookie_does_not_make_a_bad_bearer_token_pass(browser, own_page, header):
    headers = {**own_page, "Authorization": header}
    assert_problem(browser.get("/api/user", headers=headers), 401)
    assert_problem(browser.put("/api/user", json={"name": "x"}, headers=headers), 401)


def test_bearer_token_wins_over_the_cookie(browser, make_user, headers_of):
    other = make_user()
    assert browser.get("/api/user", headers=headers_of(other)).json()["id"] == str(other.id)


def test_password_of_a_proxy_in_front_does_not_sign_a_browser_out(browser, jo):
    headers = {"Authorization": "Basic eDp5"}
    assert browser.get("/api/user", headers=headers).json()["id"] == str(jo.id)


@pytest.mark.validation
@pytest.mark.parametrize("cookie", ["ibutsu_access=", "ibutsu_access=x.y.z", "ibutsu_access", "a;=;", "ä=1"])
def test_cookie_that_is_no_token_is_401(flask_app, cookie):
    assert_problem(flask_app[0].get("/api/user", headers={"Cookie": cookie.encode()}), 401)


@pytest.mark.validation
def test_refresh_token_opens_nothing_itself(browser):
    refresh = browser.cookies["ibutsu_refresh"]
    browser.cookies.clear()
    assert_problem(browser.get("/api/user", headers={"Authorization": f"Bearer {refresh}"}), 401)
    assert_problem(browser.get("/api/user", headers={"Cookie": f"ibutsu_access={refresh}"}), 401)


def test_browser_stays_signed_in(browser, own_page, jo):
    before = browser.cookies["ibutsu_refresh"]
    answer = browser.post("/api/login/refresh", json={}, headers=own_page)
    assert answer.json() == {"name": "Jo", "email": "jo@example.com", "expires_in": 3600}
    assert browser.cookies["ibutsu_refresh"] != before
    assert browser.get("/api/user").json()["id"] == str(jo.id)


def test_csrf_value_stays_while_other_tabs_renew_the_session(browser, own_page):
    browser.post("/api/login/refresh", json={}, headers=own_page)
    assert browser.cookies["ibutsu_csrf"] == own_page[cookies.CSRF_HEADER]
    assert browser.put("/api/user", json={"name": "New"}, headers=own_page).status_code == 200


@pytest.mark.validation
@pytest.mark.parametrize("path", ["/login/refresh", "/login/logout"])
@pytest.mark.parametrize("headers", [{}, {cookies.CSRF_HEADER: "x"}])
def test_another_page_neither_renews_nor_ends_a_session(browser, path, headers):
    answer = browser.post(f"/api{path}", json={}, headers=headers)
    assert_problem(answer, 403, "X-CSRF-TOKEN")
    assert "set-cookie" not in answer.headers
    assert UserSession.query.one().previous_digest is None


def test_browser_signs_out(browser, own_page):
    access = browser.cookies["ibutsu_access"]
    answer = browser.post("/api/login/logout", headers=own_page)
    assert (answer.status_code, answer.json()) == (200, "OK")
    assert {name: one["value"] for name, one in _set_cookies(answer).items()} == dict.fromkeys(
        ["ibutsu_access", "ibutsu_refresh", "ibutsu_csrf"], ""
    )
    assert not browser.cookies
    assert_problem(browser.get("/api/user", headers={"Cookie": f"ibutsu_access={access}"}), 401, "revoked")
    assert (UserSession.query.count(), Token.query.filter(Token.session_id.isnot(None)).count()) == (0, 0)


def test_who_is_signed_out_already_may_sign_out_again(browser, own_page):
    kept = dict(browser.cookies)
    browser.post("/api/login/logout", headers=own_page)
    header = "; ".join(f"{name}={value}" for name, value in kept.items())
    for headers in ({}, {**own_page, "Cookie": header}, {"Cookie": "ibutsu_refresh=x"}):
        assert browser.post("/api/login/logout", headers=headers).status_code == 200


def test_proxy_password_does_not_keep_a_browser_from_signing_out(browser, own_page):
    headers = {**own_page, "Authorization": "Basic eDp5"}
    assert browser.post("/api/login/logout", headers=headers).status_code == 200
    assert UserSession.query.count() == 0


def test_program_with_a_session_token_signs_out(flask_app, jo):
    client, _token = flask_app
    answer = client.post("/api/login", json={**CREDENTIALS, "cookies": False}).json()
    headers = {"Authorization": f"Bearer {answer['token']}"}
    for _ in range(2):
        assert client.post("/api/login/logout", headers=headers).json() == "OK"
    assert_problem(client.get("/api/user", headers=headers), 401)
    refused = client.post("/api/login/refresh", json={"refresh_token": answer["refresh_token"]})
    assert_problem(refused, 401, "over")


def test_session_is_ended_by_an_access_token_that_has_ended_itself(flask_app, jo, db_session):
    client, _token = flask_app
    client.post("/api/login", json={**CREDENTIALS, "cookies": False})
    jwt = db_builders.token(jo, lifetime=timedelta(seconds=-1), session_id=UserSession.query.one().id)
    assert client.post("/api/login/logout", headers={"Authorization": f"Bearer {jwt}"}).status_code == 200
    assert UserSession.query.count() == 0


def test_api_token_cannot_sign_out(flask_app, jo, headers_of):
    client, _token = flask_app
    headers = headers_of(jo)
    assert_problem(client.post("/api/login/logout", headers=headers), 403, "delete it instead")
    assert client.get("/api/user", headers=headers).status_code == 200


def test_bad_bearer_token_signs_nobody_out(browser, own_page):
    headers = {**own_page, "Authorization": "Bearer x.y.z"}
    assert browser.post("/api/login/logout", headers=headers).status_code == 200
    assert UserSession.query.count() == 1
