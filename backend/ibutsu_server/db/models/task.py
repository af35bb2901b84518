"""A request whose answer is prepared in the background and fetched later by the same user."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from ibutsu_server.db import Model
from ibutsu_server.db.models.mixins import HasId
from ibutsu_server.db.types import JSONDocument, JSONObject, UtcDateTime, now


class Task(HasId, Model):
    """`state` is one of Celery's: PENDING, STARTED, RETRY, SUCCESS, FAILURE."""

    __tablename__ = "tasks"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    token_id: Mapped[uuid.UUID | None]
    name: Mapped[str] = mapped_column(Text)
    params: Mapped[JSONObject] = mapped_column(JSONDocument)
    state: Mapped[str] = mapped_column(Text, default="PENDING")
    result: Mapped[JSONObject | None] = mapped_column(JSONDocument)
    error: Mapped[str | None] = mapped_column(Text)
    created: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
