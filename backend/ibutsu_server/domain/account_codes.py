"""Codes in mailed links: they prove who reads the mailbox, for one purpose, for a while."""

import re
import secrets
from datetime import timedelta

from sqlalchemy import delete, select

from ibutsu_server.db import db
from ibutsu_server.db.models import AccountCode, User
from ibutsu_server.db.types import now
from ibutsu_server.domain.tokens import digest_of

LIFETIMES = {"activate": timedelta(days=3), "reset": timedelta(hours=1)}
BYTES = 33
"""Make 44 characters: base64 without padding, which is what published clients take for a code."""


def is_well_formed(code: str) -> bool:
    return len(code) % 4 == 0 and re.fullmatch(r"[\w-]+={0,2}", code, re.ASCII) is not None


def issue(user: User, purpose: str, *, password_hash: str | None = None) -> str:
    """Make a code, which is kept as a digest only; `password_hash` is what it sets when it is used."""
    code = secrets.token_urlsafe(BYTES)
    row = AccountCode(user_id=user.id, purpose=purpose, digest=digest_of(code), password_hash=password_hash)
    row.expires = now() + LIFETIMES[purpose]
    db.session.add(row)
    db.session.flush()
    return code


def find(code: str, purpose: str) -> tuple[AccountCode, User] | None:
    """The code and whose it is, unless it is unknown, used or over."""
    statement = (
        select(AccountCode, User)
        .join(User, User.id == AccountCode.user_id)
        .where(
            AccountCode.digest == digest_of(code),
            AccountCode.purpose == purpose,
            AccountCode.expires > now(),
        )
    )
    row = db.session.execute(statement).one_or_none()
    return None if row is None else (row[0], row[1])


def take(row: AccountCode) -> bool:
    """Use a code up; of several who try at once, one succeeds."""
    statement = delete(AccountCode).where(AccountCode.id == row.id).returning(AccountCode.id)
    return db.session.scalar(statement) is not None


def void(user: User, purpose: str, *, but: AccountCode | None = None) -> None:
    """Make codes that were mailed before worth nothing."""
    statement = delete(AccountCode).where(AccountCode.user_id == user.id, AccountCode.purpose == purpose)
    if but is not None:
        statement = statement.where(AccountCode.id != but.id)
    db.session.execute(statement)


def forget_expired() -> None:
    db.session.execute(delete(AccountCode).where(AccountCode.expires <= now()))
