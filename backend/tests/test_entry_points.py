"""The objects that other programs load: the ASGI application and the Celery application."""

import importlib
import sys

import pytest

pytestmark = pytest.mark.integration


@pytest.fixture
def load(monkeypatch, tmp_path, application, loggers):
    """Load a module anew, as a server that is started in `tmp_path` does."""
    monkeypatch.setenv("IBUTSU_DATA_DIR", str(tmp_path))

    def load(name):
        monkeypatch.delitem(sys.modules, name, raising=False)
        return importlib.import_module(name)

    yield load
    application.app.extensions["celery"].set_default()


def test_asgi_application_is_made_from_the_environment(load, tmp_path):
    app = load("ibutsu_server.asgi").app
    assert app.app.config["SETTINGS"].data_dir == tmp_path


def test_celery_application_knows_every_task(load):
    celery = load("ibutsu_server.worker").celery
    celery.loader.import_default_modules()
    assert {"read_page", "prune_tasks", "clean_up_artifacts"} <= set(celery.tasks)
