"""Who changed what, and when: written once, never changed, and independent of what it is about."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Index, Text, event, text
from sqlalchemy.orm import Mapped, mapped_column

from ibutsu_server.db import Model
from ibutsu_server.db.models.mixins import HasId
from ibutsu_server.db.types import JSONDocument, JSONObject, UtcDateTime, now


class AuditEntry(HasId, Model):
    """Ids are no foreign keys: what was deleted keeps its history.

    `action` is `create`, `update` or `delete`, `entity` the noun of the thing and `name` what people call it.
    `changes` are `{field: [old, new]}` with secrets masked.
    """

    __tablename__ = "audit_log"

    time: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    user_id: Mapped[uuid.UUID | None]
    user_email: Mapped[str | None] = mapped_column(Text)
    token_id: Mapped[uuid.UUID | None]
    token_name: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    entity: Mapped[str] = mapped_column(Text)
    entity_id: Mapped[uuid.UUID | None]
    name: Mapped[str | None] = mapped_column(Text)
    project_id: Mapped[uuid.UUID | None]
    changes: Mapped[JSONObject | None] = mapped_column(JSONDocument)

    __table_args__ = (
        Index(None, "project_id", "time", "id"),
        Index(None, "user_id", "time", "id"),
        Index(None, "entity_id", "time", "id"),
        Index(None, "time", "id"),
    )


FINAL_ON_SQLITE = """
CREATE TRIGGER audit_log_is_final BEFORE UPDATE ON audit_log
BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END
"""
FINAL_ON_POSTGRESQL = (
    """
CREATE OR REPLACE FUNCTION audit_log_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the audit log is never changed'; END $$
""",
    """
CREATE TRIGGER audit_log_is_final BEFORE UPDATE ON audit_log
FOR EACH ROW EXECUTE FUNCTION audit_log_is_final()
""",
)


@event.listens_for(AuditEntry.__table__, "after_create")
def _make_final(_table: Any, connection: Connection, **_options: Any) -> None:
    on_sqlite = connection.dialect.name == "sqlite"
    for statement in [FINAL_ON_SQLITE] if on_sqlite else FINAL_ON_POSTGRESQL:
        connection.execute(text(statement))
