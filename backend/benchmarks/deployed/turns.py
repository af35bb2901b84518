"""Taking a part away: what is done to it, and how long nobody can do everything."""

import random
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import uuid4

import httpx

from benchmarks.faults.asking import Answer, Answers
from benchmarks.faults.clients import connected
from benchmarks.faults.part import Part
from benchmarks.faults.shapes import Shape

AWAY_SECONDS = (1.0, 3.0)
FROZEN_SECONDS = 5
CALM_SECONDS = 2
IMPORT_SECONDS = 20
"""One that takes longer was lost with a worker or a queue: the next one shows whether the server is back."""

BACK_SECONDS = 60
"""So long after it was taken away, at most, everything can be done again."""

PROJECT = "turns"


class Outcome(NamedTuple):
    """What clients were answered, and when everything could be done again, or why not."""

    seconds: float
    answers: Sequence[Answer]
    why_not: str | None


@dataclass(frozen=True)
class Turn:
    """One part of the server, and what is done to it."""

    part: Part
    what: str
    do: Callable[[Part, float], None]
    away_seconds: float

    def __str__(self) -> str:
        return f"{self.part.name} {self.what}"

    def take(self, shape: Shape, answers: Answers, *, within: float) -> Outcome:
        begun = time.monotonic()
        self.do(self.part, self.away_seconds)
        why_not = _until_back(shape, begun + within)
        seconds = time.monotonic() - begun
        time.sleep(CALM_SECONDS)
        return Outcome(seconds, answers.since(begun), why_not)


def turns(shape: Shape, chance: random.Random) -> list[Turn]:
    """Each part in turn; first what leaves work behind that is found again only after a minute or two."""
    with connected(shape) as client:
        client.post("/project", json={"name": PROJECT, "title": PROJECT})  # in the second round it is there
    parts = {part.name: part for part in shape.parts}
    lasting: list[tuple[str, str]] = [("worker 1", KILL), ("redis", EMPTY), ("worker 2", KILL)]
    brief = [
        *((name, KILL) for name in ("api 1", "api 2", "beat", "balancer")),
        *((name, KILL) for name in ("postgresql", "redis", "object store")),
        *((name, TERM) for name in ("api 1", "api 2", "worker 1")),
        *((name, STOP) for name in ("api 2", "postgresql", "redis", "object store")),
    ]
    chance.shuffle(brief)
    return [
        Turn(parts[name], what, _DO[what], chance.uniform(*AWAY_SECONDS)) for name, what in lasting + brief
    ]


def _kill(part: Part, seconds: float) -> None:
    part.kill()
    time.sleep(seconds)
    part.start()


def _kill_and_empty(part: Part, seconds: float) -> None:
    part.kill()
    if part.data is not None:
        shutil.rmtree(part.data)
        part.data.mkdir()
    time.sleep(seconds)
    part.start()


def _restart(part: Part, _seconds: float) -> None:
    part.stop()
    part.start()


def _freeze(part: Part, _seconds: float) -> None:
    part.freeze()
    time.sleep(FROZEN_SECONDS)
    part.thaw()


KILL, EMPTY, TERM, STOP = "kill -9", "kill -9, comes empty", "SIGTERM, restart", f"SIGSTOP {FROZEN_SECONDS} s"
_DO: dict[str, Callable[[Part, float], None]] = {
    KILL: _kill,
    EMPTY: _kill_and_empty,
    TERM: _restart,
    STOP: _freeze,
}


def _until_back(shape: Shape, end: float) -> str | None:
    """Until all parts run and are seen, and everything can be done; what has ended is started again."""
    why_not: str | None = "not all parts have begun to work"
    while time.monotonic() < end:
        for part in shape.parts:
            if not part.is_running():
                part.start()
        if shape.is_whole():
            why_not = _what_cannot_be_done(shape)
        if why_not is None:
            return None
        time.sleep(0.1)
    return why_not


def _what_cannot_be_done(shape: Shape) -> str | None:
    """A run with a file is stored and read, and a report is worked off."""
    try:
        with connected(shape, timeout=20) as client:
            run = _made(client, "/run", json={"metadata": {"project": PROJECT}})
            file = _made(
                client, "/artifact", data={"runId": run, "filename": "a.txt"}, files={"file": ("a.txt", b"a")}
            )
            client.get(f"/artifact/{file}/download").raise_for_status()
            return None if _is_worked_off(client) else "an import is not worked off"
    except httpx.HTTPError as error:
        return str(error).partition("\n")[0] or type(error).__name__


def _is_worked_off(client: httpx.Client) -> bool:
    report = f'<testsuite name="{uuid4()}"><testcase name="a" classname="b" time="1"/></testsuite>'
    import_ = _made(client, "/import", data={"project": PROJECT}, files={"importFile": ("a.xml", report)})
    end = time.monotonic() + IMPORT_SECONDS
    while time.monotonic() < end:
        if client.get(f"/import/{import_}").raise_for_status().json()["status"] == "done":
            return True
        time.sleep(0.1)
    return False


def _made(client: httpx.Client, path: str, **request: object) -> str:
    return str(client.post(path, **request).raise_for_status().json()["id"])  # type: ignore[arg-type]
