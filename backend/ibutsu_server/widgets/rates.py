"""The formulas that all widgets share."""

from collections.abc import Iterable, Mapping
from statistics import linear_regression

DIGITS = 18
"""Longer build numbers are taken for text."""

UNANIMOUS = 100
"""The slope of pass rates that are all 100, as clients know it."""


def pass_rate(outcomes: Mapping[str | None, int], *, count_skips: bool) -> float | None:
    """Passed results as a fraction of all, from 0 to 1; None when there is nothing to judge.

    With `count_skips` a skip counts against the rate; without, skips are left out of both sides.
    """
    total = sum(outcomes.values()) - (0 if count_skips else outcomes.get("skipped", 0))
    judged = sum(outcomes.values()) - outcomes.get("skipped", 0)
    return outcomes.get("passed", 0) / total if judged else None


def pass_percentage(*, tests: int, passes: int, skips: int, count_skips: bool) -> float | None:
    """The pass rate of a run, or of some runs together, from 0 to 100 with two decimals."""
    others = max(tests - passes - skips, 0)
    rate = pass_rate({"passed": passes, "skipped": skips, None: others}, count_skips=count_skips)
    return None if rate is None else round(100 * rate, 2)


def slope(percentages: Iterable[float | None], *, fewest: int = 2) -> float:
    """Least-squares change per build of pass rates, oldest first; builds without one are left out.

    `UNANIMOUS` if all of them, and at least `fewest`, are 100; 0 where there are too few for a line.
    """
    known = [percentage for percentage in percentages if percentage is not None]
    if len(known) >= fewest and all(percentage == UNANIMOUS for percentage in known):
        return UNANIMOUS
    return linear_regression(range(len(known)), known).slope if len(known) > 1 else 0


def shares(parts: Mapping[str, int], total: int) -> dict[str, int]:
    """Each part in whole percent of the total, which is at least their sum.

    The largest remainders are rounded up, so that the shares of all, with what belongs to no part, are 100.
    """
    numbers = [*parts.values(), total - sum(parts.values())]
    whole, remainders = zip(*(divmod(100 * number, total) for number in numbers), strict=True)
    by_remainder = sorted(range(len(numbers)), key=lambda place: -remainders[place])
    rounded_up = by_remainder[: 100 - sum(whole)]
    return {name: whole[place] + (place in rounded_up) for place, name in enumerate(parts)}


def in_order(builds: Iterable[str]) -> list[str]:
    """Oldest first; numbers as numbers, before everything else."""
    return sorted(builds, key=_place)


def newest_builds(builds: Iterable[str], count: int) -> list[str]:
    """The last `count` builds `in_order`."""
    return in_order(builds)[-count:]


def _place(build: str) -> tuple[bool, int, str]:
    is_number = build.isdecimal() and len(build) <= DIGITS
    return (not is_number, int(build) if is_number else 0, build)
