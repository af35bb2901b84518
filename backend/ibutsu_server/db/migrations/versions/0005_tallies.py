"""Results counted by the values of their fields; those that are there are counted in the background."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("runs", sa.Column("is_tallied", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("runs", sa.Column("changes", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("runs", sa.Column("changed", sa.DateTime(timezone=True), nullable=True))
    is_not = sa.text("NOT is_tallied")
    op.create_index(
        "ix_runs_untallied",
        "runs",
        ["project_id", "start_time", "id"],
        postgresql_where=is_not,
        sqlite_where=is_not,
    )
    op.create_table(
        "run_tallies",
        sa.Column("id", BIG, nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("first", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["runs.id"], name=op.f("fk_run_tallies_run_id_runs"), ondelete="SET NULL"
        ),
        _of_project("run_tallies"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_tallies")),
    )
    op.create_index("ix_run_tallies_run_id", "run_tallies", ["run_id"])
    op.create_index("ix_run_tallies_project_id_field_day", "run_tallies", ["project_id", "field", "day"])
    is_alone = sa.text("run_id IS NULL")
    op.create_index(
        "ix_run_tallies_without_run",
        "run_tallies",
        ["project_id", "field", "day"],
        postgresql_where=is_alone,
        sqlite_where=is_alone,
    )
    op.create_table(
        "daily_tallies",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("counts", JSON, nullable=False),
        _of_project("daily_tallies"),
        sa.PrimaryKeyConstraint("project_id", "field", "day", name=op.f("pk_daily_tallies")),
    )
    op.create_table(
        "tallied_fields",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("is_wide", sa.Boolean(), nullable=False),
        _of_project("tallied_fields"),
        sa.PrimaryKeyConstraint("project_id", "field", name=op.f("pk_tallied_fields")),
    )


def _of_project(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_project_id_projects")
    return sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=name, ondelete="CASCADE")


def downgrade() -> None:
    op.drop_table("tallied_fields")
    op.drop_table("daily_tallies")
    op.drop_table("run_tallies")
    op.drop_index("ix_runs_untallied", "runs")
    for name in ("changed", "changes", "is_tallied"):
        op.drop_column("runs", name)
