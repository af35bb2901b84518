"""A database that was restarted between two requests is not noticed by clients."""

import psycopg
import pytest


@pytest.mark.integration
def test_request_over_a_broken_connection_is_answered(api, application, make_run):
    if not application.app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql"):
        pytest.skip("SQLite has no connections that break")
    run = make_run()
    assert api.get(f"/api/run/{run.id}").status_code == 200
    url = application.app.config["SQLALCHEMY_DATABASE_URI"].replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'idle'"
        )
    assert api.get(f"/api/run/{run.id}").status_code == 200
