"""Connections that bring nothing, too much, or are too many."""

import asyncio
import json
import socket
import threading
from uuid import uuid4

import pytest
import uvicorn
from helpers.deployment import eventually
from helpers.processes import Server

from ibutsu_server import connections

pytestmark = [pytest.mark.integration, pytest.mark.slow]

HEAD = b"POST /%s HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n"


async def _app(scope, receive, send):
    """Reads the body and says how long it was, or that it broke off."""
    size = 0
    if scope["path"] == "/slow":
        await asyncio.sleep(3 * connections.BODY_SECONDS)
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            _app.broken.set()
            return
        size += len(message["body"])
        if not message["more_body"]:
            break
    body = str(size).encode()
    length = str(len(body)).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
def server(monkeypatch):
    _app.broken = threading.Event()
    monkeypatch.setattr(connections, "HEAD_SECONDS", 1)
    monkeypatch.setattr(connections, "BODY_SECONDS", 1)
    listener = socket.create_server(("127.0.0.1", 0))
    options = {"http": connections.Connection, "lifespan": "off", "log_level": "critical"}
    running = uvicorn.Server(uvicorn.Config(_app, limit_concurrency=3, **options))
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
    thread.start()
    assert eventually(lambda: running.started)
    yield listener.getsockname()
    running.should_exit = True
    thread.join(20)


@pytest.fixture
def connect(server):
    opened = []

    def connect():
        opened.append(socket.create_connection(server, timeout=20))
        return opened[-1]

    yield connect
    for one in opened:
        one.close()


def _read(connection):
    """What comes until the other side closes."""
    answer = b""
    try:
        while piece := connection.recv(65536):
            answer += piece
    except ConnectionResetError:
        pass
    return answer


@pytest.mark.parametrize(
    "sent",
    [b"", b"GET / HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nHost: x\r\n"],
    ids=["nothing", "a line", "a header"],
)
def test_who_does_not_say_what_they_want_is_not_waited_for(connect, sent):
    connection = connect()
    connection.sendall(sent)
    assert _read(connection) == b""


def test_body_that_stays_out_is_given_up(connect):
    connection = connect()
    connection.sendall(HEAD % b"" + b"12")
    assert _read(connection) == b""
    assert _app.broken.wait(20)


def test_answer_that_takes_long_is_waited_for(connect, monkeypatch):
    connection = connect()
    connection.sendall(
        HEAD % b"" + b"1234" + HEAD.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n") % b""
    )
    connection.sendall(b"5678")
    assert _read(connection).count(b"200 OK") == 2


def test_headers_without_end_are_not_listened_to(connect):
    connection = connect()
    connection.sendall(b"GET / HTTP/1.1\r\nX-Long: ")
    with pytest.raises((BrokenPipeError, ConnectionResetError)):
        connection.sendall(b"x" * 100_000_000)


def test_headers_that_are_too_long_are_refused(connect):
    connection = connect()
    connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: " + b"x" * 70_000 + b"\r\n\r\n")
    answer = _read(connection)
    assert answer.startswith(b"HTTP/1.1 431")
    assert b"Headers have at most 65536 bytes" in answer


def test_long_body_is_no_header(connect):
    connection = connect()
    connection.sendall(b"POST / HTTP/1.1\r\nConnection: close\r\nContent-Length: 200000\r\n\r\n")
    connection.sendall(b"x" * 200_000)
    assert _read(connection).endswith(b"200000")


def test_too_many_are_told_when_to_come_back(connect):
    for _ in range(3):
        connect()
    more = connect()
    more.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    head, _, body = _read(more).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 503")
    assert b"retry-after: 1" in head
    assert b"application/problem+json" in head
    assert json.loads(body)["status"] == 503


def test_body_that_nobody_reads_yet_is_not_given_up(connect):
    """As when all threads are busy: reading pauses, and that is not the client's fault."""
    connection = connect()
    connection.sendall(b"POST /slow HTTP/1.1\r\nConnection: close\r\nContent-Length: 1000000\r\n\r\n")
    connection.sendall(b"x" * 1_000_000)
    assert _read(connection).endswith(b"1000000")


@pytest.mark.slow
def test_batch_that_breaks_off_leaves_nothing(tmp_path):
    """Not even when it does so at the end of a line."""
    with Server("--data-dir", str(tmp_path / "data")) as server, server.client() as client:
        project = client.get("/project").json()["projects"][0]["id"]
        lines = _lines(project, 9)
        with socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2]))) as connection:
            head = f"POST /api/results HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.token}\r\n"
            head += f"Content-Type: application/x-ndjson\r\nContent-Length: {sum(map(len, lines))}\r\n\r\n"
            connection.sendall(head.encode() + b"".join(lines[:4]))
            connection.shutdown(socket.SHUT_WR)
            _read(connection)
        more = b"".join(_lines(project, 2))
        sent = client.post("/results", content=more, headers={"Content-Type": "application/x-ndjson"})
        assert sent.is_success, sent.text
        listed = client.get("/result", params={"filter": f"project_id={project}"}).json()
        assert listed["pagination"]["totalItems"] == 2


def _lines(project, count):
    result = {"test_id": "t", "result": "passed", "project_id": project}
    return [json.dumps({"id": str(uuid4()), **result}).encode() + b"\n" for _ in range(count)]
