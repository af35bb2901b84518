"""The first tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

METADATA_TERMS = r"""
CREATE OR REPLACE FUNCTION metadata_terms(project uuid, document jsonb) RETURNS bigint[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  terms bigint[] := '{}';
  documents jsonb[] := ARRAY[document];
  paths bigint[] := ARRAY[uuid_hash_extended(project, 0)];
  place int := 1;
  key text;
  value jsonb;
  kind text;
  path bigint;
BEGIN
  IF jsonb_typeof(document) <> 'object' THEN
    RETURN terms;
  END IF;
  WHILE place <= cardinality(documents) LOOP
    FOR key, value IN SELECT * FROM jsonb_each(documents[place]) LOOP
      kind := jsonb_typeof(value);
      CONTINUE WHEN kind = 'null';
      path := hashtextextended('key' || key, paths[place]);
      terms := terms || path;
      IF kind = 'object' THEN
        documents := documents || value;
        paths := paths || path;
      ELSIF kind = 'number' THEN
        terms := terms || hashtextextended(kind || trim_scale((value #>> '{}')::numeric)::text, path);
      ELSIF kind <> 'array' THEN
        terms := terms || hashtextextended(kind || (value #>> '{}'), path);
      END IF;
    END LOOP;
    place := place + 1;
  END LOOP;
  RETURN terms;
END
$$
"""


def upgrade() -> None:
    op.create_table(
        "groups",
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("data", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_groups")),
    )
    op.create_index(op.f("ix_groups_name"), "groups", ["name"], unique=False)
    op.create_table(
        "users",
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("is_superadmin", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_users_group_id_groups"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
    )
    op.create_index(op.f("ix_users_group_id"), "users", ["group_id"], unique=False)
    op.create_index("uq_users_email_lower", "users", [sa.literal_column("lower(email)")], unique=True)
    op.create_table(
        "projects",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("default_dashboard_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["default_dashboard_id"],
            ["dashboards.id"],
            name="fk_projects_default_dashboard_id_dashboards",
            ondelete="SET NULL",
            use_alter=True,
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_projects_group_id_groups"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name=op.f("fk_projects_owner_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
    )
    op.create_index(
        op.f("ix_projects_default_dashboard_id"), "projects", ["default_dashboard_id"], unique=False
    )
    op.create_index(op.f("ix_projects_group_id"), "projects", ["group_id"], unique=False)
    op.create_index(op.f("ix_projects_owner_id"), "projects", ["owner_id"], unique=False)
    op.create_index("uq_projects_name_lower", "projects", [sa.literal_column("lower(name)")], unique=True)
    op.create_table(
        "tasks",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("params", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("result", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_tasks_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    op.create_index(op.f("ix_tasks_created"), "tasks", ["created"], unique=False)
    op.create_index(op.f("ix_tasks_user_id"), "tasks", ["user_id"], unique=False)
    op.create_table(
        "tokens",
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
    )
    op.create_index(op.f("ix_tokens_user_id"), "tokens", ["user_id"], unique=False)
    op.create_table(
        "dashboards",
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("filters", sa.Text(), nullable=True),
        sa.Column("project_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects.id"],
            name=op.f("fk_dashboards_project_id_projects"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_dashboards_user_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dashboards")),
    )
    op.create_index(
        op.f("ix_dashboards_project_id_title_id"), "dashboards", ["project_id", "title", "id"], unique=False
    )
    op.create_index(op.f("ix_dashboards_user_id"), "dashboards", ["user_id"], unique=False)
    op.create_table(
        "runs",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("start_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration", sa.Double(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("component", sa.Text(), nullable=True),
        sa.Column("env", sa.Text(), nullable=True),
        sa.Column("result_count", sa.Integer(), nullable=False),
        sa.Column("tests", sa.Integer(), nullable=False),
        sa.Column("passes", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("skips", sa.Integer(), nullable=False),
        sa.Column("xfailures", sa.Integer(), nullable=False),
        sa.Column("xpasses", sa.Integer(), nullable=False),
        sa.Column("manual", sa.Integer(), nullable=False),
        sa.Column("blocked", sa.Integer(), nullable=False),
        sa.Column("collected", sa.Integer(), nullable=True),
        sa.Column("summary_extra", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("first_start", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_end", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("data", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_runs_project_id_projects"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
        sa.UniqueConstraint("id", "project_id", name=op.f("uq_runs_id_project_id")),
    )
    op.create_index(
        op.f("ix_runs_project_id_component_env_start_time"),
        "runs",
        ["project_id", "component", "env", "start_time"],
        unique=False,
    )
    op.create_index(
        op.f("ix_runs_project_id_start_time_id"), "runs", ["project_id", "start_time", "id"], unique=False
    )
    op.create_table(
        "tests",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("test_id", sa.Text(), nullable=False),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_tests_project_id_projects"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("project_id", "test_id", name=op.f("pk_tests")),
    )
    op.create_table(
        "users_projects",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects.id"],
            name=op.f("fk_users_projects_project_id_projects"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_users_projects_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "project_id", name=op.f("pk_users_projects")),
    )
    op.create_index(op.f("ix_users_projects_project_id"), "users_projects", ["project_id"], unique=False)
    op.create_table(
        "imports",
        sa.Column("project_id", sa.Uuid(), nullable=True),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("filename", sa.Text(), nullable=True),
        sa.Column("format", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("storage_key", sa.Text(), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("data", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_imports_project_id_projects"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["runs.id"], name=op.f("fk_imports_run_id_runs"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_index(
        op.f("ix_imports_project_id_created_id"), "imports", ["project_id", "created", "id"], unique=False
    )
    op.create_index(op.f("ix_imports_run_id"), "imports", ["run_id"], unique=False)
    op.create_table(
        "results",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("test_id", sa.Text(), nullable=True),
        sa.Column("start_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration", sa.Double(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("component", sa.Text(), nullable=True),
        sa.Column("env", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("params", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("data", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_results_project_id_projects"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["run_id", "project_id"],
            ["runs.id", "runs.project_id"],
            name=op.f("fk_results_run_id_project_id_runs"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_results")),
    )
    op.create_index(
        op.f("ix_results_project_id_component_env_result_start_time_id"),
        "results",
        ["project_id", "component", "env", "result", "start_time", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_results_project_id_result_start_time_id"),
        "results",
        ["project_id", "result", "start_time", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_results_project_id_start_time_id"),
        "results",
        ["project_id", "start_time", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_results_project_id_test_id_start_time_id"),
        "results",
        ["project_id", "test_id", "start_time", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_results_run_id_start_time_id"), "results", ["run_id", "start_time", "id"], unique=False
    )
    op.create_index(
        "ix_results_without_run",
        "results",
        ["project_id", "result"],
        unique=False,
        postgresql_where=sa.text("run_id IS NULL"),
        sqlite_where=sa.text("run_id IS NULL"),
    )
    op.create_table(
        "widget_configs",
        sa.Column("type", sa.Text(), nullable=True),
        sa.Column("widget", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("params", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("navigable", sa.Boolean(), nullable=True),
        sa.Column("project_id", sa.Uuid(), nullable=True),
        sa.Column("dashboard_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dashboard_id"],
            ["dashboards.id"],
            name=op.f("fk_widget_configs_dashboard_id_dashboards"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects.id"],
            name=op.f("fk_widget_configs_project_id_projects"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_widget_configs")),
    )
    op.create_index(op.f("ix_widget_configs_dashboard_id"), "widget_configs", ["dashboard_id"], unique=False)
    op.create_index(
        op.f("ix_widget_configs_project_id_weight_id"),
        "widget_configs",
        ["project_id", "weight", "id"],
        unique=False,
    )
    op.create_table(
        "artifacts",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("result_id", sa.Uuid(), nullable=True),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("storage_key", sa.Text(), nullable=False),
        sa.Column("upload_date", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("data", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.CheckConstraint(
            "run_id IS NOT NULL OR result_id IS NOT NULL", name=op.f("ck_artifacts_belongs_somewhere")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_artifacts_project_id_projects"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["result_id"], ["results.id"], name=op.f("fk_artifacts_result_id_results"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["run_id", "project_id"],
            ["runs.id", "runs.project_id"],
            name=op.f("fk_artifacts_run_id_project_id_runs"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_artifacts")),
    )
    op.create_index(op.f("ix_artifacts_project_id"), "artifacts", ["project_id"], unique=False)
    op.create_index(
        op.f("ix_artifacts_result_id_upload_date_id"),
        "artifacts",
        ["result_id", "upload_date", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_artifacts_run_id_upload_date_id"), "artifacts", ["run_id", "upload_date", "id"], unique=False
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(METADATA_TERMS)
        op.create_index("ix_runs_data", "runs", ["data"], unique=False, postgresql_using="gin")
        op.create_index("ix_results_data", "results", ["data"], unique=False, postgresql_using="gin")
        op.create_index(
            "ix_results_terms",
            "results",
            [sa.literal_column("metadata_terms(project_id, data)")],
            unique=False,
            postgresql_using="gin",
            postgresql_with={"gin_pending_list_limit": 1024},
        )
        op.create_foreign_key(
            "fk_projects_default_dashboard_id_dashboards",
            "projects",
            "dashboards",
            ["default_dashboard_id"],
            ["id"],
            ondelete="SET NULL",
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("fk_projects_default_dashboard_id_dashboards", "projects", type_="foreignkey")
    for table in reversed(
        [
            "groups",
            "users",
            "projects",
            "tasks",
            "tokens",
            "dashboards",
            "runs",
            "tests",
            "users_projects",
            "imports",
            "results",
            "widget_configs",
            "artifacts",
        ]
    ):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION metadata_terms(uuid, jsonb)")
