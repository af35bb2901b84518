"""What the check of a token costs: one indexed query, none of it on the event loop."""

import asyncio
import re
import threading
from contextlib import contextmanager
from datetime import timedelta

import httpx
import jwt
import pytest
from fixtures.constants import JWT_SECRET, PASSWORD
from helpers.assertions import assert_problem
from sqlalchemy import event, insert, text

from ibutsu_server.db import db
from ibutsu_server.db.models import Token
from ibutsu_server.db.types import now
from ibutsu_server.domain import tokens

pytestmark = pytest.mark.integration

SIGNED_IN_ONLY = "/api/health/info"


@pytest.fixture
def browser(flask_app, make_user):
    client, _token = flask_app
    make_user(email="jo@example.com", password=PASSWORD)
    client.post("/api/login", json={"email": "jo@example.com", "password": PASSWORD, "cookies": True})
    yield client
    client.cookies.clear()


def test_bearer_token_costs_one_query(api, count_statements):
    with count_statements() as statements:
        assert api.get(SIGNED_IN_ONLY).status_code == 200
    assert len(statements) == 1
    assert "tokens.digest" in statements[0]


def test_cookie_costs_one_query(browser, count_statements):
    with count_statements() as statements:
        assert browser.get(SIGNED_IN_ONLY).status_code == 200
    assert len(statements) == 1


@pytest.mark.parametrize("path", ["/api/user/session", "/api/user/token"])
def test_handler_that_asks_for_more_than_the_scope_pays_once(api, count_statements, path):
    with count_statements() as statements:
        assert api.get(path).status_code == 200
    assert len([one for one in statements if "WHERE tokens.digest" in one]) == 1


def test_token_without_our_signature_costs_no_query(flask_app, auth_headers, count_statements):
    claims = {"sub": "x", "exp": now() + timedelta(hours=1), "csrf": "x", "type": "access"}
    forged = jwt.encode(claims, f"{JWT_SECRET}!", "HS256")
    with count_statements() as statements:
        assert_problem(flask_app[0].get(SIGNED_IN_ONLY, headers=auth_headers(forged)), 401)
    assert statements == []


def test_token_is_found_by_its_index(db_session, make_user):
    user = make_user()
    db_session.execute(insert(Token), [_row(user, number) for number in range(5000)])
    db_session.commit()
    db_session.execute(text("ANALYZE"))
    plan = _plan_of(lambda: tokens.holder_of(b"17"))
    assert re.search(r"(Index Scan using uq_tokens_digest|SEARCH tokens USING INDEX \S+) ", plan), plan
    assert not re.search(r"Seq Scan on tokens|SCAN tokens", plan)


def _row(user, number):
    values = {"name": "x", "last_four": "last", "expires": now() + timedelta(days=1)}
    return {**values, "user_id": user.id, "digest": str(number).encode()}


def _plan_of(query):
    """How the database carries out the one statement of a query."""
    sent = []
    with noting(lambda _connection, _cursor, statement, parameters, *_: sent.append((statement, parameters))):
        assert query() is not None
    ((statement, parameters),) = sent
    explain = "EXPLAIN QUERY PLAN" if db.engine.dialect.name == "sqlite" else "EXPLAIN"
    rows = db.session.connection().exec_driver_sql(f"{explain} {statement}", parameters).all()
    return "\n".join(str(row[-1]) for row in rows)


@contextmanager
def noting(note):
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_event_loop_never_waits_for_the_database(
    app_context, application, auth_headers, headers_of, make_user
):
    threads = set()
    callers = [headers_of(make_user()), auth_headers("x.y.z")]
    with noting(lambda *_: threads.add(threading.get_ident())):
        statuses, loop_thread = asyncio.run(_ask(application, callers))
    assert statuses == [200, 401]
    assert threads
    assert loop_thread not in threads


async def _ask(application, callers):
    transport = httpx.ASGITransport(application)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        answers = [await client.get(SIGNED_IN_ONLY, headers=headers) for headers in callers]
    return [answer.status_code for answer in answers], threading.get_ident()
