"""Migrations and models make the same tables, on both databases."""

import os
import re
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from helpers import migrating
from sqlalchemy import (
    Connection,
    Engine,
    LargeBinary,
    MetaData,
    Table,
    Uuid,
    create_engine,
    inspect,
    make_url,
    select,
    text,
)
from sqlalchemy.orm import Session

from ibutsu_server.db import Base, upgrade
from ibutsu_server.db.models import Membership, Token, User
from ibutsu_server.db.types import UtcDateTime, now
from ibutsu_server.errors import SettingsError

pytestmark = pytest.mark.integration

REVISIONS = sorted(upgrade._known(upgrade.MIGRATIONS))


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'migrated.db'}"


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    if "TEST_POSTGRESQL_URL" not in os.environ:
        pytest.skip("TEST_POSTGRESQL_URL names no server")
    url = make_url(os.environ["TEST_POSTGRESQL_URL"])
    name = f"ibutsu_migrations_{uuid4().hex}"
    with psycopg.connect(url.set(drivername="postgresql").render_as_string(False), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        try:
            yield url.set(drivername="postgresql+psycopg", database=name).render_as_string(False)
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite_url", "postgresql_url"])
def url(request: pytest.FixtureRequest) -> str:
    return request.getfixturevalue(request.param)


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = create_engine(url)
    yield engine
    engine.dispose()


def _is_meant_for(engine: Engine):
    def include(item, _name, kind, _reflected, _other):
        is_gin = kind == "index" and item.dialect_options["postgresql"]["using"] == "gin"
        return not is_gin or engine.dialect.name == "postgresql"

    return include


def test_models_ask_for_nothing_that_migrations_do_not_make(url, engine):
    upgrade.upgrade(url)
    with engine.connect() as connection, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SQLite's expression indexes: the next tests compare them
        options = {"include_object": _is_meant_for(engine), "compare_server_default": True}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata) == []


def _sqlite_schema(url: str) -> dict[str, tuple[str, ...]]:
    """What SQLite keeps of each statement, without the order of columns and constraints."""
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
        found = {name: _pieces(sql) for name, sql in rows if name != "alembic_version"}
    engine.dispose()
    return found


def _pieces(sql: str) -> tuple[str, ...]:
    pieces = re.split(r",\s*\n|,|\n", sql.replace('"', ""))
    return tuple(sorted(re.sub(r"\s+", " ", piece).strip(" ()") for piece in pieces))


def _make_from_models(url: str) -> None:
    """In a process of its own: `create_all` on PostgreSQL changes the metadata's circular foreign key."""
    code = (
        "import sys; from sqlalchemy import create_engine; from ibutsu_server.db import Base, models;"
        "Base.metadata.create_all(create_engine(sys.argv[1]))"
    )
    package = Path(upgrade.__file__).parents[2]
    subprocess.run([sys.executable, "-c", code, url], cwd=package, check=True)


def test_migrations_and_models_write_the_same_sqlite_schema(sqlite_url, tmp_path):
    modelled_url = f"sqlite:///{tmp_path / 'modelled.db'}"
    upgrade.upgrade(sqlite_url)
    _make_from_models(modelled_url)
    migrated = _sqlite_schema(sqlite_url)
    assert migrated == _sqlite_schema(modelled_url)
    assert "lower(email" in " ".join(migrated["uq_users_email_lower"])


CATALOGUE = """
    SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL
    SELECT 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'column', table_name || '.' || column_name, concat_ws(' ', data_type, is_nullable, column_default)
    FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL
    SELECT 'function', proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
"""


def _postgresql_schema(engine: Engine) -> set[tuple[str, ...]]:
    with engine.connect() as connection:
        return {tuple(row) for row in connection.execute(text(CATALOGUE)) if "alembic" not in row[1]}


def test_migrations_and_models_write_the_same_postgresql_schema(postgresql_url):
    engine = create_engine(postgresql_url)
    upgrade.upgrade(postgresql_url)
    migrated = _postgresql_schema(engine)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
        Base.metadata.create_all(connection)
    assert migrated == _postgresql_schema(engine)
    assert any("USING gin" in definition for _, _, definition in migrated)
    engine.dispose()


def test_empty_database_has_no_revision_and_then_the_newest(url):
    assert upgrade.current(url) is None
    upgrade.upgrade(url)
    assert upgrade.current(url) == upgrade.head()


