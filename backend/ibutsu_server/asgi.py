"""The web application object, for any ASGI server: `uvicorn ibutsu_server.asgi:app`."""

from ibutsu_server.app import create_app
from ibutsu_server.interpreter import tune
from ibutsu_server.settings import read_settings

app = create_app(read_settings())
tune()
