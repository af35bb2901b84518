"""Each request: its id, its line in the log, its number; and no secret in any of them."""

from uuid import UUID, uuid4

import pytest
from helpers.assertions import assert_problem

from ibutsu_server.controllers import requests
from ibutsu_server.domain import health
from ibutsu_server.observing import lines

pytestmark = pytest.mark.integration
CODE = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH"


@pytest.fixture
def line(told):
    """The line of the only request since it was asked last."""

    def only():
        (found,) = told(lines.REQUESTS)
        return found

    return only


def test_answer_has_the_id_of_the_client(api):
    response = api.get("/api/health", headers={"X-Request-ID": "build-7/a.b"})
    assert response.headers["X-Request-ID"] == "build-7/a.b"


@pytest.mark.parametrize("given", ["", "a b", "x" * 129, "<script>", 'a"b', "umläut".encode()])
def test_answer_has_a_new_id_where_that_of_the_client_cannot_be_written_everywhere(api, given):
    found = api.get("/api/health", headers={"X-Request-ID": given}).headers["X-Request-ID"]
    assert UUID(found).version == 4


def test_every_answer_has_an_id_of_its_own(api):
    asked = ["/api/run/nonsense", "/api/nothing", "/", "/api/openapi.json", "/", "/"]
    assert len({api.get(url).headers["X-Request-ID"] for url in asked}) == len(asked)


def test_line_tells_who_asked_what_of_which_project_and_what_became_of_it(
    api_of, make_user, make_project, line
):
    user = make_user()
    project = make_project(users=[user])
    body = {"metadata": {"project": project.name}}
    api_of(user)("POST", "/api/run?x=secret", json=body)
    found = line()
    assert found["duration_ms"] > 0
    assert (found["bytes_in"] > 20, found["bytes_out"] > 100) == (True, True)
    assert UUID(found["request_id"])
    told = ("method", "path", "route", "operation", "status", "user_id", "project_id", "address", "level")
    assert [found[name] for name in told] == [
        *("POST", "/api/run", "/api/run", "add_run", 201),
        *(str(user.id), str(project.id), "testclient", "INFO"),
    ]
    assert "secret" not in str(found)


def test_project_is_that_of_what_was_asked_for(api, make_run, line):
    run = make_run()
    api.get(f"/api/run/{run.id}")
    found = line()
    assert (found["project_id"], found["path"]) == (str(run.project_id), f"/api/run/{run.id}")
    assert found["route"] == "/api/run/{id}"


def test_requests_do_not_know_of_each_other(api, flask_app, make_run, told):
    api.get(f"/api/run/{make_run().id}")
    api.get("/api/login/support")
    assert [("project_id" in line, "user_id" in line) for line in told(lines.REQUESTS)] == [
        (True, True),
        (False, False),
    ]


@pytest.mark.parametrize(
    "url",
    [
        f"/api/login/activate/{CODE}",
        f"/api/login/activate/{CODE[:8]}",
        f"/api/login/activate/{CODE}/",
        f"/api/login/activate/a/{CODE[:8]}",
        f"/login/activate/{CODE[:8]}",
        f"/api/login/auth/github?code={CODE}&state={CODE}",
        f"/api/nothing/{CODE}",
        f"/api/run/{CODE}",
        f"/reset-password?code={CODE}",
        f"/{CODE}",
    ],
)
def test_no_code_of_an_address_is_written_down(api, line, url):
    api.get(url)
    assert CODE[:8] not in str(line())


def test_no_header_and_no_body_is_written_down(api, line):
    headers = {"Cookie": f"access_token_cookie={CODE}", "Authorization": f"Bearer {CODE}"}
    api.post("/api/login", json={"email": "me@example.com", "password": CODE}, headers=headers)
    assert not {CODE, "me@example.com"} & set(str(line()).replace("'", " ").split())


def test_every_parameter_of_a_path_is_short_enough_to_be_shown_or_a_secret():
    """A new one is an id, the name of something that everybody may know, or masked in `requests`."""
    known = {"id", "user_id", "provider", "activation_code"}
    parts = "/".join(requests._routes().values()).split("/")
    assert {part[1:-1] for part in parts if part.startswith("{")} == known
    assert len(requests.shown(f"/api/run/{uuid4()}")) == len(f"/api/run/{uuid4()}")


def test_path_stays_on_its_line(api, line):
    api.get("/api/a%0Ab%0D%1B")
    assert line()["path"] == "/api/a%0Ab%0D%1B"


@pytest.mark.parametrize(
    ("method", "url", "operation"),
    [
        ("GET", "/", "pages"),
        ("GET", "/api/openapi.json", "specification"),
        ("GET", "/api/ui/", "specification"),
        ("POST", "/admin/run-task", "run_task"),
        ("GET", "/api/nothing", "none"),
        ("POST", "/wherever", "none"),
        ("BREW", "/api/run", "none"),
        ("GET", "/api/project/x/members", "get_member_list"),
    ],
)
def test_labels_are_few_whatever_is_asked_for(api, number, method, url, operation):
    status = api.request(method, url).status_code
    name = "ibutsu_http_request_duration_seconds_count"
    labels = {"operation": operation, "status": f"{status // 100}xx"}
    assert number(name, method="other" if method == "BREW" else method, **labels) == 1
    assert number("ibutsu_http_requests_in_progress") == 0


def test_health_is_told_where_everything_is(api, told, configure_lines):
    api.get("/api/health")
    assert told(lines.REQUESTS) == []
    written = configure_lines(log_format="json", log_level="debug")
    api.get("/api/health")
    assert '"operation":"get_health"' in written()


def test_unforeseen_error_has_the_id_under_which_it_was_logged(api, monkeypatch, told):
    monkeypatch.setattr(health, "check_database", lambda: 1 / 0)
    response = api.get("/api/health/database", headers={"X-Request-ID": "quoted"})
    assert_problem(response, 500, "it has been logged")
    assert (response.json()["request_id"], response.headers["X-Request-ID"]) == ("quoted", "quoted")
    (failure,) = told("ibutsu_server.controllers.problems")
    assert (failure["request_id"], failure["exception"]["type"]) == ("quoted", "ZeroDivisionError")


def test_errors_of_clients_have_no_more_members_than_before(api):
    assert set(api.get("/api/nothing").json()) == {"type", "title", "status", "detail"}


@pytest.mark.parametrize("fails", [True, False])
def test_request_without_an_answer_is_told_too(told, number, fails):
    """A server above that fails, and a client that goes away."""

    async def end(*_connection):
        if fails:
            raise OSError("gone")

    scope = {"type": "http", "method": "GET", "path": "/api/run", "headers": []}
    serve = requests.Requests(end)(scope, None, None)
    with pytest.raises(OSError if fails else StopIteration):
        serve.send(None)
    assert told(lines.REQUESTS)[0]["status"] == (500 if fails else requests.GIVEN_UP)
    assert number("ibutsu_http_requests_in_progress") == 0


def test_what_is_no_request_goes_through():
    passed = []

    async def app(*connection):
        passed.append(connection)

    with pytest.raises(StopIteration):
        requests.Requests(app)({"type": "lifespan"}, None, None).send(None)
    assert passed == [({"type": "lifespan"}, None, None)]
