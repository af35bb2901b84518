"""Answers that are not sent again to a client that has them already (RFC 9110, 13)."""

import hashlib
from collections.abc import Mapping
from typing import Any

from flask import Response, current_app, request


def answer(body: Any, headers: Mapping[str, str] | None = None) -> Response:
    """JSON with an `ETag` of all that it says; 304 and no body where the client has shown this very one."""
    text = current_app.json.dumps(body)
    response = current_app.response_class(text, headers=headers, mimetype="application/json")
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(_digest(text, *(headers or {}).values()))
    response.make_conditional(request)
    response.headers.pop("Date", None)  # the web server gives its own
    return response


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
