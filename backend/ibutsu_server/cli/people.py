"""Commands on accounts and their tokens."""

from pathlib import Path
from typing import Any

import click

from ibutsu_server.cli.context import ROLES, data_dir, database, settings_of

DAYS = 365


@click.group()
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

    settings = settings_of(data_dir, superadmin_email=email, superadmin_password=password)
    with database(settings):
        user, _ = setup.superadmin(email, name=name, password=password, rounds=settings.bcrypt_log_rounds)
    click.echo(f"{user.email} is superadmin")


@click.group()
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

    settings = settings_of(data_dir)
    account = {"email": email, "name": name, "password": password, "is_active": True}
    with database(settings):
        made = users.add(account, rounds=settings.bcrypt_log_rounds)
    click.echo(f"{made.email} {made.id}")


@click.group()
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

    with database(settings_of(data_dir)):
        place = setup.project_called(asked["project"]).id if asked["project"] else None
        issued = tokens.issue(
            setup.user_called(user),
            name=asked["name"],
            lifetime=timedelta(days=asked["days"]),
            project_id=place,
            role=asked["role"],
        )
    click.echo(issued.jwt)
