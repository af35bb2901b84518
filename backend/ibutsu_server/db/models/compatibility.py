"""The one row that tells versions of the server whether they understand these tables."""

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from ibutsu_server.db import Model


class Compatibility(Model):
    """`oldest` is the newest revision that the oldest version still able to work with these tables knows."""

    __tablename__ = "compatibility"

    oldest: Mapped[str] = mapped_column(Text, primary_key=True)
