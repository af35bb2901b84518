"""Commands on the database's tables."""

from datetime import datetime
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


@db.command("partition")
@click.option(
    "--since", type=click.DateTime(["%Y-%m"]), help="First month with a table of its own  [default: the next]"
)
@data_dir
def db_partition(since: datetime | None, data_dir: Path | None) -> None:
    """Keep results and artifacts in a table for each month (PostgreSQL only).

    Lists look only where answers can be, and retention drops a month at once.  Stop servers and workers
    first.  What is there stays in one table; what began since the month that is named is written again.
    """
    from ibutsu_server.cli.context import database
    from ibutsu_server.db import db, months
    from ibutsu_server.db.types import now

    with database(settings_of(data_dir)):
        connection = db.session.connection()
        months.divide(connection, now(), since=since)
        for table in months.INSTANTS:
            click.echo("\n".join(month.name for month in months.of(connection, table)))
