"""A bucket that others put report files into, as the pytest plugin does: what is new there is imported."""

import logging
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from typing import Self

from sqlalchemy import func, or_, select

from ibutsu_server import importers
from ibutsu_server.db import db
from ibutsu_server.db.models import Import, ScannedObject, User
from ibutsu_server.db.types import now
from ibutsu_server.db.writes import insert
from ibutsu_server.domain import imports
from ibutsu_server.errors import Conflict, Forbidden, NotFound, TooLarge
from ibutsu_server.settings import Settings
from ibutsu_server.storage import Storage, Stored

log = logging.getLogger(__name__)

SETTING = "IBUTSU_IMPORT_BUCKET_URL"
SETTLED = timedelta(minutes=1)
"""What has not changed for so long is taken to be whole: in a folder, files are seen while they grow."""


@dataclass(frozen=True)
class Source:
    """Where the bucket is, the e-mail address of whom its files are imported for, and their largest size."""

    url: str
    user: str
    limit: int

    @classmethod
    def of(cls, settings: Settings) -> Self | None:
        """None where no bucket is configured; raises SettingsError for one that cannot be used."""
        if settings.import_bucket_url is None or settings.import_bucket_user is None:
            return None
        source = cls(settings.import_bucket_url, settings.import_bucket_user, settings.import_max_bytes)
        source.open()
        return source

    def open(self) -> Storage:
        return Storage.open(self.url, setting=SETTING)


def uploader(email: str) -> uuid.UUID:
    """Raises Forbidden where there is no such account, or it is no longer active."""
    statement = select(User.id).where(func.lower(User.email) == func.lower(email), User.is_active)
    found: uuid.UUID | None = db.session.scalar(statement)
    if found is None:
        raise Forbidden(f"There is no active account {email}, for whom the import bucket is read")
    return found


def unseen(bucket: Storage, settled: timedelta = SETTLED) -> Iterator[Stored]:
    """Objects that were never looked at, or have changed since, and do not change any more."""
    before = now() - settled
    for page in bucket.list(""):
        seen = _seen([found.key for found in page])
        for found in page:
            if _version(found) not in seen and found.modified <= before:
                yield found


def _seen(keys: list[str]) -> set[tuple[object, ...]]:
    rows = db.session.scalars(select(ScannedObject).where(ScannedObject.key.in_(keys)))
    return {_version(row) for row in rows}


def _version(found: Stored | ScannedObject) -> tuple[object, ...]:
    return found.key, found.size, found.modified


def receive(
    storage: Storage, bucket: Storage, found: Stored, user_id: uuid.UUID, *, limit: int
) -> Import | None:
    """Take an object in as if the user had uploaded it; none where it is no report, or imported already.

    Raises Conflict, and what was done must be rolled back, where somebody else was faster.
    """
    made = None
    try:
        made = _upload(storage, bucket, found, user_id, limit=limit)
    except NotFound:
        log.info("%s in the import bucket is gone already", found.key)
    except TooLarge as error:
        log.warning("%s in the import bucket is not imported: %s", found.key, error.message)
    _remember(found)
    return made


def _remember(found: Stored) -> None:
    """At the end only: on SQLite, nobody else writes from here on."""
    said = {"size": found.size, "modified": found.modified}
    is_other = or_(ScannedObject.size != found.size, ScannedObject.modified != found.modified)
    statement = insert(ScannedObject).values(key=found.key, **said)
    update = statement.on_conflict_do_update(
        index_elements=[ScannedObject.key], set_=said, where=is_other
    ).returning(ScannedObject.key)
    if db.session.scalar(update) is None:
        raise Conflict(f"{found.key} in the import bucket is imported already")


def _upload(
    storage: Storage, bucket: Storage, found: Stored, user_id: uuid.UUID, *, limit: int
) -> Import | None:
    """Without a quota: which project it is for, the file itself will tell."""
    pieces = bucket.read(found.key, 0, found.size)
    head = next(pieces, b"")
    filename = found.key.rpartition("/")[2]
    format_ = importers.recognise(head[: importers.HEAD_BYTES], filename)
    if format_ is None:
        log.warning("%s in the import bucket is not imported: it is no report that can be read", found.key)
        return None
    upload = imports.Upload(chain([head], pieces), filename, format_)
    made, is_there = imports.receive(storage, user_id, upload, limit=limit)
    return None if is_there else made
