"""Results and artifacts in a table for each month, on PostgreSQL: a question looks only where answers can be.

What is old goes with its table, at once.  PostgreSQL keeps an id apart within an instant only, since the key
of such a table includes it; `claim` does the rest.
"""

import re
import uuid
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, text

from ibutsu_server.db import failures
from ibutsu_server.errors import Conflict

INSTANTS = {"results": "start_time", "artifacts": "upload_date"}
"""What decides on the month of a row."""

AHEAD = 3
"""So many months are there before they begin."""

PATIENCE = "3s"
"""So long everybody may have to wait for somebody who reads, when a month goes."""

_BETWEEN_TABLES = "fk_artifacts_result_id_results"
"""It would need the instant of the result in every artifact, and to be asked before a month goes."""

_BOUNDS = re.compile(r"FROM \((?P<first>.+?)\) TO \('(?P<end>.+?)'\)")


class Month(NamedTuple):
    """A table of rows from `first` (None: from the beginning of time) until before `end`."""

    name: str
    first: datetime | None
    end: datetime


_engines: WeakKeyDictionary[Engine, bool] = WeakKeyDictionary()


def are_used(connection: Connection) -> bool:
    """Asked once: tables are divided while nobody else uses the database."""
    engine = connection.engine
    if engine not in _engines:
        _engines[engine] = engine.dialect.name == "postgresql" and _is_divided(connection)
    return _engines[engine]


def _is_divided(connection: Connection) -> bool:
    kind = "SELECT relkind FROM pg_class WHERE oid = to_regclass('results')"
    return connection.scalar(text(kind)) in ("p", b"p")


def divide(connection: Connection, today: datetime, *, since: datetime | None = None) -> None:
    """Make tables of months; what is there becomes the one of all time before the next month, or `since`.

    What has begun since is written again.  Raises Conflict when it was done before or others are using
    the database.
    """
    if connection.dialect.name != "postgresql":
        raise Conflict("Only PostgreSQL has tables of months: SQLite keeps everything in one")
    if _is_divided(connection):
        raise Conflict("The database has tables of months already")
    _be_alone(connection)
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    connection.execute(text(f"ALTER TABLE artifacts DROP CONSTRAINT {_BETWEEN_TABLES}"))
    border = _begin(since) if since else _next(_begin(today))
    for table, instant in INSTANTS.items():
        _divide(connection, table, instant, border)
    make_ahead(connection, today)
    connection.execute(text("ANALYZE results, artifacts"))
    _engines.pop(connection.engine, None)


def _be_alone(connection: Connection) -> None:
    others = connection.scalar(
        text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
    )
    if others:
        raise Conflict(f"{others} other connections use the database: stop servers, workers and beat first")


def _divide(connection: Connection, table: str, instant: str, border: datetime) -> None:
    old, other = f"{table}_before", f"{table}_other"
    quoted = f"'{border:%Y-%m-%d %H:%M:%S+00}'"
    indexes = connection.scalars(text(_INDEXES), {"table": table}).all()
    constraints = connection.execute(text(_CONSTRAINTS), {"table": table}).all()
    names = connection.scalars(text(_INDEX_NAMES), {"table": table}).all()
    statements = [
        f"ALTER TABLE {table} DROP CONSTRAINT pk_{table}",
        f"ALTER TABLE {table} RENAME TO {old}",
        *(f"ALTER INDEX {name} RENAME TO {_shortened(name)}" for name in names),
        f"CREATE TABLE {table} (LIKE {old} INCLUDING DEFAULTS) PARTITION BY RANGE ({instant})",
        f"ALTER TABLE {table} ADD CONSTRAINT pk_{table} PRIMARY KEY (id, {instant})",
        *(f"ALTER TABLE {table} ADD CONSTRAINT {one.name} {one.definition}" for one in constraints),
        *indexes,
        f"CREATE TABLE {other} PARTITION OF {table} DEFAULT",
        _move(old, other, f"{instant} >= {quoted}"),
        f"ALTER TABLE {old} ADD CONSTRAINT pk_{old} PRIMARY KEY (id, {instant})",
        f"ALTER TABLE {table} ATTACH PARTITION {old} FOR VALUES FROM (MINVALUE) TO ({quoted})",
    ]
    for statement in statements:
        connection.exec_driver_sql(statement)


def _move(source: str, target: str, condition: str) -> str:
    return (
        f"WITH moved AS (DELETE FROM {source} WHERE {condition} RETURNING *) "  # noqa: S608 - our own names
        f"INSERT INTO {target} SELECT * FROM moved"
    )


