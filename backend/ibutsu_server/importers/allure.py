"""Allure 2 results: a folder of results, containers and attachments in an archive, or one result alone."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import IO, Any, BinaryIO

import orjson

from ibutsu_server.errors import Invalid
from ibutsu_server.importers import container
from ibutsu_server.importers.allure_fixtures import Fixtures, Globals
from ibutsu_server.importers.allure_index import OWNERS, Attachment, Index
from ibutsu_server.importers.allure_result import Outcome
from ibutsu_server.importers.allure_run import ENVIRONMENT, EXECUTOR, About
from ibutsu_server.importers.lines import WITHOUT_NUL
from ibutsu_server.importers.member import READ_BYTES, Member
from ibutsu_server.importers.report import HEAD_BYTES, File, Format, Part, Result, Run, Warned

JSON_BYTES = 16 * 1024 * 1024
"""The largest result and container, which are held in memory."""

ATTACHMENT_MEMORY_BYTES = 1024 * 1024
LISTED = 20
"""Of more attachments that are missing, the number is told."""

RESULT = "-result.json"
CONTAINER = "-container.json"
GLOBALS = "-globals.json"
CATEGORIES = "categories.json"
READ = (ENVIRONMENT, EXECUTOR, CATEGORIES)
_SIGN = re.compile(rb'"(?:historyId|testCaseId|fullName|stage)"\s*:')

Members = Callable[[], Iterator[Member]]


def recognises(head: bytes, filename: str) -> bool:
    """Only a single result: archives show what they are by their members."""
    text = head.lstrip()
    if not text.startswith(b"{") or b'"uuid"' not in text or not _SIGN.search(text):
        return False
    if len(head) >= HEAD_BYTES:
        return filename.endswith(RESULT)
    try:
        found: Any = orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return isinstance(found.get("uuid"), str) and "name" in found and "children" not in found


def parse(file: BinaryIO, filename: str) -> Iterator[Part]:
    """Only an archive has to be one that can be read twice."""
    if file.seekable():
        file.seek(0)
        head = file.read(HEAD_BYTES)
        file.seek(0)
        if container.recognises(head, filename):
            return parse_members(partial(container.members, file), filename)
    alone = Member((f"alone{RESULT}",), 0, iter(partial(file.read, READ_BYTES), b""))
    return _parse(lambda: iter([alone]), is_alone=True)


def parse_members(open_members: Members, _filename: str) -> Iterator[Part]:
    """Reads them twice: only when all results are known it is clear whose the attachments are."""
    return _parse(open_members, is_alone=False)


def _parse(open_members: Members, *, is_alone: bool) -> Iterator[Part]:
    with Index() as index:
        about = About()
        for member in open_members():
            yield from _indexed(index, about, member)
        if not index.count:
            raise Invalid("There is no result of Allure that can be read")
        for told in index.results():
            yield Result(told.body, told.key, told.place)
            yield from (File(told.key, name, name.replace("/", " "), [text]) for name, text in told.texts)
            if told.left_out:
                yield Warned(f"{told.place}: {told.left_out} attempts of the same test were left out")
        if not is_alone:
            yield from _attachments(index, open_members)
        yield _run(index, about)


def _indexed(index: Index, about: About, member: Member) -> Iterator[Part]:
    name = member.path[-1]
    try:
        if name.endswith(RESULT):
            index.add(Outcome(_object(member)), member.place)
        elif name.endswith(CONTAINER):
            index.add_fixtures(Fixtures(_object(member)))
        elif name.endswith(GLOBALS):
            index.add_globals(Globals(_object(member)), member.place)
        elif about.reads(name):
            about.read(name, _content(member))
    except Invalid as error:
        yield Warned(f"{error.message}; it was left out")
    if name == CATEGORIES:
        yield File(None, name, name, member.content)


def _object(member: Member) -> dict[str, Any]:
    content = _content(member).replace(*WITHOUT_NUL)
    try:
        found: Any = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise Invalid(f"{member.place}: is no valid JSON, {error}") from None
    if not isinstance(found, dict):
        raise Invalid(f"{member.place}: is no JSON object")
    return found


def _content(member: Member) -> bytes:
    """Members lie about their size."""
    content = bytearray()
    for piece in member.content:
        content += piece
        if len(content) > JSON_BYTES:
            raise Invalid(f"{member.place}: has more than {JSON_BYTES} bytes")
    return bytes(content)


def _attachments(index: Index, open_members: Members) -> Iterator[Part]:
    for member in open_members():
        name = member.path[-1]
        owners = index.owners(name)
        if owners:
            yield from _files(member, owners[:OWNERS])
        if len(owners) > OWNERS:
            yield Warned(
                f"{member.place}: is attached to more than {OWNERS} results, of which the others lack it"
            )
        is_read = name.endswith((RESULT, CONTAINER, GLOBALS)) or name in READ or "history" in member.path
        if not (owners or is_read):
            yield Warned(f"{member.place}: belongs to no result and was left out")
    missing, count = index.missing(LISTED)
    for source in missing:
        yield Warned(f"{source}: the attachment is not there")
    if count > len(missing):
        yield Warned(f"and {count - len(missing)} more attachments are not there")


def _files(member: Member, owners: list[Attachment]) -> Iterator[Part]:
    if len(owners) == 1:
        yield File(owners[0].key, owners[0].name, owners[0].filename, member.content)
        return
    with SpooledTemporaryFile(ATTACHMENT_MEMORY_BYTES) as copy:
        for piece in member.content:
            copy.write(piece)
        for one in owners:
            yield File(one.key, one.name, one.filename, _again(copy))


def _again(copy: IO[bytes]) -> Iterator[bytes]:
    copy.seek(0)
    return iter(partial(copy.read, READ_BYTES), b"")


def _run(index: Index, about: About) -> Run:
    start, duration, frameworks = index.whole()
    metadata = (
        {"tool": "Allure"} | ({"framework": frameworks[0]} if len(frameworks) == 1 else {}) | about.told
    )
    body = {"start_time": start, "duration": duration, "metadata": metadata}
    return Run(body, "the run", metadata.get("project"))


ALLURE = Format("allure", recognises, parse)
