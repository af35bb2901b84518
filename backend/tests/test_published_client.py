"""The published `ibutsu-client` calls each of its methods, unchanged, and understands every answer.

Of an older specification it has two oddities.  `get_widget` wants a UUID, where widgets have names: it gets
stored widgets, by the id of their config.  `auth` has no argument for the `code` of a provider: a program
cannot sign in with it, and gets the 400 that is documented.
"""

import inspect
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from uuid import uuid4

import ibutsu_client as published
import pytest
from helpers.processes import Server

pytestmark = [pytest.mark.integration, pytest.mark.slow]

EMAIL = "me@example.com"
PASSWORD = "correct horse battery staple"
REPORT = b'<testsuite name="s" tests="1"><testcase classname="c" name="t" time="1"/></testsuite>'
METHODS = {
    method: (api, function)
    for api in (getattr(published, name) for name in dir(published) if name.endswith("Api"))
    for method, function in inspect.getmembers(api, inspect.isfunction)
    if not method.startswith("_") and not method.endswith(("_with_http_info", "_without_preload_content"))
}


class World:
    """What is there to be called with, made through the same client when a row of CALLS asks for it."""

    def __init__(self, server: Server, client: published.ApiClient, token: str) -> None:
        self.server = server
        self.client = client
        self.http = server.client(token)
        self.project = self.call("add_project", project=published.Project(name=f"p-{uuid4()}x"))

    def call(self, method: str, **arguments: Any) -> Any:
        api, function = METHODS[method]
        return function(api(self.client), **arguments)

    @property
    def in_project(self) -> list[str]:
        return [f"project_id={self.project.id}"]

    def new_run(self) -> published.Run:
        return published.Run(metadata={"project": str(self.project.id)}, summary={"tests": 1})

    def new_result(self) -> published.Result:
        return published.Result(test_id="t", result="passed", project_id=self.project.id, metadata={"a": 1})

    def new_widget_config(self) -> published.WidgetConfig:
        return published.WidgetConfig(
            type="widget", widget="importance-component", project_id=self.project.id, title="w", weight=1
        )

    def new_dashboard(self) -> published.Dashboard:
        return published.Dashboard(title="d", project_id=self.project.id)

    def new_user(self) -> published.User:
        return published.User(email=f"{uuid4()}@example.com", name="Jo")

    def new_token(self) -> published.CreateToken:
        return published.CreateToken(name="ci", expires="2999-01-01T00:00:00Z")

    def run(self) -> published.Run:
        return self.call("add_run", run=self.new_run())

    def result(self) -> published.Result:
        return self.call("add_result", result=self.new_result())

    def artifact(self) -> published.Artifact:
        return self.call("upload_artifact", run_id=self.run().id, filename="a.log", file=b"bytes")

    def group(self) -> published.Group:
        return self.call("add_group", group=published.Group(name="g"))

    def dashboard(self) -> published.Dashboard:
        return self.call("add_dashboard", dashboard=self.new_dashboard())

    def widget_config(self) -> published.WidgetConfig:
        return self.call("add_widget_config", widget_config=self.new_widget_config())

    def import_(self) -> published.ModelImport:
        return self.call("add_import", import_file=("r.xml", REPORT), project=str(self.project.id))

    def user(self) -> published.User:
        return self.call("admin_add_user", user=self.new_user())

    def token(self) -> published.Token:
        return self.call("add_token", create_token=self.new_token())

    def spare_project(self) -> published.Project:
        return self.call("admin_add_project", project=published.Project(name=f"p-{uuid4()}x"))

    def task(self) -> str:
        query = {"filter": self.in_project, "pageSize": 501}
        id_ = self.http.get("/run", params=query).json()["task_id"]
        _wait(lambda: self.http.get(f"/task/{id_}").status_code == 200)
        return id_

    def activation_code(self) -> str:
        account = published.AccountRegistration(email=f"{uuid4()}@example.com", password=PASSWORD)
        return self._mailed("register", r"login/activate/([\w-]+)", account_registration=account)

    def reset_code(self) -> str:
        return self._mailed(
            "recover", r"#\S*?([\w-]{44})", account_recovery=published.AccountRecovery(email=EMAIL)
        )

    def _mailed(self, method: str, link: str, **arguments: Any) -> str:
        """Without a mail server the links of mails are in the log."""
        before = len(re.findall(link, self.server.errors))
        self.call(method, **arguments)
        _wait(lambda: len(re.findall(link, self.server.errors)) > before)
        return re.findall(link, self.server.errors)[-1]


