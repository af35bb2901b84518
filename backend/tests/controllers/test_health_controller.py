"""How the server is, over HTTP."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from helpers.assertions import assert_problem
from helpers.processes import free_port
from sqlalchemy import text
from starlette.testclient import TestClient

from ibutsu_server.app import create_app
from ibutsu_server.db import db, upgrade
from ibutsu_server.domain import health, workers
from ibutsu_server.tasks import readiness, vital_signs

GONE = "postgresql+psycopg://nobody@127.0.0.1:1/gone"


@pytest.mark.integration
def test_everybody_can_ask_whether_the_service_runs(flask_app):
    response = flask_app[0].get("/api/health")
    assert (response.status_code, response.json()["status"]) == (200, "OK")


@pytest.mark.integration
def test_everybody_sees_how_the_background_work_goes(flask_app, make_import, monkeypatch):
    monkeypatch.setattr(vital_signs, "FRESH_SECONDS", 0)
    for status in ("pending", "running", "running", "done", "error"):
        make_import(status=status)
    workers.note(workers.Sign("worker", "a machine", 17, ["imports"], 1), [])
    db.session.commit()
    response = flask_app[0].get("/api/health")
    assert response.json()["workers"] == 1
    assert response.json()["imports"] == {"pending": 1, "running": 2}
    assert set(response.json()["queued"]) == {"celery", "imports", "upkeep"}
    assert "a machine" not in response.text


@pytest.mark.integration
def test_service_runs_when_its_database_and_its_broker_are_gone(settings, flask_app):
    broker = f"redis://127.0.0.1:{free_port()}/0"
    changes = {"sqlalchemy_database_uri": GONE, "database_url": GONE, "celery_broker_url": broker}
    app = create_app(settings.model_copy(update=changes), validate_responses=True)
    with TestClient(app) as client:
        response = client.get("/api/health")
    assert (response.status_code, response.json()["status"]) == (200, "OK")
    assert [response.json()[key] for key in ("workers", "queued", "imports")] == [None, None, None]


@pytest.mark.integration
def test_database_that_answers_is_ok(api):
    response = api.get("/api/health/database")
    assert (response.status_code, response.json()["status"]) == (200, "OK")


@pytest.mark.integration
def test_database_that_is_gone_is_503(settings, flask_app, auth_headers):
    changes = {"sqlalchemy_database_uri": GONE, "database_url": GONE, "celery_broker_url": "memory://"}
    app = create_app(settings.model_copy(update=changes), validate_responses=True)
    with TestClient(app) as client:
        response = client.get("/api/health/database", headers=auth_headers(flask_app[1]))
    assert_problem(response, 503, "database does not answer")
    assert response.headers["Retry-After"]


@pytest.mark.integration
def test_addresses_of_the_installation_are_told(api):
    assert api.get("/api/health/info").json() == {
        "frontend": "http://127.0.0.1:8080",
        "backend": "http://127.0.0.1:8080",
        "api_ui": "http://127.0.0.1:8080/api/ui/",
    }


@pytest.fixture
def asked_anew(monkeypatch):
    """Nothing is remembered from one question to the next."""
    monkeypatch.setattr(readiness, "FRESH_SECONDS", 0)


@pytest.fixture
def client(settings, asked_anew, flask_app):
    """Of a server on the same database, or one that is like it but for some settings."""

    def make(**changes):
        database_url = settings.database_url
        app = create_app(settings.model_copy(update=changes), validate_responses=True)
        if changes.get("database_url", database_url) == "sqlite://":
            _give_tables(app)
        return TestClient(app)

    return make


def _give_tables(app):
    with app.app.app_context():
        db.create_all()
        db.session.execute(text("CREATE TABLE alembic_version (version_num TEXT)"))
        db.session.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": upgrade.head()})
        db.session.commit()


@pytest.mark.integration
def test_server_whose_parts_all_answer_is_ready(client):
    response = client().get("/api/health/ready")
    assert response.status_code == 200, response.text
    assert response.json()["status"] == "OK"
    assert {"database", "migrations", "storage"} <= set(response.json()["checks"])
    assert set(response.json()["checks"].values()) == {"OK"}


@pytest.mark.integration
def test_server_says_which_parts_are_away_and_when_to_ask_again(client):
    broker = f"redis://:hush@127.0.0.1:{free_port()}/0"
    gone = {"sqlalchemy_database_uri": GONE, "database_url": GONE, "celery_broker_url": broker}
    response = client(**gone).get("/api/health/ready")
    assert_problem(response, 503, "not ready: database, migrations, broker")
    assert response.headers["Retry-After"]
    checks = {"database": "failing", "migrations": "failing", "storage": "OK", "broker": "failing"}
    assert response.json()["checks"] == checks
    assert "hush" not in response.text


@pytest.mark.integration
def test_server_without_its_folder_is_not_ready(client, tmp_path):
    folder = tmp_path / "artifacts"
    ready = client(storage_url=folder.as_uri())
    assert ready.get("/api/health/ready").status_code == 200
    folder.rmdir()
    assert_problem(ready.get("/api/health/ready"), 503, "not ready: storage")


@pytest.mark.integration
def test_server_is_not_ready_for_tables_of_another_version(client, db_session):
    ready = client()
    with ready.app.app.app_context():
        before = db.session.scalar(text("SELECT version_num FROM alembic_version"))
        db.session.execute(text("UPDATE alembic_version SET version_num = '0006'"))
        db.session.commit()
        answer = ready.get("/api/health/ready")
        db.session.execute(text("UPDATE alembic_version SET version_num = :before"), {"before": before})
        db.session.commit()
    assert_problem(answer, 503, "not ready: migrations")


@pytest.mark.integration
def test_server_that_is_about_to_end_is_not_ready_but_alive(client):
    ending = client()
    ending.app.app.config["READINESS"].stop()
    response = ending.get("/api/health/ready")
    assert_problem(response, 503, "stopping")
    assert response.json()["checks"] == {"server": "stopping"}
    assert response.headers["Connection"] == "close"
    assert ending.get("/api/health").status_code == 200


@pytest.mark.integration
def test_probes_ask_the_parts_once_however_many_come(settings, monkeypatch, flask_app):
    asked = []
    monkeypatch.setattr(health, "check_database", lambda: asked.append(1))
    with TestClient(create_app(settings)) as client, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: client.get("/api/health/ready"), range(40)))
    assert 1 <= len(asked) < 10
