"""`POST /api/results` next to its floor: the same rows, into the same tables, by the driver's bulk way."""

import os
import sqlite3
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import psycopg
from sqlalchemy import func, make_url, select, update

from benchmarks.ingest import as_reported
from benchmarks.load_data import RESULT_COLUMNS
from benchmarks.server import Server, application, running
from ibutsu_server.db import db
from ibutsu_server.db.models import Run
from ibutsu_server.domain import tallying

FLOOR_ROWS = 5000
"""Of one statement and commit, the best that was found."""


class Rates(NamedTuple):
    """Results per second: of the driver, and of requests with 5,000 and with 50,000 lines.

    And seconds of processor for each result, of all processes: to store and to count it.
    """

    floor: float
    small: float
    large: float
    storing: float
    counting: float


def measure(url: str, folder: Path, *, results: int) -> Rates:
    with running(url, folder) as server:
        floor = _floor(url, _results(server, results))
        small = _rate(server, _results(server, results), 5000)
        lines = _results(server, results)
        before = _busy_seconds()
        large = _rate(server, lines, 50_000)
        storing = _busy_seconds() - before
    counted, counting = _count(url, folder)
    return Rates(floor, small, large, storing / results, counting / counted)


def _count(url: str, folder: Path) -> tuple[int, float]:
    """As the background work does it; how many results, in how many seconds."""
    with application(url, folder).app_context():
        tallying.tally(timedelta(0))  # the first time the fields have to be found
        db.session.execute(update(Run).values(is_tallied=False))
        results = db.session.scalar(select(func.sum(Run.result_count))) or 0
        db.session.commit()
        before = _busy_seconds()
        tallying.tally(timedelta(0))
        seconds = _busy_seconds() - before
        db.engine.dispose()
    return results, seconds


def _busy_seconds() -> float:
    """Of all processors together, since the machine was started."""
    user, nice, system = map(int, Path("/proc/stat").read_text().split()[1:4])
    return (user + nice + system) / os.sysconf("SC_CLK_TCK")


def _results(server: Server, count: int) -> list[dict[str, Any]]:
    run = server.new_run()
    return [as_reported(server.project, run, i) for i in range(count)]


def _rate(server: Server, results: list[dict[str, Any]], size: int) -> float:
    bodies = [
        b"\n".join(orjson.dumps(one) for one in results[i : i + size]) for i in range(0, len(results), size)
    ]
    connection = server.connection()
    headers = {**server.headers, "Content-Type": "application/x-ndjson"}
    started = time.perf_counter()
    for body in bodies:
        connection.request("POST", "/api/results", body, headers)
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 201 or orjson.loads(text)["rejected"]:
            raise RuntimeError(text.decode())
    return len(results) / (time.perf_counter() - started)


def _floor(url: str, results: list[dict[str, Any]]) -> float:
    lines = [orjson.dumps(one) for one in results]
    fill = _copy if url.startswith("postgresql") else _execute_many
    started = time.perf_counter()
    fill(url, lines)
    return len(results) / (time.perf_counter() - started)


def _batches(lines: list[bytes]) -> Iterator[list[tuple[Any, ...]]]:
    for i in range(0, len(lines), FLOOR_ROWS):
        yield [_row(orjson.loads(line)) for line in lines[i : i + FLOOR_ROWS]]


def _row(body: dict[str, Any]) -> tuple[Any, ...]:
    metadata = body["metadata"]
    return (
        *(uuid.UUID(body["id"]).hex, uuid.UUID(body["project_id"]).hex, uuid.UUID(body["run_id"]).hex),
        *(body["test_id"], body["start_time"].replace("T", " ")[:26], body["duration"], body["result"]),
        *(metadata["component"], metadata["env"], body["source"]),
        *(orjson.dumps(body["params"]).decode(), orjson.dumps(metadata).decode()),
    )


def _copy(url: str, lines: list[bytes]) -> None:
    bare = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(bare) as connection, connection.cursor() as cursor:
        for rows in _batches(lines):
            with cursor.copy(f"COPY results ({', '.join(RESULT_COLUMNS)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            connection.commit()


def _execute_many(url: str, lines: list[bytes]) -> None:
    connection = sqlite3.connect(str(make_url(url).database), isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-16000"):
        connection.execute(f"PRAGMA {pragma}")
    marks = ", ".join("?" * len(RESULT_COLUMNS))
    for rows in _batches(lines):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(f"INSERT INTO results ({', '.join(RESULT_COLUMNS)}) VALUES ({marks})", rows)
        connection.execute("COMMIT")
    connection.close()
