"""Tar archives as a stream, unpacked or gzipped: bounded, and without anything that is no plain file."""

import gzip
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import IO, Any, BinaryIO, cast

from ibutsu_server.errors import Invalid
from ibutsu_server.importers.member import DAMAGED, READ_BYTES, Member, path_of, require_credible

GZIP = b"\x1f\x8b"

MEMBERS = 1_000_000
HEADER_BYTES = 64 * 1024
"""Long names and other headers of a member, which are held in memory."""

BROKEN = (tarfile.TarError, zlib.error, EOFError, OSError, OverflowError, RecursionError, ValueError)
"""All that Python raises for damaged archives; ValueError is for headers that hold no numbers."""

_IN_MEMORY = frozenset(
    {
        tarfile.GNUTYPE_LONGNAME,
        tarfile.GNUTYPE_LONGLINK,
        tarfile.SOLARIS_XHDTYPE,
        tarfile.XGLTYPE,
        tarfile.XHDTYPE,
    }
)


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
    with _told(), tarfile.open(fileobj=stream, mode="r|", tarinfo=_Checked, bufsize=READ_BYTES) as tar:
        while (found := tar.next()) is not None:
            tar.members = []  # type: ignore[attr-defined]  # it would remember all of them
            count += 1
            if count > MEMBERS:
                raise Invalid(f"The archive holds more than {MEMBERS} files")
            path = _path(found)
            if not found.isdir():
                yield Member(path, found.size, _content(tar, found))
        unpacked.drain()


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except BROKEN:
        raise Invalid(DAMAGED) from None


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> Iterator[bytes]:
    opened = tar.extractfile(member)
    if opened is not None:
        with _told():
            yield from iter(partial(opened.read, READ_BYTES), b"")


def _path(member: tarfile.TarInfo) -> tuple[str, ...]:
    name = member.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    is_file = member.isreg() and not member.issparse() and member.size >= 0
    return path_of(name, is_plain=is_file or member.isdir(), is_folder=member.isdir())


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
        if self.type == tarfile.GNUTYPE_SPARSE:
            raise _with_holes(self.name)
        return super()._proc_member(tar)  # type: ignore[misc]

    def _proc_gnusparse_10(self, member: tarfile.TarInfo, _headers: Any, _tar: tarfile.TarFile) -> None:
        """Python's own reads a map of holes of any size into memory."""
        raise _with_holes(member.name)


def _with_holes(name: str) -> Invalid:
    return Invalid(f"The archive holds {name[:200]!r}, which is no plain file but one with holes")


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
        require_credible(self._size, self._packed.size)
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
