"""One execution of a test suite, with the counts of its results."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from ibutsu_server.db import Model
from ibutsu_server.db.models.mixins import HasId, HasMetadata
from ibutsu_server.db.types import JSONDocument, JSONObject, UtcDateTime, now


class Run(HasId, HasMetadata, Model):
    """The counts are what the client said until the first result arrives, and what is stored from then on.

    `result_count` is the number of stored results, `duration` the sum of their durations in seconds, and
    `first_start` to `last_end` the span that they cover.  Only `domain.runs` writes these columns.
    """

    __tablename__ = "runs"

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    is_kept: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Marked to be kept for ever: no retention deletes it."""

    reporter_id: Mapped[uuid.UUID | None]
    """The user who posted it: they may go on reporting into it."""

    created: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    start_time: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    duration: Mapped[float | None]
    source: Mapped[str | None] = mapped_column(Text)
    component: Mapped[str | None] = mapped_column(Text)
    env: Mapped[str | None] = mapped_column(Text)

    result_count: Mapped[int] = mapped_column(default=0)
    tests: Mapped[int] = mapped_column(default=0)
    passes: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    errors: Mapped[int] = mapped_column(default=0)
    skips: Mapped[int] = mapped_column(default=0)
    xfailures: Mapped[int] = mapped_column(default=0)
    xpasses: Mapped[int] = mapped_column(default=0)
    manual: Mapped[int] = mapped_column(default=0)
    blocked: Mapped[int] = mapped_column(default=0)
    collected: Mapped[int | None]
    summary_extra: Mapped[JSONObject | None] = mapped_column(JSONDocument)
    first_start: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_end: Mapped[datetime | None] = mapped_column(UtcDateTime)

    is_tallied: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether `run_tallies` says what its results are, and nothing has changed in it since."""

    changes: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    """Grows with each transaction that changes its results, the last of which was at `changed`."""

    changed: Mapped[datetime | None] = mapped_column(UtcDateTime)

    fingerprint: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    """Digest of the request that created it: a repeated request is recognised, a different one refused."""

    __table_args__ = (
        UniqueConstraint("id", "project_id"),  # what a result or an artifact refers to: a run of its project
        Index(None, "project_id", "start_time", "id"),
        Index(None, "project_id", "component", "env", "start_time"),
        Index(
            "ix_runs_kept",
            "project_id",
            postgresql_where=text("is_kept"),
            sqlite_where=text("is_kept"),
        ),
        Index(
            "ix_runs_untallied",
            "project_id",
            "start_time",
            "id",
            postgresql_where=text("NOT is_tallied"),
            sqlite_where=text("NOT is_tallied"),
        ),
        Index("ix_runs_data", "data", postgresql_using="gin").ddl_if(dialect="postgresql"),
    )
