"""Where the bytes of artifacts live: a folder or an object store, named by one URL."""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from shutil import disk_usage
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, BinaryIO, Self, cast
from urllib.parse import urlsplit
from urllib.request import url2pathname

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, MemoryStore, from_url

from ibutsu_server.errors import NotFound, SettingsError, Unavailable
from ibutsu_server.observing.counting import counting

if TYPE_CHECKING:
    from obstore.store import ClientConfig, ObjectStore, RetryConfig

READ_BYTES = 512 * 1024
"""Read from the store at once: what one download holds in memory, times the queue of the web server."""

PART_BYTES = 5 * 1024 * 1024
"""The smallest part that S3 takes; smaller objects are sent whole."""

PAGE = 1000
CHECK_SECONDS = 1
ONCE: "RetryConfig" = {"max_retries": 0, "retry_timeout": timedelta(seconds=CHECK_SECONDS)}
PATIENT: "RetryConfig" = {"max_retries": 5, "retry_timeout": timedelta(seconds=15)}
"""A request waits no longer: its thread is one of a few, and whoever sent it tries again."""

CLOUDS = {"s3", "s3a", "gs", "az", "adl", "azure", "abfs", "abfss"}


@dataclass(frozen=True)
class Stored:
    """One object: `modified` is when its last byte arrived (S3: when its upload began)."""

    key: str
    size: int
    modified: datetime


class Storage:
    """Bytes by key.  Raises NotFound for keys without an object and Unavailable when the store fails.

    Not to be used on both sides of a fork: obstore's threads do not survive it.
    """

    def __init__(self, store: "ObjectStore", folder: Path | None = None) -> None:
        self._store = store
        self._folder = folder

    @classmethod
    def open(cls, url: str, *, setting: str = "IBUTSU_STORAGE_URL") -> Self:
        """Open `file:///…`, `s3://…`, `gs://…`, `az://…` or `memory://`; raises SettingsError."""
        scheme = urlsplit(url).scheme
        try:
            if scheme == "file":
                return cls._in_folder(Path(url2pathname(urlsplit(url).path)))
            if scheme == "memory":
                return cls(MemoryStore())
            if scheme in CLOUDS:
                return cls(from_url(url, retry_config=PATIENT))
        except (BaseError, ValueError, OSError) as error:
            reason = str(error).partition("\n")[0]
            raise SettingsError(f"{setting}: {url} cannot be used: {reason}") from None
        raise SettingsError(f"{setting}: {url} is none of file:///, s3://, gs:// and az://")

    @classmethod
    def probe(cls, url: str) -> Self:
        """The same storage for `check`: it tells soon that it is away instead of trying again for minutes."""
        if urlsplit(url).scheme not in CLOUDS:
            return cls.open(url)
        return cls(from_url(url, client_options=_impatient(), retry_config=ONCE))

    @classmethod
    def _in_folder(cls, folder: Path) -> Self:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError("the folder is not writable")
        return cls(LocalStore(prefix=folder), folder)

    def check(self) -> None:
        """Raises Unavailable unless something could be stored, so far as that shows without doing it."""
        with _told("check"):
            if self._folder is None:
                next(iter(obstore.list(self._store, "check", chunk_size=1)), None)
            elif not os.access(self._folder, os.W_OK | os.X_OK):
                raise PermissionError("the folder is not writable")
            elif not disk_usage(self._folder).free:
                raise OSError("the disk is full")

    def put(self, key: str, chunks: Iterable[bytes]) -> None:
        """Store all of it or, when `chunks` raises, nothing; on return it is durable."""
        with _told("put"):
            if self._folder is not None:
                _write(self._folder / key, chunks)
                return
            rest = iter(chunks)
            start = _take(rest, PART_BYTES)
            if len(start) < PART_BYTES:
                obstore.put(self._store, key, start, use_multipart=False)
            else:
                obstore.put(self._store, key, chain([start], rest), chunk_size=PART_BYTES, max_concurrency=2)

    def read(self, key: str, start: int, end: int) -> Iterator[bytes]:
        """The bytes from `start` up to `end`; the first piece is fetched before this returns.

        Every piece is a request of its own, so a slow reader holds no connection to the store open.
        """
        if start >= end:
            return iter(())
        later = range(start + READ_BYTES, end, READ_BYTES)
        return chain([self._piece(key, start, end)], (self._piece(key, at, end) for at in later))

    def _piece(self, key: str, start: int, end: int) -> bytes:
        with _told("read"):
            return bytes(obstore.get_range(self._store, key, start=start, end=min(start + READ_BYTES, end)))

    def fetch(self, key: str) -> BinaryIO:
        """The whole object as a file that can be read in any order, on disk."""
        if self._folder is not None:
            with _told("read"):
                return (self._folder / key).open("rb")
        copy = TemporaryFile()  # noqa: SIM115 - closed by who asked for it
        for piece in self.read(key, 0, self.size(key)):
            copy.write(piece)
        copy.seek(0)
        return cast("BinaryIO", copy)

    def size(self, key: str) -> int:
        with _told("size"):
            return obstore.head(self._store, key)["size"]

    def delete(self, keys: Sequence[str]) -> None:
        """Forget these objects; those that are gone already do not matter."""
        with _told("delete"):
            try:
                obstore.delete(self._store, keys)
            except FileNotFoundError:
                for key in keys:
                    with suppress(FileNotFoundError):
                        obstore.delete(self._store, key)

    def list(self, prefix: str) -> Iterator[list[Stored]]:
        """Everything below a folder of keys, in pages; uploads in progress may be among it."""
        with _told("list"):
            for page in obstore.list(self._store, prefix, chunk_size=PAGE):
                yield [Stored(found["path"], found["size"], found["last_modified"]) for found in page]


def _impatient() -> "ClientConfig":
    """Given here, these take the place of what the environment says of the connection."""
    seconds = timedelta(seconds=CHECK_SECONDS)
    is_plain = os.environ.get("AWS_ALLOW_HTTP", "").lower() in {"1", "true", "yes", "on"}
    return {"timeout": seconds, "connect_timeout": seconds, "allow_http": is_plain}


@contextmanager
def _told(operation: str) -> Iterator[None]:
    """Failures of the store in the product's own errors; each operation is counted."""
    outcome = "done"
    try:
        yield
    except FileNotFoundError as error:
        outcome = "missing"
        raise NotFound("The content is no longer stored") from error
    except (BaseError, OSError) as error:
        outcome = "failed"
        raise Unavailable("The artifact storage does not answer; please try again later") from error
    finally:
        counting.book.storage(operation, outcome)


def _take(chunks: Iterator[bytes], size: int) -> bytes:
    """The first `size` bytes or a little more."""
    taken = bytearray()
    for chunk in chunks:
        taken += chunk
        if len(taken) >= size:
            break
    return bytes(taken)


def _write(path: Path, chunks: Iterable[bytes]) -> None:
    """Write a file that is there whole or not at all, even after a power cut.

    Not obstore's own writer: it neither syncs nor lists what a killed process left half-written.
    """
    if not path.parent.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _sync(path.parent.parent)
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _sync(path.parent)


def _sync(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
