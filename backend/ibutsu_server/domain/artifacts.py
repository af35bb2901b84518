"""Artifacts: what happens when a file is attached to a run or a result, taken away, or left behind."""

import hashlib
import re
import secrets
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from ibutsu_server.db import db
from ibutsu_server.db.models import Artifact, Import, Result, Run
from ibutsu_server.db.types import JSONObject, new_id, now
from ibutsu_server.db.writes import insert_new
from ibutsu_server.domain import ingestion, usage
from ibutsu_server.domain.deletion import claim
from ibutsu_server.domain.media_types import HEAD_BYTES, media_type
from ibutsu_server.errors import Conflict, TooLarge
from ibutsu_server.storage import Storage, Stored

MEBIBYTE = 1024 * 1024
ABANDONED_AFTER = timedelta(hours=1)
"""Bytes without a row are left alone for this long: their upload may still be under way."""

_FOLDER = "artifacts"
_KEY = re.compile(
    rf"{_FOLDER}/[^/]+/(?P<id>[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}})(-[0-9a-f]+)?(\.part)?"
)


@dataclass(frozen=True)
class Upload:
    """A file on its way in; a client that made its own `id` can repeat the upload safely."""

    content: Iterable[bytes]
    filename: str
    metadata: JSONObject | None = None
    id: uuid.UUID | None = None


def receive(storage: Storage, parent: Run | Result, upload: Upload, *, limit: int) -> tuple[Artifact, bool]:
    """Store the bytes, at most `limit` of them, then the row; the second value: it was there already.

    Raises TooLarge, and Conflict when something else has its id.  If the row is never committed, `clean_up`
    finds the bytes.
    """
    id_ = upload.id or new_id()
    values = {
        "id": id_,
        "project_id": parent.project_id,
        "run_id": parent.id if isinstance(parent, Run) else parent.run_id,
        "result_id": parent.id if isinstance(parent, Result) else None,
        **store(storage, f"{parent.project_id}/{id_}", upload, limit=limit),
        "upload_date": now(),
        "data": upload.metadata,
    }
    if insert_new(Artifact, values):
        ingestion.note(artifacts=1, artifact_bytes=values["size"])
        usage.add(parent.project_id, artifact_bytes=values["size"], stored_bytes=values["size"])
        return Artifact(**values), False
    storage.delete([values["storage_key"]])
    return _repeated(values), True


def store(storage: Storage, place: str, upload: Upload, *, limit: int) -> dict[str, Any]:
    """Store the bytes alone; what a row says of them.  `place` is a folder and the id of the artifact."""
    # Two uploads under one id never share a key: the second must not touch the bytes of the first.
    key = f"{_FOLDER}/{place}-{secrets.token_hex(8)}"
    measured = Measured(upload.content, limit)
    storage.put(key, measured)
    return {
        "filename": upload.filename,
        "content_type": media_type(measured.head, upload.filename),
        "size": measured.size,
        "digest": measured.digest(),
        "storage_key": key,
    }


class Measured:
    """Passes bytes on and keeps what must be known of them: size, digest and how they begin."""

    def __init__(self, content: Iterable[bytes], limit: int, *, field: str = "file") -> None:
        self.size = 0
        self.head = b""
        self._content = content
        self._limit = limit
        self._field = field
        self._sha256 = hashlib.sha256()

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._content:
            self.size += len(chunk)
            if self.size > self._limit:
                raise too_large(self._limit, field=self._field)
            self._sha256.update(chunk)
            self.head += chunk[: HEAD_BYTES - len(self.head)]
            yield chunk

    def digest(self) -> bytes:
        return self._sha256.digest()


def too_large(limit: int, *, field: str = "file") -> TooLarge:
    megabytes = f"{limit / MEBIBYTE:.3f}".rstrip("0").rstrip(".")
    return TooLarge(f"Bad request, file size exceeds maximum allowed size of {megabytes}MB", field=field)


_SAME = ("project_id", "result_id", "filename", "digest", "data")


def _repeated(values: dict[str, Any]) -> Artifact:
    existing = db.session.get(Artifact, values["id"])
    same = existing is not None and all(getattr(existing, field) == values[field] for field in _SAME)
    # The run of a result may have changed meanwhile; the run of a run's artifact never does.
    if existing is None or not same or (existing.result_id is None and existing.run_id != values["run_id"]):
        raise Conflict(f"Artifact id {values['id']} already exist", field="id")
    return existing


def remove(artifact: Artifact) -> None:
    """Take the row away; the bytes follow with the next `clean_up`, when nothing can bring the row back."""
    claim(artifact)
    db.session.delete(artifact)
    db.session.flush()
    usage.add(artifact.project_id, stored_bytes=-artifact.size)


def clean_up(storage: Storage, older_than: timedelta = ABANDONED_AFTER) -> int:
    """Delete stored bytes that no artifact refers to, in any project; returns how many objects that were.

    They are left by removed artifacts, runs, results and projects, and by uploads that ended half-way.
    """
    # Fixed before the first look at the database: a row that is committed later has younger bytes.
    before = now() - older_than
    unfinished = tuple(f"{_FOLDER}/{id_}/" for id_ in db.session.scalars(UNFINISHED))
    deleted = 0
    for page in storage.list(_FOLDER):
        old = [found for found in page if found.modified < before and not found.key.startswith(unfinished)]
        doomed = _without_row(old)
        if doomed:
            storage.delete(doomed)
        deleted += len(doomed)
    return deleted


UNFINISHED = select(Import.id).where(Import.status.in_(["pending", "running"]))
"""Imports that are under way store bytes in folders of their own, and all their rows at the end."""


def _without_row(page: Sequence[Stored]) -> list[str]:
    """Keys of ours that no row has; other files are nobody's business."""
    ids = {found.key: uuid.UUID(match["id"]) for found in page if (match := _KEY.fullmatch(found.key))}
    kept = set(db.session.scalars(select(Artifact.storage_key).where(Artifact.id.in_(list(ids.values())))))
    return [key for key in ids if key not in kept]
