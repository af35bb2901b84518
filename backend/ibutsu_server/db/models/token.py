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

    `kind` is `api` for tokens that people make for their programs and `session` for sign-ins.
    """

    __tablename__ = "tokens"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(Text, default="api")
    name: Mapped[str] = mapped_column(Text)
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    last_four: Mapped[str] = mapped_column(Text)
    created: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    expires: Mapped[datetime] = mapped_column(UtcDateTime)
