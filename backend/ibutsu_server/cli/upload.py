"""The command that sends report files to a server; it needs none on this machine."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click


def _address(_context: click.Context, _option: click.Parameter, url: str) -> str:
    """Without the slash or `/api` that some write at its end."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise click.BadParameter("an address looks like https://ibutsu.example.com")
    if parts.username is not None or parts.query or parts.fragment:
        raise click.BadParameter("an address has no user, password, query or fragment")
    return url.rstrip("/").removesuffix("/api").rstrip("/")


def _secret(_context: click.Context, _option: click.Parameter, token: str) -> str:
    """What cannot stand in a header would be shown by the error that it makes."""
    token = token.strip()
    if not token or not token.isascii() or not token.isprintable():
        raise click.BadParameter("a token has visible ASCII characters only")
    return token


def _metadata(
    _context: click.Context, _option: click.Parameter, given: tuple[str, ...]
) -> dict[str, Any] | None:
    """`ci.branch=main` and `ci.commit=1f` become {"ci": {"branch": "main", "commit": "1f"}}."""
    metadata: dict[str, Any] = {}
    for pair in given:
        path, equals, value = pair.partition("=")
        *folders, key = path.split(".")
        place: Any = metadata
        for folder in folders:
            place = place.setdefault(folder, {}) if isinstance(place, dict) else place
        if not equals or not all((*folders, key)) or not isinstance(place, dict) or key in place:
            raise click.BadParameter(f"{pair}: give each key once, as key=value or outer.inner=value")
        place[key] = value
    return metadata or None


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option(
    "--url",
    envvar="IBUTSU_URL",
    required=True,
    show_envvar=True,
    callback=_address,
    help="Address of the server.",
)
@click.option(
    "--token",
    envvar="IBUTSU_TOKEN",
    required=True,
    show_envvar=True,
    callback=_secret,
    help="An API token. Other users of this machine may see options, but not variables.",
)
@click.option(
    "--project", envvar="IBUTSU_PROJECT", show_envvar=True, help="Name or id  [default: the file's own]"
)
@click.option("--source", help="Source of the run.")
@click.option(
    "--metadata",
    multiple=True,
    metavar="KEY=VALUE",
    callback=_metadata,
    help="Metadata of the run and its results; dots nest. Repeat it for more.",
)
@click.option("--wait/--no-wait", default=True, help="Wait until the imports are done.")
@click.option(
    "--timeout",
    default=600,
    type=click.IntRange(1),
    help="Seconds to try to send a file, and then to wait for its import.",
)
@click.option("--retries", default=6, type=click.IntRange(0), help="How often to try again.")
@click.option(
    "--spool",
    envvar="IBUTSU_SPOOL",
    show_envvar=True,
    type=click.Path(file_okay=False, path_type=Path),
    default=lambda: Path(click.get_app_dir("ibutsu-server", roaming=False)) / "spool",
    show_default="a folder of yours",
    help="Where files wait while the server is away.",
)
@click.option("--spooled", is_flag=True, help="Send what waits, and nothing else.")
def upload(files: tuple[str, ...], url: str, token: str, spooled: bool, **asked: Any) -> None:
    """Send report files to a server.

    FILE is a report, a folder (which is sent as a zip), a pattern, or - for the standard input.  What waits
    for this server in the spool goes first.

    Exit code: 0 if everything is stored (and imported, unless --no-wait), 1 if something was refused or
    failed, 3 if something waits in the spool.
    """
    if bool(files) == spooled:
        raise click.UsageError("Name files, or send what waits with --spooled")
    from ibutsu_server import upload as sending

    fields = sending.Fields(asked["project"], asked["source"], asked["metadata"])
    terms = sending.Terms(asked["wait"], asked["retries"], asked["timeout"])
    address = sending.Address(url, token)
    raise SystemExit(sending.send(files, fields, address, asked["spool"], terms))
