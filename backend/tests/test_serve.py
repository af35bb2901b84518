"""`ibutsu-server serve`: what a newcomer sees, how it stops, and what stops its start."""

import os
import pickle
import re
import signal
import socket
from multiprocessing.reduction import ForkingPickler
from uuid import uuid4

import psycopg
import pytest
from helpers.processes import Server, free_port, run
from sqlalchemy import create_engine, make_url, text

from ibutsu_server.serve import _Spread

pytestmark = [pytest.mark.integration, pytest.mark.slow]


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def serve(folder):
    """Start servers on one data folder, one after the other."""
    return lambda *arguments, **more: Server("--data-dir", str(folder), *arguments, **more)


def test_first_start_prints_address_account_and_a_line_that_works(serve):
    with serve() as server:
        assert f"Ibutsu server on {server.url} " in server.output
        email, password = re.search(r"Account: (\S+), password (\S+)", server.output).groups()
        line = re.findall(
            r"^ *pytest --ibutsu (\S+) --ibutsu-token (\S+) --ibutsu-project (\S+)$",
            server.output,
            re.MULTILINE,
        )
        assert [(url, project) for url, _, project in line] == [(server.url, "my-project")]
        with server.client() as client:
            run = client.post("/run", json={"metadata": {"project": "my-project"}})
            assert run.status_code == 201
            login = client.post("/login", json={"email": email, "password": password})
            assert login.status_code == 200
            assert client.get("/health/info").json()["backend"] == server.url


def test_second_start_finds_everything_and_shows_no_secret(serve, folder):
    with serve() as first, first.client() as client:
        token = first.token
        run = client.post("/run", json={"metadata": {"project": "my-project"}}).json()
        assert first.stop(signal.SIGTERM) == 0
    with serve() as second, second.client(token) as client:
        assert client.get(f"/run/{run['id']}").json()["id"] == run["id"]
        assert client.get("/project").json()["pagination"]["totalItems"] == 1
        assert "password" not in second.output
        assert f"ibutsu-server token create --data-dir {folder} --user admin@example.com" in second.output


def test_account_and_project_come_from_the_environment(serve):
    account = {"IBUTSU_SUPERADMIN_EMAIL": "me@example.com", "IBUTSU_SUPERADMIN_PASSWORD": "given"}
    with serve(IBUTSU_SUPERADMIN_OWN_PROJECT="mine", **account) as server, server.client() as client:
        assert "Account: me@example.com\n" in server.output
        assert "--ibutsu-project mine" in server.output
        login = client.post("/login", json={"email": "me@example.com", "password": "given"})
        assert login.status_code == 200


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "sigterm"])
def test_signal_stops_it_cleanly(serve, number):
    with serve() as server:
        assert server.stop(number) == 0
        assert server.errors == ""


def test_long_list_is_read_by_the_worker_inside(serve):
    with serve() as server, server.client() as client:
        client.post("/run", json={"metadata": {"project": "my-project"}})
        task = client.get("/run", params={"filter": f"project_id={_project(client)}", "pageSize": 501}).json()
        for _ in range(200):
            answer = client.get(f"/task/{task['task_id']}")
            if answer.status_code != 206:
                break
        assert answer.json()["state"] == "SUCCESS"
        assert len(answer.json()["runs"]) == 1


def _project(client):
    return client.get("/project").json()["projects"][0]["id"]


def _refusal(*arguments, **variables):
    """The one sentence with which a start was refused."""
    refused = run("serve", *arguments, **variables)
    assert refused.returncode == 1
    assert refused.stdout == ""
    lines = refused.stderr.splitlines()
    assert len(lines) == 1, refused.stderr
    return lines[0]


def test_used_port_stops_the_start_before_anything_is_made(folder):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        sentence = _refusal("--port", port, "--data-dir", str(folder))
    assert f"Port {port} on 127.0.0.1 is in use" in sentence
    assert "--port" in sentence
    assert not (folder / "ibutsu.db").exists()


