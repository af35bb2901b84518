"""The JSON report of Playwright: one run, one result of each test in each of its projects."""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from ibutsu_server.importers import json_stream, playwright_test
from ibutsu_server.importers.json_stream import Mark
from ibutsu_server.importers.json_values import (
    Scalars,
    duration,
    named,
    object_,
    objects,
    plain,
    said,
    test_id,
    text,
)
from ibutsu_server.importers.report import JSON, File, Format, Part, Result, Run, Warned
from ibutsu_server.importers.values import instant

_ERROR = "errors.item"
_SPEC = re.compile(r"(?:suites\.item\.)+specs\.item")
_WANTED = re.compile(rf"{re.escape(_ERROR)}|{_SPEC.pattern}")
_SUITE = re.compile(r"(?:suites\.item)(?:\.suites\.item)*")
_KEPT = re.compile(
    r"config\.(version|rootDir|configFile|workers|shard\.current|shard\.total)|config\.metadata\.(?!actualWorkers).+"
    r"|stats\.(startTime|duration)"
)


def recognises(head: bytes, _filename: str) -> bool:
    """The configuration comes first, and may fill all of the beginning."""
    shape = json_stream.top_level(head)
    return shape is not None and not shape.is_array and shape.has("config.rootDir", "config.forbidOnly")


def parse(file: BinaryIO, _filename: str) -> Iterator[Part]:
    reader = _Reader()
    for path, value in json_stream.read(file, _WANTED):
        yield from reader.read(path, value)
    yield reader.run()


class _Reader:
    """`_titles` are those of the suites around what is being read; the outermost is a file."""

    def __init__(self) -> None:
        self._scalars = Scalars(_KEPT)
        self._titles: list[str] = []
        self._count = 0

    def read(self, path: str, value: Any) -> Iterator[Part]:
        if isinstance(value, dict):
            yield from self._error(value) if path == _ERROR else self._spec(value)
        elif isinstance(value, Mark):
            self._pass(path, value)
        elif path == _ERROR or _SPEC.fullmatch(path):
            yield Warned(f"{path.replace('.item', '')}: what is no object was left out")
        elif self._titles and path.endswith(".title") and _SUITE.fullmatch(path.removesuffix(".title")):
            self._titles[-1] = named(value)
        else:
            self._scalars.note(path, value)

    def _pass(self, path: str, mark: Mark) -> None:
        if not _SUITE.fullmatch(path):
            return
        if mark is Mark.BEGUN:
            self._titles.append("")
        else:
            self._titles.pop()

    def _spec(self, spec: JSON) -> Iterator[Part]:
        for test in objects(spec.get("tests")):
            key = str(self._count)
            self._count += 1
            body = playwright_test.body(spec, test, self._titles)
            place = f"test {self._count} ({(body['test_id'] or 'without a name')[:200]})"
            yield Result(body, key, place)
            yield from playwright_test.files(test, key, place)

    def _error(self, error: JSON) -> Iterator[Part]:
        """What went wrong outside of all tests, as in a file that cannot be loaded, counts as a result."""
        key = str(self._count)
        self._count += 1
        location = object_(error.get("location"))
        path = text(location.get("file")).removeprefix(f"{text(self._scalars.get('config.rootDir'))}/")
        body = {
            "test_id": test_id(path or "playwright"),
            "result": "error",
            "duration": 0.0,
            "start_time": instant(text(self._scalars.get("stats.startTime"))),
            "source": None,
            "metadata": said(fspath=path, line=location.get("line")) | playwright_test.reasons([error], None),
            "params": {},
        }
        yield Result(body, key, f"error {body['test_id']}")
        trace = "\n\n".join(
            filter(None, (plain(error.get("stack") or error.get("message")), plain(error.get("snippet"))))
        )
        if trace:
            yield File(key, "traceback.log", "traceback.log", [trace.encode("utf-8", "replace")])

    def run(self) -> Run:
        metadata = self._scalars.below("config.metadata.")
        metadata |= said(
            tool="playwright",
            tool_version=self._scalars.get("config.version"),
            shard=self._shard(),
        )
        whole = duration(self._scalars.get("stats.duration"))
        body = {
            "id": None,
            "start_time": instant(text(self._scalars.get("stats.startTime"))),
            "duration": None if whole is None else whole / 1000,
            "source": None,
            "metadata": metadata,
        }
        return Run(body, "the run", metadata.get("project"))

    def _shard(self) -> str:
        current, total = (named(self._scalars.get(f"config.shard.{name}")) for name in ("current", "total"))
        return f"{current}/{total}" if current and total else ""


PLAYWRIGHT = Format("playwright", recognises, parse)
