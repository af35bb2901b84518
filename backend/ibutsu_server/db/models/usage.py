"""What a project was sent in a month, and what of it is stored."""

import uuid

from sqlalchemy import BigInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from ibutsu_server.db import Model


class Usage(Model):
    """Counters: only their sums over the shards mean something, single ones may be negative.

    There are several shards of a month so that parallel writers do not wait for one row, and no foreign key:
    it would make who deletes files wait for who deletes their project, and the other way round.
    `stored_bytes` went up or down in this month, `removed_results` are results of runs of this month.
    """

    __tablename__ = "usages"

    project_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    month: Mapped[str] = mapped_column(Text, primary_key=True)
    """Like 2026-07, in UTC."""

    shard: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    artifact_bytes: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    import_bytes: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    imports: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    stored_bytes: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    removed_results: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
