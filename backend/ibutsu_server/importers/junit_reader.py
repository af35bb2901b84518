"""What the elements of JUnit XML become, one after the other."""

from collections.abc import Callable, Iterator

from ibutsu_server.errors import Invalid
from ibutsu_server.importers import junit_case
from ibutsu_server.importers.junit_case import EARLIER, OUTCOMES, OUTPUTS, STACK_TRACE
from ibutsu_server.importers.junit_elements import SUITES, Attributes, Case, Suite, Text, size_of
from ibutsu_server.importers.junit_repeats import Test, Waiting
from ibutsu_server.importers.junit_run import Tops
from ibutsu_server.importers.report import File, Part, Run, Warned
from ibutsu_server.importers.values import seconds

_OF_CASES = frozenset((*OUTCOMES, *EARLIER, *OUTPUTS))
_OF_SUITES = frozenset((*OUTPUTS, "failure", "error"))
_OF_ATTEMPTS = frozenset((*OUTPUTS, STACK_TRACE))
"""Elements whose text is kept, by what they are in."""


class Reader:
    """`_suites` are those around what is being read, the outermost first.

    What is called for every element has few steps: files have millions of them.
    """

    def __init__(self) -> None:
        self._parts: list[Part] = []
        self._tags: list[str] = []
        self._suites: list[Suite] = []
        self._tops = Tops()
        self._case: Case | None = None
        self._text: Text | None = None
        self._cases = 0
        self._outputs = 0
        self._waiting = Waiting()
        self._begins: dict[str, Callable[[str, Attributes], None]] = {
            **dict.fromkeys(_OF_CASES, self._begin_text),
            **dict.fromkeys(SUITES, self._begin_suite),
            "testcase": self._begin_case,
            "property": self._begin_property,
        }

    def take(self) -> list[Part]:
        parts, self._parts = self._parts, []
        return parts

    def run(self, id_: str | None) -> Run:
        return self._tops.run(id_)

    def start(self, tag: str, attributes: Attributes) -> None:
        tags = self._tags
        if not tags and tag not in SUITES:
            raise Invalid(f"the root is <{tag[:100]}>, JUnit XML begins with <testsuites> or <testsuite>")
        text = self._text
        if text is None:
            begin = self._begins.get(tag)
            if begin is not None:
                begin(tag, attributes)
        elif text.tag in EARLIER and tag in _OF_ATTEMPTS:
            self._text = Text(len(tags), tag, attributes, text)
        tags.append(tag)

    def _begin_suite(self, _tag: str, attributes: Attributes) -> None:
        if self._case is None:
            suite = Suite(attributes, self._tops.suites, self._suites[-1] if self._suites else None)
            self._tops.add(suite, len(self._suites))
            self._suites.append(suite)

    def _begin_case(self, _tag: str, attributes: Attributes) -> None:
        if self._case is None and self._tags[-1] in SUITES:
            self._case = case = Case(attributes, len(self._tags))
            if case.group == "test" and self._suites[-1].path:
                case.group = self._suites[-1].path

    def _begin_text(self, tag: str, attributes: Attributes) -> None:
        case, depth = self._case, len(self._tags)
        is_kept = tag in _OF_SUITES and self._tags[-1] in SUITES if case is None else depth == case.depth + 1
        if is_kept:
            self._text = Text(depth, tag, attributes)

    def _begin_property(self, tag: str, attributes: Attributes) -> None:
        """`name` in most dialects, `key` in that of Ibutsu; the value may be the text of the element."""
        name = _name_of(attributes)
        if not name or self._tags[-1] != "properties":
            return
        if "value" in attributes:
            self._owner.note(name, attributes["value"])
        else:
            self._text = Text(len(self._tags), tag, attributes)

    @property
    def _owner(self) -> Case | Suite:
        return self._case or self._suites[-1]

    def data(self, text: str) -> None:
        if self._text is not None:
            self._text.add(text)

    def end(self, tag: str) -> None:
        tags = self._tags
        tags.pop()
        if self._text is not None:
            if len(tags) == self._text.depth:
                self._end_text(self._text)
        elif self._case is not None:
            if len(tags) == self._case.depth:
                self._end_case(self._case)
        elif tag in SUITES:
            self._parts += self._waiting.end(self._suites.pop().number)

    def _end_text(self, text: Text) -> None:
        self._text = text.outer
        text.close()
        if text.tag == "property":
            self._owner.note(_name_of(text.attributes), text.whole() or None)
        elif self._case is not None:
            self._case.keep(text)
        else:
            self._parts += self._output(text, self._suites[-1].said("name"))

    def _output(self, text: Text, suite: str) -> Iterator[Part]:
        """What a suite wrote belongs to the run."""
        self._outputs += 1
        filename = f"{suite[:200].replace('/', '_')} {text.tag}.log".strip()
        said = text.whole() if text.whole().strip() else text.attributes.get("message", "")
        if said:
            yield File(None, f"{self._outputs} {filename}", filename, [said.encode()])
        if text.tag not in OUTPUTS:
            place = f"suite {suite[:200]}" if suite else "a suite without a name"
            yield Warned(f"{place}: <{text.tag}> outside of its cases is no result, only a file of the run")

    def _end_case(self, case: Case) -> None:
        self._case, suite = None, self._suites[-1]
        key, self._cases = str(self._cases), self._cases + 1
        place = f"case {self._cases} ({junit_case.named(case)[:200]})"
        duration = seconds(case.attributes.get("time"))
        if duration is None and (said := case.said("time")):
            self._parts.append(Warned(f"{place}: {said[:50]!r} is no duration, it counts as 0"))
        tried = junit_case.attempts(case, suite, duration or 0.0)
        test = Test(key, place, suite.name, tried, case.property_size + size_of(case.attributes))
        name = suite.number, case.group, case.name
        self._parts += self._waiting.add(name, test, is_of_pytest=suite.is_of_pytest)


def _name_of(attributes: Attributes) -> str:
    return attributes.get("name") or attributes.get("key") or ""
