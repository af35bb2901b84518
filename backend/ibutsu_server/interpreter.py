"""Python's own settings, for processes that serve requests or work in the background."""

import gc
import sys

OBJECTS = 50_000
"""New ones until the next look for garbage; with Python's own 700 it looks hundreds of times in a batch."""

SWITCH_SECONDS = 0.0005
"""How long a thread that computes keeps others waiting."""


def tune() -> None:
    """Look rarely for objects that only each other refer to, and let threads take turns quickly.

    Reading JSON makes many objects and no cycles: looking took a third of the time of a batch of results.
    A thread that talks to the database waits for its turn after every answer: with Python's own 5 ms
    PostgreSQL was idle for a fifth of that time, while another thread read the next lines.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS, 20, 100)
    sys.setswitchinterval(SWITCH_SECONDS)
