"""Lists of results over HTTP, next to the same rows asked from the database by its bare driver."""

import json
import sqlite3
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
from sqlalchemy import make_url

from benchmarks.server import Server, running

REPEATS = 30


@dataclass(frozen=True)
class Measured:
    """Milliseconds."""

    name: str
    target: float | None
    total: int
    median: float
    p95: float
    floor_median: float
    floor_p95: float


@dataclass(frozen=True)
class Question:
    name: str
    filters: list[str]
    where: str
    target: float | None = None
    page: int = 1
    estimate: bool = False


def questions(pick: dict[str, Any], *, metadata: bool) -> list[Question]:
    about = f"project_id={pick['project']}"
    here = f"project_id = {_id(pick['project'], metadata=metadata)}"
    run = f"run_id = {_id(pick['run_median'], metadata=metadata)}"
    asked = [
        Question("results of a run", [f"run_id={pick['run_median']}"], run, 20),
        Question("failed", ["result=failed"], "result = 'failed'", 30),
        Question("history of a test", [f"test_id={pick['test_id']}"], f"test_id = '{pick['test_id']}'", 15),
        Question(
            "component, env, result",
            [f"component={pick['component']}", "env=stage", "result=failed"],
            f"component = '{pick['component']}' AND env = 'stage' AND result = 'failed'",
            30,
        ),
        Question("project alone", [], "true", 30),
        Question(
            "regex on test_id", ["test_id~test_webhook_.*_0[0-9]+$"], "test_id LIKE '%test_webhook_%'", 150
        ),
        Question("substring of test_id", ["test_id%volume_vuln"], "test_id LIKE '%volume_vuln%'", 150),
    ]
    if metadata:
        asked += [_on_metadata(pick, key) for key in _KEYS]
    asked += [
        Question(f"{one.name}, estimate", one.filters, one.where, None, 1, estimate=True) for one in asked
    ] + [
        Question(f"{one.name}, page 200", one.filters, one.where, None, 200) for one in asked[:2] + asked[4:5]
    ]
    return [
        Question(
            one.name, [about, *one.filters], f"{here} AND {one.where}", one.target, one.page, one.estimate
        )
        for one in asked
    ]


_KEYS = {
    "assignee": "assignee",
    "jenkins.job_name": "job",
    "exception_name": "exception_name",
    "classification": "classification",
    "polarion_id": "polarion_id",
    "requirement": "requirement",
}


def _on_metadata(pick: dict[str, Any], key: str) -> Question:
    document: Any = pick[_KEYS[key]]
    for part in reversed(key.split(".")):
        document = {part: document}
    where = f"data @> '{json.dumps(document)}'"
    return Question(f"metadata.{key}", [f"metadata.{key}={pick[_KEYS[key]]}"], where, 60)


def _id(text: str, *, metadata: bool) -> str:
    """SQLite, the database without indexed metadata, stores ids without dashes."""
    return f"'{text}'" if metadata else f"'{text.replace('-', '')}'"


def measure(url: str, data: Path, folder: Path) -> list[Measured]:
    pick = json.loads((data / "manifest.json").read_text())["pick"]
    ask = _driver(url)
    asked = questions(pick, metadata=not url.startswith("sqlite"))
    with running(url, folder) as server:
        return [_measure(server, ask, one) for one in asked]


def _driver(url: str) -> Callable[[str], Any]:
    if url.startswith("sqlite"):
        lite = sqlite3.connect(str(make_url(url).database))
        return lambda sql: lite.execute(sql).fetchall()
    bare = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = psycopg.connect(bare, autocommit=True, options="-c jit=off")
    return lambda sql: connection.execute(sql.replace("%", "%%")).fetchall()


def _measure(server: Server, ask: Callable[[str], Any], one: Question) -> Measured:
    query = [("filter", text) for text in one.filters]
    query += [("page", str(one.page)), ("estimate", "true" if one.estimate else "false")]
    path = f"/api/result?{urlencode(query)}"
    connection = server.connection()
    total = 0

    def over_http() -> None:
        nonlocal total
        connection.request("GET", path, headers=server.headers)
        answer = json.loads(connection.getresponse().read())
        total = answer["pagination"]["totalItems"]

    def bare() -> None:
        page = f"LIMIT 25 OFFSET {one.page * 25 - 25}"
        ask(f"SELECT * FROM results WHERE {one.where} ORDER BY start_time DESC, id DESC {page}")
        ask(f"SELECT count(*) FROM results WHERE {one.where}")

    over = times(over_http)
    floor = times(bare, most_seconds=3)
    return Measured(one.name, one.target, total, *over, *floor)


def times(call: Callable[[], None], *, most_seconds: float = 20) -> tuple[float, float]:
    """Median and 95th percentile of warm calls, in milliseconds."""
    call()
    call()
    taken: list[float] = []
    end = time.monotonic() + most_seconds
    while len(taken) < REPEATS and time.monotonic() < end:
        started = time.perf_counter()
        call()
        taken.append((time.perf_counter() - started) * 1000)
    taken = sorted(taken) or [most_seconds * 1000]
    return statistics.median(taken), taken[round(0.95 * (len(taken) - 1))]
