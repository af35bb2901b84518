"""Commands that run the server, whole or in parts, and that show its settings."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from ibutsu_server.cli.context import data_dir, given, settings_of
from ibutsu_server.errors import SettingsError


@click.command()
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
    if access_log:
        os.environ["IBUTSU_ACCESS_LOG"] = "true"  # for the processes that are started from here as well
    settings = settings_of(data_dir)
    from ibutsu_server import serve as server

    server.serve(settings, server.Door(host, port, workers))


def _celery_command(name: str) -> Callable[[Any], click.Command]:
    return click.command(
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
    settings = settings_of(data_dir)
    if settings.is_embedded:
        raise SettingsError(f"The embedded server has its {command} inside: CELERY_BROKER_URL must be set")
    from ibutsu_server import observing
    from ibutsu_server.app import create_app
    from ibutsu_server.tasks import deployed, gauges

    observing.start(settings, processes=command == "worker")
    celery = create_app(settings).app.extensions["celery"]
    deployed.prepare(celery)
    gauges.show(celery, settings)
    celery.start([command, *options])


@click.command("check-worker")
@click.option("--kind", type=click.Choice(["worker", "scheduler"]), default="worker", help="Which of them.")
@data_dir
def check_worker(kind: str, data_dir: Path | None) -> None:
    """Tell by the exit code whether the worker or scheduler of this machine is alive.

    1 when it has given no sign of life for a minute.  When the database does not answer, nobody can know, and
    it is 0: to start workers anew would not help.
    """
    import socket

    from ibutsu_server.cli.context import tables
    from ibutsu_server.domain import workers
    from ibutsu_server.errors import Unavailable

    hostname = socket.gethostname()
    try:
        with tables(settings_of(data_dir)):
            is_alive = workers.is_alive(hostname, [kind])
    except Unavailable as error:
        click.echo(f"{error.message}: nothing is known of the {kind} on {hostname}", err=True)
        return
    if not is_alive:
        raise click.ClickException(f"The {kind} on {hostname} has given no sign of life for a minute")
    click.echo(f"The {kind} on {hostname} is alive")


@click.command("check-settings")
@data_dir
def check_settings(data_dir: Path | None) -> None:
    """Show the settings in effect, without secrets, or say what is wrong with them."""
    from ibutsu_server.settings import check_settings, shown

    for name, value in shown(check_settings(**given(data_dir))).items():
        click.echo(f"{name}={value}")
