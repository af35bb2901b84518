"""A label that projects and users can carry."""

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from ibutsu_server.db import Model
from ibutsu_server.db.models.mixins import HasId, HasMetadata


class Group(HasId, HasMetadata, Model):
    __tablename__ = "groups"

    name: Mapped[str | None] = mapped_column(Text, index=True)