def _wait(is_done: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not is_done():
        assert time.monotonic() < end
        time.sleep(0.05)


CALLS: dict[str, Callable[[World], dict[str, Any]]] = {
    "admin_add_project": lambda _: {"project": published.Project(name=f"p-{uuid4()}x", title="P")},
    "admin_delete_project": lambda world: {"id": world.spare_project().id},
    "admin_get_project": lambda world: {"id": world.project.id},
    "admin_get_project_list": lambda world: {"filter": [f"name={world.project.name}"], "page_size": 5},
    "admin_update_project": lambda world: {
        "id": world.project.id,
        "project": published.Project(title="New"),
    },
    "admin_add_user": lambda world: {"user": world.new_user()},
    "admin_delete_user": lambda world: {"id": world.user().id},
    "admin_get_user": lambda world: {"id": str(world.user().id)},
    "admin_get_user_list": lambda _: {"filter": [f"email={EMAIL}"], "page": 1, "page_size": 5},
    "admin_update_user": lambda world: {"id": world.user().id, "user": world.new_user()},
    "delete_artifact": lambda world: {"id": world.artifact().id},
    "download_artifact": lambda world: {"id": world.artifact().id},
    "get_artifact": lambda world: {"id": world.artifact().id},
    "get_artifact_list": lambda world: {"run_id": world.artifact().run_id},
    "upload_artifact": lambda world: {
        "result_id": world.result().id,
        "filename": "a.log",
        "file": b"bytes",
        "additional_metadata": {"phase": "call"},
    },
    "view_artifact": lambda world: {"id": world.artifact().id},
    "add_dashboard": lambda world: {"dashboard": world.new_dashboard()},
    "delete_dashboard": lambda world: {"id": world.dashboard().id},
    "get_dashboard": lambda world: {"id": world.dashboard().id},
    "get_dashboard_list": lambda world: {"project_id": str(world.project.id), "filter": ["title=d"]},
    "update_dashboard": lambda world: {
        "id": world.dashboard().id,
        "dashboard": published.Dashboard(title="new"),
    },
    "add_group": lambda _: {"group": published.Group(name="g")},
    "get_group": lambda world: {"id": world.group().id},
    "get_group_list": lambda _: {"page": 1, "page_size": 5},
    "update_group": lambda world: {"id": world.group().id, "group": published.Group(name="new")},
    "get_database_health": lambda _: {},
    "get_health": lambda _: {},
    "get_health_info": lambda _: {},
    "add_import": lambda world: {
        "import_file": ("r.xml", REPORT),
        "project": world.project.name,
        "metadata": {"a": 1},
        "source": "s",
    },
    "get_import": lambda world: {"id": world.import_().id},
    "activate": lambda world: {"activation_code": world.activation_code()},
    "auth": lambda _: {"provider": "github"},
    "config": lambda _: {"provider": "github"},
    "login": lambda _: {"credentials": published.Credentials(email=EMAIL, password=PASSWORD)},
    "recover": lambda _: {"account_recovery": published.AccountRecovery(email="nobody@example.com")},
    "register": lambda _: {
        "account_registration": published.AccountRegistration(
            email=f"{uuid4()}@example.com", password=PASSWORD
        )
    },
    "reset_password": lambda world: {
        "account_reset": published.AccountReset(activation_code=world.reset_code(), password=PASSWORD)
    },
    "support": lambda _: {},
    "add_project": lambda _: {"project": published.Project(name=f"p-{uuid4()}x", title="P")},
    "get_filter_params": lambda world: {"id": str(world.result().project_id)},
    "get_project": lambda world: {"id": str(world.project.id)},
    "get_project_list": lambda world: {"owner_id": str(world.project.owner_id), "page_size": 5},
    "update_project": lambda world: {"id": world.project.id, "project": published.Project(title="New")},
    "add_result": lambda world: {"result": world.new_result()},
    "get_result": lambda world: {"id": world.result().id},
    "get_result_list": lambda world: {"filter": world.in_project, "estimate": True, "page_size": 5},
    "update_result": lambda world: {"id": world.result().id, "result": published.Result(result="failed")},
    "add_run": lambda world: {"run": world.new_run()},
    "bulk_update": lambda world: {
        "filter": [*world.in_project, f"id={world.run().id}"],
        "page_size": 1,
        "update_run": published.UpdateRun(metadata={"a": 1}),
    },
    "get_run": lambda world: {"id": world.run().id},
    "get_run_list": lambda world: {"filter": world.in_project, "estimate": True, "page_size": 5},
    "update_run": lambda world: {"id": world.run().id, "run": published.Run(metadata={"a": 1})},
    "get_task": lambda world: {"id": world.task()},
    "add_token": lambda world: {"create_token": world.new_token()},
    "delete_token": lambda world: {"id": str(world.token().id)},
    "get_current_user": lambda _: {},
    "get_token": lambda world: {"id": str(world.token().id)},
    "get_token_list": lambda _: {"page": 1, "page_size": 5},
    "update_current_user": lambda _: {},
    "get_widget": lambda world: {"id": world.widget_config().id},
    "get_widget_types": lambda _: {"type": "widget"},
    "add_widget_config": lambda world: {"widget_config": world.new_widget_config()},
    "delete_widget_config": lambda world: {"id": world.widget_config().id},
    "get_widget_config": lambda world: {"id": world.widget_config().id},
    "get_widget_config_list": lambda world: {"filter": world.in_project, "page_size": 5},
    "update_widget_config": lambda world: {
        "id": world.widget_config().id,
        "widget_config": published.WidgetConfig(title="new"),
    },
}
DOCUMENTED_REFUSALS = {"auth": 400}


@contextmanager
def web_pages() -> Iterator[str]:
    """Where the server sends browsers on to: any page will do."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html></html>")

        def log_message(self, *_):
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as pages:
        Thread(target=pages.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{pages.server_port}"
        pages.shutdown()


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Server]:
    folder = str(tmp_path_factory.mktemp("server") / "data")
    account = {"IBUTSU_SUPERADMIN_EMAIL": EMAIL, "IBUTSU_SUPERADMIN_PASSWORD": PASSWORD}
    provider = {"GITHUB_CLIENT_ID": "client", "GITHUB_CLIENT_SECRET": "secret"}
    with (
        web_pages() as pages,
        Server("--data-dir", folder, **account, **provider, FRONTEND_URL=pages) as started,
    ):
        yield started


@pytest.fixture
def world(server) -> Iterator[World]:
    """Signed in anew for each test: changing a password ends all sessions."""
    configuration = published.Configuration(host=f"{server.url}/api")
    with published.ApiClient(configuration) as client:
        credentials = published.Credentials(email=EMAIL, password=PASSWORD)
        configuration.access_token = published.LoginApi(client).login(credentials).token
        made = World(server, client, configuration.access_token)
        with made.http:
            yield made


def test_every_method_has_a_row():
    assert set(CALLS) == set(METHODS)


@pytest.mark.parametrize("method", sorted(METHODS.keys() - DOCUMENTED_REFUSALS.keys()))
def test_method_is_called_successfully(world, method):
    returned = world.call(method, **CALLS[method](world))
    promised = inspect.signature(METHODS[method][1]).return_annotation
    assert returned is None if promised is None else isinstance(returned, _class_of(promised))


def _class_of(promised: Any) -> Any:
    """`None` would mean that the client did not expect the status and has read nothing."""
    if promised in (object, list[str], bytearray):
        return {object: dict, bytearray: bytes}.get(promised, list)
    return promised


@pytest.mark.parametrize(("method", "status"), DOCUMENTED_REFUSALS.items())
def test_method_that_a_program_cannot_use_is_refused_as_documented(world, method, status):
    with pytest.raises(published.ApiException) as refused:
        world.call(method, **CALLS[method](world))
    assert refused.value.status == status


def test_what_was_stored_comes_back(world):
    run = world.run()
    result = published.Result(
        test_id="t", result="failed", duration=1.5, metadata={"run": str(run.id)}, project_id=world.project.id
    )
    stored = world.call("add_result", result=result)
    read = world.call("get_result", id=stored.id)
    assert (read.result, read.duration, read.run_id) == ("failed", 1.5, run.id)
    assert world.call("get_run", id=run.id).summary["failures"] == 1


def test_bytes_come_back_as_they_were_sent(world):
    artifact = world.artifact()
    for method in ("view_artifact", "download_artifact"):
        assert world.call(method, id=artifact.id) == b"bytes"


def test_refusal_is_an_exception_with_status_and_text(world):
    nowhere = published.Run(metadata={"project": "nowhere"})
    with pytest.raises(published.ApiException) as refused:
        world.call("add_run", run=nowhere)
    assert refused.value.status == 400
    assert "Invalid project" in refused.value.body
