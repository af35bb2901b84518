"""The old database: read only, its columns by name whatever their types, its rows as a stream."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    Float,
    FromClause,
    Integer,
    MetaData,
    RowMapping,
    Select,
    Table,
    Text,
    and_,
    any_,
    case,
    cast,
    create_engine,
    event,
    func,
    inspect,
    literal,
    make_url,
    null,
    select,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchTableError

from ibutsu_server.errors import Invalid

Kind = Literal["text", "json", "time", "number", "integer", "flag"]
Raw = RowMapping
Part = Literal["run", "result", "artifact"]

ROWS = 1000
"""Fetched from the old database at once."""

RUNS = 200
"""Moved together, with what belongs to them."""

_EARLIEST, _LATEST = datetime(1, 1, 2), datetime(9999, 12, 30)  # noqa: DTZ001 - as they are stored
_SETTINGS = (
    "SET default_transaction_read_only = on",
    "SET timezone = 'UTC'",
    "SET statement_timeout = 0",
    "SET jit = off",
)
_TABLES: dict[str, dict[str, Kind]] = {
    "groups": {"id": "text", "name": "text", "data": "json"},
    "users": {
        **dict.fromkeys(("id", "email", "_password", "name", "group_id"), "text"),
        "is_superadmin": "flag",
        "is_active": "flag",
    },
    "users_projects": dict.fromkeys(("user_id", "project_id"), "text"),
    "tokens": {**dict.fromkeys(("id", "name", "token", "user_id"), "text"), "expires": "time"},
    "projects": dict.fromkeys(
        ("id", "name", "title", "owner_id", "group_id", "default_dashboard_id"), "text"
    ),
    "dashboards": dict.fromkeys(("id", "title", "description", "filters", "project_id", "user_id"), "text"),
    "widget_configs": {
        **dict.fromkeys(("id", "type", "widget", "title", "project_id", "dashboard_id"), "text"),
        "navigable": "flag",
        "params": "json",
        "weight": "integer",
    },
    "runs": {
        **dict.fromkeys(("id", "component", "env", "source", "project_id"), "text"),
        **dict.fromkeys(("created", "start_time"), "time"),
        **dict.fromkeys(("data", "summary"), "json"),
        "duration": "number",
    },
    "results": {
        **dict.fromkeys(
            ("id", "component", "env", "source", "result", "test_id", "project_id", "run_id"), "text"
        ),
        **dict.fromkeys(("data", "params"), "json"),
        "duration": "number",
        "start_time": "time",
    },
    "artifacts": {
        **dict.fromkeys(("id", "result_id", "run_id", "filename"), "text"),
        "data": "json",
        "upload_date": "time",
    },
    "imports": dict.fromkeys(("id", "status", "filename"), "text"),
}
_MEANT = {"data": "metadata"}
"""Other names that columns have had."""

_NEEDED = {"users": {"email", "_password"}, "artifacts": {"content"}, "tokens": {"token"}}
"""What tells that it is a database of the old server, beside its tables."""

_FOREIGN = "The source is no database of an Ibutsu 3 server"


class Source:
    """Every statement sees the rows of its moment: what is written meanwhile may or may not be among them."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(_driven(url), pool_size=3, pool_pre_ping=True)
        event.listen(self._engine, "connect", _prepare)
        try:
            with _told():
                self._tables = {name: self._found(name) for name in _TABLES}
                self.is_sound = self._names_its_runs()
        except Invalid:
            self.close()
            raise
        self.runs, self.results, self.artifacts = (
            self._tables[name] for name in ("runs", "results", "artifacts")
        )
        self.its_run = self.runs.alias("its_run")

    @property
    def name(self) -> str:
        return self._engine.url.render_as_string()  # without its password

    def close(self) -> None:
        self._engine.dispose()

    def _found(self, name: str) -> Table:
        try:
            found = inspect(self._engine).get_columns(name)
        except NoSuchTableError:
            raise Invalid(
                f"The source is no database of an Ibutsu 3 server: it has no table {name}"
            ) from None
        columns = {column["name"] for column in found}
        needed = {"id"} & _TABLES[name].keys() | _NEEDED.get(name, set())
        for missing in sorted(needed - columns):
            raise Invalid(f"{_FOREIGN}: {name} has no column {missing}")
        return Table(name, MetaData(), *(Column(column["name"], column["type"]) for column in found))

    def _names_its_runs(self) -> bool:
        """Whether the database itself sees to it that the run of a result is there."""
        keys = inspect(self._engine).get_foreign_keys("results")
        return any(key["referred_table"] == "runs" for key in keys)

    def table(self, name: str) -> Table:
        return self._tables[name]

    def columns(self, name: str) -> list[ColumnElement[Any]]:
        """Everything of a table as Python can read it; what it does not have is null."""
        return [
            self._column(self._tables[name], wanted, kind).label(wanted)
            for wanted, kind in _TABLES[name].items()
        ]

    @staticmethod
    def _column(table: Table, name: str, kind: Kind) -> ColumnElement[Any]:
        found = table.c.get(name)
        if found is None:
            found = table.c.get(_MEANT.get(name, name))
        return null() if found is None else _read_as(kind, found)

    def read(self, statement: Select[Any]) -> Iterator[Raw]:
        """As a stream: neither side holds all of it."""
        with _told(), self._engine.connect() as connection:
            yield from connection.execution_options(yield_per=ROWS).execute(statement).mappings()

    def batches(self, statement: Select[Any]) -> Iterator[Sequence[Raw]]:
        with _told(), self._engine.connect() as connection:
            found = connection.execution_options(yield_per=ROWS).execute(statement).mappings()
            yield from found.partitions(ROWS)

    def count(self, statement: Select[Any]) -> int:
        with _told(), self._engine.connect() as connection:
            return int(connection.scalar(select(func.count()).select_from(statement.subquery())) or 0)

    def run_pages(self, condition: ColumnElement[bool]) -> Iterator[list[str]]:
        """Ids of runs in the order of their time.

        The cursor outlives its transaction: none stays open while the runs are moved, for hours maybe.
        """
        runs = self.runs.c
        wanted = select(cast(runs.id, Text)).where(condition).order_by(runs.start_time, runs.id)
        compiled = wanted.compile(dialect=self._engine.dialect)
        declared = f"DECLARE moved_runs NO SCROLL CURSOR WITH HOLD FOR {compiled}"
        with _told(), self._engine.connect() as connection:
            connection.exec_driver_sql(declared, compiled.params)
            connection.commit()
            while page := self._fetched(connection):
                yield page
            connection.exec_driver_sql("CLOSE moved_runs")
            connection.commit()

    @staticmethod
    def _fetched(connection: Connection) -> list[str]:
        page = list(connection.exec_driver_sql(f"FETCH {RUNS} FROM moved_runs").scalars())
        connection.commit()
        return page

    def placed(self, part: Part, *columns: Any) -> Select[Any]:
        """Runs, results or artifacts, each with the id of the project it belongs to, as `place`.

        That of its run, or else its own: results follow their run, and artifacts their result.  `columns`
        are the id where none are said; `runs` is joined as the run of a result or an artifact, `its_run` as
        that of the result of an artifact.
        """
        runs, results, artifacts, its_run = self.runs, self.results, self.artifacts, self.its_run
        table: Table = {"run": runs, "result": results, "artifact": artifacts}[part]
        wanted = columns or (cast(table.c.id, Text).label("id"),)
        joined: FromClause = table
        place: Any = runs.c.project_id
        if part == "result":
            joined = results.outerjoin(runs, runs.c.id == results.c.run_id)
            place = func.coalesce(runs.c.project_id, results.c.project_id)
        if part == "artifact":
            joined = artifacts.outerjoin(results, results.c.id == artifacts.c.result_id)
            joined = joined.outerjoin(its_run, its_run.c.id == results.c.run_id)
            joined = joined.outerjoin(runs, runs.c.id == artifacts.c.run_id)
            of_result = func.coalesce(its_run.c.project_id, results.c.project_id)
            place = case((results.c.id.is_not(None), of_result), else_=runs.c.project_id)
        return select(*wanted, cast(place, Text).label("place")).select_from(joined)

    def counted(self, part: Part, places: Sequence[str] | None) -> Select[Any]:
        """The same, of these projects only if any are said."""
        found = self.placed(part)
        if places is None:
            return found
        inner = found.subquery()
        return select(inner).where(is_one_of(inner.c.place, places))


