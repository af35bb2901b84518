"""A page of widgets."""

import uuid

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from ibutsu_server.db import Model
from ibutsu_server.db.models.mixins import HasId


class Dashboard(HasId, Model):
    __tablename__ = "dashboards"

    title: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text, default="")
    filters: Mapped[str | None] = mapped_column(Text, default="")
    project_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    days: Mapped[int | None]
    refresh_seconds: Mapped[int | None]

    __table_args__ = (Index(None, "project_id", "title", "id"),)
