"""Files that wait on disk for a server that was away: however the command ends, none is lost or halved."""

import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO, NamedTuple

import orjson
from filelock import FileLock, Timeout

from ibutsu_server.upload.reports import Fields, Report

CONTENT, FIELDS, REASON = "content", "upload.json", "reason.txt"
REFUSED = "refused"
PART, SENT = ".part-", ".sent-"
ABANDONED_SECONDS = 24 * 3600
"""No copy takes so long: who made it is dead."""


class Waiting(NamedTuple):
    """A folder of the spool: a copy of the file, where it goes, and what is said with it."""

    folder: Path
    url: str
    report: Report
    fields: Fields


class Spool:
    """Folders named by the time; what begins with a dot is not there yet, or not any more."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, report: Report, url: str, fields: Fields) -> Waiting:
        """On disk when this returns.  A copy, never a link: tools write the next report over the last one."""
        name = f"{time.time_ns():020}-{secrets.token_hex(4)}"
        part = self.folder / f"{PART}{name}"
        _make(self.folder)
        part.mkdir(mode=0o700)
        try:
            self._fill(part, report, url, fields)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
        folder = _move(part, self.folder / name)
        return Waiting(folder, url, Report(folder / CONTENT, report.name), fields)

    def _fill(self, part: Path, report: Report, url: str, fields: Fields) -> None:
        with report.path.open("rb") as source, _synced(part / CONTENT) as copy:
            shutil.copyfileobj(source, copy, 1024 * 1024)
        with _synced(part / FIELDS) as file:
            file.write(orjson.dumps({"url": url, "name": report.name, **asdict(fields)}))
        _sync_folder(part)

    def is_there(self) -> bool:
        return self.folder.is_dir()

    def waiting(self, url: str) -> list[Waiting]:
        """What waits for the server at `url`, oldest first."""
        found = [_read(folder) for folder in self._folders()]
        return [waiting for waiting in found if waiting and waiting.url == url]

    def _folders(self) -> list[Path]:
        return sorted(path.parent for path in self.folder.glob(f"[0-9]*/{FIELDS}"))

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether this is the only command that sends what waits, until the end of the block."""
        lock = FileLock(self.folder / ".lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            yield False
            return
        try:
            yield True
        finally:
            lock.release()

    def remove(self, waiting: Waiting) -> None:
        """It is gone at once, its bytes a little later."""
        sent = _move(waiting.folder, self.folder / f"{SENT}{waiting.folder.name}")
        shutil.rmtree(sent, ignore_errors=True)

    def set_aside(self, waiting: Waiting, reason: str) -> Path:
        """Keep it where it is not sent again, and why; moved back into the spool it waits again."""
        return self._set_aside(waiting.folder, reason)

    def _set_aside(self, folder: Path, reason: str) -> Path:
        with _synced(folder / REASON) as file:
            file.write(reason.encode(errors="replace") + b"\n")
        refused = self.folder / REFUSED
        refused.mkdir(exist_ok=True)
        return _move(folder, refused / folder.name)

    def clean_up(self) -> list[Path]:
        """Delete what commands that were killed have left; what a disk has damaged is set aside and named."""
        abandoned = time.time() - ABANDONED_SECONDS
        parts = [path for path in self.folder.glob(f"{PART}*") if path.stat().st_mtime < abandoned]
        for path in [*parts, *self.folder.glob(f"{SENT}*")]:
            shutil.rmtree(path, ignore_errors=True)
        damaged = [folder for folder in self._folders() if _read(folder) is None]
        return [self._set_aside(folder, f"{FIELDS} cannot be read") for folder in damaged]


def _read(folder: Path) -> Waiting | None:
    try:
        said = orjson.loads((folder / FIELDS).read_bytes())
        fields = Fields(said["project"], said["source"], said["metadata"])
        return Waiting(folder, said["url"], Report(folder / CONTENT, said["name"]), fields)
    except (OSError, ValueError, KeyError, TypeError):
        return None


@contextmanager
def _synced(path: Path) -> Iterator[BinaryIO]:
    with path.open("wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _make(folder: Path) -> None:
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in missing:
        _sync_folder(path.parent)


def _move(folder: Path, target: Path) -> Path:
    folder.rename(target)
    _sync_folder(target.parent)
    return target


def _sync_folder(folder: Path) -> None:
    """What was made or renamed in it is on disk then.  Windows knows no such thing."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
