"""A file that belongs to a result or to a run; its bytes are in the artifact storage."""

import uuid
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from ibutsu_server.db import Model
from ibutsu_server.db.models.mixins import HasId, HasMetadata
from ibutsu_server.db.types import UtcDateTime, now


class Artifact(HasId, HasMetadata, Model):
    """An artifact of a result also carries the result's run, so that all three can be spread by run.

    `size` is in bytes, `digest` the SHA-256 of the content, `storage_key` the path within the storage.
    Small files of one import share an object there: each begins at its `storage_offset`.
    """

    __tablename__ = "artifacts"

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    run_id: Mapped[uuid.UUID | None]
    result_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("results.id", ondelete="CASCADE"))
    filename: Mapped[str] = mapped_column(Text)
    content_type: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    storage_key: Mapped[str] = mapped_column(Text)
    storage_offset: Mapped[int | None] = mapped_column(BigInteger)
    upload_date: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    __table_args__ = (
        ForeignKeyConstraint(
            ["run_id", "project_id"],
            ["runs.id", "runs.project_id"],
            ondelete="CASCADE",
            onupdate="CASCADE",  # a run that moves to another project takes its artifacts along
        ),
        CheckConstraint("run_id IS NOT NULL OR result_id IS NOT NULL", name="belongs_somewhere"),
        Index(None, "project_id", "upload_date", "id", "size"),  # what is old, and how many bytes that are
        Index(None, "result_id", "upload_date", "id"),
        Index(None, "run_id", "upload_date", "id"),
        Index(
            "ix_artifacts_shared_key",
            "storage_key",
            postgresql_where=text("storage_offset IS NOT NULL"),
            sqlite_where=text("storage_offset IS NOT NULL"),
        ),
    )
