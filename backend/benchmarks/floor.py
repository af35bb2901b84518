"""The product's server with a `POST /api/result` that stores nothing: what HTTP and validation cost alone."""

from typing import Any

from ibutsu_server.app import create_app
from ibutsu_server.controllers import result
from ibutsu_server.settings import read_settings


def add_result(body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    return body, 201


result.add_result = add_result
app = create_app(read_settings())
