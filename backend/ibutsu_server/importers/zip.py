"""Zip archives: bounded, and without anything that is no plain file."""

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import IO, BinaryIO, cast

from ibutsu_server.errors import Invalid
from ibutsu_server.importers.member import DAMAGED, READ_BYTES, Member, path_of, require_credible

BEGINNINGS = (b"PK\x03\x04", b"PK\x05\x06")
"""Of the first member, or of the end of an archive that has none."""

MEMBERS = 100_000
DIRECTORY_BYTES = 32 * 1024 * 1024
"""The list of members, which is held in memory."""

ENTRY = b"PK\x01\x02"
ENCRYPTED = 0x1 | 0x40 | 0x2000
PLAIN = (0, stat.S_IFREG, stat.S_IFDIR)
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""How members may be compressed: Python unpacks all others into memory of any size."""

BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    OverflowError,
    NotImplementedError,
    ValueError,
)
"""All that Python raises for damaged archives; ValueError is for names that are no UTF-8."""


def recognises(head: bytes) -> bool:
    """Whether a file that begins so is a zip archive."""
    return head.startswith(BEGINNINGS)


def members(file: BinaryIO) -> Iterator[Member]:
    """The plain files of an archive; raises Invalid for a damaged, a hostile and an encrypted one."""
    with _told(), zipfile.ZipFile(cast("IO[bytes]", _Packed(file))) as opened:
        packed = file.seek(0, os.SEEK_END)
        require_credible(sum(found.file_size for found in opened.infolist()), packed)
        for found in opened.infolist():
            is_folder = found.orig_filename.endswith("/")
            is_plain = stat.S_IFMT(found.external_attr >> 16) in PLAIN
            path = path_of(found.orig_filename, is_plain=is_plain, is_folder=is_folder)
            if not is_folder:
                _require_readable(found)
                yield Member(path, found.file_size, _content(opened, found))


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except BROKEN:
        raise Invalid(DAMAGED) from None


def _require_readable(member: zipfile.ZipInfo) -> None:
    named = f"The archive holds {member.filename[:200]!r}"
    if member.flag_bits & ENCRYPTED:
        raise Invalid(f"{named}, which is encrypted")
    if member.compress_type not in METHODS:
        raise Invalid(f"{named}, which is compressed by method {member.compress_type}: only deflate is read")


def _content(opened: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    with _told(), opened.open(member) as content:
        yield from iter(partial(content.read, READ_BYTES), b"")


class _Packed:
    """The file, as zipfile reads it: the list of members comes in one piece, which may be too large."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek = file.seek
        self.tell = file.tell
        self.seekable = file.seekable

    def read(self, size: int = -1) -> bytes:
        if size > DIRECTORY_BYTES:
            raise Invalid(f"The archive has a list of files of more than {DIRECTORY_BYTES} bytes")
        data = self._file.read(size)
        if data.count(ENTRY) > MEMBERS:
            raise Invalid(f"The archive holds more than {MEMBERS} files")
        return data
