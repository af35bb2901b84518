"""What the person sees: lines, and on a terminal how far things are."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click


class Screen:
    """Bars go to the standard error, and only to a terminal; a log has one line for each file."""

    def line(self, text: str) -> None:
        click.echo(_printable(text))

    def problem(self, text: str) -> None:
        click.echo(_printable(text), err=True)

    def notice(self, text: str) -> None:
        click.echo(f"  {_printable(text)}", err=True)

    @contextmanager
    def sending(self, name: str, size: int) -> Iterator[Callable[[int], None]]:
        """`size` in bytes; what is handed over tells how many more of them are sent."""
        if not sys.stderr.isatty():
            yield lambda _: None
            return
        with click.progressbar(length=size, label=name, file=sys.stderr) as bar:
            yield bar.update

    @contextmanager
    def importing(self, name: str) -> Iterator[Callable[[dict[str, Any]], None]]:
        if not sys.stderr.isatty():
            yield lambda _: None
            return
        try:
            yield lambda progress: self._over(_imported(name, progress))
        finally:
            self._over("")

    def _over(self, text: str) -> None:
        """In place of what the line has shown."""
        click.echo(f"\r\033[K{text}", nl=False, err=True)


def _printable(text: str) -> str:
    """Words of reports and servers move no cursor."""
    return "".join(character if character.isprintable() else " " for character in text)


def _imported(name: str, progress: dict[str, Any]) -> str:
    if not progress.get("seen"):
        return f"{name}: waiting for the import"
    return f"{name}: {progress.get('done') or 0:,} of {progress['seen']:,} results imported"
