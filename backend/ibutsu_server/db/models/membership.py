"""Who belongs to which project, and as what."""

import uuid

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from ibutsu_server.db import Model


class Membership(Model):
    """`role` is one of `access.ROLES`; who joined before there were roles is a maintainer."""

    __tablename__ = "users_projects"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    project_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    role: Mapped[str] = mapped_column(Text, default="maintainer", server_default="maintainer")
