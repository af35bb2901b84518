"""Passwords: which ones are good enough, and their bcrypt hashes."""

import bcrypt
from zxcvbn import zxcvbn

from ibutsu_server.errors import Invalid

MIN_CHARACTERS = 8
MAX_BYTES = 72
"""What bcrypt looks at."""

MIN_SCORE = 2
"""zxcvbn's scale of 0 to 4: from here on it takes more than a million guesses."""


def check_password(password: str, *, email: str | None = None, name: str | None = None) -> None:
    """Raise Invalid, with a sentence for a person, unless somebody with this e-mail address may choose it."""
    mailbox = (email or "").lower()
    about_them = {text.lower() for text in (mailbox, mailbox.partition("@")[0], name) if text}
    if not password:
        raise _refused("Password must not be empty")
    _check_length(password)
    if len(password) < MIN_CHARACTERS:
        raise _refused(f"Password is too short (min {MIN_CHARACTERS} characters)")
    if password.lower() in about_them:
        raise _refused("Password must not be your name or e-mail address")
    found = zxcvbn(password, user_inputs=[*about_them, "ibutsu"])
    if found["score"] < MIN_SCORE:
        advice = [found["feedback"]["warning"], *found["feedback"]["suggestions"]]
        raise _refused(" ".join(["Password is too easy to guess.", *filter(None, advice)]))


def hash_password(password: str, *, rounds: int) -> str:
    """Return a `$2b$` bcrypt hash; `rounds` is the binary logarithm of the number of iterations."""
    _check_length(password)
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(rounds)).decode()


def _check_length(password: str) -> None:
    if len(password.encode()) > MAX_BYTES:
        raise _refused(f"Password is too long (max {MAX_BYTES} bytes)")


def _refused(reason: str) -> Invalid:
    return Invalid(reason, field="password")


def is_password(password: str, password_hash: str | None, *, rounds: int) -> bool:
    """Compare in the same time whether or not the account exists or has a password."""
    encoded = password.encode()
    if password_hash is None or len(encoded) > MAX_BYTES:
        bcrypt.hashpw(b"", bcrypt.gensalt(rounds))
        return False
    return bcrypt.checkpw(encoded, password_hash.encode())
