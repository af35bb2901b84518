"""Whether the parts that the server needs answer."""

from sqlalchemy import select, text

from ibutsu_server.db import db


def check_database() -> None:
    """Raises Unavailable when the database does not answer."""
    db.session.execute(select(text("1")))
