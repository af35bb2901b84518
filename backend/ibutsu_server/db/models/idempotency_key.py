"""The answer that a request with an `Idempotency-Key` got, for when it comes again."""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from ibutsu_server.db import Model
from ibutsu_server.db.types import UtcDateTime, now


class IdempotencyKey(Model):
    """`digest` is of caller and key; `answer` is encrypted with the key, which only the client has."""

    __tablename__ = "idempotency_keys"

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int | None]
    answer: Mapped[bytes | None] = mapped_column(LargeBinary)
    created: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
