"""A number that is looked up when somebody wants to see it."""

from collections.abc import Mapping
from typing import NamedTuple


class Reading(NamedTuple):
    """What it tells, by the values of `label`; without one there is a single value, under an empty name."""

    name: str
    about: str
    values: Mapping[str, float]
    label: str = ""
