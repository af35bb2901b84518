"""A copy of an embedded server, taken while it works: its database, and the bytes that its rows refer to.

Bytes are stored before the row that refers to them, and deleted after it.  So copying them before the
database and, what is new, again after it leaves no row without its bytes: those of before may be deleted
meanwhile, those of after are not, for `artifacts.ABANDONED_AFTER`.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from ibutsu_server.errors import NotFound
from ibutsu_server.storage import Storage, Stored

FOLDERS = ("artifacts", "packs", "imports")
"""All that the server ever stores."""


def take(database: Path, storage: Storage, folder: Path) -> int:
    """Fill a folder, or bring an earlier backup in it up to date; how many objects it holds then."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    copies = Storage.open((folder / "artifacts").absolute().as_uri())
    before = _copy_new(storage, copies)
    copy_database(database, folder / database.name)
    after = _copy_new(storage, copies)
    kept = before | after
    for page in _pages(copies):
        copies.delete([one.key for one in page if one.key not in kept])
    return len(kept)


def copy_database(source: Path, target: Path) -> None:
    """In one step: several begin anew whenever somebody has written between them, which may never end."""
    part = _private(target)
    with closing(sqlite3.connect(source)) as original, closing(sqlite3.connect(part)) as copy:
        original.backup(copy, pages=-1)
    part.replace(target)


def copy_secret(source: Path, target: Path) -> None:
    part = _private(target)
    part.write_bytes(source.read_bytes())
    part.replace(target)


def _private(target: Path) -> Path:
    """An empty file beside it that nobody else can read."""
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL, 0o600))
    return part


def _copy_new(storage: Storage, copies: Storage) -> set[str]:
    """The keys of all objects that are there; an object never changes under its key."""
    there = {(one.key, one.size) for page in _pages(copies) for one in page}
    found = {one.key: one for page in _pages(storage) for one in page if not one.key.endswith(".part")}
    for one in found.values():
        if (one.key, one.size) not in there:
            with suppress(NotFound):  # deleted since: its row went before
                copies.put(one.key, storage.read(one.key, 0, one.size))
    return set(found)


def _pages(storage: Storage) -> Iterator[list[Stored]]:
    for folder in FOLDERS:
        yield from storage.list(folder)
