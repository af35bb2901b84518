"""How servers end: what is under way is finished, what comes is told, and nothing is left behind."""

import os
import signal
import socket
import threading
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import httpx
import orjson
import pytest
from helpers import deployment
from helpers.deployment import eventually
from helpers.processes import Server, run

pytestmark = [pytest.mark.integration, pytest.mark.slow]

ACCOUNT = {"IBUTSU_SUPERADMIN_EMAIL": "me@example.com", "IBUTSU_SUPERADMIN_PASSWORD": "given"}


@pytest.fixture
def serve(tmp_path):
    return lambda **variables: Server("--data-dir", str(tmp_path / "data"), **variables)


@pytest.fixture
def deployed(tmp_path):
    with deployment.database() as url:
        variables = {
            "SQLALCHEMY_DATABASE_URI": url,
            "CELERY_BROKER_URL": os.environ.get("TEST_REDIS_URL", "memory://"),
            "JWT_SECRET": "s" * 32,
            "IBUTSU_DATA_DIR": str(tmp_path),
            **ACCOUNT,
        }
        assert run("db", "upgrade", **variables).returncode == 0
        yield variables


BODY = orjson.dumps({"metadata": {"project": "my-project", "text": "x" * 1000}})


class SlowUpload:
    """A request whose second half waits for the test."""

    def __init__(self, server, token, body=BODY, path="/api/run"):
        host, _, port = server.url.removeprefix("http://").partition(":")
        self._socket = socket.create_connection((host, int(port)), timeout=60)
        self._rest = body[len(body) // 2 :]
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self._socket.sendall(head.encode() + body[: len(body) // 2])

    def finish(self):
        """The first lines of the answer."""
        with self._socket:
            self._socket.sendall(self._rest)
            answer = b""
            while piece := self._socket.recv(65536):
                answer += piece
        return answer.partition(b"\r\n\r\n")[0].decode().lower()


def _is_refused(server):
    host, _, port = server.url.removeprefix("http://").partition(":")
    try:
        socket.create_connection((host, int(port)), timeout=5).close()
    except ConnectionRefusedError:
        return True
    return False


def _children(pid):
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in listed if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def _has_ended(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_upload_that_is_under_way_is_taken_and_the_connection_closed(serve):
    with serve() as server:
        upload = SlowUpload(server, server.token)
        server.process.send_signal(signal.SIGTERM)
        assert eventually(lambda: _is_refused(server), 60)
        answer = upload.finish()
        assert answer.startswith("http/1.1 201")
        assert "connection: close" in answer
        assert server.stop(signal.SIGCONT) == 0


def test_balancer_is_told_before_the_door_is_shut(serve):
    with serve(IBUTSU_DRAIN_SECONDS="600") as server, server.client() as client:
        assert client.get("/health/ready").status_code == 200
        server.process.send_signal(signal.SIGTERM)
        assert eventually(lambda: client.get("/health/ready").status_code == 503, 60)
        asked = client.get("/health/ready")
        assert asked.json()["checks"] == {"server": "stopping"}
        assert asked.headers["Retry-After"]
        taken = client.post("/run", json={"metadata": {"project": "my-project"}})
        assert (taken.status_code, taken.headers["Connection"]) == (201, "close")
        assert client.get("/health").status_code == 200
        assert server.stop(signal.SIGTERM) == 0  # the second one ends the waiting


def test_server_ends_by_itself_after_it_has_waited(serve):
    with serve(IBUTSU_DRAIN_SECONDS="1") as server:
        assert server.stop(signal.SIGTERM) == 0
        assert server.errors == ""


def test_second_signal_waits_for_no_upload(serve):
    with serve(IBUTSU_SHUTDOWN_SECONDS="600") as server:
        upload = SlowUpload(server, server.token)
        server.process.send_signal(signal.SIGTERM)
        assert eventually(lambda: _is_refused(server), 60)
        assert server.stop(signal.SIGTERM) == 0
        upload._socket.close()


def test_clients_that_go_on_are_answered_or_refused_but_never_cut_off(serve):
    """What was sent over an open connection is answered.

    A new one may be refused when the door is shut, or reset while it waits before it: the kernel has accepted
    it then, and nobody has read what it sent.
    """
    cut, statuses = [], []
    with serve(IBUTSU_DRAIN_SECONDS="1") as server:
        token = server.token
        clients = [threading.Thread(target=_go_on, args=(server.url, token, statuses, cut)) for _ in range(4)]
        for client in clients:
            client.start()
        assert eventually(lambda: len(statuses) > 20)
        assert server.stop(signal.SIGTERM) == 0
        for client in clients:
            client.join()
    assert cut == []
    assert set(statuses) == {201}


def _go_on(url, token, statuses, cut):
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    body = orjson.dumps({"metadata": {"project": "my-project"}})
    connection = None
    while True:
        is_new = connection is None
        connection = connection or HTTPConnection(url.partition("//")[2], timeout=30)
        try:
            connection.request("POST", "/api/run", body, headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, HTTPException) as error:
            if not is_new:
                cut.append(repr(error))
            return
        statuses.append(answer.status)
        connection = None if answer.will_close else connection


@contextmanager
def _several(deployed, **more):
    with Server("--workers", "2", **deployed, **more) as server, server.client("none") as client:
        account = {"email": ACCOUNT["IBUTSU_SUPERADMIN_EMAIL"], "password": "given"}
        token = client.post("/login", json=account).json()["token"]
        assert eventually(lambda: len(_children(server.process.pid)) == 2)
        yield server, token, _children(server.process.pid)


def test_several_processes_finish_their_requests(deployed):
    with _several(deployed) as (server, token, children):
        body = orjson.dumps({"name": "shop", "title": "x" * 1000})
        upload = SlowUpload(server, token, body, "/api/project")
        server.process.send_signal(signal.SIGTERM)
        assert eventually(lambda: _is_refused(server), 60)
        assert upload.finish().startswith("http/1.1 201")
        assert server.stop(signal.SIGCONT) == 0
        assert all(map(_has_ended, children))


def test_several_processes_hurry_when_told_twice(deployed):
    with _several(deployed, IBUTSU_DRAIN_SECONDS="600") as (server, _token, children):
        server.process.send_signal(signal.SIGTERM)
        ready = f"{server.url}/api/health/ready"
        assert eventually(lambda: httpx.get(ready, timeout=60).status_code == 503, 60)
        assert server.process.poll() is None
        assert server.stop(signal.SIGTERM) == 0
        assert all(map(_has_ended, children))


def test_processes_of_a_killed_parent_end_by_themselves(deployed):
    with _several(deployed) as (server, _token, children):
        server.process.kill()
        assert eventually(lambda: all(map(_has_ended, children)), 60)
        assert _is_refused(server)
