"""Versions of the server that work side by side: what migrations may do, who does them, and when."""
# ruff: noqa: F811 - fixtures are imported

import logging
import subprocess
import threading
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from alembic import op
from alembic.script import ScriptDirectory
from db.test_migrations import engine, postgresql_url, sqlite_url, url  # noqa: F401
from helpers import migrating
from helpers.deployment import eventually
from helpers.processes import COMMAND, environment
from sqlalchemy import create_engine, text

from ibutsu_server.db import upgrade
from ibutsu_server.errors import SettingsError

pytestmark = [pytest.mark.integration, pytest.mark.slow]

BEFORE_MARKS = "0006"
HEAD = upgrade.head()


@pytest.fixture
def later(tmp_path, monkeypatch):
    """Pretends that this version has one more migration; says what it does and how it is marked."""

    def make(body="", marks='phase = "expand"'):
        folder = migrating.copy_of_migrations(tmp_path)
        migrating.version(folder, "9000", HEAD, body, marks)
        monkeypatch.setattr(upgrade, "MIGRATIONS", folder)

    return make


def _oldest(engine):
    with engine.connect() as connection:
        return connection.scalar(text("SELECT oldest FROM compatibility"))


def test_version_of_before_goes_on_when_tables_were_added(url, engine, later, monkeypatch):
    upgrade.upgrade(url)
    with monkeypatch.context():
        later('op.create_table("added", sa.Column("id", sa.Integer()))')
        upgrade.upgrade(url)
        assert upgrade.current(url) == "9000"
    monkeypatch.undo()
    assert _oldest(engine) == "0007"
    upgrade.require_usable(url)


def test_version_of_before_is_refused_once_something_is_gone(url, engine, later, monkeypatch):
    later('op.drop_table("saved_filters")', 'phase = "contract"\noldest = "9000"')
    upgrade.upgrade(url)
    assert _oldest(engine) == "9000"
    monkeypatch.undo()
    with pytest.raises(SettingsError, match=r"newer version of the server \(revision 9000\)"):
        upgrade.require_usable(url)


def _versions():
    scripts = ScriptDirectory(str(upgrade.MIGRATIONS)).walk_revisions()
    return [script.module for script in scripts if script.revision > BEFORE_MARKS]


def test_every_migration_is_marked_and_numbered():
    for module in _versions():
        assert module.phase in {"expand", "contract"}, module.revision
        assert len(module.revision) == 4
        assert module.revision.isdigit()
        if module.phase == "contract":
            assert BEFORE_MARKS < module.oldest <= module.revision


def test_no_migration_harms_servers_that_run():
    assert {module.revision: migrating.faults(module) for module in _versions()} == {
        module.revision: [] for module in _versions()
    }


@pytest.mark.parametrize(
    ("word", "change"),
    [
        ("drops", lambda: op.drop_column("runs", "env")),
        ("drops", lambda: op.drop_table("groups")),
        ("renames", lambda: op.alter_column("runs", "env", new_column_name="environment")),
        ("renames", lambda: op.rename_table("groups", "teams")),
        ("wants", lambda: op.alter_column("runs", "env", nullable=False)),
        ("changes a type", lambda: op.execute("ALTER TABLE runs ALTER COLUMN env TYPE varchar")),
        ("does not fill", lambda: op.execute("ALTER TABLE runs ADD COLUMN x INTEGER NOT NULL")),
        ("a rule", lambda: op.create_check_constraint("ck_x", "runs", "env <> ''")),
        ("unique", lambda: op.create_index("uq_x", "groups", ["name"], unique=True)),
        ("CONCURRENTLY", lambda: op.create_index("ix_x", "results", ["env"])),
        ("a task can", lambda: op.execute("UPDATE results SET env = 'x'")),
    ],
)
def test_what_harms_servers_that_run_is_noticed(word, change):
    (why,) = migrating.faults(SimpleNamespace(phase="expand", upgrade=change))
    assert word in why


