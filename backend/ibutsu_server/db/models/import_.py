"""A report file that was uploaded to be turned into a run with results."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from ibutsu_server.db import Model
from ibutsu_server.db.models.mixins import HasId, HasMetadata
from ibutsu_server.db.types import UtcDateTime, now


class Import(HasId, HasMetadata, Model):
    """`status` is pending, running, done or error; `error` says why.

    `heartbeat` is the last sign of life of whoever works on it, or of the queue where it waits, and
    `attempts` is how often the work was begun.  `rows_seen` results were read from the file so far and
    `rows_done` of them stored; `size` is that of the file in bytes, while it is kept.  With `is_run_new`
    the run was made by this import: it goes if the import does not come to its end.
    """

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
    heartbeat: Mapped[datetime | None] = mapped_column(UtcDateTime, default=now)
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    rows_seen: Mapped[int] = mapped_column(default=0, server_default="0")
    rows_done: Mapped[int] = mapped_column(default=0, server_default="0")
    size: Mapped[int | None] = mapped_column(BigInteger)
    is_run_new: Mapped[bool] = mapped_column(default=False, server_default=false())

    fingerprint: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    """Digest of the file and of what was said about it: the same upload is recognised."""

    __table_args__ = (Index(None, "project_id", "created", "id"), Index(None, "fingerprint"))
