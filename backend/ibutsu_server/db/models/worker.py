"""A process that does background work, or starts what is due, as it last told of itself."""

from datetime import datetime
from typing import Any

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from ibutsu_server.db import Model
from ibutsu_server.db.models.mixins import HasId
from ibutsu_server.db.types import JSONDocument, UtcDateTime


class Worker(HasId, Model):
    """`kind` is worker, scheduler or embedded; `doing` are the tasks under way, by name and what about."""

    __tablename__ = "workers"

    kind: Mapped[str] = mapped_column(Text)
    hostname: Mapped[str] = mapped_column(Text)
    pid: Mapped[int]
    queues: Mapped[list[str]] = mapped_column(JSONDocument)
    concurrency: Mapped[int]
    started: Mapped[datetime] = mapped_column(UtcDateTime)
    seen: Mapped[datetime] = mapped_column(UtcDateTime)
    doing: Mapped[list[dict[str, Any]]] = mapped_column(JSONDocument)
