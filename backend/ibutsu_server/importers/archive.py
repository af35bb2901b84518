"""The archive of the pytest plugin: `<run>/run.json`, `<run>/<result>/result.json`, and files beside them."""

import uuid
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

import orjson

from ibutsu_server import schemas
from ibutsu_server.errors import Invalid
from ibutsu_server.importers import container
from ibutsu_server.importers.container import Member
from ibutsu_server.importers.report import JSON, File, Format, Part, Result, Run, Warned

JSON_BYTES = 16 * 1024 * 1024
"""The largest run.json and result.json, which are held in memory."""


def is_sign(path: Sequence[str]) -> bool:
    """Whether only such archives have a file of this name."""
    match path:
        case [run, "run.json"]:
            return is_id(run)
        case [run, result, "result.json"]:
            return is_id(run) and is_id(result)
    return False


def parse(file: BinaryIO, _filename: str) -> Iterator[Part]:
    reader = _Reader()
    for member in container.members(file):
        yield from reader.read(member)
    yield from reader.end()


class _Reader:
    """`_folder` is that of the run, the only one that an archive has."""

    def __init__(self) -> None:
        self._folder: str | None = None
        self._has_run = False

    def read(self, member: Member) -> Iterator[Part]:
        folder, *rest = member.path
        if not rest or not is_id(folder):
            yield Warned(f"{member.place}: is not in the folder of a run and was left out")
            return
        if self._folder not in (None, folder):
            raise Invalid(f"The archive holds more than one run: {self._folder} and {folder}")
        self._folder = folder
        match rest:
            case ["run.json"]:
                yield from self._run(member, folder)
            case [result, "result.json"] if is_id(result):
                yield from _result(member, _dashed(result))
            case [result, _, *_] if is_id(result):
                yield File(_dashed(result), "/".join(rest[1:]), rest[-1], member.content)
            case _:
                yield File(None, "/".join(rest), rest[-1], member.content)

    def _run(self, member: Member, folder: str) -> Iterator[Part]:
        if self._has_run:
            raise Invalid(f"{member.place}: is there twice")
        self._has_run = True
        body = _object(member)
        if _is_failure(body):
            yield Warned(f"{member.place}: the plugin failed to write it")
            body = {}
        metadata = body.get("metadata")
        named = metadata.get("project") if isinstance(metadata, dict) else None
        yield _as_run(body, folder, member.place, named or body.get("project_id"))

    def end(self) -> Iterator[Part]:
        if self._folder is None:
            raise Invalid("The archive holds no run: nothing in it is in a folder that is named by a UUID")
        if not self._has_run:
            yield Warned("There is no run.json: the run has only what its results tell")
            yield _as_run({}, self._folder, "run.json", None)


def _as_run(body: JSON, folder: str, place: str, project: Any) -> Run:
    return Run({**body, "id": body.get("id") or folder}, place, project, may_exist=True)


def _result(member: Member, folder: str) -> Iterator[Part]:
    try:
        body = _object(member)
    except Invalid as error:
        yield Warned(f"{error.message}; it was left out")
        return
    if _is_failure(body):
        yield Warned(f"{member.place}: the plugin failed to write it; it was left out")
        return
    yield Result({**body, "id": body.get("id") or folder}, folder, member.place)


def _object(member: Member) -> JSON:
    if member.size > JSON_BYTES:
        raise Invalid(f"{member.place}: has more than {JSON_BYTES} bytes")
    content = b"".join(member.content)
    try:
        body: Any = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise Invalid(f"{member.place}: is no valid JSON, {error}") from None
    if not isinstance(body, dict):
        raise Invalid(f"{member.place}: is no JSON object")
    _require_storable(body, content, member.place)
    return body


def _require_storable(body: JSON, content: bytes, place: str) -> None:
    try:
        if not schemas.is_surely_storable(content):
            schemas.require_storable(body)
    except Invalid as error:
        raise Invalid(f"{place}: {error.message}") from None


def _is_failure(body: JSON) -> bool:
    return body.get("error") == "serialization_failed"


def _dashed(id_: str) -> str:
    return str(uuid.UUID(id_))


def is_id(name: str) -> bool:
    try:
        uuid.UUID(name)
    except ValueError:
        return False
    return True


ARCHIVE = Format("archive", container.recognises, parse)
"""Recognises every archive: whether it is one of the plugin, `archives` can tell."""
