"""Tar archives as a stream, unpacked or gzipped: bounded, and without anything that is no plain file."""

import gzip
import tarfile
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import PurePosixPath
from typing import IO, Any, BinaryIO, NamedTuple, cast

from ibutsu_server.errors import Invalid

READ_BYTES = 64 * 1024
GZIP = b"\x1f\x8b"

MEMBERS = 1_000_000
UNPACKED_BYTES = 16 * 1024**3
RATIO = 200
"""What unpacks to more than this many times its size, beyond the first `RATIO_FREE_BYTES`, is a bomb."""

RATIO_FREE_BYTES = 64 * 1024**2
HEADER_BYTES = 64 * 1024
"""Long names and other headers of a member, which are held in memory."""

DAMAGED = "The archive is damaged or cut off"

_IN_MEMORY = frozenset(
    {
        tarfile.GNUTYPE_LONGNAME,
        tarfile.GNUTYPE_LONGLINK,
        tarfile.SOLARIS_XHDTYPE,
        tarfile.XGLTYPE,
        tarfile.XHDTYPE,
    }
)


class Member(NamedTuple):
    """A plain file; `content` can be read once, before the next member."""

    path: tuple[str, ...]
    size: int
    content: Iterator[bytes]

    @property
    def place(self) -> str:
        return "/".join(self.path)[-300:]


def recognises(head: bytes) -> bool:
    """Whether a file that begins so is a tar archive, gzipped or not."""
    try:
        if head.startswith(GZIP):
            head = zlib.decompressobj(wbits=31).decompress(head, tarfile.BLOCKSIZE)
        tarfile.TarInfo.frombuf(head[: tarfile.BLOCKSIZE], "utf-8", "replace")
    except (tarfile.TarError, zlib.error):
        return False
    return True


def members(file: BinaryIO) -> Iterator[Member]:
    """The plain files of an archive; raises Invalid for a damaged, a hostile and an endless one."""
    unpacked = _Unpacked(file)
    stream = cast("IO[bytes]", unpacked)
    count = 0
    try:
        with tarfile.open(fileobj=stream, mode="r|", tarinfo=_Checked, bufsize=READ_BYTES) as tar:
            while (found := tar.next()) is not None:
                tar.members = []  # type: ignore[attr-defined]  # it would remember all of them
                count += 1
                if count > MEMBERS:
                    raise Invalid(f"The archive holds more than {MEMBERS} files")
                path = _path(found)
                if not found.isdir():
                    yield Member(path, found.size, _content(tar, found))
        unpacked.drain()
    except (tarfile.TarError, EOFError, OSError, zlib.error):
        raise Invalid(DAMAGED) from None


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> Iterator[bytes]:
    opened = tar.extractfile(member)
    return iter(partial(opened.read, READ_BYTES), b"") if opened else iter(())


def _path(member: tarfile.TarInfo) -> tuple[str, ...]:
    name = member.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name:
        raise Invalid(f"The archive holds {name[:200]!r}, which is no path inside it")
    if not (member.isdir() or (member.isreg() and not member.issparse() and member.size >= 0)):
        raise Invalid(f"The archive holds {name[:200]!r}, which is no plain file")
    return path.parts


class _Checked(tarfile.TarInfo):
    """Python's own takes damage behind the first member for the end, and headers of any size into memory."""

    @classmethod
    def fromtarfile(cls, tarfile_: tarfile.TarFile) -> "_Checked":
        try:
            return super().fromtarfile(tarfile_)
        except tarfile.HeaderError as error:
            if type(error).__name__ == "EOFHeaderError":
                raise
            raise Invalid(DAMAGED) from None

    def _proc_member(self, tar: tarfile.TarFile) -> Any:
        """The documented place for own kinds of members."""
        if self.type in _IN_MEMORY and not 0 <= self.size <= HEADER_BYTES:
            raise Invalid(f"The archive holds a header of more than {HEADER_BYTES} bytes")
        return super()._proc_member(tar)  # type: ignore[misc]


class _Unpacked:
    """What tarfile reads from: counts what goes in and what comes out."""

    def __init__(self, file: BinaryIO) -> None:
        packed = _Packed(file)
        self._packed = packed
        self._plain = (
            gzip.GzipFile(fileobj=cast("BinaryIO", packed), mode="rb") if packed.is_gzip() else packed
        )
        self._size = 0

    def read(self, size: int) -> bytes:
        data: bytes = self._plain.read(size)
        self._size += len(data)
        if self._size > min(UNPACKED_BYTES, RATIO_FREE_BYTES + RATIO * self._packed.size):
            raise Invalid("The archive unpacks to far more than its size")
        return data

    def drain(self) -> None:
        """To the end, where the checksum is."""
        while self.read(READ_BYTES):
            pass


class _Packed:
    """The file itself, counted, whose beginning can be looked at."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._head = file.read(len(GZIP))
        self.size = 0

    def is_gzip(self) -> bool:
        return self._head == GZIP

    def read(self, size: int = -1) -> bytes:
        head, self._head = self._head, b""
        data = head or self._file.read(size)
        self.size += len(data)
        return data
