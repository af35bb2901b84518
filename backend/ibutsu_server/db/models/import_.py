"""A report file that was uploaded to be turned into a run with results."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from ibutsu_server.db import Model
from ibutsu_server.db.models.mixins import HasId, HasMetadata
from ibutsu_server.db.types import UtcDateTime, now


class Import(HasId, HasMetadata, Model):
    __tablename__ = "imports"

    project_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    user_id: Mapped[uuid.UUID | None]
    """Who uploaded it, with whose rights it is read."""

    run_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("runs.id", ondelete="SET NULL"), index=True)
    filename: Mapped[str | None] = mapped_column(Text)
    format: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, default="pending")
    error: Mapped[str | None] = mapped_column(Text)
    storage_key: Mapped[str | None] = mapped_column(Text)
    created: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    __table_args__ = (Index(None, "project_id", "created", "id"),)
