"""XML of NUnit, versions 2 and 3: one run of all its suites, one result of each test case."""

from collections.abc import Iterator
from typing import BinaryIO

from ibutsu_server.errors import Invalid
from ibutsu_server.importers import dotnet, nunit_case, xml
from ibutsu_server.importers.report import JSON, File, Format, Part, Run, Warned
from ibutsu_server.importers.tries import Tries, test_id
from ibutsu_server.importers.xml_tree import Attributes, Element, WholesReader

ROOTS = ("test-run", "test-results")
_OF_SUITE = ("properties", "categories", "failure", "reason", "output")
_OF_RUN = ("environment", "culture-info", "settings")
FAILED = ("Failed", "Failure", "Error", "NotRunnable")
_VERSIONS = ("engine-version", "nunit-version")


def recognises(head: bytes, _filename: str) -> bool:
    return xml.root_of(head) in ROOTS


def parse(file: BinaryIO, _filename: str) -> Iterator[Part]:
    reader = _Reader()
    yield from xml.read(file, reader)
    yield reader.run()


class _Suite:
    """`cases` are those that were read before it began."""

    def __init__(self, attributes: Attributes, cases: int, metadata: JSON) -> None:
        self.attributes = attributes
        self.cases = cases
        self.metadata = metadata
        self.failure: Element | None = None

    def said(self, attribute: str) -> str:
        return self.attributes.get(attribute, "").strip()

    @property
    def named(self) -> str:
        return self.said("fullname") or self.said("name") or "suite"


class _Reader(WholesReader):
    """`_suites` are those around what is being read, the outermost first."""

    def __init__(self) -> None:
        super().__init__()
        self._root: Attributes = {}
        self._metadata: JSON = {"tool": "NUnit"}
        self._suites: list[_Suite] = []
        self._cases = 0
        self._outputs = 0

    def is_whole(self, tag: str, parent: str) -> bool:
        if tag == "test-case":
            return True
        return tag in _OF_RUN or (tag in _OF_SUITE and parent == "test-suite")

    def begin(self, tag: str, attributes: Attributes) -> None:
        if not self.tags:
            if tag not in ROOTS:
                raise Invalid(f"the root is <{tag[:100]}>, reports of NUnit begin with <test-run>")
            self._root = attributes
            self._note_version(attributes)
        elif tag == "test-suite":
            self._suites.append(_Suite(attributes, self._cases, self._inherited()))

    def _inherited(self) -> JSON:
        return self._suites[-1].metadata if self._suites else {}

    def _note_version(self, attributes: Attributes) -> None:
        version = next((attributes[name] for name in _VERSIONS if attributes.get(name)), None)
        if version:
            self._metadata.setdefault("version", version[:100])

    def finish(self, tag: str) -> None:
        if tag == "test-suite":
            self._end_suite(self._suites.pop())

    def whole(self, element: Element) -> None:
        if element.tag == "test-case":
            self._end_case(element)
        elif element.tag in _OF_RUN:
            self._end_environment(element)
        elif not self._suites:
            return
        elif element.tag in ("properties", "categories"):
            suite = self._suites[-1]
            suite.metadata = nunit_case.merged(suite.metadata, nunit_case.properties(element))
        elif element.tag in ("failure", "reason"):
            self._suites[-1].failure = self._suites[-1].failure or element
        else:
            self._end_output(element)

    def _end_environment(self, element: Element) -> None:
        """Of several assemblies, the first one that says it."""
        self._note_version(element.attributes)
        settings = [(one.said("name"), one.said("value")) for one in element.all("setting")]
        for name, value in dict(settings).items() if settings else element.attributes.items():
            if value and name not in _VERSIONS and len(self._metadata) < dotnet.TAGS:
                self._metadata.setdefault(_renamed(name), value[:1000])

    def _end_output(self, element: Element) -> None:
        """What a suite wrote belongs to the run."""
        text = element.text()
        if text.strip():
            self._outputs += 1
            filename = f"{self._suites[-1].named[-200:]} output.log".replace("/", "_").replace("\\", "_")
            self.parts.append(File(None, f"{self._outputs} {filename}", filename, [text.encode()]))

    def _end_case(self, case: Element) -> None:
        place = f"case {self._cases + 1} ({nunit_case.named(case)[:200]})"
        if problem := nunit_case.problem(case):
            self.parts.append(Warned(f"{place}: {problem}"))
        body = nunit_case.body(case, self._inherited(), self._start())
        self._add(body, nunit_case.texts(case), place)

    def _add(self, body: JSON, texts: dict[str, str | bytes], place: str) -> None:
        tries = Tries(str(self._cases), place, self._assembly())
        self._cases += 1
        self.parts += [*tries.add(body, texts), *tries.end()]

    def _start(self) -> str | None:
        starts = (dotnet.instant(suite.said("start-time")) for suite in reversed(self._suites))
        return next(filter(None, starts), None) or self._run_start()

    def _assembly(self) -> str | None:
        named = (suite.said("name") for suite in self._suites if suite.said("type") == "Assembly")
        return nunit_case.last_of_path(next(named, ""))[:500] or None

    def _end_suite(self, suite: _Suite) -> None:
        """A failure of its own, which the cases in it do not tell of, is an error."""
        has_cases = self._cases > suite.cases
        is_own = suite.said("site") == "TearDown" or (not has_cases and suite.said("site") != "Child")
        if suite.failure is None or not is_own or suite.said("result") not in FAILED:
            return
        what = suite.said("site") or suite.said("label") or suite.said("type")
        message, stack = suite.failure.text("message"), suite.failure.text("stack-trace")
        body = {
            "test_id": test_id(f"{nunit_case.last_of_path(suite.named)} ({what})"),
            "start_time": dotnet.instant(suite.said("start-time")) or self._start(),
            "duration": 0.0,
            "result": "error",
            "source": None,
            "metadata": {**suite.metadata, **dotnet.failure("", message, stack)},
            "params": {},
        }
        texts: dict[str, str | bytes] = {"traceback.log": dotnet.traceback(message, stack)}
        self._add(body, texts, f"suite {suite.named[:200]}")

    def _run_start(self) -> str | None:
        day, clock = self._root.get("date", ""), self._root.get("time", "")
        return dotnet.instant(self._root.get("start-time")) or dotnet.instant(f"{day[:32]}T{clock[:32]}")

    def run(self) -> Run:
        body = {
            "id": None,
            "start_time": self._run_start(),
            "duration": dotnet.seconds(self._root.get("duration", "")),
            "metadata": self._metadata,
        }
        return Run(body, "the run")


def _renamed(name: str) -> str:
    """Names that would mean something else to the server."""
    return f"nunit_{name}" if name in (*dotnet.MEANT, "run", "user_properties") else name[:200]


NUNIT = Format("nunit", recognises, parse)
