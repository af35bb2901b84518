"""How far the move is: one line that changes on a terminal, else a line every few seconds."""

import sys
from datetime import timedelta
from time import monotonic

import click

TERMINAL_SECONDS = 0.2
LOG_SECONDS = 10.0


class Progress:
    """Of runs, results and artifacts: they are what takes long.

    The rate is that of rows that were copied; what was there already is passed by much faster.
    """

    def __init__(self, total: int) -> None:
        self._total = total
        self._seen = 0
        self._copied = 0
        self._begin = self._told = monotonic()
        self._is_terminal = sys.stderr.isatty()

    def add(self, seen: int, copied: int) -> None:
        self._seen += seen
        self._copied += copied
        pause = TERMINAL_SECONDS if self._is_terminal else LOG_SECONDS
        if monotonic() - self._told >= pause:
            self._tell()

    def say(self, text: str) -> None:
        """Something that stays on the screen."""
        self._clear()
        click.echo(text)

    def _tell(self) -> None:
        self._told = monotonic()
        self._clear()
        click.echo(self.line(self._told - self._begin), err=True, nl=not self._is_terminal)

    def _clear(self) -> None:
        if self._is_terminal:
            click.echo("\r\033[K", err=True, nl=False)

    def line(self, elapsed: float) -> str:
        """Like `12,000 of 40,000 rows (30 %), 4,000 copied a second, about 0:00:07 left`."""
        percent = 100 * self._seen // max(self._total, 1)
        rate = round(self._copied / max(elapsed, 0.001))
        told = f"{self._seen:,} of {self._total:,} rows ({percent} %), {rate:,} copied a second"
        if not self._seen:
            return told
        left = max(self._total - self._seen, 0) * elapsed / self._seen
        return f"{told}, about {timedelta(seconds=round(left))} left"
