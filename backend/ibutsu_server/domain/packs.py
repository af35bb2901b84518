"""Small files that come together share one object of the storage: a thousand objects would take too long.

The object goes when none of its files is left.
"""

import re
import secrets
import uuid
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from itertools import chain
from tempfile import TemporaryFile
from typing import IO, Any, Self

from sqlalchemy import select

from ibutsu_server.db import db
from ibutsu_server.db.models import Artifact
from ibutsu_server.db.types import now
from ibutsu_server.domain import artifacts
from ibutsu_server.domain.media_types import media_type
from ibutsu_server.storage import Storage

SMALL_BYTES = 256 * 1024
READ_BYTES = 512 * 1024

_FOLDER = "packs"
_KEY = re.compile(rf"{_FOLDER}/[0-9a-f-]{{36}}-[0-9a-f]{{16}}(\.part)?")


class Pack:
    """Files are added first; `store` writes the small ones all at once, and rows may refer to them then."""

    def __init__(self, storage: Storage, place: str, *, limit: int) -> None:
        self._storage = storage
        self._place = place
        self._limit = limit
        self._key = f"{_FOLDER}/{place}-{secrets.token_hex(8)}"
        self._file: IO[bytes] = TemporaryFile()  # noqa: SIM115 - closed with the pack
        self._size = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._file.close()

    def add(self, id_: uuid.UUID, upload: artifacts.Upload) -> dict[str, Any]:
        """What a row says of the file; a large one is stored at once, as an object of its own."""
        pieces = iter(upload.content)
        start = _take(pieces, SMALL_BYTES)
        if len(start) > SMALL_BYTES:
            whole = artifacts.Upload(chain([start], pieces), upload.filename)
            place = f"{self._place}/{id_}"
            return {
                **artifacts.store(self._storage, place, whole, limit=self._limit),
                "storage_offset": None,
            }
        measured = artifacts.Measured([start], self._limit)
        offset = self._size
        for piece in measured:
            self._size += self._file.write(piece)
        return {
            "filename": upload.filename,
            "content_type": media_type(measured.head, upload.filename),
            "size": measured.size,
            "digest": measured.digest(),
            "storage_key": self._key,
            "storage_offset": offset,
        }

    def store(self) -> None:
        if self._size:
            self._file.seek(0)
            self._storage.put(self._key, iter(partial(self._file.read, READ_BYTES), b""))


def _take(pieces: Iterator[bytes], size: int) -> bytes:
    """The first bytes, more than `size` of them if there are more."""
    taken = bytearray()
    for piece in pieces:
        taken += piece
        if len(taken) > size:
            break
    return bytes(taken)


def clean_up(storage: Storage, older_than: timedelta = artifacts.ABANDONED_AFTER) -> int:
    """Delete packs that no artifact is in any more, but those of imports that are under way."""
    before = now() - older_than
    waiting = tuple(f"{_FOLDER}/{id_}-" for id_ in db.session.scalars(artifacts.UNFINISHED))
    deleted = 0
    for page in storage.list(_FOLDER):
        ours = [one for one in page if _KEY.fullmatch(one.key) and not one.key.startswith(waiting)]
        old = [one.key for one in ours if one.modified < before]
        in_use = select(Artifact.storage_key).where(
            Artifact.storage_key.in_(old), Artifact.storage_offset.is_not(None)
        )
        kept = set(db.session.scalars(in_use.distinct()))
        doomed = [key for key in old if key not in kept]
        if doomed:
            storage.delete(doomed)
        deleted += len(doomed)
    return deleted
