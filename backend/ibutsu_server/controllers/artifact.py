"""Artifacts over HTTP; uploads are multipart forms whose files werkzeug has put on disk already."""

import uuid
from collections.abc import Iterator
from functools import partial
from typing import TypeVar

import orjson
from flask import Response, request
from werkzeug.datastructures import FileStorage

from ibutsu_server import pages, serialize
from ibutsu_server.access import Scope, as_uuid, as_uuid_or_none
from ibutsu_server.controllers import bodies, content
from ibutsu_server.controllers.answers import JSON, Answer, created
from ibutsu_server.controllers.current import policy, scope, settings
from ibutsu_server.db.models import Artifact, Result, Run
from ibutsu_server.domain import artifacts, quotas
from ibutsu_server.errors import Invalid, NotFound

READ_BYTES = 256 * 1024
FILENAME_MAX = 1024

Parent = TypeVar("Parent", Run, Result)


def get_artifact_list(
    result_id: str | None = None, run_id: str | None = None, page: int = 1, page_size: int = 25
) -> JSON:
    statement = scope().select(Artifact)
    if result_id:
        statement = statement.where(Artifact.result_id == as_uuid(result_id, field="resultId"))
    if run_id:
        of_run = Artifact.run_id == as_uuid(run_id, field="runId")
        statement = statement.where(of_run, Artifact.result_id.is_(None))
    order = (Artifact.upload_date, Artifact.id)
    found = pages.take(statement, order=order, page=page, page_size=page_size)
    return serialize.page("artifacts", found, serialize.artifact)


def upload_artifact() -> Answer:
    caller = scope("reporter")
    result_id, run_id = _id_of("Result"), _id_of("Run")
    file = _file()
    if result_id is None and run_id is None:
        raise Invalid("Bad request, either resultId or runId must be provided", field="resultId")
    if result_id is not None and run_id is not None:
        raise Invalid("Bad request, cannot provide both resultId and runId", field="runId")
    filename, id_ = _filename(), _client_id()
    parent = _find(caller, Run, run_id) if run_id is not None else _find(caller, Result, result_id)
    upload = artifacts.Upload(_pieces(file), filename, _metadata(), id_)
    limit = settings().artifact_max_bytes
    size = bodies.size_of(file)
    quotas.require_bytes(parent.project_id, size, default=policy(), stored_as=(Artifact, id_))
    artifact, replayed = artifacts.receive(content.storage(), parent, upload, limit=limit)
    return created(serialize.artifact(artifact), replayed=replayed)


def upload_artifact_form() -> Answer:
    """The same under the path that the testing guide uses."""
    return upload_artifact()


def get_artifact(id_: str) -> JSON:
    return serialize.artifact(scope().get(Artifact, id_))


def view_artifact(id_: str) -> Response:
    return content.answer(scope().get(Artifact, id_), "inline")


def download_artifact(id_: str) -> Response:
    return content.answer(scope().get(Artifact, id_), "attachment")


def delete_artifact(id_: str) -> str:
    artifacts.remove(scope("maintainer").get(Artifact, id_))
    return "OK"


def _field(name: str, other_name: str) -> str | None:
    """A field of the form in either spelling."""
    return request.form.get(name, request.form.get(other_name))


def _id_of(kind: str) -> uuid.UUID | None:
    """The id of the result or run to attach to; an empty one counts as absent."""
    text = _field(f"{kind.lower()}Id", f"{kind.lower()}_id")
    if not text:
        return None
    id_ = as_uuid_or_none(text)
    if id_ is None:
        raise Invalid(f"{kind} ID {text} is not in UUID format", field=f"{kind.lower()}Id")
    return id_


def _file() -> FileStorage:
    file = request.files.get("file")
    if not file:
        raise Invalid("Bad request, no file uploaded", field="file")
    return file


def _filename() -> str:
    name = request.form.get("filename")
    if not name:
        raise Invalid("Bad request, filename is required", field="filename")
    if "\0" in name or len(name) > FILENAME_MAX:
        raise Invalid(f"A filename has at most {FILENAME_MAX} characters and no NUL", field="filename")
    return name


def _client_id() -> uuid.UUID | None:
    text = request.form.get("id")
    return as_uuid(text) if text else None


def _find(caller: Scope, kind: type[Parent], id_: uuid.UUID | None) -> Parent:
    try:
        return caller.get(kind, str(id_))
    except NotFound:
        raise NotFound(f"{kind.__name__} ID {id_} not found") from None


def _metadata() -> JSON | None:
    text = _field("additionalMetadata", "additional_metadata")
    if text is None:
        return None
    try:
        metadata = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        reason = f"Bad request, additionalMetadata is not valid JSON: {error}"
        raise Invalid(reason, field="additionalMetadata") from None
    if not isinstance(metadata, dict):
        reason = "Bad request, additionalMetadata must be a JSON object, not a list or primitive"
        raise Invalid(reason, field="additionalMetadata")
    bodies.parse(text.encode())
    return metadata


def _pieces(file: FileStorage) -> Iterator[bytes]:
    return iter(partial(file.stream.read, READ_BYTES), b"")
