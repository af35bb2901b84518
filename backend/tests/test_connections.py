"""Connections that bring nothing, too much, or are too many."""

import json
import socket
import threading

import pytest
import uvicorn
from helpers.deployment import eventually

from ibutsu_server import connections

pytestmark = pytest.mark.integration

HEAD = b"POST /%s HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n"


async def _app(scope, receive, send):
    """Reads the body and says how long it was, or that it broke off."""
    size = 0
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


def test_headers_without_end_are_refused(connect):
    connection = connect()
    connection.sendall(b"GET / HTTP/1.1\r\n")
    for _ in range(200):
        try:
            connection.sendall(b"X-More: " + b"x" * 1000 + b"\r\n")
        except OSError:
            break
    assert _read(connection)[:12] in (b"HTTP/1.1 431", b"")
    others = connect()
    others.sendall(b"GET / HTTP/1.1\r\nConnection: close\r\n" + b"X: " + b"x" * 70_000 + b"\r\n\r\n")
    assert b"200 OK" not in _read(others)


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
