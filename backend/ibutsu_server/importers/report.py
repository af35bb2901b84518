"""What every importer makes of a file: its run, its results and the files that belong to them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

JSON = dict[str, Any]

HEAD_BYTES = 64 * 1024
"""How much of the beginning of a file a format wants to see to recognise it."""


@dataclass(frozen=True)
class Run:
    """`body` is what a client would post.  Without an `id` in it, the run is named after the import.

    `project` is the name or id of the project that the file says it is for; `may_exist` says that it may add
    to a run that there is already.
    """

    body: JSON
    place: str
    project: Any = None
    may_exist: bool = False


@dataclass(frozen=True)
class Result:
    """`key` is what files of this result call it; `place` is where a person finds it in the report.

    Without an `id` in the body, the result is named after its key in the run.  `source` is for results whose
    source neither the body nor the uploader says.
    """

    body: JSON
    key: str
    place: str
    source: str | None = None


@dataclass(frozen=True)
class File:
    """A file of the result with this key, or of the run; its content can be read once, before the next part.

    `name` tells the files of one owner apart.
    """

    key: str | None
    name: str
    filename: str
    content: Iterable[bytes]


@dataclass(frozen=True)
class Warned:
    """Something in the file that is left out."""

    text: str


Part = Run | Result | File | Warned


@dataclass(frozen=True)
class Format:
    """`recognises(head, filename)` looks at how a file begins; `parse(file, filename)` reads it once.

    `parse` raises Invalid, in words for who has uploaded the file, where nothing can be made of it.
    """

    name: str
    recognises: Callable[[bytes, str], bool]
    parse: Callable[[BinaryIO, str], Iterator[Part]]