def test_strange_host_stops_the_start(folder):
    sentence = _refusal("--host", "192.0.2.1", "--port", "0", "--data-dir", str(folder))
    assert "Cannot listen on 192.0.2.1" in sentence


def test_folder_that_cannot_be_written_stops_the_start(tmp_path):
    (tmp_path / "file").touch()
    sentence = _refusal("--data-dir", str(tmp_path / "file" / "data"), JWT_SECRET="s" * 32)
    assert "cannot be used" in sentence
    assert "--data-dir" in sentence


def test_bad_setting_stops_the_start():
    assert "IBUTSU_STORAGE_URL" in _refusal(IBUTSU_STORAGE_URL="somewhere")


def test_database_of_a_newer_version_stops_the_start(folder):
    run("db", "upgrade", "--data-dir", str(folder))
    engine = create_engine(f"sqlite:///{folder / 'ibutsu.db'}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.execute(text("UPDATE compatibility SET oldest = '9999'"))
    engine.dispose()
    assert "newer version" in _refusal("--port", "0", "--data-dir", str(folder))


def test_second_server_on_one_folder_stops_its_start(serve, folder):
    with serve():
        sentence = _refusal("--port", "0", "--data-dir", str(folder))
    assert "Another server is running on the data folder" in sentence


def test_processes_listen_beside_each_other():
    """Each process gets a listener of its own, so that no one takes all connections of a burst."""
    with _Spread(socket.AF_INET, ("127.0.0.1", 0)) as spread:
        handed_over = [pickle.loads(ForkingPickler.dumps(spread)) for _ in range(2)]
        try:
            assert {listener.getsockname() for listener in handed_over} == {spread.getsockname()}
            socket.create_connection(spread.getsockname(), 2).close()
        finally:
            for listener in handed_over:
                listener.close()


def test_several_processes_need_a_deployment(folder):
    assert "--workers" in _refusal("--workers", "2", "--port", "0", "--data-dir", str(folder))


@pytest.fixture
def deployed(tmp_path):
    """The variables of a deployment: PostgreSQL, and a broker that nobody needs to answer in these tests."""
    if "TEST_POSTGRESQL_URL" not in os.environ:
        pytest.skip("TEST_POSTGRESQL_URL names no server")
    url = make_url(os.environ["TEST_POSTGRESQL_URL"]).set(drivername="postgresql")
    name = f"ibutsu_serve_{uuid4().hex}"
    with psycopg.connect(url.render_as_string(False), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        try:
            yield {
                "SQLALCHEMY_DATABASE_URI": url.set(database=name).render_as_string(False),
                "CELERY_BROKER_URL": os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:1/0"),
                "JWT_SECRET": "s" * 32,
                "IBUTSU_DATA_DIR": str(tmp_path),
            }
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_deployed_server_wants_its_tables_first(deployed):
    assert "ibutsu-server db upgrade" in _refusal("--port", "0", **deployed)


def test_unreachable_database_stops_the_start(tmp_path):
    address = f"postgresql://me:hush@127.0.0.1:{free_port()}/nothing"
    variables = {"SQLALCHEMY_DATABASE_URI": address, "CELERY_BROKER_URL": "memory://", "JWT_SECRET": "s" * 32}
    sentence = _refusal("--port", "0", IBUTSU_DATA_DIR=str(tmp_path), **variables)
    assert "cannot be used" in sentence
    assert "hush" not in sentence


@pytest.mark.parametrize("workers", ["1", "2"])
def test_deployed_server_makes_the_superadmin_and_stops_cleanly(deployed, workers):
    assert run("db", "upgrade", **deployed).returncode == 0
    account = {"IBUTSU_SUPERADMIN_EMAIL": "me@example.com", "IBUTSU_SUPERADMIN_PASSWORD": "given"}
    with Server("--workers", workers, **deployed, **account) as server:
        with server.client("none") as client:
            login = client.post("/login", json={"email": "me@example.com", "password": "given"})
            assert login.status_code == 200
        assert server.stop(signal.SIGTERM) == 0
