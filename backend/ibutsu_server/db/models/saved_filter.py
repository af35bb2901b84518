"""Conditions on a list of runs or results that somebody goes back to."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text, false, func, text
from sqlalchemy.orm import Mapped, mapped_column

from ibutsu_server.db import Model
from ibutsu_server.db.models.mixins import HasId
from ibutsu_server.db.types import JSONDocument, UtcDateTime, now

_PRIVATE, _SHARED = text("NOT is_shared"), text("is_shared")


class SavedFilter(HasId, Model):
    """What is not shared is for its user alone; what is shared stays without them."""

    __tablename__ = "saved_filters"

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    name: Mapped[str] = mapped_column(Text)
    entity: Mapped[str] = mapped_column(Text)
    filters: Mapped[list[str]] = mapped_column(JSONDocument)
    sort: Mapped[str | None] = mapped_column(Text)
    is_shared: Mapped[bool] = mapped_column(default=False, server_default=false())
    created: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    __table_args__ = (
        Index(None, "project_id", "name", "id"),
        Index(
            "uq_saved_filters_private",
            "user_id",
            "project_id",
            "entity",
            func.lower(name),
            unique=True,
            postgresql_where=_PRIVATE,
            sqlite_where=_PRIVATE,
        ),
        Index(
            "uq_saved_filters_shared",
            "project_id",
            "entity",
            func.lower(name),
            unique=True,
            postgresql_where=_SHARED,
            sqlite_where=_SHARED,
        ),
    )