def test_second_upgrade_changes_nothing(url, engine):
    upgrade.upgrade(url)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO groups (id, name) VALUES (:id, 'kept')"), {"id": uuid4().hex})
    upgrade.upgrade(url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT name FROM groups")).scalars().all() == ["kept"]


def _made_by_a_newer_version(engine: Engine, *, oldest: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.execute(text("UPDATE compatibility SET oldest = :oldest"), {"oldest": oldest})


VERBS = (upgrade.upgrade, upgrade.current, upgrade.require_usable)


def test_newer_database_that_takes_something_away_is_refused_and_left_alone(url, engine):
    upgrade.upgrade(url)
    _made_by_a_newer_version(engine, oldest="9000")
    for verb in VERBS:
        with pytest.raises(SettingsError, match=r"newer version of the server \(revision 9999\)"):
            verb(url)


def test_newer_database_that_only_has_more_is_used_as_it_is(url, engine):
    upgrade.upgrade(url)
    _made_by_a_newer_version(engine, oldest=upgrade.head())
    for verb in VERBS:
        verb(url)
    assert upgrade.current(url) == "9999"


def test_newer_database_that_does_not_say_whom_it_suits_is_refused(url, engine):
    upgrade.upgrade(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.execute(text("DELETE FROM compatibility"))
    with pytest.raises(SettingsError, match="newer version"):
        upgrade.require_usable(url)


def test_old_database_is_told_to_upgrade(url):
    with pytest.raises(SettingsError, match="ibutsu-server db upgrade"):
        upgrade.require_usable(url)
    upgrade.upgrade(url)
    upgrade.require_usable(url)


@pytest.mark.parametrize("revision", REVISIONS)
def test_database_of_every_earlier_version_is_brought_up_to_date(url, engine, revision):
    migrating.upgrade_to(url, revision)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO groups (id, name) VALUES (:id, 'kept')"), {"id": uuid4().hex})
    upgrade.upgrade(url)
    assert upgrade.current(url) == upgrade.head()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT name FROM groups")).scalars().all() == ["kept"]
        assert connection.execute(text("SELECT oldest FROM compatibility")).scalars().all() == ["0007"]


def test_downgrade_removes_every_table(url, engine):
    upgrade.upgrade(url)
    with engine.begin() as connection:
        command.downgrade(upgrade._config(connection), "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]


def test_file_that_is_no_database_is_refused(tmp_path):
    path = tmp_path / "ibutsu.db"
    path.write_text("this is a letter to my aunt, not a database" * 100)
    with pytest.raises(SettingsError, match=r"cannot be used .*not a database"):
        upgrade.upgrade(f"sqlite:///{path}")


def test_server_that_does_not_answer_is_told_without_its_password():
    with pytest.raises(SettingsError) as refused:
        upgrade.current("postgresql+psycopg://someone:hush@127.0.0.1:1/nothing")
    assert "hush" not in str(refused.value)


def test_failed_migration_leaves_nothing_of_its_own(url, engine, monkeypatch, tmp_path):
    upgrade.upgrade(url)
    later = migrating.copy_of_migrations(tmp_path)
    body = "op.execute('CREATE TABLE half_made (id INTEGER)')\nraise RuntimeError('power cut')"
    migrating.version(later, "0008", upgrade.head(), body, 'phase = "expand"')
    monkeypatch.setattr(upgrade, "MIGRATIONS", later)
    with pytest.raises(RuntimeError):
        upgrade.upgrade(url)
    assert not inspect(engine).has_table("half_made")
    assert upgrade.is_behind(engine.connect())


def test_people_and_programs_keep_their_access_when_roles_arrive(url, engine):
    """Sign-ins end, API tokens stay; members become maintainers, and nobody waits for an activation."""
    migrating.upgrade_to(url, "0001")
    user, project, kept, ended = (uuid4() for _ in range(4))
    with engine.begin() as connection:
        _insert(connection, "users", id=user, email="jo@example.com", is_superadmin=False, is_active=True)
        _insert(connection, "projects", id=project, name="shop", owner_id=user)
        _insert(connection, "users_projects", user_id=user, project_id=project)
        for id_, kind in ((kept, "api"), (ended, "session")):
            shown = {
                "name": kind,
                "digest": id_.bytes,
                "last_four": "abcd",
                "created": now(),
                "expires": now(),
            }
            _insert(connection, "tokens", id=id_, user_id=user, kind=kind, **shown)
    upgrade.upgrade(url)
    with Session(engine) as session:
        assert session.scalars(select(Token.id)).all() == [kept]
        assert session.scalars(select(Membership.role)).all() == ["maintainer"]
        assert session.scalars(select(User.is_pending)).all() == [False]


def _insert(connection: Connection, table: str, **values: Any) -> None:
    """As the version before did it, with the columns of then."""
    then = Table(table, MetaData(), autoload_with=connection, resolve_fks=False)
    kinds = {"digest": LargeBinary(), "created": UtcDateTime(), "expires": UtcDateTime()}
    for name, value in values.items():
        then.c[name].type = Uuid() if isinstance(value, UUID) else kinds.get(name, then.c[name].type)
    connection.execute(then.insert(), values)
