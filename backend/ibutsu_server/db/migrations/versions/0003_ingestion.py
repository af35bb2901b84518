"""Attempts of results, progress of imports, small files that share an object, and leaner indexes of metadata."""

from importlib import import_module

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
KEYS = """jsonb_path_query_array(data, '$.keyvalue()."key"')"""

ADDED = {
    "results": [sa.Column("attempts", JSON, nullable=True)],
    "artifacts": [sa.Column("storage_offset", sa.BigInteger(), nullable=True)],
    "imports": [
        sa.Column("rows_seen", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rows_done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("is_run_new", sa.Boolean(), server_default=sa.false(), nullable=False),
    ],
    "runs": [sa.Column("is_kept", sa.Boolean(), server_default=sa.false(), nullable=False)],
}


def upgrade() -> None:
    for table, columns in ADDED.items():
        for column in columns:
            op.add_column(table, column.copy())
    op.create_index(
        "ix_artifacts_shared_key",
        "artifacts",
        ["storage_key"],
        postgresql_where=sa.text("storage_offset IS NOT NULL"),
        sqlite_where=sa.text("storage_offset IS NOT NULL"),
    )
    if op.get_bind().dialect.name == "postgresql":
        _index_metadata()


def _index_metadata() -> None:
    """One index of values and one of names take half the time of those of the first version."""
    op.drop_index("ix_results_terms", "results")
    op.drop_index("ix_results_data", "results")
    op.execute("DROP FUNCTION metadata_terms(uuid, jsonb)")
    op.create_index(
        "ix_results_data",
        "results",
        ["data"],
        postgresql_using="gin",
        postgresql_ops={"data": "jsonb_path_ops"},
    )
    op.create_index("ix_results_keys", "results", [sa.literal_column(KEYS)], postgresql_using="gin")


def downgrade() -> None:
    """Files that share an object cannot be told apart any more: they are gone."""
    op.execute("DELETE FROM artifacts WHERE storage_offset IS NOT NULL")
    op.drop_index("ix_artifacts_shared_key", "artifacts")
    for table, columns in ADDED.items():
        for column in columns:
            op.drop_column(table, column.name)
    if op.get_bind().dialect.name == "postgresql":
        _index_terms()


def _index_terms() -> None:
    op.drop_index("ix_results_keys", "results")
    op.drop_index("ix_results_data", "results")
    op.execute(import_module("ibutsu_server.db.migrations.versions.0001_the_first_tables").METADATA_TERMS)
    op.create_index("ix_results_data", "results", ["data"], postgresql_using="gin")
    op.create_index(
        "ix_results_terms",
        "results",
        [sa.literal_column("metadata_terms(project_id, data)")],
        postgresql_using="gin",
        postgresql_with={"gin_pending_list_limit": 1024},
    )
