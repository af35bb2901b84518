"""How often Python looks for objects that nothing but each other refers to."""

import gc

OBJECTS = 50_000
"""New ones until the next look; Python's own 700 make it look hundreds of times while a batch is read."""


def look_rarely() -> None:
    """For processes that serve or work: what the application is made of stays, and is not looked at again.

    Reading JSON makes many objects and no cycles: looking took a third of the time of a batch of results.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS, 20, 100)
