"""Results of Robot Framework, once it is known of all suites how their teardowns ended."""

import sqlite3
from collections.abc import Iterator
from typing import Self

from ibutsu_server.importers import robot_case
from ibutsu_server.importers.report import JSON, Part
from ibutsu_server.importers.spool import Spool
from ibutsu_server.importers.tries import Tries

MESSAGE_CHARACTERS = 4000

Range = tuple[int, str, str]
"""The number of the last test in a suite, the status of its teardown, and its message."""


class Failures:
    """Teardowns that have failed, with the numbers of their first and last test; they wait on disk."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._db.execute("CREATE TABLE failure (first INTEGER, last INTEGER, status TEXT, message TEXT)")
        self._db.execute("CREATE INDEX place ON failure (first, last DESC)")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def add(self, first: int, last: int, status: str, message: str) -> None:
        row = (first, last, status, message[:MESSAGE_CHARACTERS])
        self._db.execute("INSERT INTO failure VALUES (?, ?, ?, ?)", row)

    def around(self, tests: Iterator[JSON]) -> Iterator[tuple[JSON, list[Range]]]:
        """Each test with the failures that hit it, those of inner suites last."""
        rows = self._db.execute("SELECT first, last, status, message FROM failure ORDER BY first, last DESC")
        following = next(rows, None)
        hitting: list[Range] = []
        for test in tests:
            hitting = [one for one in hitting if one[0] >= test["number"]]
            while following and following[0] <= test["number"]:
                hitting.append(following[1:])
                following = next(rows, None)
            yield test, [one for one in hitting if one[0] >= test["number"]]


def results(spool: Spool, failures: Failures) -> Iterator[Part]:
    """An attempt that does not count comes right before the next one."""
    tries: Tries | None = None
    again: str | None = None
    key = 0
    for test, hitting in failures.around(told for _, told in spool):
        if tries is None or again != test["test_id"]:
            if tries is not None:
                yield from tries.end()
            tries = Tries(str(key), test["place"], test["suite"] or None)
            key += 1
        is_retried = test["message"].endswith(robot_case.RETRIED)
        yield from _tried(tries, test, hitting, is_retried=is_retried)
        again = test["test_id"] if is_retried else None
    if tries is not None:
        yield from tries.end()


def _tried(tries: Tries, test: JSON, hitting: list[Range], *, is_retried: bool) -> Iterator[Part]:
    if is_retried:
        message = robot_case.plain(test["message"]).removesuffix(robot_case.RETRIED).strip()
        yield from _attempt(tries, test, "FAIL", message)
        return
    *earlier, (status, message) = robot_case.attempts(test["status"], test["message"])
    for status_before, message_before in earlier:
        told = {**test, "trace": "", "log": "", "duration": None, "start_time": None}
        yield from _attempt(tries, told, status_before, message_before)
    for _, teardown, why in reversed(hitting):
        status, message = _torn(message, teardown, why)
    yield from _attempt(tries, test, status, message)


def _torn(message: str, teardown: str, why: str) -> tuple[str, str]:
    """What Robot Framework itself makes of a test when the teardown of its suite has failed."""
    if teardown == "SKIP":
        earlier = f"\n\nEarlier message:\n{message}" if message else ""
        return "SKIP", f"Skipped in parent suite teardown:\n{why}{earlier}"
    words = "\n\nAlso parent suite teardown failed:" if message else "Parent suite teardown failed:"
    return "FAIL", f"{message}{words}\n{why}"


def _attempt(tries: Tries, test: JSON, status: str, message: str) -> Iterator[Part]:
    found = robot_case.verdict(status, message, test["trace"])
    body = {
        "test_id": test["test_id"],
        "start_time": test["start_time"],
        "duration": test["duration"],
        "result": found["result"],
        "source": None,
        "metadata": {**test["metadata"], **found["metadata"]},
        "params": {},
    }
    is_failed = found["result"] in ("failed", "error")
    traceback = "\n\n".join(filter(None, (message, test["trace"]))) if is_failed else ""
    yield from tries.add(body, {"traceback.log": traceback, "robot.log": test["log"]})
