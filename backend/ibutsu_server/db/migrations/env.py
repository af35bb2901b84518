"""How Alembic reaches the database: over the connection of `db.upgrade`, or over `-x url=…` for developers."""

from typing import Any, Literal, cast

from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.runtime.migration import MigrationContext, MigrationInfo
from sqlalchemy import JSON, Connection, NullPool, create_engine, text

from ibutsu_server.db import Base, models
from ibutsu_server.db.types import UtcDateTime

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


def note_oldest(*, ctx: MigrationContext, step: MigrationInfo, **_: Any) -> None:
    """What a contract takes away, versions before a certain one would miss."""
    script: Any = step.up_revision
    if step.is_upgrade and ctx.connection and getattr(script.module, "phase", "expand") == "contract":
        oldest = {"oldest": script.module.oldest}
        ctx.connection.execute(text("UPDATE compatibility SET oldest = :oldest"), oldest)


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        on_version_apply=cast("Any", note_oldest),
        target_metadata=Base.metadata,
        include_object=include_object,
        render_item=render_item,
        render_as_batch=connection.dialect.name == "sqlite",
        transaction_per_migration=True,
    )
    with context.begin_transaction():
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
