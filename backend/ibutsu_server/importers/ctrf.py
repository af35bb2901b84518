"""CTRF JSON: one run of the report, one result of each of its tests, as its many writers fill it in."""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from ibutsu_server.importers import ctrf_test, json_stream
from ibutsu_server.importers.json_values import Scalars, duration, epoch, said, text
from ibutsu_server.importers.report import Format, Part, Result, Run, Warned
from ibutsu_server.importers.values import instant, uuid_of

_TESTS = "results.tests.item"
_WANTED = re.compile(re.escape(_TESTS))
_KEPT = re.compile(
    r"reportId|timestamp|generatedBy|results\.(tool|summary)\.[^.]+|results\.environment\.(extra\.)?[^.]+"
)


def recognises(head: bytes, _filename: str) -> bool:
    """By its root alone it would be mistaken: `results` is a common word."""
    shape = json_stream.top_level(head)
    if shape is None or shape.is_array or not shape.has("results"):
        return False
    return any(shape.has(path) for path in ("reportFormat", "results.tool", "results.tests.item.status"))


def parse(file: BinaryIO, _filename: str) -> Iterator[Part]:
    """The run comes last: its environment may stand behind the tests."""
    scalars = Scalars(_KEPT)
    count = 0
    for path, value in json_stream.read(file, _WANTED):
        if path != _TESTS:
            scalars.note(path, value)
            continue
        count += 1
        if isinstance(value, dict):
            yield from _test(value, count)
        elif not isinstance(value, json_stream.Mark):
            yield Warned(f"test {count}: is no object and was left out")
    yield _run(scalars)


def _test(test: dict[str, Any], count: int) -> Iterator[Part]:
    key = str(count - 1)
    place = f"test {count} ({text(test.get('name'))[:200] or 'without a name'})"
    if (wrong := ctrf_test.unknown(test)) is not None:
        yield Warned(f"{place}: {wrong}")
    yield Result(ctrf_test.body(test), key, place)
    yield from ctrf_test.files(test, key, place)


def _run(scalars: Scalars) -> Run:
    metadata = scalars.below("results.environment.", "results.environment.extra.")
    environment = text(metadata.get("testEnvironment"))
    metadata |= said(
        env=metadata.get("env") or environment,
        tool=text(scalars.get("results.tool.name")),
        tool_version=scalars.get("results.tool.version"),
        generated_by=text(scalars.get("generatedBy")),
    )
    start = epoch(scalars.get("results.summary.start"))
    body = {
        "id": uuid_of(text(scalars.get("reportId"))),
        "start_time": start or instant(text(scalars.get("timestamp"))),
        "duration": _lasted(scalars),
        "source": None,
        "metadata": metadata,
    }
    return Run(body, "the run", metadata.get("project"))


def _lasted(scalars: Scalars) -> float | None:
    """Milliseconds; where no duration is said, from start to stop."""
    whole = duration(scalars.get("results.summary.duration"))
    if whole:
        return whole / 1000
    start, stop = (duration(scalars.get(f"results.summary.{name}")) for name in ("start", "stop"))
    return ctrf_test.between(start, stop)


CTRF = Format("ctrf", recognises, parse)
