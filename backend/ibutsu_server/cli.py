"""The command `ibutsu-server`: each subcommand is arguments and one verb."""

import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ibutsu_server import __version__
from ibutsu_server.errors import Error, SettingsError

if TYPE_CHECKING:
    from flask import Flask

    from ibutsu_server.access import Role
    from ibutsu_server.settings import Settings

DAYS = 365
ROLES = ("viewer", "reporter", "maintainer", "owner")  # those of `access`, which is not loaded for --help


class _Sentences(click.Group):
    """What a person can mend is told in one sentence, without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (SettingsError, Error) as error:
            raise click.ClickException(str(error)) from None


data_dir = click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the embedded server  [default: IBUTSU_DATA_DIR or ./ibutsu-data]",
)


@click.group(cls=_Sentences, context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.version_option(__version__, prog_name="ibutsu-server")
def main() -> None:
    """A test-results server.

    Settings are environment variables, see `ibutsu-server check-settings`.
    """
    warnings.filterwarnings("ignore", message="Using `httpx`")  # Connexion's, which imports its test client


@main.command()
@click.option("--host", default="127.0.0.1", help="Address to listen on; 0.0.0.0 for every one.")
@click.option("--port", default=8080, type=click.IntRange(0, 65535), help="Port; 0 for any free one.")
@click.option("--workers", default=1, type=click.IntRange(1), help="Web processes (with PostgreSQL only).")
@click.option("--access-log", is_flag=True, help="Write a line for each request.")
@data_dir
def serve(host: str, port: int, workers: int, access_log: bool, data_dir: Path | None) -> None:
    """Run the server.

    Without settings it is everything in one process: a SQLite file and artifacts in the data folder, the web
    server, the background worker and the scheduler.  With PostgreSQL and a broker it is the web server.
    """
    settings = _settings(data_dir)
    from ibutsu_server import serve as server

    server.serve(settings, server.Door(host, port, access_log, workers))


@main.group()
def db() -> None:
    """The database's tables."""


@db.command("upgrade")
@data_dir
def db_upgrade(data_dir: Path | None) -> None:
    """Bring the database to the tables of this version; its contents stay."""
    from ibutsu_server.db import upgrade

    settings = _settings(data_dir)
    upgrade.upgrade(settings.database_url)
    click.echo(upgrade.current(settings.database_url))


@db.command("current")
@data_dir
def db_current(data_dir: Path | None) -> None:
    """Show the version of the database's tables and the one that this server needs."""
    from ibutsu_server.db import upgrade

    found = upgrade.current(_settings(data_dir).database_url)
    click.echo(f"{found or 'empty'} (needed: {upgrade.head()})")


@main.group()
def admin() -> None:
    """People who may do everything."""


@admin.command("create")
@click.option("--email", required=True, help="E-mail address to sign in with.")
@click.option("--name", default="Ibutsu Admin", help="Name to show.")
@click.option(
    "--password",
    envvar="IBUTSU_SUPERADMIN_PASSWORD",
    prompt=True,
    hide_input=True,
    confirmation_prompt=True,
    show_default=False,
    help="Asked for unless IBUTSU_SUPERADMIN_PASSWORD is set.",
)
@data_dir
def admin_create(email: str, name: str, password: str, data_dir: Path | None) -> None:
    """Make a superadmin, or make one of an existing user (whose password stays)."""
    from ibutsu_server.domain import setup

    settings = _settings(data_dir, superadmin_email=email, superadmin_password=password)
    with _database(settings):
        user, _ = setup.superadmin(email, name=name, password=password, rounds=settings.bcrypt_log_rounds)
    click.echo(f"{user.email} is superadmin")


@main.group()
def user() -> None:
    """People who may do what their projects allow them."""


@user.command("create")
@click.argument("email")
@click.option("--name", help="Name to show.")
@click.option(
    "--password",
    envvar="IBUTSU_USER_PASSWORD",
    prompt=True,
    hide_input=True,
    confirmation_prompt=True,
    help="Asked for unless IBUTSU_USER_PASSWORD is set.",
)
@data_dir
def user_create(email: str, name: str | None, password: str, data_dir: Path | None) -> None:
    """Make an active account for EMAIL."""
    from ibutsu_server.domain import users

    settings = _settings(data_dir)
    account = {"email": email, "name": name, "password": password, "is_active": True}
    with _database(settings):
        made = users.add(account, rounds=settings.bcrypt_log_rounds)
    click.echo(f"{made.email} {made.id}")


@main.group()
def project() -> None:
    """Projects and their members."""


