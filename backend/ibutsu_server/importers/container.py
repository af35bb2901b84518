"""Files that hold files: tar, gzipped or not, and zip, read in the same way."""

from collections.abc import Iterator
from typing import BinaryIO

from ibutsu_server.importers import tar, zip  # noqa: A004 - it is the format's name
from ibutsu_server.importers.member import Member, as_file

__all__ = ["Member", "as_file", "members", "recognises"]


def recognises(head: bytes, _filename: str) -> bool:
    return zip.recognises(head) or tar.recognises(head)


def members(file: BinaryIO) -> Iterator[Member]:
    """The plain files of an archive, one after the other; calling again, after that, reads once more.

    Raises Invalid, also while the content of a member is read, where the archive is damaged or hostile.
    """
    file.seek(0)
    is_zip = zip.recognises(file.read(4))
    file.seek(0)
    return zip.members(file) if is_zip else tar.members(file)
