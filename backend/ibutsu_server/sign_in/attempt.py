"""One attempt to sign in: what the browser keeps while its user is at the provider."""

import base64
import re
import secrets
from dataclasses import asdict, dataclass
from hmac import compare_digest

import orjson
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ibutsu_server.errors import Invalid

LIFETIME_SECONDS = 600

_LOCAL_PATH = re.compile(r"/(?!/)[!-\[\]-~]*")
"""Printable ASCII without a backslash: browsers read that as a slash and leave out tabs and line breaks, so
that both can be `//` and a host in disguise.
"""


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """`state` comes back with the browser, `nonce` in the ID token, and `verifier` goes with the code."""

    provider: str
    next: str
    state: str
    nonce: str
    verifier: str


def begin(provider: str, next_: str) -> Attempt:
    """A new attempt that will end at the path `next_` of our own pages."""
    if not _LOCAL_PATH.fullmatch(next_):
        raise Invalid("next must be a path on this server, such as /project", field="next")
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    return Attempt(provider=provider, next=next_, state=state, nonce=nonce, verifier=verifier)


def seal(attempt: Attempt, secret: str) -> str:
    """The attempt as a text that only this server can read and nobody can change."""
    return _box(secret).encrypt(orjson.dumps(asdict(attempt))).decode()


def unseal(sealed: str | None, secret: str, *, provider: str, state: str | None) -> Attempt:
    """The attempt that this browser began; raises Invalid when it did not, or too long ago."""
    attempt = _read(sealed or "", secret)
    if attempt is None or attempt.provider != provider or not _is_same(attempt.state, state):
        raise Invalid(
            "This sign-in was not begun in this browser within the last ten minutes: please begin again",
            field="state",
        )
    return attempt


def _read(sealed: str, secret: str) -> Attempt | None:
    try:
        opened = _box(secret).decrypt(sealed.encode("utf-8", "replace"), ttl=LIFETIME_SECONDS)
    except InvalidToken:
        return None
    return Attempt(**orjson.loads(opened))


def _is_same(expected: str, given: str | None) -> bool:
    return compare_digest(expected.encode(), (given or "").encode("utf-8", "replace"))


def _box(secret: str) -> Fernet:
    """A key of its own: what is sealed here can never pass for something else signed with the secret."""
    derived = HKDF(SHA256(), length=32, salt=None, info=b"ibutsu sign-in attempt").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
