"""Dashboards with a time range, and widgets with a width."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dashboards", sa.Column("days", sa.Integer(), nullable=True))
    op.add_column("dashboards", sa.Column("refresh_seconds", sa.Integer(), nullable=True))
    op.add_column("widget_configs", sa.Column("width", sa.Integer(), server_default="6", nullable=False))


def downgrade() -> None:
    op.drop_column("widget_configs", "width")
    op.drop_column("dashboards", "refresh_seconds")
    op.drop_column("dashboards", "days")
