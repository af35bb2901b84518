"""How Alembic reaches the database: over the connection of `db.upgrade`, or over `-x url=…` for developers."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON, Connection, NullPool, create_engine, text

from ibutsu_server.db import Base, models
from ibutsu_server.db.types import UtcDateTime

ADVISORY_LOCK = 4_277_009_102
"""Any number, but always this one: two servers that migrate one PostgreSQL database at once take turns."""

assert models.__all__  # noqa: S101  loading the models is what fills Base.metadata


def render_item(kind: str, value: Any, autogen_context: AutogenContext) -> str | Literal[False]:
    """Migrations do not import our types: what a table was made of stays as it was."""
    if kind == "type" and isinstance(value, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(value, JSON):
        autogen_context.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def include_object(item: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:  # noqa: ARG001
    """GIN indexes are PostgreSQL's."""
    is_gin = kind == "index" and item.dialect_options["postgresql"]["using"] == "gin"
    return not is_gin or context.get_context().dialect.name == "postgresql"


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_object=include_object,
        render_item=render_item,
        render_as_batch=connection.dialect.name == "sqlite",
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
        context.run_migrations()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    with create_engine(
        context.get_x_argument(as_dictionary=True)["url"], poolclass=NullPool
    ).connect() as own:
        migrate(own)
        own.commit()
