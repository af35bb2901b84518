"""Requests that come twice under one key: the first is carried out, the others get its answer."""

import hmac
import os
from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import func, select, update

from ibutsu_server.access import Scope
from ibutsu_server.db import db
from ibutsu_server.db.models import IdempotencyKey, Project
from ibutsu_server.db.types import now
from ibutsu_server.db.writes import insert_new
from ibutsu_server.errors import Conflict, Forbidden, TookTooLong, Unavailable

_NONCE_BYTES = 12


class Answer(NamedTuple):
    """What a client was told."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Request(NamedTuple):
    """A request under a key: none of this can be computed from the database alone, or without the key."""

    digest: bytes
    fingerprint: bytes
    cipher: AESGCM


def recognise(*, secret: str, caller: str, key: str, content: bytes) -> Request:
    """What makes this request the same as another one: who sends it, under which key, and what it says.

    The key, a secret of the client, and the server's secret are both needed to read a stored answer, which
    may have a token in it, and to guess a password of which the fingerprint is stored.
    """
    named = orjson.dumps(["idempotency", caller, key])
    derived = HKDF(SHA256(), length=96, salt=None, info=named).derive(secret.encode())
    fingerprint = hmac.digest(derived[32:64], content, "sha256")
    return Request(derived[:32], fingerprint, AESGCM(derived[64:]))


def claim(request: Request) -> Answer | None:
    """Begin a request, or find the answer that it got before; waits for another one that is being answered.

    Raises Conflict when the key was used for another request.
    """
    try:
        values = {"digest": request.digest, "fingerprint": request.fingerprint}
        is_new = insert_new(IdempotencyKey, values)
    except TookTooLong:
        raise Unavailable("The first request with this Idempotency-Key is not answered yet") from None
    return None if is_new else _earlier(request)


def _earlier(request: Request) -> Answer | None:
    """What is stored.  Without an answer the request failed after a commit of its own, and is repeated."""
    statement = select(IdempotencyKey).where(IdempotencyKey.digest == request.digest).with_for_update()
    found = db.session.scalar(statement)
    if found is None:
        raise Unavailable("The Idempotency-Key is just being forgotten, try again")
    if not hmac.compare_digest(found.fingerprint, request.fingerprint):
        raise Conflict(
            "This Idempotency-Key was used for a request that differed in path, query or body",
            field="Idempotency-Key",
        )
    if found.status is None or found.answer is None:
        return None
    return _opened(request, found.status, found.answer)


def keep(request: Request, answer: Answer) -> None:
    """Remember the answer, in the transaction of what was answered."""
    values = {"status": answer.status, "answer": _sealed(request, answer), "created": now()}
    db.session.execute(update(IdempotencyKey).where(IdempotencyKey.digest == request.digest).values(values))


def _sealed(request: Request, answer: Answer) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    plain = orjson.dumps(answer.headers) + b"\n" + answer.body
    return nonce + request.cipher.encrypt(nonce, plain, request.digest)


def _opened(request: Request, status: int, sealed: bytes) -> Answer:
    plain = request.cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], request.digest)
    headers, _, body = plain.partition(b"\n")
    return Answer(status, [(name, value) for name, value in orjson.loads(headers)], body)


def require_sight(scope: Scope, answer: Answer) -> None:
    """Who was taken out of a project is not told again what was answered about it."""
    projects = set(_projects(orjson.loads(answer.body))) if answer.body else set()
    if not projects:
        return
    seen = scope.select(Project).where(Project.id.in_(projects)).with_only_columns(func.count(Project.id))
    if db.session.scalar(seen) != len(projects):
        raise Forbidden


def _projects(body: Any) -> Iterator[UUID]:
    """Where the entity that was answered belongs, or each of a list."""
    if not isinstance(body, dict):
        return
    listed = [item for value in body.values() if isinstance(value, list) for item in value]
    for item in (body, *listed):
        if isinstance(item, dict) and isinstance(item.get("project_id"), str):
            yield UUID(item["project_id"])
