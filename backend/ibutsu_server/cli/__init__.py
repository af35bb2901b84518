"""The command `ibutsu-server`: each subcommand is arguments and one verb."""

import warnings
from typing import Any

import click

from ibutsu_server import __version__
from ibutsu_server.cli import backup, db, moving, people, processes, projects, upload
from ibutsu_server.errors import Error, SettingsError


class _Sentences(click.Group):
    """What a person can mend is told in one sentence, without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (SettingsError, Error) as error:
            raise click.ClickException(str(error)) from None


@click.group(cls=_Sentences, context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.version_option(__version__, prog_name="ibutsu-server")
def main() -> None:
    """A test-results server.

    Settings are environment variables, see `ibutsu-server check-settings`.
    """
    warnings.filterwarnings("ignore", message="Using `httpx`")  # Connexion's, which imports its test client


main.add_command(processes.serve)
main.add_command(processes.worker)
main.add_command(processes.beat)
main.add_command(processes.check_worker)
main.add_command(processes.check_settings)
main.add_command(db.db)
main.add_command(backup.backup)
main.add_command(backup.check_data)
main.add_command(people.admin)
main.add_command(people.user)
main.add_command(people.token)
main.add_command(projects.project)
main.add_command(upload.upload)
main.add_command(moving.migrate_from_ibutsu)
