"""Tests that failed wait for their next attempt, which comes where they are run again."""

from collections.abc import Iterator

from ibutsu_server.importers import attempts
from ibutsu_server.importers.go_test_package import BROKEN, Ended
from ibutsu_server.importers.report import File, Part, Result

MOST = 1000
"""Attempts that wait; where more failed, the tests that failed first wait no longer."""


class Held:
    def __init__(self) -> None:
        self._tests: dict[str, list[Ended]] = {}
        self._count = 0
        self._waiting = 0

    def add(self, ended: Ended) -> Iterator[Part]:
        """A test that never failed is a result of its own each time that it is run."""
        name = ended.body["test_id"]
        earlier = self._take(name)
        if ended.body["result"] not in BROKEN or len(earlier) + 1 == attempts.MOST:
            yield from self._parts([*earlier, ended])
            return
        self._tests[name] = [*earlier, ended]
        self._waiting += len(earlier) + 1
        while self._waiting > MOST:
            yield from self._parts(self._take(next(iter(self._tests))))

    def _take(self, name: str) -> list[Ended]:
        tries = self._tests.pop(name, [])
        self._waiting -= len(tries)
        return tries

    def all(self) -> Iterator[Part]:
        for tries in self._tests.values():
            yield from self._parts(tries)

    def _parts(self, tries: list[Ended]) -> Iterator[Part]:
        key = str(self._count)
        self._count += 1
        yield Result(attempts.joined([one.body for one in tries]), key, tries[-1].place)
        for number, one in enumerate(tries, 1):
            filename = "traceback.log" if one.body["result"] in BROKEN else "system-out.log"
            attempt = "" if one is tries[-1] else f"attempt-{number}"
            if one.output:
                yield File(
                    key,
                    f"{attempt}/{filename}".strip("/"),
                    f"{attempt} {filename}".strip(),
                    one.output.content(),
                )
            one.output.close()
