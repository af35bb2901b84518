"""Servers and workers look for garbage rarely."""

import gc

import pytest

from ibutsu_server.garbage import OBJECTS, look_rarely


@pytest.fixture
def usual_ways():
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


@pytest.mark.unit
@pytest.mark.usefixtures("usual_ways")
def test_what_there_is_stays_and_new_objects_are_looked_at_rarely():
    look_rarely()
    assert gc.get_freeze_count() > 0
    assert gc.get_threshold()[0] == OBJECTS
