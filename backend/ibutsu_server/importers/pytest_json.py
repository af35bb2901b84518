"""The report of pytest-json-report: one run, one result of each test and of each collection error."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from ibutsu_server.importers import json_stream, pytest_json_test
from ibutsu_server.importers.json_stream import Mark
from ibutsu_server.importers.json_values import Scalars, duration, epoch, said, text
from ibutsu_server.importers.report import JSON, Format, Part, Result, Run, Warned

_TEST = "tests.item"
_COLLECTOR = "collectors.item"
_COLLECTOR_FIELD = re.compile(r"collectors\.item\.(nodeid|outcome|longrepr)")
_WANTED = re.compile(re.escape(_TEST))
_KEPT = re.compile(
    r"created|duration|exitcode|root|environment\.(?!Packages\.|Plugins\.).+|environment\.Packages\.pytest"
)


def recognises(head: bytes, _filename: str) -> bool:
    shape = json_stream.top_level(head)
    return shape is not None and not shape.is_array and shape.has("created", "exitcode", "root")


def parse(file: BinaryIO, _filename: str) -> Iterator[Part]:
    reader = _Reader()
    for path, value in json_stream.read(file, _WANTED):
        yield from reader.read(path, value)
    yield from reader.end()


class _Reader:
    """A collector names all of its tests, so only its own fields are read."""

    def __init__(self) -> None:
        self._scalars = Scalars(_KEPT)
        self._collector: JSON = {}
        self._count = 0
        self._tests = 0

    def read(self, path: str, value: Any) -> Iterator[Part]:
        if path == _TEST:
            self._tests += 1
            yield from self._test(value)
        elif path == _COLLECTOR:
            yield from self._pass(value)
        elif _COLLECTOR_FIELD.fullmatch(path):
            self._collector[path.removeprefix("collectors.item.")] = value
        else:
            self._scalars.note(path, value)

    def _test(self, value: Any) -> Iterator[Part]:
        if not isinstance(value, dict):
            yield Warned(f"test {self._tests}: is no object and was left out")
            return
        place = f"test {self._tests} ({text(value.get('nodeid'))[:200] or 'without a name'})"
        if (wrong := pytest_json_test.unknown(value)) is not None:
            yield Warned(f"{place}: {wrong}")
        key = self._key()
        root = PurePosixPath(text(self._scalars.get("root"))).name
        yield Result(pytest_json_test.body(value, root), key, place)
        yield from pytest_json_test.files(value, key, place)

    def _key(self) -> str:
        self._count += 1
        return str(self._count - 1)

    def _pass(self, value: Any) -> Iterator[Part]:
        if value is Mark.BEGUN:
            self._collector = {}
        elif value is Mark.ENDED and self._collector.get("outcome") == "failed":
            key = self._key()
            node = text(self._collector.get("nodeid"))
            yield Result(pytest_json_test.collector_body(self._collector), key, f"collector {node[:200]}")
            yield from pytest_json_test.collector_files(self._collector, key, f"collector {node[:200]}")

    def end(self) -> Iterator[Part]:
        if self._count == 0:
            yield Warned("The report names no test: it is only a summary, or nothing was run")
        yield self._run()

    def _run(self) -> Run:
        """`created` is when the report was, at the end."""
        whole, created = duration(self._scalars.get("duration")), duration(self._scalars.get("created"))
        code = self._scalars.get("exitcode")
        metadata = self._scalars.below("environment.") | said(
            tool="pytest", exitcode=code if type(code) is int else None
        )
        if version := metadata.pop("Packages.pytest", None):
            metadata["tool_version"] = version
        body = {
            "id": None,
            "start_time": epoch((created or 0) - (whole or 0)),
            "duration": whole,
            "source": None,
            "metadata": metadata,
        }
        return Run(body, "the run", metadata.get("project"))


PYTEST_JSON = Format("pytest-json", recognises, parse)
