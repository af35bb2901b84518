"""What the tables guarantee by themselves, on both databases."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import delete, func, select

from ibutsu_server.db import db
from ibutsu_server.db.models import (
    Artifact,
    Dashboard,
    Import,
    Membership,
    Project,
    Result,
    Run,
    Test,
    Token,
    User,
    WidgetConfig,
)
from ibutsu_server.db.types import new_id
from ibutsu_server.errors import Conflict

pytestmark = pytest.mark.integration


def _count(entity) -> int:
    return db.session.scalar(select(func.count()).select_from(entity))


@pytest.fixture
def full_project(
    make_project, make_user, make_result, make_artifact, make_import, make_dashboard, make_widget_config
):
    """A project with one of everything."""
    project = make_project(users=[make_user()])
    result = make_result(project_id=project.id, run_id=None)
    make_artifact(result_id=result.id)
    dashboard = make_dashboard(project_id=project.id)
    make_widget_config(project_id=project.id, dashboard_id=dashboard.id)
    make_import(project_id=project.id)
    project.default_dashboard_id = dashboard.id
    db.session.commit()
    return project


def test_deleted_project_leaves_no_orphans(full_project):
    db.session.execute(delete(Project).where(Project.id == full_project.id))
    left = [Membership, Run, Result, Test, Artifact, Import, Dashboard, WidgetConfig]
    assert {entity.__name__: _count(entity) for entity in left} == {entity.__name__: 0 for entity in left}


def test_deleted_run_takes_its_results_and_artifacts(artifact_test_hierarchy, make_artifact, make_import):
    run, result = artifact_test_hierarchy["run"], artifact_test_hierarchy["result"]
    make_artifact(result_id=result.id)
    make_artifact(run_id=run.id)
    make_import(project_id=run.project_id, run_id=run.id)
    db.session.execute(delete(Run).where(Run.id == run.id))
    assert (_count(Result), _count(Artifact)) == (0, 0)
    assert db.session.scalar(select(Import.run_id)) is None


def test_deleted_user_loses_access_and_leaves_the_projects(make_user, make_project, headers_of):
    user = make_user()
    project = make_project(owner_id=user.id, users=[user])
    headers_of(user)
    db.session.execute(delete(User).where(User.id == user.id))
    db.session.commit()
    assert _count(Membership) == 0
    assert db.session.scalar(select(func.count()).where(Token.user_id == user.id)) == 0
    db.session.refresh(project)
    assert project.owner_id is None


def test_deleted_dashboard_is_nobodys_default_any_more(full_project):
    db.session.execute(delete(Dashboard))
    db.session.commit()
    db.session.refresh(full_project)
    assert full_project.default_dashboard_id is None
    assert _count(WidgetConfig) == 0


def test_result_needs_a_project_that_exists(db_session):
    db_session.add(Result(project_id=new_id(), test_id="t"))
    with pytest.raises(Conflict, match="deleted meanwhile"):
        db_session.flush()
    db_session.rollback()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (User(email="jo@example.com"), User(email="JO@example.com")),
        (Project(name="shop"), Project(name="SHOP")),
    ],
)
def test_names_are_unique_whatever_their_case(db_session, one, other):
    db_session.add(one)
    db_session.flush()
    db_session.add(other)
    with pytest.raises(Conflict, match="already exists"):
        db_session.flush()
    db_session.rollback()


def test_ids_made_later_sort_later():
    ids = [new_id() for _ in range(100)]
    assert ids == sorted(ids)
    assert {id_.version for id_ in ids} == {7}


@pytest.mark.parametrize(
    "given",
    [
        datetime(2026, 11, 1, 12, 0, 0, 123456, tzinfo=UTC),
        datetime(2026, 11, 1, 14, 0, 0, 123456, tzinfo=timezone(timedelta(hours=2))),
        datetime(2026, 11, 1, 12, 0, 0, 123456),  # noqa: DTZ001 - without offset it means UTC
    ],
)
def test_instants_come_back_in_utc(make_run, given):
    run = make_run(start_time=given)
    db.session.expire_all()
    stored = db.session.get_one(Run, run.id).start_time
    assert stored == datetime(2026, 11, 1, 12, 0, 0, 123456, tzinfo=UTC)
    assert stored.tzinfo is UTC


def test_metadata_of_a_row_is_its_data(make_run):
    run = make_run(metadata={"a": 1})
    run.metadata = {"a": 2}
    db.session.commit()
    db.session.expire_all()
    assert db.session.get_one(Run, run.id).data == {"a": 2}
    assert Run.metadata is db.metadata
