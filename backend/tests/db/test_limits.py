"""A limit for a few statements."""

import time

import pytest
from sqlalchemy import text

from ibutsu_server.db import db
from ibutsu_server.db.limits import at_most
from ibutsu_server.errors import TookTooLong

pytestmark = pytest.mark.integration

LONG = {
    "postgresql": "SELECT pg_sleep(60)",
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n LIMIT 1",
}


def _take_long():
    db.session.execute(text(LONG[db.engine.dialect.name]))


def test_what_takes_longer_is_ended_and_others_follow(make_project):
    project = make_project()
    started = time.monotonic()
    with pytest.raises(TookTooLong), at_most(0.1):
        _take_long()
    assert time.monotonic() - started < 20
    project.title = "still in the same transaction"
    db.session.commit()


def test_the_limit_ends_with_the_block(make_project):
    make_project()
    slow = {
        "postgresql": "SELECT 1 FROM pg_sleep(0.3)",
        "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000) "
        "SELECT max(i) / 3000000 FROM n",
    }[db.engine.dialect.name]
    with at_most(0.1):
        assert db.session.scalar(text("SELECT 1")) == 1
    assert db.session.scalar(text(slow)) == 1
