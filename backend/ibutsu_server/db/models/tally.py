"""Results counted by the values of their fields, so that nobody has to count them one by one again.

`counts` are numbers of results: by value, then by outcome (empty for none).
"""

import uuid
from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from ibutsu_server.db import Model
from ibutsu_server.db.types import JSONDocument, UtcDateTime

Counts = dict[str, dict[str, int]]


class RunTally(Model):
    """Those of one run that started on one day (UTC), the first of them at `first` and the last at `last`.

    It is part of `DailyTally` until its run is tallied anew.  Without a run: that is gone, or elsewhere.
    """

    __tablename__ = "run_tallies"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    run_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("runs.id", ondelete="SET NULL"), index=True)
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    field: Mapped[str] = mapped_column(Text)
    day: Mapped[date]
    first: Mapped[datetime] = mapped_column(UtcDateTime)
    last: Mapped[datetime] = mapped_column(UtcDateTime)
    counts: Mapped[Counts] = mapped_column(JSONDocument)

    __table_args__ = (
        Index(None, "project_id", "field", "day"),
        Index(
            "ix_run_tallies_without_run",
            "project_id",
            "field",
            "day",
            postgresql_where=text("run_id IS NULL"),
            sqlite_where=text("run_id IS NULL"),
        ),
    )


class DailyTally(Model):
    """The sum of the `RunTally` of a project, field and day."""

    __tablename__ = "daily_tallies"

    project_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True
    )
    field: Mapped[str] = mapped_column(Text, primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    counts: Mapped[Counts] = mapped_column(JSONDocument)


class TalliedField(Model):
    """A field that results of a project have; `is_wide` fields have too many values to be counted."""

    __tablename__ = "tallied_fields"

    project_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True
    )
    field: Mapped[str] = mapped_column(Text, primary_key=True)
    is_wide: Mapped[bool]
