"""A bundle: an archive of report files of any formats, which together are one run."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import BinaryIO

from ibutsu_server.errors import Invalid
from ibutsu_server.importers import container
from ibutsu_server.importers.agreement import Joined
from ibutsu_server.importers.container import Member
from ibutsu_server.importers.report import File, Format, Part, Result, Run, Warned

LISTED = 20
"""Of more files that are no reports, the number is told."""


def bundle_of(formats: Sequence[Format]) -> Format:
    """The format of archives whose members are files of these formats."""
    return Format("bundle", _recognises, partial(_parse, formats))


def _recognises(_head: bytes, _filename: str) -> bool:
    """Never: an archive is a bundle when its members show nothing else."""
    return False


def _parse(formats: Sequence[Format], file: BinaryIO, _filename: str) -> Iterator[Part]:
    reader = _Reader(formats)
    for number, member in enumerate(container.members(file), 1):
        yield from reader.read(number, member)
    yield from reader.end()


class _Reader:
    def __init__(self, formats: Sequence[Format]) -> None:
        self._formats = formats
        self._joined = Joined()
        self._reports = 0
        self._others: list[str] = []
        self._more = 0

    def read(self, number: int, member: Member) -> Iterator[Part]:
        head, name = next(member.content, b""), member.path[-1]
        found = next((one for one in self._formats if one.recognises(head, name)), None)
        if found is None:
            yield from self._leave_out(member.place, head)
            return
        self._reports += 1
        try:
            for part in found.parse(container.as_file(chain([head], member.content)), name):
                yield from self._of_bundle(part, number, member)
        except Invalid as error:
            raise Invalid(f"{member.place}: {error.message}") from None

    def _leave_out(self, place: str, head: bytes) -> Iterator[Part]:
        if len(self._others) == LISTED:
            self._more += 1
            return
        is_archive = container.recognises(head, "")
        self._others.append(f"{place} (an archive)" if is_archive else place)
        what = "an archive inside of the archive" if is_archive else "no report"
        yield Warned(f"{place}: is {what} and was left out")

    def _of_bundle(self, part: Part, number: int, member: Member) -> Iterator[Part]:
        """The same part under a key, a name and a place that no other member has."""
        match part:
            case Run():
                self._joined.add(part)
            case Result(_, key, place):
                yield replace(part, key=_key(number, key), place=f"{member.place}: {place}")
            case File(None, name, filename):
                named = f"{member.path[-1]} {filename}"
                yield replace(part, name=f"{number}/{name}", filename=named)
            case File(str(key)):
                yield replace(part, key=_key(number, key))
            case Warned(text):
                yield Warned(f"{member.place}: {text}")

    def end(self) -> Iterator[Part]:
        if not self._reports:
            raise Invalid(f"The archive holds no report that can be read, {self._contents()}")
        if self._more:
            yield Warned(f"and {self._more} more files that are no reports were left out")
        if "project" in self._joined.of_run.disputed:
            yield Warned("The reports name different projects: none of them counts")
        if self._joined.metadata.is_full:
            yield Warned("The reports have more metadata than a run can hold: the run has only some of it")
        yield self._joined.run()

    def _contents(self) -> str:
        if not self._others:
            return "it is empty"
        more = f" and {self._more} more files" if self._more else ""
        return f"only {', '.join(self._others)}{more}"


def _key(number: int, key: str) -> str:
    return f"{number}/{key}"
