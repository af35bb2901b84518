"""What became of a task that is due at certain times."""

from datetime import datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from ibutsu_server.db import Model
from ibutsu_server.db.types import UtcDateTime, now


class ScheduledTask(Model):
    """`error` is why it failed the last time, `failing_since` the first failure after its last success.

    `request` is the message that was begun last: when that is delivered again, its worker was lost.
    """

    __tablename__ = "scheduled_tasks"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    known_since: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    request: Mapped[str | None] = mapped_column(Text)
    started: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(Text)
    failing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
