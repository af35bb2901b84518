"""The command that moves in from an Ibutsu 3 server."""

from contextlib import nullcontext
from pathlib import Path

import click

from ibutsu_server.cli.context import data_dir, database, settings_of


@click.command("migrate-from-ibutsu")
@click.option(
    "--source",
    envvar="IBUTSU_SOURCE",
    required=True,
    show_envvar=True,
    metavar="URL",
    help="The old database, postgresql://…; it is read only. Other users of this machine may see options, "
    "but not variables.",
)
@click.option(
    "--project", "projects", multiple=True, metavar="NAME", help="Only this project. Repeat it for more."
)
@click.option("--dry-run", is_flag=True, help="Say what would be copied and what is wrong, and copy nothing.")
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("migrate-from-ibutsu.jsonl"),
    help="File for what was left out or is different; it is added to.",
)
@data_dir
def migrate_from_ibutsu(
    source: str, projects: tuple[str, ...], dry_run: bool, report: Path, data_dir: Path | None
) -> None:
    """Copy the database of an Ibutsu 3 server into this one, with its artifacts.

    It can be stopped at any moment and run again: it goes on where it was.
    """
    from ibutsu_server import moving, serve

    settings = settings_of(data_dir)
    order = moving.Order(source, report, projects, is_dry=dry_run)
    with serve.alone_in(settings) if settings.is_embedded else nullcontext(), database(settings) as app:
        is_whole = moving.move_in(app, order)
    if not is_whole:
        raise click.exceptions.Exit(1)
