"""Files inside of an archive, whatever packed them: bounded, and with paths that stay inside."""

from collections.abc import Iterator
from io import BufferedReader, RawIOBase
from pathlib import PurePosixPath
from typing import Any, BinaryIO, NamedTuple, cast

from ibutsu_server.errors import Invalid

READ_BYTES = 64 * 1024

UNPACKED_BYTES = 16 * 1024**3
RATIO = 200
"""What unpacks to more than this many times its size, beyond the first `RATIO_FREE_BYTES`, is a bomb."""

RATIO_FREE_BYTES = 64 * 1024**2

DAMAGED = "The archive is damaged or cut off"


class Member(NamedTuple):
    """A plain file; `content`, in pieces of `READ_BYTES`, can be read once, before the next member."""

    path: tuple[str, ...]
    size: int
    content: Iterator[bytes]

    @property
    def place(self) -> str:
        return "/".join(self.path)[-300:]


class _Pieces(RawIOBase):
    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._left:
            self._left = memoryview(next(filter(None, self._pieces), b""))
        size = min(len(buffer), len(self._left))
        buffer[:size], self._left = self._left[:size], self._left[size:]
        return size


def as_file(pieces: Iterator[bytes]) -> BinaryIO:
    """Bytes that come in pieces, as a file that is read forward."""
    return cast("BinaryIO", BufferedReader(_Pieces(pieces), READ_BYTES))


def path_of(name: str, *, is_plain: bool, is_folder: bool) -> tuple[str, ...]:
    """The parts of a member's name; raises Invalid for what leads out of the archive, and for links."""
    path = PurePosixPath(name)
    is_outside = path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name
    if is_outside or not (path.parts or is_folder):
        raise Invalid(f"The archive holds {name[:200]!r}, which is no path inside it")
    if not is_plain:
        raise Invalid(f"The archive holds {name[:200]!r}, which is no plain file")
    return path.parts


def require_credible(unpacked: int, packed: int) -> None:
    """Raises Invalid where so many bytes cannot honestly come of so few."""
    if unpacked > min(UNPACKED_BYTES, RATIO_FREE_BYTES + RATIO * packed):
        raise Invalid("The archive unpacks to far more than its size")
