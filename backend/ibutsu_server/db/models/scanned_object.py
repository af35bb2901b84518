"""A version of an object of the import bucket that was looked at, so that nobody imports it again."""

from datetime import datetime

from sqlalchemy import BigInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from ibutsu_server.db import Model
from ibutsu_server.db.types import UtcDateTime


class ScannedObject(Model):
    """Another size or time of change is another version."""

    __tablename__ = "scanned_objects"

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    modified: Mapped[datetime] = mapped_column(UtcDateTime)
