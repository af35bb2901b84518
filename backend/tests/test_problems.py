"""Errors as problems: each kind has its status, and no answer tells more than it should."""

import pytest
from helpers.assertions import assert_problem
from starlette.exceptions import HTTPException

from ibutsu_server import errors
from ibutsu_server.controllers.problems import InvalidBody, Refused
from ibutsu_server.domain import health

URL = "/api/health/database"


@pytest.fixture
def failing(api, monkeypatch):
    """`failing(error)` is the answer to a request during which that error was raised."""

    def request(error):
        def fail():
            raise error

        monkeypatch.setattr(health, "check_database", fail)
        return api.get(URL)

    return request


@pytest.mark.unit
@pytest.mark.parametrize(
    ("error", "status", "title"),
    [
        (errors.Invalid("told"), 400, "Bad Request"),
        (InvalidBody([("a.b", "told")]), 400, "Bad Request"),
        (errors.NotSignedIn("told"), 401, "Unauthorized"),
        (errors.LoginRefused("INVALID", "told"), 401, "Unauthorized"),
        (errors.Forbidden("told"), 403, "Forbidden"),
        (errors.NotFound("told"), 404, "Not Found"),
        (Refused(405, "told"), 405, "Method Not Allowed"),
        (errors.Conflict("told"), 409, "Conflict"),
        (errors.TooLarge("told"), 413, None),
        (errors.Unavailable("told"), 503, "Service Unavailable"),
        (errors.TookTooLong("told"), 504, "Gateway Timeout"),
        (HTTPException(415, "told"), 415, "Unsupported Media Type"),
    ],
)
def test_each_kind_of_error_has_its_status(failing, error, status, title):
    response = failing(error)
    assert_problem(response, status, "told")
    assert response.json()["type"] == "about:blank"
    assert title in (response.json()["title"], None)


@pytest.mark.unit
def test_every_kind_of_error_has_a_status(failing):
    for kind in errors.Error.__subclasses__():
        if kind.__module__ == errors.__name__:
            assert failing(kind("told")).status_code in (*range(400, 500), 503, 504, 507)


@pytest.mark.unit
def test_unforeseen_error_is_500_and_tells_nothing(failing, caplog):
    response = failing(RuntimeError("SELECT password_hash FROM users"))
    assert_problem(response, 500, "it has been logged")
    assert "password_hash" not in response.text
    assert "SELECT password_hash" in caplog.text


@pytest.mark.unit
def test_field_is_named(failing):
    response = failing(errors.Invalid("is wrong", field="metadata.env"))
    assert response.json()["errors"] == [{"field": "metadata.env", "message": "is wrong"}]


@pytest.mark.unit
def test_every_broken_field_of_a_body_is_named(failing):
    response = failing(InvalidBody([("a", "is wrong"), ("b", "is worse")]))
    assert [error["field"] for error in response.json()["errors"]] == ["a", "b"]
    assert response.json()["detail"] == "is wrong - 'a'; is worse - 'b'"


@pytest.mark.unit
def test_refused_login_carries_its_code(failing):
    body = failing(errors.LoginRefused("INACTIVE", "User account is inactive")).json()
    assert (body["code"], body["message"]) == ("INACTIVE", "User account is inactive")


@pytest.mark.unit
def test_clients_are_told_how_to_sign_in_and_when_to_come_back(failing):
    assert failing(errors.NotSignedIn("told")).headers["WWW-Authenticate"] == "Bearer"
    assert failing(errors.Unavailable("told")).headers["Retry-After"] == "1"


@pytest.mark.integration
@pytest.mark.parametrize(
    ("method", "url", "status"),
    [
        ("GET", "/api/nothing", 404),
        ("POST", "/nothing", 404),
        ("DELETE", "/api/run", 405),
        ("PATCH", "/api/user", 405),
    ],
)
def test_unknown_routes_and_methods_are_problems_too(api, method, url, status):
    assert_problem(api.request(method, url), status)


@pytest.mark.integration
def test_failed_request_stores_nothing(api, monkeypatch):
    name = "half-done"
    with monkeypatch.context() as patched:
        patched.setattr("ibutsu_server.domain.projects.join", lambda *_: 1 / 0)
        assert_problem(api.post("/api/project", json={"name": name}), 500)
    assert api.post("/api/project", json={"name": name}).status_code == 201