@project.command("create")
@click.argument("name")
@click.option("--title", help="Longer name to show.")
@click.option("--owner", metavar="EMAIL", help="Who owns it  [default: the first superadmin]")
@data_dir
def project_create(name: str, title: str | None, owner: str | None, data_dir: Path | None) -> None:
    """Make the project NAME."""
    from ibutsu_server.domain import projects, setup

    with _database(_settings(data_dir)):
        user = setup.user_called(owner) if owner else setup.first_superadmin()
        made = projects.add(user, {"name": name, "title": title})
    click.echo(f"{made.name} {made.id}")


@project.command("add-user")
@click.argument("project")
@click.argument("email")
@click.option(
    "--role",
    type=click.Choice(ROLES),
    default="maintainer",
    help="What they may do there.",
)
@data_dir
def project_add_user(project: str, email: str, role: "Role", data_dir: Path | None) -> None:
    """Make the user EMAIL a member of PROJECT, or give a member another role."""
    from ibutsu_server.domain import members, setup

    with _database(_settings(data_dir)):
        members.appoint(setup.project_called(project), setup.user_called(email), role)
    click.echo(f"{email} is {role} of {project}")


@main.group()
def token() -> None:
    """What programs sign in with."""


@token.command("create")
@click.option("--user", metavar="EMAIL", required=True, help="Whose rights the token has.")
@click.option("--name", required=True, help="What it is for, to find it again.")
@click.option("--days", default=DAYS, type=click.IntRange(1, 36500), help="How long it is valid.")
@click.option("--project", metavar="NAME", help="The only project it opens  [default: all of the user's]")
@click.option("--role", type=click.Choice(ROLES), help="The most it may do  [default: what the user may]")
@data_dir
def token_create(user: str, data_dir: Path | None, **asked: Any) -> None:
    """Make an API token and print it; it cannot be shown again."""
    from datetime import timedelta

    from ibutsu_server.domain import setup, tokens

    with _database(_settings(data_dir)):
        place = setup.project_called(asked["project"]).id if asked["project"] else None
        issued = tokens.issue(
            setup.user_called(user),
            name=asked["name"],
            lifetime=timedelta(days=asked["days"]),
            project_id=place,
            role=asked["role"],
        )
    click.echo(issued.jwt)


def _celery_command(name: str) -> Callable[[Any], click.Command]:
    return main.command(
        name, context_settings={"ignore_unknown_options": True}, options_metavar="[CELERY OPTIONS]"
    )


@_celery_command("worker")
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
@data_dir
def worker(options: tuple[str, ...], data_dir: Path | None) -> None:
    """Do the background work of a deployed server.

    OPTIONS go to Celery's worker, for example --concurrency 4 or --loglevel info.
    """
    _run_celery(data_dir, "worker", options)


@_celery_command("beat")
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
@data_dir
def beat(options: tuple[str, ...], data_dir: Path | None) -> None:
    """Start the background work of a deployed server that is due at certain times; run exactly one.

    OPTIONS go to Celery's beat, for example --loglevel info.
    """
    _run_celery(data_dir, "beat", options)


def _run_celery(data_dir: Path | None, command: str, options: tuple[str, ...]) -> None:
    settings = _settings(data_dir)
    if settings.is_embedded:
        raise SettingsError(f"The embedded server has its {command} inside: CELERY_BROKER_URL must be set")
    from ibutsu_server.app import create_app

    create_app(settings).app.extensions["celery"].start([command, *options])


@main.command("check-settings")
@data_dir
def check_settings(data_dir: Path | None) -> None:
    """Show the settings in effect, without secrets, or say what is wrong with them."""
    from ibutsu_server.settings import check_settings, shown

    for name, value in shown(check_settings(**_given(data_dir))).items():
        click.echo(f"{name}={value}")


def _settings(data_dir: Path | None, **overrides: Any) -> "Settings":
    from ibutsu_server.settings import read_settings

    return read_settings(**_given(data_dir), **overrides)


def _given(data_dir: Path | None) -> dict[str, Any]:
    """Processes that are started from here find the folder as well."""
    if data_dir is None:
        return {}
    os.environ["IBUTSU_DATA_DIR"] = str(data_dir)
    return {"data_dir": data_dir}


@contextmanager
def _database(settings: "Settings") -> Iterator["Flask"]:
    """Commits once, at the end."""
    from ibutsu_server.app import create_app
    from ibutsu_server.db import db, upgrade
    from ibutsu_server.domain import audit

    if settings.is_embedded:
        upgrade.upgrade(settings.database_url)
    else:
        upgrade.require_head(settings.database_url)
    app = create_app(settings).app
    with app.app_context():
        audit.act(user_email="command line")
        yield app
        db.session.commit()
