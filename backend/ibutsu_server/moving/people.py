"""Groups, accounts with their passwords, and the tokens of programs."""

import re
from datetime import UTC, datetime

from flask_jwt_extended import decode_token
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt import PyJWTError
from sqlalchemy import func, select

from ibutsu_server.db import db
from ibutsu_server.db.models import Group, Token, User
from ibutsu_server.db.types import now
from ibutsu_server.domain.tokens import digest_of
from ibutsu_server.moving import store
from ibutsu_server.moving.move import Move
from ibutsu_server.moving.source import Raw
from ibutsu_server.moving.store import Row
from ibutsu_server.moving.values import LeftOut, Notes, document, id_of, id_or_none

_HASH = re.compile(r"\$2[aby]\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}")
SIGN_IN = "login-token"
"""What the old server calls the token of a sign-in by a browser."""

_WORTHLESS = "it must be made anew: JWT_SECRET or JWT_ISSUER are not those of the old server, or it is over"


def move_groups(move: Move) -> None:
    move.copy("group", Group, select(*move.source.columns("groups")), _group)


def _group(raw: Raw, notes: Notes) -> Row:
    return {
        "id": id_of(raw["id"]),
        "name": raw["name"],
        "data": document(raw["data"], "metadata", notes),
    }


def move_users(move: Move) -> None:
    """Of accounts whose addresses differ in case only, the first keeps its address."""
    users = move.source.table("users").c
    first = (users.is_superadmin.desc(), users.is_active.desc(), users["_password"].is_(None), users.id)
    groups = set(db.session.scalars(select(Group.id)))
    taken = {email for (email,) in db.session.execute(select(func.lower(User.email)))}

    def user(raw: Raw, notes: Notes) -> Row:
        group = id_or_none(raw["group_id"])
        if group is not None and group not in groups and not move.is_dry:
            notes.add("its group is gone: it has none", raw["group_id"])
            group = None
        return {
            "id": id_of(raw["id"]),
            "email": _free_address(raw, taken, notes),
            "password_hash": _password(raw["_password"], notes),
            "name": raw["name"],
            "is_superadmin": bool(raw["is_superadmin"]),
            "is_active": bool(raw["is_active"]),
            "is_pending": False,  # who is inactive there waits for an administrator here
            "group_id": group,
        }

    move.copy("user", User, select(*move.source.columns("users")).order_by(*first), user)


def _free_address(raw: Raw, taken: set[str], notes: Notes) -> str:
    """Two accounts never become one: rights would go from one to the other."""
    email = str(raw["email"] or "")
    if not email or email.lower() in taken:
        name, at, domain = email.partition("@")
        notes.add("its e-mail address is that of another account: it has one with its id in it", email)
        email = f"{name}+{id_of(raw['id']).hex[:8]}{at}{domain}"
    taken.add(email.lower())
    return email


def _password(text: str | None, notes: Notes) -> str | None:
    if text is not None and not _HASH.fullmatch(text):
        notes.add("it has no password but that of a sign-in provider: people sign in there, or ask for one")
        return None
    return text


def move_tokens(move: Move) -> None:
    """Tokens that open this server as they are, because the secret of the old one is that of this one."""
    tokens = move.source.table("tokens").c
    seen: set[bytes] = set()

    def token(raw: Raw, _notes: Notes) -> Row:
        if raw["user_id"] is None or not (move.is_dry or store.there(User, {id_of(raw["user_id"])})):
            raise LeftOut("its user is gone")
        if raw["name"] == SIGN_IN:
            raise LeftOut("it is a sign-in: people sign in again")
        row = _readable(raw)
        if row["digest"] in seen:
            raise LeftOut("it is the same as another token")
        seen.add(row["digest"])
        return row

    move.copy("token", Token, select(*move.source.columns("tokens")).order_by(tokens.id), token)


def _readable(raw: Raw) -> Row:
    """Only what this server would let in: signed with its secret, for that user, and not over."""
    text = raw["token"]
    called = f"{raw['name']} of user {raw['user_id']}"
    try:
        claims = decode_token(text)
        begun, end = (datetime.fromtimestamp(claims[name], UTC) for name in ("iat", "exp"))
    except (PyJWTError, JWTExtendedException):
        raise LeftOut(_WORTHLESS, called) from None
    except (KeyError, ValueError, TypeError, OverflowError, OSError):
        raise LeftOut("it must be made anew: it does not say when it was made, or is over", called) from None
    if claims["type"] != "access" or id_of(str(claims["sub"])) != id_of(raw["user_id"]):
        raise LeftOut("it must be made anew: it was made for something else, or for another user", called)
    expires = raw["expires"]
    return {
        "id": id_of(raw["id"]),
        "user_id": id_of(raw["user_id"]),
        "session_id": None,
        "project_id": None,
        "role": None,
        "name": raw["name"],
        "digest": digest_of(text),
        "last_four": text[-4:],
        "created": min(begun, now()),
        "expires": min([end, *([expires.replace(tzinfo=UTC)] if expires else [])]),
    }