def _shortened(index: str) -> str:
    """PostgreSQL's names have 63 characters at most."""
    return f"{index.rpartition('.')[2][:55]}_before"


_INDEXES = """
SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = to_regclass(:table) AND NOT indisprimary
"""
_INDEX_NAMES = """
SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = to_regclass(:table) AND NOT indisprimary
"""
_CONSTRAINTS = """
SELECT conname AS name, pg_get_constraintdef(oid) AS definition
FROM pg_constraint WHERE conrelid = to_regclass(:table) AND contype <> 'p'
"""


def make_ahead(connection: Connection, today: datetime) -> list[str]:
    """Make the tables of this month and the next ones that are missing; returns their names."""
    made = []
    for table, instant in INSTANTS.items():
        last = max((month.end for month in of(connection, table)), default=_begin(today))
        wanted = _begin(today)
        for _ in range(AHEAD):
            wanted = _next(wanted)
        while last <= wanted:
            made.append(_make(connection, table, instant, last))
            last = _next(last)
    return made


def _make(connection: Connection, table: str, instant: str, first: datetime) -> str:
    """What came for this month before there was a table for it moves in."""
    name, end = f"{table}_{first:%Y_%m}", _next(first)
    first_day, last_day = f"'{first:%Y-%m-%d}'", f"'{end:%Y-%m-%d}'"
    for statement in (
        f"CREATE TABLE {name} (LIKE {table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)",
        _move(f"{table}_other", name, f"{instant} >= {first_day} AND {instant} < {last_day}"),
        f"ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES FROM ({first_day}) TO ({last_day})",
    ):
        connection.exec_driver_sql(statement)
    return name


def of(connection: Connection, table: str) -> list[Month]:
    """The months of a table, the oldest first, without the one for everything else."""
    found = connection.execute(text(_MONTHS), {"table": table})
    return sorted(_read(found), key=lambda month: month.end)


_MONTHS = """
SELECT c.relname AS name, pg_get_expr(c.relpartbound, c.oid) AS bounds
FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid WHERE inhparent = to_regclass(:table)
"""


def _read(rows: Iterable[Any]) -> Iterator[Month]:
    for name, bounds in rows:
        if found := _BOUNDS.search(bounds):
            first = found["first"].strip("'")
            yield Month(name, None if first == "MINVALUE" else _instant(first), _instant(found["end"]))


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("+00", "+00:00")).astimezone(UTC)


def lock(connection: Connection, table: str) -> None:
    """Nobody reads or writes any month until the commit; Unavailable where others would not let go."""
    connection.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE}'"))
    connection.exec_driver_sql(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")


def drop(connection: Connection, month: Month) -> None:
    """The rows of a month, within a transaction that has locked them all."""
    connection.exec_driver_sql(f"DROP TABLE {month.name}")


def claim(connection: Connection, table: str, rows: Collection[dict[str, Any]]) -> set[uuid.UUID]:
    """What PostgreSQL does for whole tables before rows go into them; returns the ids that are taken.

    Whoever repeats a request meanwhile waits for the end of the first one: it names the same ids, and the
    smallest of them is what both ask for.  Raises Conflict where the result of an artifact is gone.
    """
    ids = [row["id"] for row in rows]
    lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
    connection.execute(lock, {"name": f"{table} {min(ids)}"})
    taken = there(connection, table, ids)
    if table == "artifacts":
        owners = {row["result_id"] for row in rows if row["result_id"] and row["id"] not in taken}
        if owners - there(connection, "results", owners, "FOR KEY SHARE"):
            raise Conflict(failures.GONE)
    return taken


def there(connection: Connection, table: str, ids: Collection[uuid.UUID], lock: str = "") -> set[uuid.UUID]:
    """As one parameter: thousands of them would take as long as storing the rows."""
    asked = f"SELECT id FROM {table} WHERE id = ANY(%s::uuid[]) {lock}"  # noqa: S608 - our own names
    found = connection.exec_driver_sql(asked, (f"{{{','.join(id_.hex for id_ in ids)}}}",))
    return set(found.scalars())


def _begin(day: datetime) -> datetime:
    return datetime(day.year, day.month, 1, tzinfo=UTC)


def _next(month: datetime) -> datetime:
    return datetime(month.year + month.month // 12, month.month % 12 + 1, 1, tzinfo=UTC)
