"""Roles, sessions, mailed codes, sign-in providers, idempotency keys and the audit log."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

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

ADDED = {
    "users_projects": ["role"],
    "users": ["is_pending"],
    "tasks": ["token_id"],
    "runs": ["reporter_id"],
    "imports": ["error", "user_id", "heartbeat", "attempts", "fingerprint"],
}


def upgrade() -> None:
    op.create_table(
        "audit_log",
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("user_email", sa.Text(), nullable=True),
        sa.Column("token_id", sa.Uuid(), nullable=True),
        sa.Column("token_name", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("project_id", sa.Uuid(), nullable=True),
        sa.Column("changes", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
    )
    op.create_index(op.f("ix_audit_log_entity_id_time_id"), "audit_log", ["entity_id", "time", "id"])
    op.create_index(op.f("ix_audit_log_project_id_time_id"), "audit_log", ["project_id", "time", "id"])
    op.create_index(op.f("ix_audit_log_time_id"), "audit_log", ["time", "id"])
    op.create_index(op.f("ix_audit_log_user_id_time_id"), "audit_log", ["user_id", "time", "id"])

    op.create_table(
        "idempotency_keys",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_idempotency_keys")),
    )
    op.create_index(op.f("ix_idempotency_keys_created"), "idempotency_keys", ["created"])

    op.create_table(
        "mails",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
    )
    op.create_index(op.f("ix_mails_due"), "mails", ["due"])

    op.create_table(
        "account_codes",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_account_codes_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_codes")),
        sa.UniqueConstraint("digest", name=op.f("uq_account_codes_digest")),
    )
    op.create_index(op.f("ix_account_codes_expires"), "account_codes", ["expires"])
    op.create_index(op.f("ix_account_codes_user_id"), "account_codes", ["user_id"])

    op.create_table(
        "identities",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_identities_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("provider", "subject", name=op.f("pk_identities")),
    )
    op.create_index(op.f("ix_identities_user_id"), "identities", ["user_id"])

    op.create_table(
        "sessions",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("refresh_digest", sa.LargeBinary(), nullable=False),
        sa.Column("previous_digest", sa.LargeBinary(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_sessions_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_expires"), "sessions", ["expires"])
    op.create_index(op.f("ix_sessions_user_id"), "sessions", ["user_id"])

    op.add_column("imports", sa.Column("user_id", sa.Uuid(), nullable=True))
    op.add_column("imports", sa.Column("error", sa.Text(), nullable=True))
    op.add_column("imports", sa.Column("heartbeat", sa.DateTime(timezone=True), nullable=True))
    op.add_column("imports", sa.Column("attempts", sa.Integer(), server_default="0", nullable=False))
    op.add_column("imports", sa.Column("fingerprint", sa.LargeBinary(), nullable=True))
    op.create_index(op.f("ix_imports_fingerprint"), "imports", ["fingerprint"])

    op.add_column("runs", sa.Column("reporter_id", sa.Uuid(), nullable=True))

    op.add_column("tasks", sa.Column("token_id", sa.Uuid(), nullable=True))

    op.execute("DELETE FROM tokens WHERE kind = 'session'")
    with op.batch_alter_table("tokens", copy_from=_tokens()) as batch_op:
        batch_op.add_column(sa.Column("session_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("project_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("role", sa.Text(), nullable=True))
        batch_op.create_index(batch_op.f("ix_tokens_project_id"), ["project_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_tokens_session_id"), ["session_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_tokens_session_id_sessions"),
            "sessions",
            ["session_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_tokens_project_id_projects"),
            "projects",
            ["project_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch_op.drop_column("kind")
    op.add_column("users", sa.Column("is_pending", sa.Boolean(), server_default=sa.false(), nullable=False))

    op.add_column("users_projects", sa.Column("role", sa.Text(), server_default="maintainer", nullable=False))
    _make_audit_log_final()


def _tokens() -> sa.Table:
    """As 0001 made them: SQLite's copy would otherwise read all tables around it, and warn of their indexes."""
    return sa.Table(
        "tokens",
        sa.MetaData(),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("last_four", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_tokens_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_tokens_digest")),
        sa.Index(op.f("ix_tokens_user_id"), "user_id"),
    )


def _make_audit_log_final() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(FINAL_ON_SQLITE)
        return
    for statement in FINAL_ON_POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    """Sign-ins and limited tokens are gone: they would be more than they were."""
    op.execute(
        "DELETE FROM tokens WHERE session_id IS NOT NULL OR project_id IS NOT NULL OR role IS NOT NULL"
    )
    with op.batch_alter_table("tokens") as batch_op:
        batch_op.add_column(sa.Column("kind", sa.Text(), nullable=False, server_default="api"))
        batch_op.drop_constraint(batch_op.f("fk_tokens_project_id_projects"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_tokens_session_id_sessions"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_tokens_session_id"))
        batch_op.drop_index(batch_op.f("ix_tokens_project_id"))
        for column in ("role", "project_id", "session_id"):
            batch_op.drop_column(column)
    op.drop_index(op.f("ix_imports_fingerprint"), table_name="imports")
    for table, columns in ADDED.items():
        for column in columns:
            op.drop_column(table, column)
    for table in ("sessions", "identities", "account_codes", "mails", "idempotency_keys", "audit_log"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_log_is_final()")
