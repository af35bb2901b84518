"""The bytes of an artifact as an answer: in pieces, resumable, and harmless when a browser shows them."""

import re
import unicodedata
from collections.abc import Iterator
from http import HTTPStatus
from urllib.parse import quote

from flask import Response, current_app, request
from starlette.exceptions import HTTPException
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from ibutsu_server.db.models import Artifact
from ibutsu_server.storage import Storage
from ibutsu_server.widgets.accessibility_bar_chart import AccessibilityBarChart

# Uploaded pages stay readable with their inline styles and images, but they run in an origin of their own,
# without scripts and without access to anything of ours.
HARMLESS = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data: blob:; media-src data: blob:; font-src data:"
)

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def storage() -> Storage:
    configured: Storage = current_app.config["STORAGE"]
    return configured


def _read(key: str, start: int, end: int) -> Iterator[bytes]:
    return storage().read(key, start, end)


AccessibilityBarChart.read = _read  # widgets do not know the storage


def answer(artifact: Artifact, disposition: str) -> Response:
    """All bytes, a range of them, or none where the client has them already (RFC 9110, 13 and 14)."""
    response = Response(content_type=artifact.content_type)
    response.headers.set("Content-Disposition", disposition, **_names(artifact.filename))
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = HARMLESS
    response.headers["Cache-Control"] = "private, no-cache"
    response.content_length = artifact.size
    response.last_modified = artifact.upload_date
    response.set_etag(artifact.digest.hex())
    _choose_range(response, artifact.size)
    response.headers.pop("Date", None)  # the web server gives its own
    if request.method == "GET" and response.status_code in (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT):
        chosen = response.content_range
        start, end = chosen.start or 0, chosen.stop or artifact.size
        offset = artifact.storage_offset or 0
        response.response = storage().read(artifact.storage_key, offset + start, offset + end)
    return response


def _choose_range(response: Response, size: int) -> None:
    """Several ranges at once, and what is no range of bytes, are answered with everything."""
    wanted = request.range
    understood = wanted is not None and wanted.units == "bytes" and len(wanted.ranges) == 1
    try:
        response.make_conditional(request, accept_ranges=understood, complete_length=size)
    except RequestedRangeNotSatisfiable:
        headers = {"Content-Range": f"bytes */{size}", "Accept-Ranges": "bytes"}
        raise HTTPException(416, "The range lies behind the end", headers=headers) from None
    response.headers["Accept-Ranges"] = "bytes"


def _names(filename: str) -> dict[str, str]:
    """The name for old and for new browsers (RFC 6266), on one line whatever it was."""
    name = _CONTROL.sub("_", filename)
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    if plain == name:
        return {"filename": name}
    return {"filename": plain or "artifact", "filename*": f"UTF-8''{quote(name, safe='')}"}