def is_one_of(column: Any, texts: Sequence[str]) -> ColumnElement[bool]:
    """Ids as they are told here, whatever type they have there."""
    told = cast(literal(list(texts), ARRAY(Text())), ARRAY(column.type))
    found: ColumnElement[bool] = column == any_(told)
    return found


def _read_as(kind: Kind, column: Column[Any]) -> ColumnElement[Any]:
    match kind:
        case "time":  # PostgreSQL has infinity, and years that Python has not
            moment = cast(column, DateTime)
            is_known = and_(moment >= _EARLIEST, moment < _LATEST)
            return case((is_known, moment))
        case "number":
            return cast(column, Float)
        case "integer":
            return cast(column, Integer)
        case "flag":
            return cast(column, Boolean)
    return cast(column, Text)


def _driven(url: str) -> str:
    try:
        address = make_url(url)
        backend = address.get_backend_name()
    except ArgumentError:
        raise Invalid("--source is no database URL: it looks like postgresql://user@host/ibutsu") from None
    if backend not in {"postgresql", "postgres"}:
        raise Invalid("--source must begin with postgresql://")
    return address.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def _prepare(connection: Any, _record: Any) -> None:
    """Not as options of the connection: poolers refuse those."""
    with connection.cursor() as cursor:
        for setting in _SETTINGS:
            cursor.execute(setting)
    connection.commit()


@contextmanager
def _told() -> Iterator[None]:
    """Without the statement and its values, which may be long and secret."""
    try:
        yield
    except DBAPIError as error:
        reason = " ".join(str(error.orig).split())
        raise Invalid(f"The source does not answer: {reason}") from error
