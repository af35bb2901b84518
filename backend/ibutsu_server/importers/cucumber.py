"""Cucumber JSON, and behave's dialect of it: one run, one result of each scenario."""

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any, BinaryIO, Self

from ibutsu_server.importers import cucumber_scenario, json_stream
from ibutsu_server.importers.attempts import MOST, joined
from ibutsu_server.importers.cucumber_scenario import Scenario
from ibutsu_server.importers.embedded import Files
from ibutsu_server.importers.json_stream import Mark
from ibutsu_server.importers.json_values import named, objects, said, test_id, text
from ibutsu_server.importers.report import JSON, Format, Part, Result, Run, Warned
from ibutsu_server.importers.spool import Spool

_FEATURE = "item"
_ELEMENT = "item.elements.item"
_TAG = "item.tags.item"
_WANTED = re.compile(rf"{re.escape(_ELEMENT)}|{re.escape(_TAG)}")
_KEPT = ("item.name", "item.uri", "item.location")
_MOST_TAGS = 100


def recognises(head: bytes, filename: str) -> bool:
    """A report without any feature is an empty array, which only its name makes one."""
    shape = json_stream.top_level(head)
    if shape is None or not shape.is_array:
        return False
    if head.strip() == b"[]":
        return "cucumber" in filename.lower() or "behave" in filename.lower()
    return shape.has("item.elements", "item.elements.item.keyword") or shape.has("item.keyword", "item.name")


def parse(file: BinaryIO, _filename: str) -> Iterator[Part]:
    with _Reader() as reader:
        for path, value in json_stream.read(file, _WANTED):
            yield from reader.read(path, value)
        yield reader.run()


class _Reader:
    """Most writers put the name of a feature behind its scenarios, which wait for it on disk."""

    def __init__(self) -> None:
        self._elements = Spool()
        self._feature: JSON = {}
        self._tags: list[Any] = []
        self._count = 0
        self._start: str | None = None
        self._is_behave = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._elements.__exit__()

    def read(self, path: str, value: Any) -> Iterator[Part]:
        if path == _ELEMENT and isinstance(value, dict):
            self._elements.add(value)
        elif path == _TAG and len(self._tags) < _MOST_TAGS:
            self._tags.append(value)
        elif path in _KEPT:
            self._feature[path.removeprefix("item.")] = value
        elif path == _FEATURE and value is Mark.ENDED:
            yield from self._end_feature()
        elif path in (_FEATURE, _ELEMENT) and not isinstance(value, Mark):
            yield Warned(f"{path.replace('.item', '')}: what is no object was left out")

    def _end_feature(self) -> Iterator[Part]:
        repeated = _Repeated()
        with self._elements as spooled:
            for _, attempts in groupby(_scenarios(spooled), key=_Tests().number):
                yield from self._scenario(attempts, repeated)
        self._elements = Spool()
        self._feature, self._tags = {}, []

    def _scenario(self, attempts: Iterator[Scenario], repeated: "_Repeated") -> Iterator[Part]:
        """Only the last attempt is in memory; of those before it, what they were like."""
        key = str(self._count)
        self._count += 1
        last = next(attempts)
        name = self._named(last, repeated)
        place = f"scenario {self._count} ({(name or 'without a name')[:200]})"
        tried = [cucumber_scenario.tried(last)]
        for number, attempt in enumerate(attempts, 1):
            yield from cucumber_scenario.files(last, Files(key, place, number))
            last, tried = attempt, [*tried[: MOST - 1], cucumber_scenario.tried(attempt)]
        yield Result(self._body(last, tried, name), key, place)
        yield from cucumber_scenario.files(last, Files(key, place))

    def _named(self, scenario: Scenario, repeated: "_Repeated") -> str | None:
        name = named(scenario.element.get("name"))
        number = repeated.count(name)
        return test_id(named(self._feature.get("name")), f"{name} [{number}]".strip() if number > 1 else name)

    def _body(self, last: Scenario, tried: list[JSON], name: str | None) -> JSON:
        whole = joined(tried)
        self._is_behave = self._is_behave or last.is_behave
        self._start = min(filter(None, (self._start, whole["start_time"])), default=None)
        metadata = cucumber_scenario.metadata(last, self._about()) | whole["metadata"]
        return {**whole, "test_id": name, "source": None, "metadata": metadata, "params": {}}

    def _about(self) -> JSON:
        place = text(self._feature.get("uri")) or text(self._feature.get("location")).rpartition(":")[0]
        feature = named(self._feature.get("name"))
        return said(fspath=named(place), feature=feature, tags=cucumber_scenario.tags(self._tags))

    def run(self) -> Run:
        metadata = {"tool": "behave" if self._is_behave else "cucumber"}
        body = {"id": None, "start_time": self._start, "duration": None, "source": None, "metadata": metadata}
        return Run(body, "the run")


class _Tests:
    """Scenarios in a row that are attempts at the same test have the same number."""

    def __init__(self) -> None:
        self._previous: Scenario | None = None
        self._number = 0

    def number(self, scenario: Scenario) -> int:
        if self._previous is None or not scenario.is_retry_of(self._previous):
            self._number += 1
        self._previous = scenario
        return self._number


class _Repeated:
    """Scenarios of one name in a row are the examples of one outline."""

    def __init__(self) -> None:
        self._name: str | None = None
        self._number = 0

    def count(self, name: str) -> int:
        self._number = self._number + 1 if name == self._name else 1
        self._name = name
        return self._number


def _scenarios(spooled: Spool) -> Iterator[Scenario]:
    """The steps of a background that was run are a part of the scenario behind it."""
    background: list[JSON] = []
    for _, element in spooled:
        if element.get("type") == "background" or element.get("keyword") == "Background":
            background = [step for step in objects(element.get("steps")) if step.get("result")]
            continue
        yield Scenario(element, background)
        background = []


CUCUMBER = Format("cucumber", recognises, parse)
