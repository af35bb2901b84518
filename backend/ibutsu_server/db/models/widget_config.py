"""One widget of a dashboard, or one view of a project, with its parameters."""

import uuid

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from ibutsu_server.db import Model
from ibutsu_server.db.models.mixins import HasId
from ibutsu_server.db.types import JSONDocument, JSONObject


class WidgetConfig(HasId, Model):
    __tablename__ = "widget_configs"

    type: Mapped[str | None] = mapped_column(Text, default="widget")
    widget: Mapped[str] = mapped_column(Text)
    title: Mapped[str | None] = mapped_column(Text)
    weight: Mapped[int] = mapped_column(default=10)
    width: Mapped[int] = mapped_column(default=6, server_default="6")
    params: Mapped[JSONObject | None] = mapped_column(JSONDocument)
    navigable: Mapped[bool | None]
    project_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    dashboard_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("dashboards.id", ondelete="CASCADE"), index=True
    )

    __table_args__ = (Index(None, "project_id", "weight", "id"),)
