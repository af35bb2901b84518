"""The outbox: mails that were promised are sent, however often the mail server or this one fails first."""

import logging
from contextlib import suppress
from datetime import timedelta

from sqlalchemy import delete, func, select

from ibutsu_server.db import db
from ibutsu_server.db.models import Mail, User
from ibutsu_server.db.types import now
from ibutsu_server.domain import account_codes
from ibutsu_server.domain.registrations import is_waiting
from ibutsu_server.mail import Away, Letter, Post, Refused

log = logging.getLogger(__name__)

ATTEMPTS = 10
"""The last one is eight and a half hours after the first: each waits twice as long as the one before."""

FIRST_WAIT = timedelta(minutes=1)
LEASE = timedelta(minutes=10)
"""How long whoever takes a mail has for sending it; longer than any talk to a mail server."""

_FRESH = {"populate_existing": True}
"""A run of many mails takes minutes: what it read at its beginning may have changed."""


def send_due(post: Post) -> None:
    """Send what is due, each in transactions of its own: no lock is held while the mail server talks.

    When the mail server is away, the rest is left for the next time.
    """
    with suppress(Away):
        while (mail := _take()) is not None:
            _send(mail, post)


def _take() -> Mail | None:
    """Make a mail that is due one's own for a while; two workers never take the same one."""
    statement = select(Mail).where(Mail.due <= now()).order_by(Mail.due, Mail.id).limit(1)
    mail = db.session.scalar(statement.with_for_update(skip_locked=True), execution_options=_FRESH)
    if mail is not None:
        mail.attempts += 1
        mail.due = now() + LEASE
    db.session.commit()
    return mail


def _send(mail: Mail, post: Post) -> None:
    if mail.attempts > ATTEMPTS:
        _give_up(mail, "it brought down whoever tried")
        return
    letter = _letter(mail, post)
    db.session.commit()  # the code in the letter works before anybody reads it
    try:
        if letter is not None:
            post.send(letter)
    except Refused as error:
        _put_off(mail, error, is_final=error.is_final)
    except Away as error:
        _put_off(mail, error)
        raise
    else:
        _forget(mail)


def _letter(mail: Mail, post: Post) -> Letter | None:
    """What the owner of the address is to read; nobody, where there is no account that could be used."""
    statement = select(User).where(func.lower(User.email) == func.lower(mail.email))
    user = db.session.scalar(statement, execution_options=_FRESH)
    if user is None or not (user.is_active or is_waiting(user)):
        return None
    if mail.kind == "recover":
        return post.reset(user.email, account_codes.issue(user, "reset"))
    if user.is_active:
        return post.exists(user.email, account_codes.issue(user, "reset"))
    return post.activation(
        user.email, account_codes.issue(user, "activate", password_hash=mail.password_hash)
    )


def _put_off(mail: Mail, error: Exception, *, is_final: bool = False) -> None:
    if is_final or mail.attempts >= ATTEMPTS:
        _give_up(mail, error)
        return
    log.warning("A mail to %a will be tried again, attempt %d: %s", mail.email, mail.attempts, error)
    mail.due = now() + FIRST_WAIT * 2 ** (mail.attempts - 1)
    db.session.commit()


def _give_up(mail: Mail, reason: object) -> None:
    log.error("Gave up on a mail to %a after attempt %d: %s", mail.email, mail.attempts, reason)
    _forget(mail)


def _forget(mail: Mail) -> None:
    db.session.execute(delete(Mail).where(Mail.id == mail.id))
    db.session.commit()
