"""Kills parts of the product at random points, and starts again whatever does not run."""

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence

from benchmarks.faults.part import Part

BETWEEN_SECONDS = (0.2, 3)
"""A kill comes so long after everything runs again: while it is busy with what has waited meanwhile."""

LONGEST_PAUSE_SECONDS = 3
RESTART_SECONDS = 1


class Killer:
    """`look` is called often.  Every part has its turn, in a new order each time."""

    def __init__(
        self, parts: Sequence[Part], chance: random.Random, *, kills: int, is_up: Callable[[], bool]
    ) -> None:
        self._parts = parts
        self._chance = chance
        self._kills = kills
        self._is_up = is_up
        self._killed: Counter[str] = Counter()
        self._turn: list[Part] = []
        self._due: float | None = None
        self._back_at = dict.fromkeys(parts, 0.0)

    def is_done(self) -> bool:
        return self._killed.total() >= self._kills and all(part.is_running() for part in self._parts)

    def share(self) -> float:
        """How much of the work may have begun, so that some is left for each kill that is to come."""
        return (self._killed.total() + 1) / (self._kills + 1)

    def told(self) -> str:
        each = ", ".join(f"{name} {number}" for name, number in sorted(self._killed.items()))
        return f"{self._killed.total()} kills ({each})"

    def look(self) -> None:
        now = time.monotonic()
        self._start_again(now)
        if self._killed.total() >= self._kills:
            return
        if self._due is not None and now >= self._due:
            self._kill(now)
        elif self._due is None and all(part.is_running() for part in self._parts) and self._is_up():
            self._due = time.monotonic() + self._chance.uniform(*BETWEEN_SECONDS)

    def _start_again(self, now: float) -> None:
        """Also what has ended because another part was away, as a service manager would."""
        for part in self._parts:
            if not part.is_running() and now >= self._back_at[part]:
                self._back_at[part] = now + RESTART_SECONDS
                part.start()

    def _kill(self, now: float) -> None:
        if not self._turn:
            self._turn = self._chance.sample(self._parts, len(self._parts))
        part = self._turn.pop()
        part.kill()
        self._killed[part.name] += 1
        self._due = None
        self._back_at[part] = now + self._chance.random() * LONGEST_PAUSE_SECONDS
