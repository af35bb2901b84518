"""What a move says at its end: how many of what there were and are here, and what is not as it was."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from ibutsu_server.moving.comparison import Line
from ibutsu_server.moving.move import Move


def numbers(lines: Sequence[Line]) -> dict[str, tuple[Any, Any]]:
    """For the audit log."""
    return {f"{line.noun}s": (None, line.here) for line in lines if line.place is None}


def say(move: Move, lines: Sequence[Line]) -> bool:
    """Whether nothing is missing without a reason."""
    say_table(move, lines)
    _say_reasons(move)
    missing = [line for line in lines if line.missing > 0]
    for line in missing:
        where = f" of {line.place}" if line.place else ""
        move.progress.say(f"{line.missing:,} {line.noun}s{where} are missing without a reason: run it again")
    if not missing:
        move.progress.say("Nothing is missing without a reason")
    return not missing


def say_table(move: Move, lines: Sequence[Line]) -> None:
    move.progress.say(f"{'':44}{'source':>12}{'here':>12}{'left out':>12}{'missing':>12}")
    for line in lines:
        name = f"{line.noun}s" if line.place is None else f"  {line.noun}s of {line.place}"
        shown = "".join(character if character.isprintable() else " " for character in name)[:43]
        counts = (line.source, line.here, line.left_out, line.missing)
        move.progress.say(f"{shown:44}" + "".join(f"{count:>12,}" for count in counts))


def say_plan(move: Move) -> None:
    """Of a dry run: what it would have found."""
    for noun, count in sorted(move.copied.items()):
        move.progress.say(f"{count:,} {noun}s would be copied")
    _say_reasons(move)
    move.progress.say("Nothing was copied: this was a dry run")


def _say_reasons(move: Move) -> None:
    left: Counter[tuple[str, str]] = Counter()
    for (noun, _, reason), count in move.report.left.items():
        left[noun, reason] += count
    for title, counts in (("Left out", left), ("Different", move.report.different)):
        if counts:
            move.progress.say(f"{title}:")
        for (noun, reason), count in sorted(counts.items()):
            move.progress.say(f"  {_many(count, noun)}: {reason}")
    if left or move.report.different:
        move.progress.say(f"Each of them is in {move.report.path}")


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
