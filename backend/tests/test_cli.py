"""The commands of `ibutsu-server`, one by one."""

import socket
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import jwt
import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, insert, text

from ibutsu_server import __version__, access
from ibutsu_server.cli import context, main
from ibutsu_server.db import upgrade
from ibutsu_server.db.models import Worker
from ibutsu_server.db.types import now

pytestmark = pytest.mark.integration
COMMANDS = [
    ["serve"],
    ["db", "partition"],
    ["db", "upgrade"],
    ["db", "current"],
    ["admin", "create"],
    ["user", "create"],
    ["project", "create"],
    ["project", "add-user"],
    ["token", "create"],
    ["worker"],
    ["beat"],
    ["check-worker"],
    ["check-settings"],
    ["migrate-from-ibutsu"],
    ["backup"],
    ["check-data"],
]


@pytest.fixture
def run(tmp_path: Path):
    """Run a command on a data folder of its own; `env` adds variables."""
    base = {"IBUTSU_DATA_DIR": str(tmp_path / "data"), "BCRYPT_LOG_ROUNDS": "4"}

    def run(*arguments, env=None, **more):
        return CliRunner().invoke(main, list(arguments), env=base | (env or {}), **more)

    return run


@pytest.fixture
def rows(tmp_path: Path):
    def rows(sql):
        engine = create_engine(f"sqlite:///{tmp_path / 'data' / 'ibutsu.db'}")
        with engine.connect() as connection:
            found = [tuple(row) for row in connection.execute(text(sql))]
        engine.dispose()
        return found

    return rows


@pytest.fixture
def admin(run):
    made = run("admin", "create", "--email", "boss@example.com", "--password", "secret")
    assert made.exit_code == 0, made.output
    return "boss@example.com"


@pytest.mark.unit
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(run, command):
    shown = run(*command, "--help")
    assert shown.exit_code == 0
    assert "--data-dir" in shown.output
    assert len(shown.output.split("\n\n")[1]) > 10


@pytest.mark.unit
def test_version_is_shown(run):
    assert __version__ in run("--version").output


