"""The audit log over HTTP: owners read what happened in their projects, superadmins everything."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from fixtures.constants import MISSING_ID
from helpers import db_builders
from helpers.assertions import assert_page, assert_problem
from sqlalchemy import event, insert, select, text

from ibutsu_server.db import db
from ibutsu_server.db.models import AuditEntry, Token
from ibutsu_server.db.types import new_id

START = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def owner(make_user):
    return make_user(email="owner@example.com")


@pytest.fixture
def maintainer(make_user):
    return make_user(email="maintainer@example.com")


@pytest.fixture
def shop(make_project, owner, maintainer):
    return make_project(name="shop", owner_id=owner.id, users=[maintainer])


@pytest.fixture
def log(db_session, shop, make_project):
    """Entries of three days: two of the shop, one of another project, one of none; nothing else."""
    db_session.execute(text("DELETE FROM audit_log"))
    places = [shop.id, make_project(name="elsewhere").id, None, shop.id]
    db_session.execute(text("DELETE FROM audit_log"))
    rows = [_row(i, project_id=place) for i, place in enumerate(places)]
    db_session.execute(insert(AuditEntry), rows)
    db_session.commit()
    return [row["id"] for row in rows]


def _row(i, **values):
    defaults = {"id": new_id(), "time": START + timedelta(hours=12 * i), "entity_id": uuid4()}
    defaults |= {"user_id": uuid4(), "user_email": f"user{i}@example.com", "token_name": f"token {i}"}
    defaults |= {"token_id": uuid4(), "address": f"192.0.2.{i}", "name": f"thing {i}"}
    defaults |= {"entity": ("run", "group")[i % 2], "action": ("update", "delete")[i % 2]}
    return {**defaults, "changes": {"name": ["a", "b"]}, **values}


@pytest.mark.integration
def test_entry_tells_who_what_when_from_where_and_with_which_token(
    api, api_of, shop, owner, maintainer, make_run
):
    run = make_run(project_id=shop.id, source="nightly")
    api_of(maintainer)("PUT", f"/api/run/{run.id}", json={"metadata": {"a": {"b": 1}}})
    answer = api_of(owner)("GET", "/api/audit", params={"filter": "entity=run"}).json()
    (entry,) = answer["entries"]
    token = db.session.scalars(select(Token).where(Token.user_id == maintainer.id)).one()
    assert abs(datetime.now(UTC) - datetime.fromisoformat(entry.pop("time"))) < timedelta(minutes=1)
    assert entry.pop("id")
    assert entry == {
        "user_id": str(maintainer.id),
        "user_email": "maintainer@example.com",
        "token_id": str(token.id),
        "token_name": "test",
        "address": "testclient",
        "action": "update",
        "entity": "run",
        "entity_id": str(run.id),
        "name": "nightly",
        "project_id": str(shop.id),
        "changes": {"metadata.a.b": [None, 1]},
    }


@pytest.mark.integration
def test_superadmin_sees_everything_newest_first(api, log):
    assert_page(api.get("/api/audit"), "entries", log[::-1])


@pytest.mark.integration
def test_entries_of_one_moment_are_in_the_order_of_their_ids(api, db_session, log):
    row = _row(9)
    row["changes"] = None
    later = {**row, "id": new_id()}
    db_session.execute(insert(AuditEntry), [later, row])
    db_session.commit()
    answer = api.get("/api/audit", params={"pageSize": 2}).json()
    assert [entry["id"] for entry in answer["entries"]] == [str(later["id"]), str(row["id"])]
    assert answer["entries"][0]["changes"] == {}
    assert answer["pagination"] == {"page": 1, "pageSize": 2, "totalItems": 6, "totalPages": 3}


@pytest.mark.integration
def test_owner_sees_the_own_projects_only(api_of, owner, log):
    assert_page(api_of(owner)("GET", "/api/audit"), "entries", [log[3], log[0]])


@pytest.mark.integration
def test_member_with_the_role_owner_sees_what_the_owner_sees(api_of, make_user, shop, log, db_session):
    user = make_user()
    db_builders.projects.join(shop.id, user.id, role="owner")
    db_session.commit()
    found = api_of(user)("GET", "/api/audit", params={"filter": "user_email%user"})
    assert_page(found, "entries", [log[3], log[0]])


@pytest.mark.integration
@pytest.mark.parametrize(
    "filter_", [None, "project_id={shop}", "user_email=user0@example.com", "project_id@y"]
)
def test_others_see_nothing_whatever_they_ask_for(api_of, maintainer, make_user, shop, log, filter_):
    params = {"filter": filter_.format(shop=shop.id)} if filter_ else {}
    for user in (maintainer, make_user()):
        assert_page(api_of(user)("GET", "/api/audit", params=params), "entries", [])


@pytest.mark.integration
def test_limited_token_sees_nothing_beyond_its_limits(flask_app, owner, make_user, shop, log):
    superadmin = make_user(is_superadmin=True)
    tokens = {
        db_builders.token(owner, role="maintainer"): [],
        db_builders.token(superadmin, role="viewer"): [],
        db_builders.token(owner, project_id=shop.id): [log[3], log[0]],
        db_builders.token(superadmin, project_id=shop.id): [log[3], log[0]],
    }
    for jwt, ids in tokens.items():
        headers = {"Authorization": f"Bearer {jwt}"}
        params = {"filter": "name%thing"}
        assert_page(flask_app[0].get("/api/audit", headers=headers, params=params), "entries", ids)


@pytest.mark.integration
@pytest.mark.parametrize(
    ("filter_", "found"),
    [
        ("entity=run", [2, 0]),
        ("entity*run;user", [2, 0]),
        ("action=delete", [3, 1]),
        ("user_email=user1@example.com", [1]),
        ("user_email%USER", [3, 2, 1, 0]),
        ("time>=2026-11-02", [3, 2]),
        ("time<2026-11-02,time>2026-11-01", [1]),
        ("name=thing 2", [2]),
        ("address~^192", [3, 2, 1, 0]),
        ("token_name=token 3", [3]),
        ("project_id@n", [2]),
        (f"entity_id={MISSING_ID}", []),
    ],
)
def test_entries_are_filtered(api, log, filter_, found):
    answer = api.get("/api/audit", params={"filter": filter_})
    assert_page(answer, "entries", [log[i] for i in found])


@pytest.mark.integration
@pytest.mark.parametrize("field", ["id", "user_id", "token_id", "entity_id", "project_id"])
def test_entries_are_found_by_every_id(api, log, field):
    entry = api.get("/api/audit").json()["entries"][0]
    found = api.get("/api/audit", params={"filter": f"{field}={entry[field]}"}).json()["entries"]
    assert entry in found
    assert len(found) < len(log)


@pytest.mark.validation
@pytest.mark.parametrize(
    ("filter_", "field"),
    [
        ("changes=x", "changes"),
        ("changes.name@y", "changes.name"),
        ("metadata.a=1", "metadata.a"),
        ("password=x", "password"),
        ("time=soon", "time"),
        ("user_id=me", "user_id"),
        ("time~2026", "time"),
        ("nonsense", "filter"),
    ],
)
def test_bad_filter_is_400_and_names_the_field(api, filter_, field):
    assert_problem(api.get("/api/audit", params={"filter": filter_}), 400, field=field)


@pytest.mark.validation
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nobody_writes_the_log(api, log, method):
    for path in ("/api/audit", f"/api/audit/{log[0]}"):
        assert api.request(method, path, json={"name": "x"}).status_code in (404, 405)
    assert_page(api.get("/api/audit"), "entries", log[::-1])


@pytest.mark.integration
@pytest.mark.parametrize("page_size", [1, 4])
def test_list_takes_three_statements_whatever_its_size(api_of, owner, log, count_statements, page_size):
    send = api_of(owner)
    with count_statements() as statements:
        send("GET", "/api/audit", params={"pageSize": page_size})
    assert len(statements) == 3


@pytest.mark.integration
def test_total_may_be_estimated(api, log):
    pagination = api.get("/api/audit", params={"estimate": True}).json()["pagination"]
    assert pagination["totalItems"] == 4


@pytest.mark.integration
def test_secrets_are_not_in_the_log(api, make_user, db_session):
    user = make_user(password="the secret of the test")
    jwt = db_builders.token(user, name="ci")
    user.password_hash = user.password_hash.replace("a", "b")
    db_session.commit()
    text_ = api.get("/api/audit").text
    assert str(user.id) in text_
    digest = db_session.scalars(select(Token.digest).where(Token.name == "ci")).one()
    for secret in (user.password_hash, jwt, jwt[-4:], digest.hex()):
        assert secret not in text_


@pytest.fixture
def long_log(db_session, shop):
    """Thousands of entries, with the statistics that planners choose by."""
    places, people = [shop.id, *(uuid4() for _ in range(99))], [uuid4() for _ in range(100)]
    rows = [_row(i, project_id=places[i % 100], user_id=people[i % 100]) for i in range(4000)]
    db_session.execute(insert(AuditEntry), rows)
    db_session.commit()
    db_session.execute(text("ANALYZE"))
    db_session.commit()
    return {"project_id": shop.id, "user_id": people[0], "entity_id": rows[7]["entity_id"]}


def _plan(send, params):
    """How the database finds the ids of a page."""
    sent = []

    def note(_connection, _cursor, statement, parameters, *_rest):
        sent.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert send("GET", "/api/audit", params=params).json()["entries"]
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    statement, parameters = sent[-1]
    explain = "EXPLAIN QUERY PLAN" if db.engine.dialect.name == "sqlite" else "EXPLAIN"
    rows = db.session.connection().exec_driver_sql(f"{explain} {statement}", parameters).all()
    return "\n".join(str(row[-1]) for row in rows)


@pytest.mark.integration
@pytest.mark.parametrize(
    ("field", "index"),
    [
        (None, "ix_audit_log_time_id"),
        ("project_id", "ix_audit_log_project_id_time_id"),
        ("user_id", "ix_audit_log_user_id_time_id"),
        ("entity_id", "ix_audit_log_entity_id_time_id"),
    ],
)
def test_page_is_read_in_the_order_of_its_index(api, long_log, field, index):
    params = {"filter": f"{field}={long_log[field]}"} if field else {}
    plan = _plan(api.request, params)
    assert index in plan
    assert "Seq Scan on audit_log" not in plan


@pytest.mark.integration
@pytest.mark.parametrize("is_named", [True, False])
def test_owner_reads_an_index_too(api_of, owner, long_log, is_named):
    params = {"filter": f"project_id={long_log['project_id']}"} if is_named else {}
    plan = _plan(api_of(owner), params)
    assert ("ix_audit_log_project_id_time_id" if is_named else "ix_audit_log") in plan
    assert "Seq Scan on audit_log" not in plan
