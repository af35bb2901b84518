"""What commands on this machine's server share: its data folder, its settings, its database."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from flask import Flask

    from ibutsu_server.settings import Settings

ROLES = ("viewer", "reporter", "maintainer", "owner")
"""Those of `access`, which is not loaded for --help."""

data_dir = click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the embedded server  [default: IBUTSU_DATA_DIR or ./ibutsu-data]",
)


def settings_of(data_dir: Path | None, **overrides: Any) -> "Settings":
    from ibutsu_server.settings import read_settings

    return read_settings(**given(data_dir), **overrides)


def given(data_dir: Path | None) -> dict[str, Any]:
    """Processes that are started from here find the folder as well."""
    if data_dir is None:
        return {}
    os.environ["IBUTSU_DATA_DIR"] = str(data_dir)
    return {"data_dir": data_dir}


@contextmanager
def database(settings: "Settings") -> Iterator["Flask"]:
    """Commits once, at the end."""
    from ibutsu_server.app import create_app
    from ibutsu_server.db import db, upgrade
    from ibutsu_server.domain import audit

    if settings.is_embedded:
        upgrade.upgrade(settings.database_url)
    else:
        upgrade.require_usable(settings.database_url)
    app = create_app(settings).app
    with app.app_context():
        audit.act(user_email="command line")
        yield app
        db.session.commit()


@contextmanager
def tables(settings: "Settings") -> Iterator[None]:
    """The database as it is, without the rest of the server, which takes seconds to load."""
    from flask import Flask
    from sqlalchemy import NullPool

    from ibutsu_server.db import db
    from ibutsu_server.db.engine import configure, engine_options

    seconds = settings.statement_timeout_seconds
    options = engine_options(settings.database_url, statement_timeout_seconds=seconds)
    options.pop("pool_size", None)
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {**options, "poolclass": NullPool}
    db.init_app(app)
    with app.app_context():
        configure(db.engine, statement_timeout_seconds=seconds)
        yield
