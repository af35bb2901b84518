"""The neutral benchmark data, in a database of the product: `python -m benchmarks.load_data URL FOLDER`."""

import argparse
import sqlite3
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import psycopg
from sqlalchemy import Engine, Table, create_engine, make_url

from ibutsu_server.db.models import Project, Result, Run, Test
from ibutsu_server.db.upgrade import upgrade

COUNTS = ("tests", "passes", "failures", "errors", "skips", "xfailures", "xpasses")
COUNT_OF_OUTCOME = {
    "passed": "passes",
    "failed": "failures",
    "error": "errors",
    "skipped": "skips",
    "xfailed": "xfailures",
    "xpassed": "xpasses",
}
RUN_COLUMNS = (
    *("id", "project_id", "created", "start_time", "duration", "source", "component", "env", "result_count"),
    *(*COUNTS, "manual", "blocked", "collected", "summary_extra", "first_start", "last_end", "data"),
)
RESULT_COLUMNS = (
    *("id", "project_id", "run_id", "test_id", "start_time", "duration", "result", "component", "env"),
    *("source", "params", "data"),
)
TEST_COLUMNS = ("project_id", "test_id", "first_seen", "last_seen")
Row = tuple[Any, ...]


class Loaded:
    """What the results add up to: filled while they stream by, read by the tables loaded after them."""

    def __init__(self) -> None:
        self.runs: dict[str, dict[str, Any]] = {}
        self.tests: dict[tuple[str, str], list[Any]] = {}
        self.results = 0

    def add(self, line: dict[str, Any], start: datetime) -> None:
        self.results += 1
        end = start + timedelta(seconds=line["duration"])
        run = self.runs.setdefault(
            line["run_id"], {"duration": 0.0, "first": start, "last": end, **dict.fromkeys(COUNTS, 0)}
        )
        run["tests"] += 1
        run[COUNT_OF_OUTCOME[line["result"]]] += 1
        run["duration"] += line["duration"]
        run["first"], run["last"] = min(run["first"], start), max(run["last"], end)
        seen = self.tests.setdefault((line["project_id"], line["test_id"]), [start, start])
        seen[0], seen[1] = min(seen[0], start), max(seen[1], start)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open("rb") as file:
        yield from map(orjson.loads, file)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _results(folder: Path, loaded: Loaded) -> Iterator[Row]:
    for line in _lines(folder / "results.jsonl"):
        start = _instant(line["start_time"])
        loaded.add(line, start)
        names = ("result", "component", "env", "source")
        yield (
            *(line["id"], line["project_id"], line["run_id"], line["test_id"], start, line["duration"]),
            *(*(line[name] for name in names), _json(line["params"]), _json(line["metadata"])),
        )


def _runs(folder: Path, loaded: Loaded) -> Iterator[Row]:
    for line in _lines(folder / "runs.jsonl"):
        of = loaded.runs[line["id"]]
        yield (
            *(line["id"], line["project_id"], _instant(line["created"]), _instant(line["start_time"])),
            *(of["duration"], line["source"], line["component"], line["env"], of["tests"]),
            *(*(of[name] for name in COUNTS), 0, 0, line["summary"]["collected"], None),
            *(of["first"], of["last"], _json(line["metadata"])),
        )


def _projects(folder: Path) -> Iterator[Row]:
    return ((line["id"], line["name"], line["title"]) for line in _lines(folder / "projects.jsonl"))


def _tests(loaded: Loaded) -> Iterator[Row]:
    return ((*key, *seen) for key, seen in loaded.tests.items())


def _tables(folder: Path, loaded: Loaded) -> Iterator[tuple[Table, tuple[str, ...], Iterable[Row]]]:
    """Results first: the other tables hold what they add up to."""
    yield Project.__table__, ("id", "name", "title"), _projects(folder)
    yield Result.__table__, RESULT_COLUMNS, _results(folder, loaded)
    yield Run.__table__, RUN_COLUMNS, _runs(folder, loaded)
    yield Test.__table__, TEST_COLUMNS, _tests(loaded)


def _copy_to_postgresql(url: str, folder: Path, loaded: Loaded) -> None:
    """COPY; foreign keys hold by construction and are not checked row by row."""
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for table, columns, rows in _tables(folder, loaded):
            with cursor.copy(f"COPY {table.name} ({', '.join(columns)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)


def _for_sqlite(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ", "microseconds")
    return value


def _without_dashes(columns: tuple[str, ...]) -> set[int]:
    return {place for place, name in enumerate(columns) if name in {"id", "project_id", "run_id"}}


def _insert_into_sqlite(path: str, folder: Path, loaded: Loaded) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = OFF")
    for table, columns, rows in _tables(folder, loaded):
        ids = _without_dashes(columns)
        connection.executemany(
            f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
            (
                [
                    value.replace("-", "") if place in ids else _for_sqlite(value)
                    for place, value in enumerate(row)
                ]
                for row in rows
            ),
        )
    connection.commit()
    connection.close()


def _finish(engine: Engine, indexes: list[Any]) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET maintenance_work_mem = '1GB'")
        for index in indexes:
            index.create(connection)
        for statement in {"postgresql": ["VACUUM ANALYZE"], "sqlite": ["ANALYZE"]}[engine.dialect.name]:
            connection.exec_driver_sql(statement)


def load(url: str, folder: Path) -> Loaded:
    """Fill an empty database; the indexes of the big table are made after its rows."""
    upgrade(url)
    engine = create_engine(make_url(url))
    dialect = engine.dialect.name
    indexes = [index for index in Result.__table__.indexes if _is_for(index, dialect)]
    for index in indexes:
        index.drop(engine)
    loaded = Loaded()
    if dialect == "postgresql":
        _copy_to_postgresql(
            make_url(url).set(drivername="postgresql").render_as_string(False), folder, loaded
        )
    else:
        _insert_into_sqlite(str(make_url(url).database), folder, loaded)
    _finish(engine, indexes)
    engine.dispose()
    return loaded


def _is_for(index: Any, dialect: str) -> bool:
    return index._ddl_if is None or index._ddl_if.dialect == dialect


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    started = time.perf_counter()
    total = load(arguments.url, arguments.folder).results
    print(f"{total} results in {time.perf_counter() - started:.0f} s")
