"""A mail that has been promised and is not sent yet."""

from datetime import datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from ibutsu_server.db import Model
from ibutsu_server.db.models.mixins import HasId
from ibutsu_server.db.types import UtcDateTime, now


class Mail(HasId, Model):
    """`kind` is `register` or `recover`; whether `email` has an account is looked up when it is sent.

    `due` is when it is tried next; whoever takes it moves that ahead first, so that nobody else takes it.
    """

    __tablename__ = "mails"

    kind: Mapped[str] = mapped_column(Text)
    email: Mapped[str] = mapped_column(Text)
    password_hash: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(default=0)
    created: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    due: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
