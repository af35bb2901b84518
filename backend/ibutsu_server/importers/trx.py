"""TRX, the reports of Visual Studio and `dotnet test`: one run, one result of each test or row of its data.

What test a result is of stands in definitions, which mostly come after all results.  So results wait on disk.
"""

from collections.abc import Iterator
from typing import BinaryIO

from ibutsu_server.errors import Invalid
from ibutsu_server.importers import dotnet, trx_case, values, xml
from ibutsu_server.importers.report import JSON, File, Format, Part, Run, Warned
from ibutsu_server.importers.spool import Spool
from ibutsu_server.importers.tries import Tries
from ibutsu_server.importers.trx_index import Index
from ibutsu_server.importers.xml_tree import Attributes, Element, WholesReader

ROOT = "TestRun"
RESULTS = (
    "UnitTestResult",
    "GenericTestResult",
    "ManualTestResult",
    "TestResult",
    "TestResultAggregation",
    "WebTestResult",
)
_OF_RUN = {("Times", ROOT), ("TestSettings", ROOT), ("RunInfo", "RunInfos"), ("Output", "ResultSummary")}


def recognises(head: bytes, filename: str) -> bool:
    return xml.root_of(head) == ROOT and (b"TeamTest" in head or filename.lower().endswith(".trx"))


def parse(file: BinaryIO, _filename: str) -> Iterator[Part]:
    with Spool() as spool, Index() as index:
        reader = _Reader(spool, index)
        yield from xml.read(file, reader)
        yield from _results(spool, index)
        yield reader.run()


def _results(spool: Spool, index: Index) -> Iterator[Part]:
    number = 0
    for place, told in spool:
        if index.is_superseded(place, told):
            continue
        tries = Tries(str(number), told["place"], told["source"])
        for attempt in _attempts(spool, told, place):
            definition = index.definition(attempt["test"])
            yield from tries.add(trx_case.completed(attempt, definition), attempt["texts"])
        yield from tries.end()
        number += 1


def _attempts(spool: Spool, told: JSON, place: int) -> Iterator[JSON]:
    """The oldest first."""
    places = [place]
    while told["after"] is not None:
        places.append(told["after"])
        told = spool.at(told["after"])
    return map(spool.at, reversed(places))


class _Rows:
    """What a result has inside: it is told of itself only where these do not."""

    def __init__(self) -> None:
        self.count = 0
        self.has_failed = False


class _Reader(WholesReader):
    """`_rows` are those of the results that are being read, the outermost first."""

    def __init__(self, spool: Spool, index: Index) -> None:
        super().__init__()
        self._spool = spool
        self._index = index
        self._root: Attributes = {}
        self._times: Attributes = {}
        self._metadata: JSON = {"tool": "Visual Studio Test"}
        self._rows: list[_Rows] = []
        self._results = 0

    def is_whole(self, tag: str, parent: str) -> bool:
        if parent in ("Results", "InnerResults"):
            return tag in RESULTS
        return parent == "TestDefinitions" or (tag, parent) in _OF_RUN

    def begin(self, tag: str, attributes: Attributes) -> None:
        if not self.tags:
            if tag != ROOT:
                raise Invalid(f"the root is <{tag[:100]}>, TRX begins with <{ROOT}>")
            self._root = attributes
        elif tag == "ResultSummary":
            self._note("outcome", attributes.get("outcome"))

    def opened(self, tag: str, _attributes: Attributes) -> None:
        if tag in RESULTS:
            self._rows.append(_Rows())

    def whole(self, element: Element) -> None:
        match element.tag:
            case tag if tag in RESULTS:
                self._end_result(element, self._rows.pop())
            case "Times":
                self._times = element.attributes
            case "TestSettings":
                self._note("test_settings", element.said("name"))
            case "RunInfo":
                self._end_run_info(element)
            case "Output":
                self._end_output(element)
            case _:
                self._index.define(element.said("id").lower(), trx_case.definition(element))

    def _note(self, name: str, value: str | None) -> None:
        if value:
            self._metadata[name] = value[:1000]

    def _end_run_info(self, info: Element) -> None:
        text = f"{info.said('outcome') or 'Info'}: {info.text('Text').strip()}"
        self.parts.append(Warned(f"The run says: {text[:400]}"))

    def _end_output(self, output: Element) -> None:
        for tag, name in trx_case.OUTPUTS.items():
            text = output.text(tag)
            if text.strip():
                self.parts.append(File(None, name, name, [text.encode()]))

    def _end_result(self, result: Element, rows: _Rows) -> None:
        is_failed = trx_case.outcome(result) in ("failed", "error")
        if self._rows:
            self._rows[-1].count += 1
            self._rows[-1].has_failed |= is_failed or rows.has_failed
        if not rows.count or (is_failed and not rows.has_failed):
            self._results += 1
            self._add(result, is_failed)

    def _add(self, result: Element, is_failed: bool) -> None:
        place = f"result {self._results} ({result.said('testName')[:200] or 'without a name'})"
        self.parts += [Warned(f"{place}: {problem}") for problem in trx_case.problems(result)]
        told = trx_case.told(result, place)
        identity = trx_case.identity(result)
        told["after"] = self._index.failed_before(identity)
        self._index.add(self._spool.add(told), identity, told["after"], is_failed=is_failed)

    def run(self) -> Run:
        for attribute in ("name", "runUser"):
            self._note(attribute, self._root.get(attribute))
        start, finish = self._times.get("start"), self._times.get("finish")
        body = {
            "id": values.uuid_of(self._root.get("id")),
            "start_time": dotnet.instant(start, self._times.get("creation")),
            "duration": trx_case.between(start, finish),
            "metadata": self._metadata,
        }
        return Run(body, "the run", may_exist=True)


TRX = Format("trx", recognises, parse)
