"""The outcome of one test in one run."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from ibutsu_server.db import Model
from ibutsu_server.db.models.mixins import HasId, HasMetadata
from ibutsu_server.db.types import JSONDocument, JSONObject, UtcDateTime, now

KEYS = "'$.keyvalue().\"key\"'"
"""The path to the names at the top of a document, for PostgreSQL: an index of values does not know them."""


class Result(HasId, HasMetadata, Model):
    """`duration` is in seconds.  Each index is the order of one list: newest first within what it names."""

    __tablename__ = "results"

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    run_id: Mapped[uuid.UUID | None]
    test_id: Mapped[str | None] = mapped_column(Text)
    start_time: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    duration: Mapped[float | None]
    result: Mapped[str | None] = mapped_column(Text)
    component: Mapped[str | None] = mapped_column(Text)
    env: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str | None] = mapped_column(Text)
    params: Mapped[JSONObject | None] = mapped_column(JSONDocument)
    attempts: Mapped[list[JSONObject] | None] = mapped_column(JSONDocument)
    """Of a test that was tried several times: what each attempt was like, the oldest first."""

    fingerprint: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    """Digest of the request that created it: a repeated request is recognised, a different one refused."""

    __table_args__ = (
        ForeignKeyConstraint(
            ["run_id", "project_id"],
            ["runs.id", "runs.project_id"],
            ondelete="CASCADE",
            onupdate="CASCADE",  # a run that moves to another project takes its results along
        ),
        Index(None, "project_id", "start_time", "id"),
        Index(None, "run_id", "start_time", "id"),
        Index(None, "project_id", "test_id", "start_time", "id"),
        Index(None, "project_id", "result", "start_time", "id"),
        Index(None, "project_id", "component", "env", "result", "start_time", "id"),
        Index(
            "ix_results_without_run",
            "project_id",
            "result",
            postgresql_where=text("run_id IS NULL"),
            sqlite_where=text("run_id IS NULL"),
        ),
        Index(
            "ix_results_data",
            "data",
            postgresql_using="gin",
            postgresql_ops={"data": "jsonb_path_ops"},
        ).ddl_if(dialect="postgresql"),
        Index(
            "ix_results_keys", text(f"jsonb_path_query_array(data, {KEYS})"), postgresql_using="gin"
        ).ddl_if(dialect="postgresql"),
    )
