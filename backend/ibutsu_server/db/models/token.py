"""What lets a browser or a program in: the hash of a JWT that was handed out."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from ibutsu_server.db import Model
from ibutsu_server.db.models.mixins import HasId
from ibutsu_server.db.types import UtcDateTime, now


class Token(HasId, Model):
    """The JWT itself is shown once and never stored; without its row here it is worth nothing.

    Without `session_id` it is an API token that somebody made for a program, else the access token of a
    sign-in.  `project_id` and `role` limit what it may do; null is no limit.
    """

    __tablename__ = "tokens"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    session_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("sessions.id", ondelete="CASCADE"), index=True
    )
    project_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("projects.id", ondelete="CASCADE"), index=True
    )
    role: Mapped[str | None] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    last_four: Mapped[str] = mapped_column(Text)
    created: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    expires: Mapped[datetime] = mapped_column(UtcDateTime)
