"""The Celery object, for Celery's own commands: `celery -A ibutsu_server.worker worker`."""

from typing import Any

from ibutsu_server import observing
from ibutsu_server.app import create_app
from ibutsu_server.interpreter import tune
from ibutsu_server.settings import read_settings
from ibutsu_server.tasks import deployed, gauges

settings = read_settings()
observing.start(settings, processes=True)
celery: Any = create_app(settings).app.extensions["celery"]
deployed.prepare(celery)
gauges.show(celery, settings)
tune()
