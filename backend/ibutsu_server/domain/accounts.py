"""Accounts: signing in, and what people may change about themselves."""

from typing import Any

from sqlalchemy import func, select

from ibutsu_server.db import db
from ibutsu_server.db.models import User
from ibutsu_server.domain import account_codes, tokens
from ibutsu_server.domain.registrations import is_waiting
from ibutsu_server.errors import Forbidden, Invalid, LoginRefused
from ibutsu_server.passwords import check_password, hash_password, is_password

_LOGIN_OFF = "Username/password auth is disabled. Please login via one of the links below."


def sign_in(email: str, password: str, *, rounds: int, login_enabled: bool) -> User:
    """Who this is; the refusal takes as long for unknown users as for known ones."""
    if not email or not password:
        raise LoginRefused("EMPTY", "Username and/or password are empty")
    user = db.session.scalar(select(User).where(func.lower(User.email) == func.lower(email)))
    is_right = is_password(password, user.password_hash if user else None, rounds=rounds)
    if not login_enabled and not (is_right and user and user.is_superadmin):
        raise LoginRefused("INVALID", _LOGIN_OFF)
    if not is_right or user is None or is_waiting(user):  # registering must not tell who has an account
        raise LoginRefused("INVALID", "Username and/or password are invalid")
    if not user.is_active:
        raise LoginRefused("INACTIVE", "User account is inactive")
    return user


def change(user: User, values: dict[str, Any], *, rounds: int) -> None:
    """Apply what a user may change alone; everything else must come back as it was."""
    for field in ("email", "group_id", "is_active", "is_superadmin"):
        if field in values and values[field] != _plain(getattr(user, field)):
            raise Forbidden(f"{field} can only be changed by an administrator", field=field)
    if "name" in values:
        user.name = values["name"]
    if values.get("password") is not None:
        change_password(user, values["password"], current=values.get("current_password"), rounds=rounds)


def change_password(user: User, password: str, *, current: str | None, rounds: int) -> None:
    """Set a new password and end all access that was given out under the old one."""
    if not is_password(current or "", user.password_hash, rounds=rounds):
        raise Invalid("current_password is not right", field="current_password")
    check_password(password, email=user.email, name=user.name)
    user.password_hash = hash_password(password, rounds=rounds)
    account_codes.void(user, "reset")
    tokens.revoke_all(user)


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, (bool, str)) else str(value)
