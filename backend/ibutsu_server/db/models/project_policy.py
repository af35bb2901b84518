"""How long a project keeps what it was sent, and how much of it it may have."""

import uuid

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from ibutsu_server.db import Model


class ProjectPolicy(Model):
    """Null means what the settings of the server say, 0 that there is no limit, whatever they say."""

    __tablename__ = "project_policies"

    project_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True
    )
    keep_imports_days: Mapped[int | None]
    keep_artifacts_days: Mapped[int | None]
    keep_results_days: Mapped[int | None]
    keep_runs_days: Mapped[int | None]
    max_bytes: Mapped[int | None] = mapped_column(BigInteger)
    max_results: Mapped[int | None] = mapped_column(BigInteger)
