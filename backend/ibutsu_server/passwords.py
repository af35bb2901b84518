"""Passwords as bcrypt hashes."""

import bcrypt

from ibutsu_server.errors import Invalid

MAX_BYTES = 72


def hash_password(password: str, *, rounds: int) -> str:
    """Return a `$2b$` bcrypt hash; `rounds` is the binary logarithm of the number of iterations."""
    encoded = password.encode()
    if len(encoded) > MAX_BYTES:
        raise Invalid(f"Password is too long (max {MAX_BYTES} bytes)", field="password")
    return bcrypt.hashpw(encoded, bcrypt.gensalt(rounds)).decode()


def is_password(password: str, password_hash: str | None, *, rounds: int) -> bool:
    """Compare in the same time whether or not the account exists or has a password."""
    encoded = password.encode()
    if password_hash is None or len(encoded) > MAX_BYTES:
        bcrypt.hashpw(b"", bcrypt.gensalt(rounds))
        return False
    return bcrypt.checkpw(encoded, password_hash.encode())
