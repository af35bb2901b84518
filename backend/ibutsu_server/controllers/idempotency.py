"""`Idempotency-Key`: a POST that comes again under its key is answered as it was the first time."""

import hashlib
from collections.abc import Callable, Iterator
from functools import partial
from http import HTTPStatus
from typing import IO, Any

import orjson
from connexion import context
from flask import Response, current_app, request

from ibutsu_server.access import Scope
from ibutsu_server.controllers import current, rows
from ibutsu_server.domain import idempotency

READ_BYTES = 256 * 1024
FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")


def once(work: Callable[[], Response], body: Any) -> Response:
    """The answer of `work`, or the one that it had when this request came first.

    Its key is claimed in the transaction of the work itself: what fails leaves no key behind.
    """
    key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
    if key is None:
        return work()
    caller = current.scope() if context.context.get("token_info") else None
    asked = idempotency.recognise(
        secret=current_app.config["JWT_SECRET_KEY"], caller=_name(caller), key=key, content=_content(body)
    )
    earlier = idempotency.claim(asked)
    if earlier is not None:
        return _replay(caller, earlier)
    response = work()
    if response.status_code < HTTPStatus.BAD_REQUEST:
        idempotency.keep(asked, _answer(response))
    return response


def _name(caller: Scope | None) -> str:
    """Whose key it is: the same user with other rights is somebody else, so what was lost stays lost."""
    if caller is None:
        shown = [request.headers.get(name, "") for name in ("Authorization", "Cookie")]
        return " ".join([current.visitor().address or "", *shown])
    limits = caller.limits
    return f"{caller.user.id} {caller.user.is_superadmin} {limits.project_id} {limits.role}"


def _content(body: Any) -> bytes:
    """All that the request says: spaces, order of keys and boundaries of forms make no difference."""
    query, fields = (sorted(values.items(multi=True)) for values in (request.args, request.form))
    said = [request.path, query, body, fields, sorted(_files()), _streamed(body)]
    return orjson.dumps(said, option=orjson.OPT_SORT_KEYS)


def _files() -> Iterator[tuple[str, str, str]]:
    for name, file in request.files.items(multi=True):
        yield name, file.filename or "", _digest(file.stream)


def _streamed(body: Any) -> str:
    """What a handler reads by itself."""
    return "" if body is not None or request.mimetype in FORMS else _digest(rows.spooled())


def _digest(file: IO[bytes]) -> str:
    sha256 = hashlib.sha256()
    for chunk in iter(partial(file.read, READ_BYTES), b""):
        sha256.update(chunk)
    file.seek(0)
    return sha256.hexdigest()


def _answer(response: Response) -> idempotency.Answer:
    headers = [(name, value) for name, value in response.headers if name != "Content-Length"]
    return idempotency.Answer(response.status_code, headers, response.get_data())


def _replay(caller: Scope | None, earlier: idempotency.Answer) -> Response:
    if caller is not None:
        idempotency.require_sight(caller, earlier)
    response = current_app.response_class(earlier.body, earlier.status, earlier.headers)
    response.headers["Idempotency-Replayed"] = "true"
    return response
