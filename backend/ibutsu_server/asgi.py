"""The web application object, for any ASGI server: `uvicorn ibutsu_server.asgi:app`."""

from ibutsu_server import observing
from ibutsu_server.app import create_app
from ibutsu_server.interpreter import tune
from ibutsu_server.settings import read_settings
from ibutsu_server.tasks import gauges

settings = read_settings()
observing.start(settings)
app = create_app(settings)
gauges.show(app.app.extensions["celery"], settings)
tune()
