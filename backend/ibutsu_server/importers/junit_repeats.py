"""Cases that a suite tells of again: attempts at one test, where an earlier one has failed.

Gradle and others write a case for each attempt.  So does pytest-rerunfailures, whose failed attempts look
passed: tests of pytest have names of their own, so what comes again was tried again.
"""

from collections.abc import Iterable, Iterator, Sequence

from ibutsu_server.importers import attempts
from ibutsu_server.importers.junit_case import TRACEBACK, UNHAPPY, Tried
from ibutsu_server.importers.report import Part, Result
from ibutsu_server.importers.tries import Tries

WAITING = 500
"""Cases of which it is not yet known whether they come again; of more, the oldest are let go."""

WAITING_CHARACTERS = 16 * 1024 * 1024
"""What all of them say."""

KEPT_CHARACTERS = 10_000
"""What is kept of an attempt once there is another, at most."""

Name = tuple[int, str, str]
"""The number of the suite, the class and the name of a case."""

_TEARDOWN = "failed on teardown with "
"""How pytest begins the message of a second case that it writes of a test that had failed before."""


class Test:
    """What is told of one test; `told` are the attempts that came last, those before are in `_tries`."""

    __slots__ = ("_key", "_place", "_source", "_tries", "count", "size", "told")

    def __init__(
        self, key: str, place: str, source: str | None, told: Sequence[Tried], size: int = 0
    ) -> None:
        self._key = key
        self._place = place
        self._source = source
        self._tries: Tries | None = None
        self.told = told
        self.count = len(told)
        self.size = size
        if self.count > 1 or told[0].texts:
            self.size += sum(len(text) for tried in told for text in tried.texts.values())

    @property
    def has_failed(self) -> bool:
        return self.told[-1].body["result"] in UNHAPPY

    def again(self, other: "Test") -> Iterator[Part]:
        """The other one is told of later."""
        first, last = other.told[0], self.told[-1]
        if self.has_failed and first.body["metadata"].get("message", "").startswith(_TEARDOWN):
            self.told = [*self.told[:-1], _with_teardown(last, first)]
        else:
            if not self.has_failed:
                self.told = [*self.told[:-1], Tried({**last.body, "result": "failed"}, last.texts)]
            self.size = min(self.size, KEPT_CHARACTERS * self.count)
            yield from self._keep()
            self.told = other.told
            self.count += other.count
        self.size += other.size

    def _keep(self) -> Iterator[Part]:
        for tried in self.told:
            yield from self._earlier.add(*tried)

    @property
    def _earlier(self) -> Tries:
        if self._tries is None:
            self._tries = Tries(self._key, self._place, self._source)
        return self._tries

    def end(self) -> Iterable[Part]:
        if self._tries is None and self.count == 1 and not self.told[0].texts:
            return (Result(self.told[0].body, self._key, self._place, self._source),)
        return self._end_tries()

    def _end_tries(self) -> Iterator[Part]:
        yield from self._keep()
        yield from self._earlier.end()


def _with_teardown(failed: Tried, teardown: Tried) -> Tried:
    """One attempt at a test that failed and then could not be cleaned up either."""
    traceback = "\n\n".join(one.texts.get(TRACEBACK, "") for one in (failed, teardown))
    return Tried(failed.body, {**failed.texts, **teardown.texts, TRACEBACK: traceback})


class Waiting:
    """Tests that may come again before their suite ends."""

    def __init__(self) -> None:
        self._tests: dict[Name, Test] = {}
        self._size = 0

    def add(self, name: Name, test: Test, *, is_of_pytest: bool) -> Iterable[Part]:
        """Parts of tests that do not wait any more."""
        parts: list[Part] = []
        if name in self._tests:
            earlier = self._pop(name)
            parts += earlier.again(test)
            test = earlier
        if not ((is_of_pytest or test.has_failed) and test.count < attempts.MOST and name[2]):
            parts += test.end()
            return parts
        self._tests[name] = test
        self._size += test.size
        while len(self._tests) > WAITING or self._size > WAITING_CHARACTERS:
            parts += self._pop(next(iter(self._tests))).end()
        return parts

    def _pop(self, name: Name) -> Test:
        test = self._tests.pop(name)
        self._size -= test.size
        return test

    def end(self, suite: int) -> Iterator[Part]:
        """Suites end in the reverse order of their beginning, so the tests of this one are the last."""
        ended = []
        while self._tests and (name := next(reversed(self._tests)))[0] == suite:
            ended.append(self._pop(name))
        for test in reversed(ended):
            yield from test.end()
