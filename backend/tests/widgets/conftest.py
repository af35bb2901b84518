"""What the tests of all widgets begin with."""

import pytest


@pytest.fixture
def shop(make_project):
    return make_project(name="shop")
