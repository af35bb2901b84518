"""How the server is, over HTTP."""

import pytest
from helpers.assertions import assert_problem
from helpers.processes import free_port
from starlette.testclient import TestClient

from ibutsu_server.app import create_app
from ibutsu_server.db import db
from ibutsu_server.domain import workers
from ibutsu_server.tasks import vital_signs

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
