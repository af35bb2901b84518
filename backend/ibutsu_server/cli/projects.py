"""Commands on projects and their members."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ibutsu_server.cli.context import ROLES, data_dir, database, settings_of

if TYPE_CHECKING:
    from ibutsu_server.access import Role


@click.group()
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

    with database(settings_of(data_dir)):
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

    with database(settings_of(data_dir)):
        members.appoint(setup.project_called(project), setup.user_called(email), role)
    click.echo(f"{email} is {role} of {project}")
