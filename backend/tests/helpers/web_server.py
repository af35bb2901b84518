"""Small web servers on the loopback, for foreign services that are no OpenID Connect providers."""

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qsl, urlsplit

import orjson


class Asked(NamedTuple):
    """A request as it came: `form` are the fields of its body, if that is a form."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    form: dict[str, str]
    body: bytes


Answer = tuple[int, Any]
"""A status, and what is written as JSON; text goes as it is."""


class Listening:
    """Answers by a handler until the end of the block, at a free port if none is given."""

    def __init__(self, handler: type[BaseHTTPRequestHandler], port: int = 0) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class WebServer(Listening):
    """Answers from `pages`, a function for each path, until the end of the block; `asked` is what came."""

    def __init__(self) -> None:
        self.pages: dict[str, Callable[[Asked], Answer]] = {}
        self.asked: list[Asked] = []
        super().__init__(self._handler())

    def _answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        page = self.pages.get(asked.path)
        return page(asked) if page else (404, {"message": "Not Found"})

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        answer = self._answer

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                url = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                form = dict(parse_qsl(body.decode(errors="replace")))
                asked = Asked(self.command, url.path, dict(parse_qsl(url.query)), headers, form, body)
                status, content = answer(asked)
                sent = content.encode() if isinstance(content, str) else orjson.dumps(content)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(sent)))
                self.end_headers()
                self.wfile.write(sent)

            do_POST = do_GET  # noqa: N815 - the names are http.server's

            def log_message(self, *_: object) -> None:
                pass

        return Handler
