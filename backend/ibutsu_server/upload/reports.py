"""What is sent: files, folders, patterns and streams that a command line names, and what is said of them."""

import os
import shutil
import sys
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from glob import glob
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, NamedTuple

import orjson

STDIN = "-"
EPOCH = (1980, 1, 1, 0, 0, 0)
UNIX = 3
READABLE = 0o644 << 16
"""Members of a zip say nothing of times, systems and owners: the same folder is the same file again."""


class Report(NamedTuple):
    """A file that can be read as often as needed, and the name that the server is told."""

    path: Path
    name: str


@dataclass(frozen=True)
class Fields:
    """What is said with a file."""

    project: str | None = None
    source: str | None = None
    metadata: dict[str, Any] | None = None

    def form(self) -> dict[str, str]:
        said = {"project": self.project, "source": self.source}
        form = {name: value for name, value in said.items() if value}
        if self.metadata:
            form["metadata"] = orjson.dumps(self.metadata, option=orjson.OPT_SORT_KEYS).decode()
        return form


def expanded(files: Sequence[str]) -> list[str]:
    """Each once; a pattern that the shell left alone stands for what it matches, if that is anything."""
    return list(dict.fromkeys(name for file in files for name in _named(file)))


def _named(file: str) -> list[str]:
    if file == STDIN or os.path.lexists(file):
        return [file]
    return sorted(glob(file, recursive=True)) or [file]  # noqa: PTH207  Path.glob wants a folder to begin in


@contextmanager
def opened(file: str) -> Iterator[Report]:
    """A folder becomes a zip, and a stream a file, until the end of the block.  Raises OSError."""
    path = Path(file)
    if file != STDIN and path.is_file():
        yield Report(path, _text(path.name))
        return
    with TemporaryDirectory(prefix="ibutsu-upload-") as workshop:
        content = Path(workshop) / "content"
        if file == STDIN:
            _store(sys.stdin.buffer, content)
            yield Report(content, "stdin")
        elif path.is_dir():
            _pack(path, content)
            yield Report(content, f"{_text(path.resolve().name)}.zip")
        else:
            with path.open("rb") as stream:
                _store(stream, content)
            yield Report(content, _text(path.name))


def _text(name: str) -> str:
    """A name that is no UTF-8 cannot be sent as it is."""
    return os.fsencode(name).decode(errors="replace")


def _store(stream: BinaryIO, target: Path) -> None:
    with target.open("wb") as file:
        shutil.copyfileobj(stream, file)


def _pack(folder: Path, target: Path) -> None:
    files = [path for path in folder.rglob("*") if path.is_file()]
    members = {_text(path.relative_to(folder).as_posix()): path for path in files}
    if not members:
        raise FileNotFoundError(f"There is no file in the folder {folder}")
    with zipfile.ZipFile(target, "w") as packed:
        for name in sorted(members):
            _add(packed, name, members[name])


def _add(packed: zipfile.ZipFile, name: str, path: Path) -> None:
    member = zipfile.ZipInfo(name, EPOCH)
    member.compress_type = zipfile.ZIP_DEFLATED
    member.create_system = UNIX
    member.external_attr = READABLE
    member.file_size = path.stat().st_size
    with path.open("rb") as source, packed.open(member, "w") as target:
        shutil.copyfileobj(source, target)
