"""How a client asks: what is not answered, or only with a failure of the server, is asked again."""

import random
import threading
import time
from collections import Counter
from typing import NamedTuple

import httpx

LONGEST_WAIT_SECONDS = 5
NO_ANSWER = 0
FAILURE, TOO_OFTEN, UNAVAILABLE = 500, 429, 503


class Answer(NamedTuple):
    """When what was answered with which status, NO_ANSWER if there was none."""

    at: float
    asked: str
    status: int
    says_when: bool
    """Whether it has a Retry-After."""

    seconds: float


class Answers:
    """All that the clients of one server were answered."""

    def __init__(self) -> None:
        self._all: list[Answer] = []  # appending needs no lock

    def add(self, answer: Answer) -> None:
        self._all.append(answer)

    def since(self, at: float) -> list[Answer]:
        return [answer for answer in list(self._all) if answer.at >= at]

    def told(self) -> str:
        failed = Counter(answer.status for answer in list(self._all) if _is_failure(answer.status))
        return ", ".join(
            f"{number} {f'answers {status}' if status else 'requests without an answer'}"
            for status, number in sorted(failed.items())
        )


def _is_failure(status: int) -> bool:
    return status in {NO_ANSWER, TOO_OFTEN} or status >= FAILURE


class Asker:
    """One client, with a connection of its own."""

    def __init__(self, client: httpx.Client, answers: Answers, stop: threading.Event) -> None:
        self._client = client
        self._answers = answers
        self._stop = stop

    def ask(self, method: str, path: str, **request: object) -> httpx.Response | None:
        """None without an answer."""
        begun = time.monotonic()
        asked = f"{method} {path}"
        try:
            answer = self._client.request(method, path, **request)  # type: ignore[arg-type]
        except httpx.HTTPError:
            self._answers.add(Answer(time.monotonic(), asked, NO_ANSWER, False, time.monotonic() - begun))
            return None
        says_when = "retry-after" in answer.headers
        seconds = time.monotonic() - begun
        self._answers.add(Answer(time.monotonic(), asked, answer.status_code, says_when, seconds))
        return answer

    def pause(self, seconds: float) -> None:
        self._stop.wait(seconds)

    def insist(self, method: str, path: str, **request: object) -> httpx.Response | None:
        """The first answer that is no failure of the server; None when the time is over."""
        wait = 0.1
        while not self._stop.is_set():
            answer = self.ask(method, path, **request)
            if answer is not None and not _is_failure(answer.status_code):
                return answer
            self.pause(random.uniform(wait / 2, wait))
            wait = min(wait * 2, LONGEST_WAIT_SECONDS)
        return None
