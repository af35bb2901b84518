"""Registration, activation and recovery: what they tell is the same whoever has an account."""

from ibutsu_server.db import db
from ibutsu_server.db.models import Mail, User
from ibutsu_server.db.types import new_id
from ibutsu_server.db.writes import insert
from ibutsu_server.domain import account_codes, audit, tokens
from ibutsu_server.errors import Forbidden, Invalid, LoginRefused
from ibutsu_server.passwords import check_password, hash_password
from ibutsu_server.schemas import require_email


def register(email: str, password: str, *, rounds: int, is_open: bool) -> None:
    """Promise a mail.  An address without account gets one that is pending until its link is opened.

    Every statement is the same for known and unknown addresses: what differs is done when the mail is sent.
    """
    if not is_open:
        raise Forbidden("Registration is turned off on this server: ask an administrator for an account")
    require_email(email)
    if not password:
        raise LoginRefused("EMPTY", "Username and/or password are empty")
    check_password(password, email=email)
    password_hash = hash_password(password, rounds=rounds)
    _add_pending(email, password_hash)
    _promise_mail("register", email, password_hash)


def _add_pending(email: str, password_hash: str) -> None:
    row = {"id": new_id(), "email": email, "password_hash": password_hash}
    row |= {"is_superadmin": False, "is_active": False, "is_pending": True}
    db.session.execute(insert(User).values(row).on_conflict_do_nothing())


def recover(email: str) -> None:
    """Promise a mail with a link to choose a new password, or the first one."""
    _promise_mail("recover", email)


def _promise_mail(kind: str, email: str, password_hash: str | None = None) -> None:
    db.session.add(Mail(kind=kind, email=email, password_hash=password_hash))
    db.session.flush()


def activate(code: str) -> bool:
    """Open a pending account with the password of the registration that the code was mailed for.

    Mail scanners open links before people do: a code that has done its work does nothing, and still succeeds.
    """
    if not account_codes.is_well_formed(code):
        raise Invalid(f"Activation code {code} is not valid", field="activation_code")
    found = account_codes.find(code, "activate")
    if found is None:
        return False
    row, user = found
    if is_waiting(user):
        audit.act(user_id=user.id, user_email=user.email)
        user.password_hash, user.is_active, user.is_pending = row.password_hash, True, False
        account_codes.void(user, "activate", but=row)
    return user.is_active


def reset_password(code: str, password: str, *, rounds: int) -> None:
    """Set a new password and end all access that was given out before.

    Who is mailed the code reads the mailbox: a pending account is opened by it as well.
    """
    found = account_codes.find(code, "reset") if account_codes.is_well_formed(code) else None
    if found is None or not (found[1].is_active or is_waiting(found[1])):
        raise Invalid("Invalid activation code", field="activation_code")
    row, user = found
    check_password(password, email=user.email, name=user.name)
    password_hash = hash_password(password, rounds=rounds)
    if not account_codes.take(row):
        raise Invalid("Invalid activation code", field="activation_code")
    audit.act(user_id=user.id, user_email=user.email)
    user.password_hash, user.is_active, user.is_pending = password_hash, True, False
    account_codes.void(user, "reset")
    tokens.revoke_all(user)


def is_waiting(user: User) -> bool:
    """Registered, and neither the mailed link nor an administrator has opened the account yet."""
    return user.is_pending and not user.is_active
