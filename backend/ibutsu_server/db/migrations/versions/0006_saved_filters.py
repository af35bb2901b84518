"""Filters that people go back to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "saved_filters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("filters", JSON, nullable=False),
        sa.Column("sort", sa.Text(), nullable=True),
        sa.Column("is_shared", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects.id"],
            name=op.f("fk_saved_filters_project_id_projects"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_saved_filters_user_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filters")),
    )
    op.create_index("ix_saved_filters_user_id", "saved_filters", ["user_id"])
    op.create_index("ix_saved_filters_project_id_name_id", "saved_filters", ["project_id", "name", "id"])
    name: sa.ColumnElement[str] = sa.literal_column("lower(name)")
    _create_unique_index(
        "uq_saved_filters_private", ["user_id", "project_id", "entity", name], "NOT is_shared"
    )
    _create_unique_index("uq_saved_filters_shared", ["project_id", "entity", name], "is_shared")


def _create_unique_index(index: str, columns: list[sa.ColumnElement[str] | str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(
        index, "saved_filters", columns, unique=True, postgresql_where=condition, sqlite_where=condition
    )


def downgrade() -> None:
    op.drop_table("saved_filters")
