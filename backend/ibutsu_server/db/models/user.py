"""A person or a program with an account."""

import uuid

from sqlalchemy import ForeignKey, Index, Text, false, func
from sqlalchemy.orm import Mapped, mapped_column

from ibutsu_server.db import Model
from ibutsu_server.db.models.mixins import HasId


class User(HasId, Model):
    """Who registered and has not opened the mailed link yet `is_pending`; others are inactive because an
    administrator wants it so.
    """

    __tablename__ = "users"

    email: Mapped[str] = mapped_column(Text)
    password_hash: Mapped[str | None] = mapped_column(Text)
    name: Mapped[str | None] = mapped_column(Text)
    is_superadmin: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=False)
    is_pending: Mapped[bool] = mapped_column(default=False, server_default=false())
    group_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("groups.id", ondelete="SET NULL"), index=True
    )

    __table_args__ = (Index("uq_users_email_lower", func.lower(email), unique=True),)
