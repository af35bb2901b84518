"""What was stored before it was counted is counted by the migration."""

from uuid import uuid4

import pytest
from alembic import command
from db.test_migrations import engine, postgresql_url, sqlite_url, url  # noqa: F401 - fixtures
from helpers.migrating import connected
from sqlalchemy import text

from ibutsu_server.db import upgrade

pytestmark = pytest.mark.integration

COUNTS = "tests, passes, failures, errors, skips, xfailures, xpasses, manual, blocked, result_count"
PROJECT = "INSERT INTO projects (id, name) VALUES (:project, 'shop')"
RUN = f"""INSERT INTO runs (id, project_id, created, start_time, {COUNTS})
    VALUES (:run, :project, '2026-01-01', '2026-01-01', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)"""
ARTIFACT = """INSERT INTO artifacts
    (id, project_id, run_id, filename, content_type, size, digest, storage_key, upload_date)
    VALUES (:id, :project, :run, 'a', 'b', :size, '', 'c', '2026-0{month}-01 00:00:00.000000')"""


def test_artifacts_of_earlier_versions_are_counted_by_month(url, engine):  # noqa: F811
    ids = {"project": uuid4().hex, "run": uuid4().hex}
    with connected(url) as connection:
        command.upgrade(upgrade._config(connection), "0002")
        connection.execute(text(PROJECT), ids)
        connection.execute(text(RUN), ids)
        for month, size in ((1, 10), (1, 5), (2, 7)):
            statement = text(ARTIFACT.format(month=month))
            connection.execute(statement, {**ids, "id": uuid4().hex, "size": size})
    upgrade.upgrade(url)
    with engine.connect() as connection:
        counted = "SELECT month, artifact_bytes, stored_bytes FROM usages ORDER BY month"
        rows = [tuple(row) for row in connection.execute(text(counted))]
    assert rows == [("2026-01", 15, 15), ("2026-02", 7, 7)]