@pytest.mark.unit
def test_help_loads_nothing_heavy():
    code = (
        "import sys; from click.testing import CliRunner; from ibutsu_server.cli import main;"
        "CliRunner().invoke(main, ['serve', '--help']);"
        "print([name for name in ('flask', 'sqlalchemy', 'celery', 'connexion') if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_database_goes_from_empty_to_newest(run):
    assert run("db", "current").output == f"empty (needed: {upgrade.head()})\n"
    assert run("db", "upgrade").output == f"{upgrade.head()}\n"
    assert run("db", "current").output == f"{upgrade.head()} (needed: {upgrade.head()})\n"


def test_data_folder_can_be_an_argument(run, tmp_path):
    assert run("db", "upgrade", "--data-dir", str(tmp_path / "other")).exit_code == 0
    assert (tmp_path / "other" / "ibutsu.db").exists()
    assert not (tmp_path / "data").exists()


def test_superadmin_is_made(admin, rows):
    assert rows("SELECT email, name, is_superadmin, is_active FROM users") == [(admin, "Ibutsu Admin", 1, 1)]


def test_password_is_asked_for_twice(run, rows):
    made = run("admin", "create", "--email", "boss@example.com", input="secret\nsecret\n")
    assert made.exit_code == 0
    assert "secret" not in made.output
    assert len(rows("SELECT id FROM users WHERE password_hash IS NOT NULL")) == 1


def test_password_can_come_from_the_environment(run, rows):
    env = {"IBUTSU_SUPERADMIN_PASSWORD": "secret"}
    assert run("admin", "create", "--email", "boss@example.com", env=env).exit_code == 0
    assert len(rows("SELECT id FROM users")) == 1


@pytest.mark.validation
def test_wrong_email_is_refused_by_name(run, rows):
    refused = run("admin", "create", "--email", "boss", "--password", "secret")
    assert refused.exit_code == 1
    assert "EMAIL" in refused.output


PASSWORD = "correct horse battery staple"


def test_ordinary_user_is_made(run, rows):
    made = run("user", "create", "jo@example.com", "--name", "Jo", "--password", PASSWORD)
    assert made.output.startswith("jo@example.com ")
    assert PASSWORD not in made.output
    found = "SELECT email, name, is_superadmin, is_active FROM users WHERE password_hash IS NOT NULL"
    assert rows(found) == [("jo@example.com", "Jo", 0, 1)]


@pytest.mark.parametrize(
    "given", [{"input": f"{PASSWORD}\n{PASSWORD}\n"}, {"env": {"IBUTSU_USER_PASSWORD": PASSWORD}}], ids=str
)
def test_password_of_a_user_is_asked_for_or_comes_from_the_environment(run, rows, given):
    assert run("user", "create", "jo@example.com", **given).exit_code == 0
    assert len(rows("SELECT id FROM users WHERE password_hash IS NOT NULL")) == 1


@pytest.mark.validation
@pytest.mark.parametrize(
    ("email", "password", "text"),
    [
        ("JO@example.com", PASSWORD, "The user with email JO@example.com already exists"),
        ("new@example.com", "password", "Password"),
        ("new", PASSWORD, "e-mail address"),
    ],
)
def test_user_that_cannot_be_is_refused_in_one_sentence(run, rows, email, password, text):
    run("user", "create", "jo@example.com", "--password", PASSWORD)
    refused = run("user", "create", email, "--password", password)
    assert refused.exit_code == 1
    assert text in refused.output
    assert len(refused.output.splitlines()) == 1
    assert rows("SELECT email FROM users") == [("jo@example.com",)]


def test_project_belongs_to_the_superadmin_unless_told_otherwise(run, rows, admin):
    made = run("project", "create", "mine", "--title", "My project")
    assert made.output.startswith("mine ")
    owned = "SELECT p.name, p.title, u.email FROM projects p JOIN users u ON u.id = p.owner_id"
    assert rows(owned) == [("mine", "My project", admin)]


def test_project_can_belong_to_someone_else(run, rows, admin):
    run("admin", "create", "--email", "other@example.com", "--password", "secret")
    assert run("project", "create", "theirs", "--owner", "other@example.com").exit_code == 0
    assert rows("SELECT u.email FROM projects p JOIN users u ON u.id = p.owner_id") == [
        ("other@example.com",)
    ]


@pytest.mark.validation
def test_second_project_of_a_name_is_refused_in_one_sentence(run, admin):
    run("project", "create", "mine")
    refused = run("project", "create", "MINE")
    assert refused.exit_code == 1
    assert refused.output == "Error: A project with the name MINE already exists\n"


def test_user_becomes_a_member(run, rows, admin):
    run("admin", "create", "--email", "other@example.com", "--password", "secret")
    run("project", "create", "mine")
    assert run("project", "add-user", "mine", "other@example.com").exit_code == 0
    assert run("project", "add-user", "mine", "other@example.com").exit_code == 0
    assert rows("SELECT count(*) FROM users_projects") == [(2,)]


def test_member_has_the_role_that_was_said_last(run, rows, admin):
    run("user", "create", "jo@example.com", "--password", PASSWORD)
    run("project", "create", "mine")
    found = "SELECT role FROM users_projects m JOIN users u ON u.id = m.user_id WHERE u.email LIKE 'jo@%'"
    for options, role in ([], "maintainer"), (["--role", "viewer"], "viewer"), (["--role", "owner"], "owner"):
        made = run("project", "add-user", "mine", "jo@example.com", *options)
        assert made.output == f"jo@example.com is {role} of mine\n"
        assert rows(found) == [(role,)]


@pytest.mark.validation
@pytest.mark.parametrize(("role", "text"), [("viewer", "owns the project"), ("king", "king")])
def test_owner_keeps_their_role_and_there_is_no_king(run, admin, role, text):
    run("project", "create", "mine")
    refused = run("project", "add-user", "mine", admin, "--role", role)
    assert refused.exit_code != 0
    assert text in refused.output


@pytest.mark.validation
@pytest.mark.parametrize(
    ("command", "problem"),
    [
        (["project", "add-user", "mine", "nobody@example.com"], "no user with the e-mail address nobody@"),
        (["project", "add-user", "nothing", "boss@example.com"], "no project called nothing"),
        (
            ["project", "create", "more", "--owner", "nobody@example.com"],
            "no user with the e-mail address nobody@",
        ),
        (
            ["token", "create", "--user", "nobody@example.com", "--name", "x"],
            "no user with the e-mail address",
        ),
    ],
)
def test_unknown_names_are_refused_in_one_sentence(run, admin, command, problem):
    run("project", "create", "mine")
    refused = run(*command)
    assert refused.exit_code == 1
    assert problem in refused.output
    assert len(refused.output.splitlines()) == 1


@pytest.mark.validation
def test_first_project_needs_a_superadmin(run):
    assert "ibutsu-server admin create" in run("project", "create", "mine").output


def test_token_is_printed_alone_and_ends_after_its_days(run, rows, admin):
    made = run("token", "create", "--user", admin, "--name", "ci", "--days", "3")
    claims = jwt.decode(made.output.strip(), options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == 3 * 24 * 3600
    assert rows("SELECT name, session_id, last_four FROM tokens") == [("ci", None, made.output.strip()[-4:])]


def test_token_can_be_limited_to_a_project_and_a_role(run, rows, admin):
    run("project", "create", "mine")
    made = run("token", "create", "--user", admin, "--name", "ci", "--project", "MINE", "--role", "reporter")
    assert made.exit_code == 0, made.output
    limits = "SELECT p.name, t.role FROM tokens t JOIN projects p ON p.id = t.project_id"
    assert rows(limits) == [("mine", "reporter")]


@pytest.mark.validation
@pytest.mark.parametrize(
    ("option", "value", "problem"),
    [("--project", "nowhere", "no project called nowhere"), ("--role", "admin", "viewer")],
)
def test_token_with_a_limit_that_does_not_exist_is_not_made(run, rows, admin, option, value, problem):
    refused = run("token", "create", "--user", admin, "--name", "ci", option, value)
    assert refused.exit_code != 0
    assert problem in refused.output
    assert rows("SELECT id FROM tokens") == []


@pytest.mark.unit
def test_roles_that_can_be_asked_for_are_those_there_are():
    assert context.ROLES == access.ROLES


@pytest.mark.validation
@pytest.mark.parametrize("command", ["worker", "beat"])
def test_embedded_server_needs_no_other_process(run, command):
    refused = run(command)
    assert refused.exit_code == 1
    assert "CELERY_BROKER_URL" in refused.output


def test_settings_are_shown_without_secrets(run):
    shown = run("check-settings", env={"JWT_SECRET": "hush" * 10, "IBUTSU_STORAGE_URL": "s3://bucket/path"})
    assert shown.exit_code == 0
    assert "IBUTSU_STORAGE_URL=s3://bucket/path\n" in shown.output
    assert "hush" not in shown.output


@pytest.mark.validation
@pytest.mark.parametrize("command", [["check-settings"], ["serve"], ["db", "upgrade"]], ids=" ".join)
def test_bad_setting_is_refused_in_one_sentence(run, command):
    refused = run(*command, env={"BCRYPT_LOG_ROUNDS": "many"})
    assert refused.exit_code == 1
    assert refused.output.startswith("Error: BCRYPT_LOG_ROUNDS: ")
    assert len(refused.output.splitlines()) == 1


@pytest.mark.validation
def test_deployed_commands_want_the_tables_of_this_version(run, tmp_path):
    env = {"CELERY_BROKER_URL": "memory://", "JWT_SECRET": "s" * 32}
    (tmp_path / "data").mkdir()
    assert "ibutsu-server db upgrade" in run("project", "create", "mine", env=env).output
    run("db", "upgrade", env=env)
    assert run("admin", "create", "--email", "a@b.c", "--password", "x", env=env).exit_code == 0


def _note_worker(folder, kind, hostname, ago=timedelta()):
    engine = create_engine(f"sqlite:///{folder / 'data' / 'ibutsu.db'}")
    sign = {"id": uuid4(), "kind": kind, "hostname": hostname, "pid": 1, "queues": [], "concurrency": 1}
    times = {"started": now(), "seen": now() - ago, "doing": []}
    with engine.begin() as connection:
        connection.execute(insert(Worker).values(**sign, **times))
    engine.dispose()


def test_machine_is_told_whether_its_own_worker_is_alive(run, tmp_path):
    run("db", "upgrade")
    _note_worker(tmp_path, "worker", "another machine")
    _note_worker(tmp_path, "worker", socket.gethostname(), ago=timedelta(minutes=2))
    _note_worker(tmp_path, "scheduler", socket.gethostname())
    dead = run("check-worker")
    assert (dead.exit_code, "no sign of life" in dead.output) == (1, True)
    assert run("check-worker", "--kind", "scheduler").exit_code == 0
    _note_worker(tmp_path, "worker", socket.gethostname())
    alive = run("check-worker")
    assert (alive.exit_code, alive.output) == (0, f"The worker on {socket.gethostname()} is alive\n")


def test_worker_is_not_to_blame_when_the_database_is_away(run):
    gone = {
        "SQLALCHEMY_DATABASE_URI": "postgresql://nobody@127.0.0.1:1/gone",
        "CELERY_BROKER_URL": "memory://",
        "JWT_SECRET": "s" * 32,
    }
    asked = run("check-worker", env=gone)
    assert asked.exit_code == 0
    assert "nothing is known of the worker" in asked.output
