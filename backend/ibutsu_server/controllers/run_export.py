"""All results of a run as a file that is written while it is sent."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

import orjson
from flask import Response, current_app

from ibutsu_server import serialize
from ibutsu_server.db.models import Result, Run
from ibutsu_server.domain import run_results
from ibutsu_server.widgets import reasons, shapes

_COLUMNS = (
    *(Result.id, Result.test_id, Result.result, Result.start_time, Result.duration),
    *(Result.component, Result.env, Result.source, *reasons.SAID, Result.params),
)
_NAMES = (
    *("id", "test_id", "result", "start_time", "duration", "component", "env", "source"),
    *("exception_name", "message", "classification", "params"),
)
_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")  # noqa: RUF001 - some spreadsheets take the wide ones as well
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def answer(run: Run, kind: str) -> Response:
    """What fails before the first piece is told as always; later the client sees that the file is cut off."""
    write, media_type = _KINDS[kind]
    pieces = write(run)
    first = next(pieces)
    response = Response(chain([first], _apart(pieces)), mimetype=media_type)
    response.headers.set("Content-Disposition", "attachment", filename=f"run-{run.id}.{kind}")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _apart(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The request is over when they are sent: each has a session of its own, and none while it is sent."""
    context = current_app.app_context

    def send() -> Iterator[bytes]:
        while True:
            with context():
                piece = next(pieces, None)
            if piece is None:
                return
            yield piece

    return send()


def _as_csv(run: Run) -> Iterator[bytes]:
    heading: list[Any] = [_NAMES]
    for rows in run_results.batches(run.id, _COLUMNS):
        yield _lines(heading + [_cells(row) for row in rows])
        heading = []
    if heading:
        yield _lines(heading)


def _lines(rows: list[Any]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _cells(row: Any) -> list[Any]:
    values = {
        "start_time": shapes.time(row.start_time),
        "message": reasons.reason(row),
        "params": orjson.dumps(row.params).decode() if row.params else None,
    }
    return [_harmless(values[name] if name in values else getattr(row, name)) for name in _NAMES]


def _harmless(value: Any) -> Any:
    """No text that a spreadsheet would take for a formula."""
    is_formula = isinstance(value, str) and _FORMULA.match(value) and not _NUMBER.fullmatch(value)
    return f"'{value}" if is_formula else value


def _as_json(run: Run) -> Iterator[bytes]:
    begun = b'{"run":' + orjson.dumps(serialize.run(run)) + b',"results":['
    for rows in run_results.batches(run.id, shapes.RESULT):
        yield begun + b",".join(orjson.dumps(shapes.result(row)) for row in rows)
        begun = b","
    yield b"]}" if begun == b"," else begun + b"]}"


_KINDS: dict[str, tuple[Callable[[Run], Iterator[bytes]], str]] = {
    "csv": (_as_csv, "text/csv"),
    "json": (_as_json, "application/json"),
}
