"""Numbers of several processes are shown together by the one that has started them."""

import os
import signal
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pytest
from helpers.processes import Server, free_port, run
from sqlalchemy import make_url

pytestmark = [pytest.mark.integration, pytest.mark.slow]
RUNS = 30


@pytest.fixture
def deployed(tmp_path):
    if "TEST_POSTGRESQL_URL" not in os.environ:
        pytest.skip("TEST_POSTGRESQL_URL names no server")
    url = make_url(os.environ["TEST_POSTGRESQL_URL"]).set(drivername="postgresql")
    name = f"ibutsu_observing_{uuid4().hex}"
    with psycopg.connect(url.render_as_string(False), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        try:
            yield {
                "SQLALCHEMY_DATABASE_URI": url.set(database=name).render_as_string(False),
                "CELERY_BROKER_URL": os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:1/0"),
                "JWT_SECRET": "s" * 32,
                "IBUTSU_DATA_DIR": str(tmp_path),
                "IBUTSU_SUPERADMIN_EMAIL": "me@example.com",
                "IBUTSU_SUPERADMIN_OWN_PROJECT": "mine",
            }
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _processes_of(pid):
    """Its web processes, by what Linux knows."""
    children = [int(text) for text in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [child for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def test_embedded_server_tells_of_requests_when_it_is_asked_to(tmp_path):
    with Server("--data-dir", str(tmp_path), "--access-log") as server:
        httpx.get(f"{server.url}/api/login/support?x=secret")
        assert server.stop(signal.SIGTERM) == 0
        (line,) = server.errors.splitlines()
    assert " INFO GET /api/login/support 200 in " in line
    assert " operation=support address=127.0.0.1 request_id=" in line


def test_numbers_of_all_processes_are_one_and_survive_the_death_of_some(deployed, tmp_path):
    assert run("db", "upgrade", **deployed).returncode == 0
    port = free_port()
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    variables = deployed | {"IBUTSU_METRICS_PORT": str(port), "TMPDIR": str(temporary)}
    with Server("--workers", "2", **variables) as server:
        made = run("token", "create", "--user", "me@example.com", "--name", "x", **deployed)
        token = made.stdout.split()[-1]

        def post():
            body = {"metadata": {"project": "mine"}}
            headers = {"Authorization": f"Bearer {token}"}
            return httpx.post(f"{server.url}/api/run", json=body, headers=headers, timeout=60).status_code

        def scrape():
            lines = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=60).text.splitlines()
            return dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))

        assert {post() for _ in range(RUNS)} == {201}
        assert scrape()["ibutsu_runs_stored_total"] == f"{RUNS}.0"
        os.kill(_processes_of(server.process.pid)[0], signal.SIGKILL)
        numbers = scrape()
        assert numbers["ibutsu_runs_stored_total"] == f"{RUNS}.0"
        assert numbers["ibutsu_http_requests_in_progress"] == "0.0"
        assert float(numbers["process_resident_memory_bytes"]) > 50_000_000
        assert server.stop(signal.SIGTERM) == 0
        told = [line for line in server.errors.splitlines() if '"operation":"add_run"' in line]
        assert len(told) == RUNS
    assert list(temporary.glob("ibutsu-metrics-*")) == []
