"""What a mailed link carries to prove who reads the mailbox: the hash of a code that works once."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from ibutsu_server.db import Model
from ibutsu_server.db.models.mixins import HasId
from ibutsu_server.db.types import UtcDateTime


class AccountCode(HasId, Model):
    """`purpose` is `activate` or `reset`: a code for one is worth nothing for the other.

    An activation sets the password of the registration that its mail belongs to.
    """

    __tablename__ = "account_codes"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(Text)
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    password_hash: Mapped[str | None] = mapped_column(Text)
    expires: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
