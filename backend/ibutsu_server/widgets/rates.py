"""The formulas that all widgets share."""

from collections.abc import Iterable, Mapping


def pass_rate(outcomes: Mapping[str | None, int], *, count_skips: bool) -> float | None:
    """Passed results as a fraction of all, from 0 to 1; None when there is nothing to judge.

    With `count_skips` a skip counts against the rate; without, skips are left out of both sides.
    """
    total = sum(outcomes.values()) - (0 if count_skips else outcomes.get("skipped", 0))
    judged = sum(outcomes.values()) - outcomes.get("skipped", 0)
    return outcomes.get("passed", 0) / total if judged else None


def newest_builds(builds: Iterable[str], count: int) -> list[str]:
    """The last `count` builds, oldest first; numbers in the order of numbers, before everything else newest."""
    return sorted(
        builds, key=lambda build: (not build.isdecimal(), int(build) if build.isdecimal() else 0, build)
    )[-count:]