@pytest.mark.parametrize(
    "change",
    [
        lambda: op.execute("ALTER TABLE runs ADD COLUMN x INTEGER"),
        lambda: op.execute("ALTER TABLE runs ADD COLUMN x INTEGER DEFAULT 0 NOT NULL"),
        lambda: op.execute("CREATE TABLE more (id INTEGER); CREATE UNIQUE INDEX uq_x ON more (id)"),
        lambda: op.create_index("ix_x", "groups", ["name"]),
        lambda: op.execute("CREATE INDEX CONCURRENTLY ix_x ON results (env)"),
    ],
)
def test_what_only_adds_is_fine(change):
    assert migrating.faults(SimpleNamespace(phase="expand", upgrade=change)) == []


def test_contract_may_take_away():
    contract = SimpleNamespace(phase="contract", upgrade=lambda: op.drop_column("runs", "env"))
    assert migrating.faults(contract) == []


def _start_upgrade(url):
    variables = {
        "SQLALCHEMY_DATABASE_URI": url,
        "CELERY_BROKER_URL": "memory://",
        "JWT_SECRET": "s" * 32,
        "IBUTSU_LOG_FORMAT": "text",
    }
    return subprocess.Popen(
        [*COMMAND, "db", "upgrade"],
        env=environment(**variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def _another_has_its_turn(url):
    with upgrade._engine(url) as engine, engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": upgrade.ADVISORY_LOCK})
        else:
            connection.connection.dbapi_connection.begin()
        yield


@pytest.mark.slow
def test_second_upgrade_waits_says_so_and_finds_nothing_to_do(url):
    with _another_has_its_turn(url):
        others = [_start_upgrade(url) for _ in range(2)]
        told = [other.stderr.readline() for other in others]
    ended = [other.communicate(timeout=60) for other in others]
    said = "WARNING Another upgrade of this database is running: waiting for its end\n"
    assert all(line.endswith(said) for line in told), told
    assert [other.returncode for other in others] == [0, 0], ended
    assert [out for out, _ in ended] == [f"{HEAD}\n"] * 2


def test_migration_lets_requests_pass_while_it_waits_for_a_table(
    postgresql_url,
    later,
    monkeypatch,
    caplog,
):
    """It gives up its place in the queue again and again, until it has the table for itself."""
    monkeypatch.setattr(upgrade, "LOCK_SECONDS", 1)
    upgrade.upgrade(postgresql_url)
    later('op.add_column("groups", sa.Column("colour", sa.Text()))')
    engine = create_engine(postgresql_url)
    with engine.connect() as reader, caplog.at_level(logging.WARNING):
        reader.execute(text("SELECT * FROM groups"))
        thread = threading.Thread(target=upgrade.upgrade, args=(postgresql_url,))
        thread.start()
        assert eventually(lambda: "Somebody holds a table" in caplog.text, 20)
        with engine.connect() as passer:
            passer.execute(text("SET statement_timeout = '20s'"))
            passer.execute(text("SELECT * FROM groups"))
        reader.rollback()
        thread.join(60)
    engine.dispose()
    assert upgrade.current(postgresql_url) == "9000"


def test_table_that_is_held_for_ever_ends_the_upgrade(postgresql_url, later, monkeypatch):
    monkeypatch.setattr(upgrade, "LOCK_SECONDS", 1)
    monkeypatch.setattr(upgrade, "LOCK_PATIENCE_SECONDS", 0)
    upgrade.upgrade(postgresql_url)
    later('op.add_column("groups", sa.Column("colour", sa.Text()))')
    engine = create_engine(postgresql_url)
    with engine.connect() as reader:
        reader.execute(text("SELECT * FROM groups"))
        with pytest.raises(SettingsError, match="lock timeout"):
            upgrade.upgrade(postgresql_url)
    engine.dispose()
    assert upgrade.current(postgresql_url) == HEAD


def test_index_of_a_large_table_is_made_while_it_is_written_to(postgresql_url, later):
    upgrade.upgrade(postgresql_url)
    later(
        """with op.get_context().autocommit_block():
        .   op.execute("SET lock_timeout = 0")
        .   op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_results_later")
        .   op.execute("CREATE INDEX CONCURRENTLY ix_results_later ON results (source)")
        .   op.execute(f"SET lock_timeout = '3s'")""".replace("        .", "   ")
    )
    upgrade.upgrade(postgresql_url)
    assert upgrade.current(postgresql_url) == "9000"
