"""Bringing a database to the tables of this version, and telling which version it has."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool, create_engine, make_url
from sqlalchemy.exc import DBAPIError

from ibutsu_server.db.engine import configure, engine_options
from ibutsu_server.errors import Error, SettingsError

PATIENCE_SECONDS = 24 * 3600
"""A migration may rewrite a large table; the limit of requests is not for it."""

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(url: str) -> None:
    """Raises SettingsError, and changes nothing, if a newer version made the database or it does not open."""
    with _connected(url) as connection:
        _refuse_unknown(connection)
        command.upgrade(_config(connection), "head")


def current(url: str) -> str | None:
    """The revision that the database has, None if it is empty."""
    with _connected(url) as connection:
        return _refuse_unknown(connection)


def head() -> str | None:
    """The revision that this version of the server needs."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def require_head(url: str) -> None:
    """Raises SettingsError unless the database has the tables of this version."""
    if current(url) != head():
        raise SettingsError(
            "The database does not have the tables of this version: run `ibutsu-server db upgrade`"
        )


def _refuse_unknown(connection: Connection) -> str | None:
    revision = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    if revision is not None and revision not in known:
        raise SettingsError(
            f"The database {_shown(connection)} was made by a newer version of the server "
            f"(revision {revision}): install that version, or use another database"
        )
    return revision


def _config(connection: Connection) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    """The connection commits at the end, so a migration that fails half-way leaves PostgreSQL as it was."""
    options = {**engine_options(url, statement_timeout_seconds=PATIENCE_SECONDS), "poolclass": NullPool}
    options.pop("pool_size", None)
    engine = create_engine(url, **options)
    configure(engine, statement_timeout_seconds=PATIENCE_SECONDS)
    try:
        with engine.begin() as connection:
            yield connection
    except (DBAPIError, Error) as error:
        reason = " ".join(str(error.__cause__).split())
        raise SettingsError(
            f"The database {make_url(url).render_as_string()} cannot be used ({reason}): "
            "check its address, or set another data folder"
        ) from error


def _shown(connection: Connection) -> str:
    return connection.engine.url.render_as_string()
