"""What runs, results and dashboards belong to, and what people are members of."""

import uuid

from sqlalchemy import ForeignKey, Index, Text, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ibutsu_server.db import Model
from ibutsu_server.db.models.dashboard import Dashboard
from ibutsu_server.db.models.membership import Membership
from ibutsu_server.db.models.mixins import HasId
from ibutsu_server.db.models.user import User


class Project(HasId, Model):
    __tablename__ = "projects"

    name: Mapped[str] = mapped_column(Text)
    title: Mapped[str | None] = mapped_column(Text)
    owner_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    group_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("groups.id", ondelete="SET NULL"), index=True
    )
    default_dashboard_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey(
            "dashboards.id",
            ondelete="SET NULL",
            use_alter=True,
            name="fk_projects_default_dashboard_id_dashboards",
        ),
        index=True,
    )

    users: Mapped[list[User]] = relationship(
        secondary=Membership.__table__, order_by=User.email, passive_deletes=True
    )
    default_dashboard: Mapped[Dashboard | None] = relationship(foreign_keys=[default_dashboard_id])
    owner: Mapped[User | None] = relationship(foreign_keys=[owner_id], viewonly=True)

    __table_args__ = (Index("uq_projects_name_lower", func.lower(name), unique=True),)
