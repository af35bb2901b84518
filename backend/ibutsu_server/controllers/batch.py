"""`POST /results`: many results at once, and files that belong to them."""

import uuid
from collections.abc import Iterator
from functools import partial

from flask import request
from werkzeug.datastructures import FileStorage

from ibutsu_server.access import as_uuid
from ibutsu_server.controllers import bodies, content, rows
from ibutsu_server.controllers.answers import JSON
from ibutsu_server.controllers.current import policy, scope, settings
from ibutsu_server.domain import artifacts, attachments, batches
from ibutsu_server.errors import Invalid

READ_BYTES = 256 * 1024
RESULTS = "results"


def add_results(project: str | None = None, strict: bool = False) -> tuple[JSON, int]:
    caller = scope("reporter")
    files = list(_files())
    stored = batches.store(caller, _lines(), project=project, strict=strict, policy=policy())
    limit = settings().artifact_max_bytes
    attached = attachments.attach(caller, content.storage(), files, limit=limit, policy=policy())
    answer = {
        "runs": stored.runs,
        "accepted": stored.accepted,
        "replayed": stored.replayed,
        "rejected": len(stored.rejected),
        "artifacts": attached,
        "errors": stored.rejected,
    }
    return answer, 201


def _lines() -> Iterator[bytes]:
    configured = settings()
    limits = {"unpacked_max": configured.batch_max_bytes, "line_max": configured.request_max_bytes}
    if request.mimetype != "multipart/form-data":
        return rows.lines(rows.spooled(), encoding=request.headers.get("Content-Encoding", ""), **limits)
    part = request.files.get(RESULTS)
    if part is None:
        raise Invalid(f"'{RESULTS}' is a required property, a file part with the lines", field=RESULTS)
    return rows.lines(part.stream, encoding=part.headers.get("Content-Encoding", ""), **limits)


def _files() -> Iterator[tuple[uuid.UUID, artifacts.Upload]]:
    """Every other part is a file, under the id of the result or the run that it belongs to."""
    if request.mimetype != "multipart/form-data":
        return
    for name in request.form:
        raise Invalid(f"{name[:100]!r} must be sent as a file, with a filename", field=name[:100])
    for name, file in request.files.items(multi=True):
        if name != RESULTS:
            owner = as_uuid(name, field=name[:100])
            yield owner, artifacts.Upload(_pieces(file), bodies.filename_of(file, name))


def _pieces(file: FileStorage) -> Iterator[bytes]:
    return iter(partial(file.stream.read, READ_BYTES), b"")
