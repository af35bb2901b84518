"""Imports over HTTP; uploads are multipart forms whose files werkzeug has put on disk already."""

import uuid
from collections.abc import Iterator
from functools import partial

import orjson
from flask import request
from werkzeug.datastructures import FileStorage

from ibutsu_server import filters, importers, pages, serialize, tasks
from ibutsu_server.access import Scope
from ibutsu_server.controllers import bodies, content
from ibutsu_server.controllers.answers import JSON, Answer, created
from ibutsu_server.controllers.current import holder, policy, scope, settings
from ibutsu_server.controllers.problems import Refused
from ibutsu_server.db.models import Import
from ibutsu_server.domain import imports
from ibutsu_server.errors import Invalid
from ibutsu_server.tasks.run_import import run_import

READ_BYTES = 256 * 1024
NAME_MAX = 1024


def get_import_list(filter_: list[str] | None = None, page: int = 1, page_size: int = 25) -> JSON:
    statement = filters.apply(scope().select(Import), Import, filters.parse(filter_))
    newest = (Import.created.desc(), Import.id.desc())
    found = pages.take(statement, order=newest, page=page, page_size=page_size)
    return serialize.page("imports", found, serialize.import_)


def add_import() -> Answer:
    caller = scope("reporter")
    file = _file()
    name = bodies.filename_of(file, "importFile")
    upload = imports.Upload(
        content=_pieces(file),
        filename=name,
        format=_format(file, name),
        project_id=_project(caller),
        source=_source(),
        metadata=_metadata(),
        role=caller.limits.role,
    )
    limit = settings().import_max_bytes
    made, replayed = imports.receive(content.storage(), caller.user.id, upload, limit=limit, policy=policy())
    if not replayed:
        tasks.enqueue(run_import, str(made.id))
    return created(serialize.import_(made), replayed=replayed)


def get_import(id_: str) -> JSON:
    return serialize.import_(scope().get(Import, id_))


def delete_import(id_: str) -> str:
    imports.remove(scope("maintainer").get(Import, id_))
    return "OK"


def cancel_import(id_: str) -> JSON:
    import_ = _own(scope("reporter"), id_)
    imports.cancel(import_, holder().email)
    return serialize.import_(import_)


def retry_import(id_: str) -> JSON:
    import_ = _own(scope("reporter"), id_)
    imports.retry(import_)
    tasks.enqueue(run_import, str(import_.id))
    return serialize.import_(import_)


def _own(caller: Scope, id_: str) -> Import:
    """For who uploaded it, and for maintainers."""
    import_ = caller.get(Import, id_, lock=True)
    if import_.user_id != caller.user.id and import_.project_id is not None:
        caller.require_role("maintainer", import_.project_id)
    return import_


def _file() -> FileStorage:
    file = request.files.get("importFile")
    if file:
        return file
    if "importFile" in request.form:
        raise Invalid("Bad request, no file uploaded", field="importFile")
    raise Invalid("'importFile' is a required property", field="importFile")


def _format(file: FileStorage, name: str) -> str:
    """By the beginning of the file, which is read again later."""
    head = file.stream.read(importers.HEAD_BYTES)
    file.stream.seek(0)
    found = importers.recognise(head, name)
    if found is None:
        known = ", ".join(importers.FORMATS)
        reason = f"{name} is in none of the formats that can be read: {known}"
        raise Refused(415, f"Unsupported Media Type: {reason}", field="importFile")
    return found


def _project(caller: Scope) -> uuid.UUID | None:
    """Without a project the file names one, which limits of a token do not reach."""
    name = request.form.get("project")
    if not name:
        caller.require_unlimited()
        return None
    unknown = Invalid(f"Project {name} doesn't exist", field="project")
    if "\0" in name:  # PostgreSQL does not even look for it
        raise unknown
    try:
        return caller.project_id(name)
    except Invalid:
        raise unknown from None


def _source() -> str | None:
    source = request.form.get("source") or None
    if source and ("\0" in source or len(source) > NAME_MAX):
        raise Invalid(f"source has at most {NAME_MAX} characters and no NUL", field="source")
    return source


def _metadata() -> JSON | None:
    text = request.form.get("metadata")
    if text is None:
        return None
    try:
        metadata = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Invalid(f"Bad request, metadata is not valid JSON: {error}", field="metadata") from None
    if not isinstance(metadata, dict):
        raise Invalid("Bad request, metadata must be a JSON object", field="metadata")
    bodies.parse(text.encode())
    imports.require_labels(metadata)
    return metadata


def _pieces(file: FileStorage) -> Iterator[bytes]:
    return iter(partial(file.stream.read, READ_BYTES), b"")
