"""Items that are made ahead come in their order, and fail where they would have come."""

import threading

import pytest

from ibutsu_server.domain import prefetch
from ibutsu_server.domain.prefetch import ahead

pytestmark = pytest.mark.unit


@pytest.fixture(params=["sqlite", "postgresql"], autouse=True)
def database(request, monkeypatch):
    monkeypatch.setattr(prefetch, "dialect", lambda: request.param)
    return request.param


def test_items_come_in_their_order():
    assert list(ahead(iter(range(100)))) == list(range(100))
    assert list(ahead([])) == []


def test_failure_comes_where_the_item_would_have_come():
    def items():
        yield 1
        raise ZeroDivisionError

    made = ahead(items())
    assert next(made) == 1
    with pytest.raises(ZeroDivisionError):
        next(made)


def test_next_item_is_made_while_one_is_in_use_where_that_helps(database):
    begun = threading.Event()

    def items():
        yield 1
        begun.set()
        yield 2

    made = ahead(items())
    next(made)
    assert begun.wait(5 if database == "postgresql" else 0) == (database == "postgresql")
    made.close()
