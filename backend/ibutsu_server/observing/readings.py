"""A number that is looked up when somebody wants to see it."""

from typing import NamedTuple


class Reading(NamedTuple):
    """What it tells, by the values of `label`; without one there is a single value, under an empty name."""

    name: str
    about: str
    values: dict[str, float]
    label: str = ""
