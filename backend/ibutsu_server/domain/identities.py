"""Which account belongs to a person whom a sign-in provider has identified."""

from sqlalchemy import func, select

from ibutsu_server.db import db
from ibutsu_server.db.models import Identity, User
from ibutsu_server.domain import account_codes
from ibutsu_server.domain.registrations import is_waiting
from ibutsu_server.errors import Conflict, Forbidden, Invalid
from ibutsu_server.schemas import require_email
from ibutsu_server.sign_in.provider import Person

NAME_CHARACTERS = 255


def user_of(person: Person, *, may_register: bool) -> User:
    """The account of this person, found or made; raises Forbidden when none is theirs or it is closed.

    The provider's name for the person decides.  Only the first time does the address, if it is verified:
    addresses change hands, and everybody can claim one.
    """
    user = _linked(person)
    if user is None:
        user = _link_once(person, may_register=may_register)
    if not user.is_active:
        raise Forbidden("Your account is not active: please ask an administrator")
    return user


def _linked(person: Person) -> User | None:
    return db.session.scalar(
        select(User)
        .join(Identity, Identity.user_id == User.id)
        .where(Identity.provider == person.issuer, Identity.subject == person.subject)
    )


def _link_once(person: Person, *, may_register: bool) -> User:
    """Two tabs may come back at once: the slower one finds what the other has made."""
    try:
        with db.session.begin_nested():
            return _link(person, may_register=may_register)
    except Conflict:
        return _linked(person) or _link(person, may_register=may_register)


def _link(person: Person, *, may_register: bool) -> User:
    email = _proven_address(person)
    user = db.session.scalar(
        select(User).where(func.lower(User.email) == func.lower(email)).with_for_update()
    )
    if user is None:
        user = _new(email, person.name, may_register=may_register)
    elif is_waiting(user):
        _open(user)
    if user.is_active:
        db.session.add(Identity(provider=person.issuer, subject=person.subject, user_id=user.id))
        db.session.flush()
    return user


def _proven_address(person: Person) -> str:
    if person.email is None or not person.is_verified:
        raise Forbidden(
            "The provider knows no verified e-mail address of yours: please verify it there first"
        )
    try:
        return require_email(person.email)
    except Invalid:
        raise Forbidden("The e-mail address that the provider knows cannot be used here") from None


def _new(email: str, name: str | None, *, may_register: bool) -> User:
    if not may_register:
        raise Forbidden("You have no account on this server: please ask an administrator for one")
    user = User(email=email, name=name[:NAME_CHARACTERS] if name else None, is_active=True)
    db.session.add(user)
    db.session.flush()
    return user


def _open(user: User) -> None:
    """Whoever registered never proved that the mailbox is theirs: their password must not open it."""
    user.password_hash, user.is_active, user.is_pending = None, True, False
    account_codes.void(user, "activate")
