"""Each of the main lists is read from the index that was made for it; no page has to be sorted for."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, text

from ibutsu_server.access import Scope
from ibutsu_server.db import db
from ibutsu_server.db.models import Result, Run, Test
from ibutsu_server.db.types import new_id
from ibutsu_server.domain import listing

pytestmark = pytest.mark.integration

START = datetime(2026, 11, 1, tzinfo=UTC)
ROWS = 4000
RUN = uuid.UUID("00000000-0000-4000-8000-000000000001")

LISTS = {
    "project alone": ([], "ix_results_project_id_start_time_id"),
    "results of a run": ([f"run_id={RUN}"], "ix_results_run_id_start_time_id"),
    "failed": (["result=failed"], "ix_results_project_id_result_start_time_id"),
    "history of a test": (["test_id=test_7"], "ix_results_project_id_test_id_start_time_id"),
    "component, env, failed": (
        ["component=c3", "env=qa", "result=failed"],
        "ix_results_project_id_component_env_result_start_time_id",
    ),
}
TOTALS = {
    "history of a test": (["test_id=test_7"], "ix_results_project_id_test_id_start_time_id"),
    "component, env, failed": (
        ["component=c3", "env=qa", "result=failed"],
        "ix_results_project_id_component_env_result_start_time_id",
    ),
}
METADATA = ["metadata.deep.owner=o7", "metadata.owner*o7;o8", "metadata.deep.number=7"]


@pytest.fixture
def project(db_session, make_project):
    """Thousands of results in twenty runs, with the statistics that planners choose by."""
    project, other = make_project(), make_project()
    runs = [RUN, *(new_id() for _ in range(19))]
    db_session.execute(
        insert(Run), [{"id": run, "project_id": project.id, "result_count": 0} for run in runs]
    )
    db_session.execute(insert(Run), [_run_of(other.id, i) for i in range(500)])
    db_session.execute(insert(Result), [_result(project.id, runs, i) for i in range(ROWS)])
    seen = {"project_id": project.id, "first_seen": START, "last_seen": START}
    db_session.execute(insert(Test), [{"test_id": f"test_{i}", **seen} for i in range(200)])
    db_session.commit()
    db_session.execute(text("ANALYZE"))
    db_session.commit()
    return project


def _run_of(project_id: uuid.UUID, i: int) -> dict[str, Any]:
    return {
        "id": new_id(),
        "project_id": project_id,
        "start_time": START + timedelta(minutes=i),
        "result_count": 0,
    }


def _result(project_id: uuid.UUID, runs: list[uuid.UUID], i: int) -> dict[str, Any]:
    return {
        "id": new_id(),
        "project_id": project_id,
        "run_id": runs[i % len(runs)],
        "test_id": f"test_{i % 200}",
        "start_time": START + timedelta(seconds=i * 7919 % ROWS),
        "result": ("passed", "failed")[i % 10 == 0],
        "component": f"c{i % 7}",
        "env": ("qa", "prod")[i % 3 == 0],
        "data": {
            "owner": f"o{i % 500}",
            "deep": {"owner": f"o{i % 500}", "number": i % 500},
            "more": "x" * 800,
        },
    }


@pytest.fixture
def admin(make_user):
    return Scope(make_user(is_superadmin=True))


@pytest.fixture
def member(make_user, project, db_session):
    owner = make_user()
    project.owner_id = owner.id
    db_session.commit()
    return Scope(owner)


def _plans(scope: Scope, entity: type[Any], texts: list[str], *, page: int = 2) -> Iterator[list[str]]:
    """The plan of each statement that a list takes; for one page of ids only what finds them."""
    assert scope.user.email  # loaded again before the statements that count
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        sent.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        listing.newest(scope, entity, listing.Query(texts, page=page))
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return (_plan(*statement) for statement in sent if statement[0].startswith(("SELECT", "WITH")))


def _plan(statement: str, parameters: Any) -> list[str]:
    connection = db.session.connection()
    if db.engine.dialect.name == "sqlite":
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
        return _branch({row.id: (row.parent, row.detail) for row in rows})
    explained = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
    return [
        f"{node['Node Type']} {node.get('Index Name', '') or node.get('Relation Name', '')}"
        for node in _limited(explained[0]["Plan"])
    ]


def _branch(nodes: dict[int, tuple[int, str]]) -> list[str]:
    """On SQLite: what is below the subquery `found` or `page`, or everything."""
    for name in ("MATERIALIZE found", "CO-ROUTINE page", "MATERIALIZE page"):
        if heads := [key for key, (_parent, detail) in nodes.items() if detail == name]:
            return [detail for parent, detail in nodes.values() if parent == heads[0]]
    return [detail for _parent, detail in nodes.values()]


def _limited(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """On PostgreSQL: the common table expression, or what is below the limit, or everything."""
    nodes = list(_nodes(plan))
    found = [node for node in nodes if node.get("Subplan Name") == "CTE found"]
    limits = [_children(node)[0] for node in nodes if node["Node Type"] == "Limit"]
    return list(_nodes([*found, *limits, plan][0]))


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in _children(node):
        yield from _nodes(child)


def _children(node: dict[str, Any]) -> list[dict[str, Any]]:
    """Without what is asked once, before the rows: whether the caller may see the project."""
    return [
        child
        for child in node.get("Plans", [])
        if child["Parent Relationship"] != "InitPlan" or child.get("Subplan Name") == "CTE found"
    ]


@pytest.mark.parametrize("caller", ["admin", "member"])
@pytest.mark.parametrize("name", LISTS)
def test_page_is_read_in_the_order_of_its_index(request, project, name, caller):
    texts, index = LISTS[name]
    *_total, plan = _plans(request.getfixturevalue(caller), Result, [f"project_id={project.id}", *texts])
    assert index in " ".join(plan)
    assert not [step for step in plan if "TEMP B-TREE" in step or "Sort" in step]


@pytest.mark.parametrize("name", TOTALS)
def test_total_is_counted_within_an_index(admin, project, name):
    texts, index = TOTALS[name]
    plan, _page = _plans(admin, Result, [f"project_id={project.id}", *texts])
    assert any(index in step and ("COVERING" in step or "Index Only" in step) for step in plan)


@pytest.mark.parametrize("texts", [[], ["result=failed"], [f"run_id={RUN}"]], ids=" ".join)
def test_totals_of_runs_do_not_touch_results_that_have_one(admin, project, texts):
    plan, _page = _plans(admin, Result, [f"project_id={project.id}", *texts])
    assert not [step for step in plan if "ix_results" in step and "without_run" not in step]
    assert "Seq Scan results" not in plan


def test_runs_of_a_project_are_read_in_the_order_of_their_index(admin, project, db_session):
    other = db_session.query(Run).filter(Run.project_id != project.id).first().project_id
    *_total, plan = _plans(admin, Run, [f"project_id={other}"])
    assert "ix_runs_project_id_start_time_id" in " ".join(plan)
    assert not [step for step in plan if "TEMP B-TREE" in step or "Sort" in step]


@pytest.mark.parametrize("filter_", METADATA)
def test_any_metadata_is_found_and_counted_by_an_index_on_postgresql(admin, project, db_session, filter_):
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no index for documents")
    db_session.execute(text("SET LOCAL enable_seqscan = off"))
    plans = list(_plans(admin, Result, [f"project_id={project.id}", filter_], page=1))
    reading = [plan for plan in plans if "Index Scan pk_daily_tallies" not in plan]
    assert len(reading) == 2
    for plan in reading:
        assert "Bitmap Index Scan ix_results_data" in plan


def test_search_for_tests_reads_the_table_of_tests(admin, project, db_session):
    (page_and_total,) = _plans(admin, Result, [f"project_id={project.id}", "test_id%test_19"], page=1)
    assert "tests" in " ".join(page_and_total) or "LIST SUBQUERY" in " ".join(page_and_total)
    assert "Seq Scan results" not in page_and_total
