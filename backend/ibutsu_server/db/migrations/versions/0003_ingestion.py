"""Attempts of results, progress of imports, small files that share an object, and leaner indexes of metadata."""

from importlib import import_module
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
KEYS = """jsonb_path_query_array(data, '$.keyvalue()."key"')"""


COUNTERS = ("artifact_bytes", "import_bytes", "imports", "stored_bytes", "removed_results")
AGE_INDEX = "ix_artifacts_project_id_upload_date_id_size"


def _added() -> dict[str, list["sa.Column[Any]"]]:
    """Columns of tables that are there; a column belongs to one table only, so they are made anew each time."""
    return {
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
    for table, columns in _added().items():
        for column in columns:
            op.add_column(table, column)
    op.create_index(
        "ix_artifacts_shared_key",
        "artifacts",
        ["storage_key"],
        postgresql_where=sa.text("storage_offset IS NOT NULL"),
        sqlite_where=sa.text("storage_offset IS NOT NULL"),
    )
    _make_scanned_objects()
    _make_workers()
    _make_policies_and_usages()
    if op.get_bind().dialect.name == "postgresql":
        _index_metadata()


def _make_scanned_objects() -> None:
    op.create_table(
        "scanned_objects",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("modified", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_scanned_objects")),
    )


def _make_workers() -> None:
    op.create_table(
        "workers",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("hostname", sa.Text(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("queues", JSON, nullable=False),
        sa.Column("concurrency", sa.Integer(), nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("doing", JSON, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
    )
    op.create_table(
        "scheduled_tasks",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("known_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("request", sa.Text(), nullable=True),
        sa.Column("started", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_scheduled_tasks")),
    )


def _make_policies_and_usages() -> None:
    """What is stored already is counted, and found by its age."""
    op.create_table(
        "project_policies",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        *(
            sa.Column(f"keep_{noun}_days", sa.Integer())
            for noun in ("imports", "artifacts", "results", "runs")
        ),
        sa.Column("max_bytes", sa.BigInteger()),
        sa.Column("max_results", sa.BigInteger()),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects.id"],
            name=op.f("fk_project_policies_project_id_projects"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_project_policies")),
    )
    op.create_table(
        "usages",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("shard", sa.Integer(), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.BigInteger(), server_default="0", nullable=False) for name in COUNTERS),
        sa.PrimaryKeyConstraint("project_id", "month", "shard", name=op.f("pk_usages")),
    )
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    in_utc = "to_char(upload_date AT TIME ZONE 'UTC', 'YYYY-MM')"
    month = in_utc if is_postgresql else "strftime('%Y-%m', upload_date)"
    op.execute(
        "INSERT INTO usages (project_id, month, shard, artifact_bytes, stored_bytes) "  # noqa: S608 - ours
        f"SELECT project_id, {month}, 0, sum(size), sum(size) FROM artifacts GROUP BY project_id, {month}"
    )
    op.drop_index("ix_artifacts_project_id", "artifacts")
    op.create_index(AGE_INDEX, "artifacts", ["project_id", "upload_date", "id", "size"])
    is_kept = sa.text("is_kept")
    op.create_index("ix_runs_kept", "runs", ["project_id"], postgresql_where=is_kept, sqlite_where=is_kept)


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
    op.drop_table("scheduled_tasks")
    op.drop_table("workers")
    op.drop_table("scanned_objects")
    _drop_policies_and_usages()
    op.drop_index("ix_artifacts_shared_key", "artifacts")
    for table, columns in _added().items():
        for column in columns:
            op.drop_column(table, column.name)
    if op.get_bind().dialect.name == "postgresql":
        _index_terms()


def _drop_policies_and_usages() -> None:
    op.drop_index("ix_runs_kept", "runs")
    op.drop_index(AGE_INDEX, "artifacts")
    op.create_index("ix_artifacts_project_id", "artifacts", ["project_id"])
    op.drop_table("usages")
    op.drop_table("project_policies")


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
