"""What the server says of itself in the end, against what its rows and its files say."""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
from sqlalchemy import Connection, create_engine, text

from benchmarks.faults.clients import connected
from benchmarks.faults.parcels import digest
from benchmarks.faults.shapes import Shape

TALLIED_SECONDS = 180
"""Runs are counted by the values of their fields when they have come to rest, once a minute."""

LOADERS = 4
TRACEBACKS = 500


def check(shape: Shape) -> list[str]:
    """A line for each thing that is wrong."""
    engine = create_engine(shape.database_url)
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            late = list(_late_tallies(connection))
            return [
                *late,
                *_of_imports(connection),
                *_of_usage(connection),
                *_of_values(connection, shape),
                *_of_bytes(connection, shape),
            ]
    finally:
        engine.dispose()


def _late_tallies(connection: Connection) -> Iterator[str]:
    begun = time.monotonic()
    while left := connection.execute(text("SELECT count(*) FROM runs WHERE NOT is_tallied")).scalar():
        if time.monotonic() > begun + TALLIED_SECONDS:
            yield f"{left} runs are not counted {TALLIED_SECONDS} s after the last result"
            return
        time.sleep(0.5)
    print(f"  all runs were counted after {time.monotonic() - begun:.0f} s more", flush=True)


def _of_imports(connection: Connection) -> Iterator[str]:
    """Of all projects; what failed the published clients wanted to fail."""
    unfinished = text("SELECT id, status, attempts FROM imports WHERE status NOT IN ('done', 'error')")
    for id_, status, attempts in connection.execute(unfinished):
        yield f"import {id_} hangs: {status}, begun {attempts} times"


def _of_usage(connection: Connection) -> Iterator[str]:
    for project, counted, true in connection.execute(text(_USAGE)):
        if counted != true:
            yield f"project {project} is said to store {counted} bytes, and has {true}"


_USAGE = """
SELECT name,
  (SELECT coalesce(sum(stored_bytes), 0) FROM usages WHERE project_id = projects.id),
  (SELECT coalesce(sum(size), 0) FROM artifacts WHERE project_id = projects.id)
  + (SELECT coalesce(sum(size), 0) FROM imports WHERE project_id = projects.id AND storage_key IS NOT NULL)
FROM projects"""


def _of_values(connection: Connection, shape: Shape) -> Iterator[str]:
    """Counted values, which widgets are answered from; a field with more than a few is not counted."""
    for field, column in (("result", "result"), ("metadata.sort", "data ->> 'sort'")):
        query = {"project": shape.project, "group_field": field, "days": 3650}
        with connected(shape) as client:
            told = client.get("/widget/result-aggregator", params=query).raise_for_status().json()
        counted = {str(one["_id"]): one["count"] for one in _entries(told)}
        rows = connection.execute(
            text(f"SELECT {column}, count(*) FROM results WHERE project_id = :project GROUP BY 1"),
            {"project": shape.project},
        )
        true = {str(value): number for value, number in rows if value is not None}
        wrong = {
            value: (number, true.get(value)) for value, number in counted.items() if true.get(value) != number
        }
        if wrong or not counted:
            yield f"values of {field} as counted and as they are: {dict(list(wrong.items())[:5])}"


def _entries(told: Any) -> list[dict[str, Any]]:
    return told if isinstance(told, list) else next(v for v in told.values() if isinstance(v, list))


def _of_bytes(connection: Connection, shape: Shape) -> Iterator[str]:
    """Every file that was sent is loaded through the server, and some of the many tracebacks of reports."""
    found = connection.execute(text(_FILES), {"project": shape.project, "tracebacks": TRACEBACKS}).all()
    with ThreadPoolExecutor(LOADERS) as pool, connected(shape) as client:
        told = Counter(pool.map(lambda row: _loaded(client, str(row[0]), bytes(row[1]).hex()), found))
    good = told.pop("", 0)
    print(f"  {good} files have the bytes that were sent", flush=True)
    yield from (f"{number} files: {what}" for what, number in told.items())


_FILES = """
SELECT id, digest FROM artifacts WHERE project_id = :project AND filename = 'case.log'
UNION ALL
(SELECT id, digest FROM artifacts WHERE project_id = :project AND filename <> 'case.log'
ORDER BY digest, id LIMIT :tracebacks)"""


def _loaded(client: httpx.Client, id_: str, wanted: str) -> str:
    """What is wrong, empty for nothing."""
    answer = client.get(f"/artifact/{id_}/download")
    if answer.status_code != 200:
        return f"answered {answer.status_code}"
    return "" if digest(answer.content) == wanted else "other bytes"
