"""A server that takes imports and fails as a test tells it to."""

from collections import deque
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler
from typing import Any, NamedTuple

import orjson

from helpers.web_server import Listening

ID = "0197c0f6-8888-7c3e-9b6a-3f0f5c1a2b4d"
RUN = "0197c0f6-7d1c-7c3e-9b6a-3f0f5c1a2b4d"
PROJECT = "0197c0f6-2222-7c3e-9b6a-3f0f5c1a2b4d"
DONE = {
    "id": ID,
    "status": "done",
    "run_id": RUN,
    "error": None,
    "metadata": {"project_id": PROJECT, "warnings": []},
}
CUT = "cut"
"""Read half of the body, then close the connection."""


class Sent(NamedTuple):
    """An upload as it came: `fields` are those beside the file."""

    name: str
    content: bytes
    fields: dict[str, str]
    key: str
    authorization: str


class Answer(NamedTuple):
    status: int
    body: Any = None
    headers: dict[str, str] | None = None


class ImportServer(Listening):
    """Uploads are answered by `answers`, one each, then 201; `states` are those of the import, then done."""

    def __init__(self, port: int = 0) -> None:
        self.sent: list[Sent] = []
        self.answers: deque[Answer | str] = deque()
        self.states: deque[dict[str, Any] | Answer] = deque()
        super().__init__(_handler(self), port)


def _handler(server: ImportServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            answer = server.answers.popleft() if server.answers else Answer(201, DONE | {"status": "pending"})
            size = int(self.headers["Content-Length"])
            if answer == CUT:
                self.rfile.read(size // 2)
                self.close_connection = True
                return
            server.sent.append(_sent(self.headers, self.rfile.read(size)))
            self._answer(answer)

        def do_GET(self) -> None:
            if self.path == "/api/health/info":
                self._answer(Answer(200, {"frontend": "https://pages.example.com/"}))
            else:
                state = server.states.popleft() if server.states else {}
                self._answer(state if isinstance(state, Answer) else Answer(200, DONE | state))

        def _answer(self, answer: Answer) -> None:
            body = answer.body.encode() if isinstance(answer.body, str) else orjson.dumps(answer.body)
            self.send_response(answer.status)
            for name, value in {"Content-Length": str(len(body)), **(answer.headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def _sent(headers: Any, body: bytes) -> Sent:
    boundary = headers["Content-Type"].partition("boundary=")[2].encode()
    name, content, fields = "", b"", {}
    for part in body.split(b"--" + boundary)[1:-1]:
        head, _, value = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        line = EmailMessage()
        line["Content-Disposition"] = head.decode().splitlines()[0].partition(": ")[2]
        parameters = line["Content-Disposition"].params
        if parameters["name"] == "importFile":
            name, content = parameters["filename"], value[:-2]
        else:
            fields[parameters["name"]] = value[:-2].decode()
    return Sent(name, content, fields, headers["Idempotency-Key"], headers["Authorization"])
