"""Tasks of these tests run in the application of the shared fixtures, whatever others were made meanwhile."""

import pytest


@pytest.fixture(autouse=True)
def celery(application):
    celery = application.app.extensions["celery"]
    celery.set_default()
    yield celery
    celery.set_default()
