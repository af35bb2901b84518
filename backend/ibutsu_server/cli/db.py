"""Commands on the database's tables."""

from pathlib import Path

import click

from ibutsu_server.cli.context import data_dir, settings_of


@click.group()
def db() -> None:
    """The database's tables."""


@db.command("upgrade")
@data_dir
def db_upgrade(data_dir: Path | None) -> None:
    """Bring the database to the tables of this version; its contents stay."""
    from ibutsu_server import observing
    from ibutsu_server.db import upgrade

    settings = settings_of(data_dir)
    observing.lines.configure(settings)
    upgrade.upgrade(settings.database_url)
    click.echo(upgrade.current(settings.database_url))


@db.command("current")
@data_dir
def db_current(data_dir: Path | None) -> None:
    """Show the version of the database's tables and the one that this server needs."""
    from ibutsu_server.db import upgrade

    found = upgrade.current(settings_of(data_dir).database_url)
    click.echo(f"{found or 'empty'} (needed: {upgrade.head()})")
