"""Servers and workers look for garbage rarely, and their threads take turns quickly."""

import gc
import sys

import pytest

from ibutsu_server.interpreter import OBJECTS, SWITCH_SECONDS, tune


@pytest.fixture
def usual_ways():
    before = gc.get_threshold(), sys.getswitchinterval()
    yield
    gc.set_threshold(*before[0])
    sys.setswitchinterval(before[1])
    gc.unfreeze()


@pytest.mark.unit
@pytest.mark.usefixtures("usual_ways")
def test_what_there_is_stays_new_objects_are_looked_at_rarely_and_threads_wait_shortly():
    tune()
    assert gc.get_freeze_count() > 0
    assert gc.get_threshold()[0] == OBJECTS
    assert sys.getswitchinterval() == pytest.approx(SWITCH_SECONDS)
