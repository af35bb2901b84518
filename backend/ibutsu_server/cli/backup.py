"""Commands that keep a copy of what is stored, and that look whether all of it is there."""

from pathlib import Path

import click

from ibutsu_server.cli.context import data_dir, database, settings_of

SHOWN = 100
"""Of more faults, the number is told."""


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@data_dir
def backup(folder: Path, data_dir: Path | None) -> None:
    """Copy all of an embedded server into FOLDER, while it works.

    A server that is started with --data-dir FOLDER then is the restored one.  An earlier backup in FOLDER is
    brought up to date: only what is new is copied.
    """
    from sqlalchemy import make_url

    from ibutsu_server.domain import backups
    from ibutsu_server.errors import SettingsError
    from ibutsu_server.storage import Storage

    settings = settings_of(data_dir)
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise SettingsError(
            "This command copies SQLite files: for PostgreSQL, use pg_dump and copy the storage"
        )
    source = Path(url.database)
    if not source.is_file():
        raise SettingsError(f"There is no database {source}")
    if folder.absolute() == source.absolute().parent:
        raise click.UsageError("FOLDER is that of the server itself")
    count = backups.take(source, Storage.open(settings.artifacts_url), folder)
    secret = settings.data_dir / "jwt-secret"
    if secret.is_file():
        backups.copy_secret(secret, folder / secret.name)
    click.echo(f"{folder}: the database and {count} objects")


@click.command("check-data")
@click.option("--read", is_flag=True, help="Read every artifact, and compare it with its digest.")
@data_dir
def check_data(data_dir: Path | None, *, read: bool) -> None:
    """Look whether all that is stored fits together; a server may work meanwhile.

    The counts of runs against their results, and whether the bytes of each artifact, and of each file that
    waits for its import, are in the storage.  Exit code: 0 if all is well, 1 if something is wrong.
    """
    from ibutsu_server.domain import soundness
    from ibutsu_server.storage import Storage

    settings = settings_of(data_dir)
    found = 0
    with database(settings):
        for what, rows in soundness.checks(Storage.open(settings.artifacts_url), read=read):
            number = 0
            for faults in rows:
                number += 1
                for fault in faults[: max(0, SHOWN - found)]:
                    click.echo(fault, err=True)
                found += len(faults)
            click.echo(f"{number} {what}")
    if found:
        raise click.ClickException(f"{found} faults")
    click.echo("All is there")
