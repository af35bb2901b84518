"""The formulas that all widgets share."""

from collections.abc import Iterable, Mapping

DIGITS = 18
"""Longer build numbers are taken for text."""


def pass_rate(outcomes: Mapping[str | None, int], *, count_skips: bool) -> float | None:
    """Passed results as a fraction of all, from 0 to 1; None when there is nothing to judge.

    With `count_skips` a skip counts against the rate; without, skips are left out of both sides.
    """
    total = sum(outcomes.values()) - (0 if count_skips else outcomes.get("skipped", 0))
    judged = sum(outcomes.values()) - outcomes.get("skipped", 0)
    return outcomes.get("passed", 0) / total if judged else None


def newest_builds(builds: Iterable[str], count: int) -> list[str]:
    """The last `count` builds, oldest first; numbers as numbers, before everything else."""
    return sorted(builds, key=_place)[-count:]


def _place(build: str) -> tuple[bool, int, str]:
    is_number = build.isdecimal() and len(build) <= DIGITS
    return (not is_number, int(build) if is_number else 0, build)
