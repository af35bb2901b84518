"""What all formats in JSON have in common: they know only their own files, and take anything in these."""

import contextlib
import copy
import io
import itertools
import tracemalloc
from pathlib import Path

import orjson
import pytest

from ibutsu_server import importers
from ibutsu_server.errors import Invalid
from ibutsu_server.importers import json_stream, report

pytestmark = pytest.mark.unit

SAMPLES = Path(__file__).parent / "samples"
NAMES = ("ctrf", "cucumber", "playwright", "pytest-json")
FILES = [
    path for name in NAMES for path in sorted((SAMPLES / name).glob("*.json")) if ".expected" not in path.name
]
RESULTS = {"passed", "failed", "error", "skipped", "xfailed", "xpassed", "manual", "blocked"}
ODD = (None, True, -1, 1.5, 10**18, 1e300, "", "NaN", "x\0", [], [None], [[]], [{}], {}, {"": ""}, {"a": [1]})


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_one_format_alone_recognises_a_file_whatever_it_is_called(path):
    head = path.read_bytes()[: importers.HEAD_BYTES]
    found = [one.name for one in importers.FORMATS.values() if one.recognises(head, "report")]
    assert found == [path.parent.name]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_file_is_recognised_in_utf_16_and_refused_in_words(path):
    content = path.read_text(encoding="utf-8").encode("utf-16")
    name = importers.recognise(content[: importers.HEAD_BYTES], "report")
    assert name == path.parent.name
    with pytest.raises(Invalid, match="save it in UTF-8"):
        list(importers.FORMATS[name].parse(io.BytesIO(content), "report"))


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"{}",
        b"[]",
        b"{",
        b'{"results": []}',
        b'{"results": {"a": 1}}',
        b'{"config": {}, "suites": []}',
        b'[{"elements": []}]',
        b'[{"name": "a"}]',
        b'{"tests": [], "summary": {}}',
        b'{"Time": "2024-01-01T00:00:00Z", "Action": "start", "Package": "a"}\n{"Action": "pass"}',
        b'{"uuid": "1", "historyId": "2", "status": "passed", "steps": []}',
    ],
)
def test_other_json_is_none_of_them(head):
    assert not [name for name in NAMES if importers.FORMATS[name].recognises(head, "report.json")]


def _check(name, content):
    """Reads all of it; what comes out could be stored."""
    runs = 0
    for part in importers.FORMATS[name].parse(io.BytesIO(content), "report.json"):
        if isinstance(part, report.File):
            assert all(isinstance(piece, bytes) for piece in part.content)
        elif isinstance(part, report.Result):
            assert part.body["result"] in RESULTS
            assert isinstance(part.body["duration"], float)
            assert part.body["duration"] >= 0
        runs += isinstance(part, report.Run)
        if isinstance(part, report.Result | report.Run):
            assert b"\\u0000" not in orjson.dumps(part.body)
            texts = [part.body["metadata"].get(key, "") for key in ("env", "component", "project")]
            assert all(isinstance(text, str) for text in texts)
    assert runs == 1


def _places(value, path=()):
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from _places(one, (*path, key))


def _with(document, path, value):
    if not path:
        return value
    changed = copy.deepcopy(document)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return changed


@pytest.mark.parametrize(
    "sample",
    [
        "ctrf/schema",
        "cucumber/cucumber-jvm",
        "cucumber/cucumber-ruby-retry",
        "playwright/errors",
        "playwright/playwright-1.22",
        "pytest-json/collection-error",
        "pytest-json/logging",
    ],
)
def test_odd_values_anywhere_are_read_or_refused(sample):
    document = orjson.loads((SAMPLES / f"{sample}.json").read_bytes())
    odd = itertools.cycle(ODD)
    for path in _places(document):
        content = orjson.dumps(_with(document, path, next(odd)))
        with contextlib.suppress(Invalid):
            _check(sample.partition("/")[0], content)


def _ctrf(count):
    case = b'{"name": "t", "status": "failed", "duration": 1, "trace": "%s"},' % (b"x" * 2000)
    return b'{"results": {"tool": {"name": "t"}, "tests": [%s{}]}}' % (case * count)


def _cucumber(count):
    step = b'{"keyword": "Given", "name": "a", "result": {"status": "failed", "error_message": "%s"}}'
    case = b'{"keyword": "Scenario", "name": "s", "id": "i", "line": 3, "steps": [%s]},' % step
    return b'[{"elements": [%s{}], "keyword": "Feature", "name": "F"}]' % (case % (b"x" * 2000) * count)


def _playwright(count):
    case = b'{"title": "t", "tests": [{"results": [{"status": "failed", "error": {"message": "%s"}}]}]},'
    return b'{"config": {}, "suites": [{"title": "a", "specs": [%s{}]}]}' % (case % (b"x" * 2000) * count)


def _pytest(count):
    case = b'{"nodeid": "a.py::t", "outcome": "failed", "call": {"outcome": "failed", "longrepr": "%s"}},'
    node = b'{"nodeid": "a.py::t", "type": "Function"},'
    collector = b'{"nodeid": "a.py", "outcome": "passed", "result": [%s{}]}' % (node * count)
    return b'{"collectors": [%s], "tests": [%s{}]}' % (collector, case % (b"x" * 2000) * count)


@pytest.mark.parametrize(
    ("name", "document"),
    [("ctrf", _ctrf), ("cucumber", _cucumber), ("playwright", _playwright), ("pytest-json", _pytest)],
)
def test_memory_does_not_grow_with_the_number_of_results(name, document):
    def most(count):
        content = document(count)
        tracemalloc.start()
        for _ in importers.FORMATS[name].parse(io.BytesIO(content), "report.json"):
            pass
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return peak - len(content)

    assert most(1500) < most(300) + 2**20


@pytest.mark.parametrize(
    ("name", "document"),
    [("ctrf", _ctrf), ("cucumber", _cucumber), ("playwright", _playwright), ("pytest-json", _pytest)],
)
def test_document_that_is_cut_off_is_refused_with_its_line(name, document):
    with pytest.raises(Invalid, match="line 1: the JSON is cut off"):
        list(importers.FORMATS[name].parse(io.BytesIO(document(3)[:-2]), "report.json"))


def test_attachment_of_an_item_that_is_too_large_is_left_out_with_a_warning(monkeypatch):
    monkeypatch.setattr(json_stream, "ITEM_CHARACTERS", 2000)
    data = "QUJD" * 1000
    content = orjson.dumps({"results": {"tests": [{"name": "a", "status": "passed", "screenshot": data}]}})
    warned = [
        part
        for part in importers.FORMATS["ctrf"].parse(io.BytesIO(content), "")
        if isinstance(part, report.Warned)
    ]
    assert warned == [
        report.Warned("test 1 (a): the file 'screenshot.png' is too large and was left out"),
    ]
