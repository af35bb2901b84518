"""Jo, who is a maintainer of one project and nothing elsewhere; tests that need other people make them."""

import pytest


@pytest.fixture
def jo(make_user):
    return make_user(name="Jo")


@pytest.fixture
def send(api_of, jo):
    """Requests of Jo, a maintainer of one project."""
    return api_of(jo)


@pytest.fixture
def shop(make_project, jo):
    return make_project(name="shop", users=[jo])


@pytest.fixture
def other(make_project):
    """A project that Jo has nothing to do with."""
    return make_project(name="other")
