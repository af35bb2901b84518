"""What all sign-in providers have in common: the OAuth 2 code flow with PKCE, by Authlib over httpx."""

import logging
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.oauth2.client import OAuth2Client
from joserfc.errors import JoseError

from ibutsu_server.errors import NotSignedIn, Unavailable
from ibutsu_server.settings import Settings
from ibutsu_server.sign_in.attempt import Attempt

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 10
SUBJECT_CHARACTERS = 255
"""The most that OpenID Connect allows."""


class Away(Unavailable):
    """The provider does not answer."""


class Unconfirmed(NotSignedIn):
    """The provider does not say who somebody is, or not in a way that can be believed."""


class Endpoints(NamedTuple):
    authorization: str
    token: str


class Person(NamedTuple):
    """Who the provider says that somebody is.

    `subject` never changes at this `issuer`, the address of the provider; `email` is proven only if
    `is_verified`.
    """

    issuer: str
    subject: str
    email: str | None
    is_verified: bool
    name: str | None


@dataclass(frozen=True, kw_only=True)
class Provider(ABC):
    """`title` is what people call it; `trusts_email` that its addresses count as verified in any case."""

    title: str
    client_id: str
    client_secret: str | None
    redirect_uri: str
    scope: str
    trusts_email: bool = False
    verifies_tls: bool = True

    def authorization_url(self, attempt: Attempt) -> str:
        """Where the browser goes next; raises Away while the provider does not answer."""
        with self._talking():
            url, _state = self._client(None).create_authorization_url(
                self.endpoints().authorization,
                state=attempt.state,
                nonce=attempt.nonce,
                code_verifier=attempt.verifier,
            )
        return str(url)

    def person(self, code: str, attempt: Attempt) -> Person:
        """Who has signed in there; raises Unconfirmed or Away when the provider does not confirm it."""
        with self._talking(), self._session() as session:
            token = self._client(session).fetch_token(
                self.endpoints().token,
                grant_type="authorization_code",
                code=code,
                code_verifier=attempt.verifier,
                **self._credentials(),
            )
            return self.introduce(session, token, attempt)

    @abstractmethod
    def endpoints(self) -> Endpoints:
        """Where to send the browser, and where to exchange its code."""

    @abstractmethod
    def introduce(self, session: httpx.Client, token: dict[str, Any], attempt: Attempt) -> Person:
        """The person whom this answer of the token endpoint is about."""

    def public(self) -> dict[str, Any]:
        """What this provider tells everybody beside its client id."""
        return {"display_name": self.title}

    def takes_secret_in_body(self) -> bool:
        return True

    def _credentials(self) -> dict[str, Any]:
        """RFC 6749, 2.3.1: in the header, or in the body; a client without a secret says only its name."""
        if self.client_secret is None:
            return {"auth": httpx.Auth(), "client_id": self.client_id}
        if self.takes_secret_in_body():
            body = {"client_id": self.client_id, "client_secret": self.client_secret}
            return {"auth": httpx.Auth(), **body}
        return {"auth": httpx.BasicAuth(quote(self.client_id, ""), quote(self.client_secret, ""))}

    def _client(self, session: httpx.Client | None) -> OAuth2Client:
        return OAuth2Client(
            session,
            client_id=self.client_id,
            redirect_uri=self.redirect_uri,
            scope=self.scope,
            code_challenge_method="S256",
        )

    def _session(self) -> httpx.Client:
        return httpx.Client(timeout=TIMEOUT_SECONDS, verify=self.verifies_tls)

    @contextmanager
    def _talking(self) -> Iterator[None]:
        """Whatever a provider does wrong is a sentence for the person, and a line without secrets for us."""
        try:
            yield
        except httpx.HTTPError as error:
            log.warning("%s does not answer: %s", self.title, _what(error))
            raise Away(f"{self.title} does not answer, please try again later") from None
        except _DISBELIEVED as error:
            log.warning("%s did not confirm a sign-in: %s", self.title, _what(error))
            raise Unconfirmed(f"{self.title} did not confirm who you are, please sign in again") from None


_DISBELIEVED = (
    AuthlibBaseError,
    JoseError,
    httpx.InvalidURL,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)
"""A refused code, a token that is not for us, or an answer of a shape that no such provider gives."""


def _what(error: Exception) -> str:
    """What is worth a line in the log; the texts of other errors may hold a code or a token."""
    if isinstance(error, httpx.HTTPStatusError):
        return f"{error.response.status_code} from {error.request.url.host}"
    if isinstance(error, AuthlibBaseError):
        return str(error.error)
    return str(error) if isinstance(error, JoseError) else type(error).__name__


def answer(response: httpx.Response) -> Any:
    """The JSON of a successful answer."""
    return response.raise_for_status().json()


def bearer(token: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {token['access_token']}", "Accept": "application/json"}


def plain(text: Any) -> str | None:
    """A text that a provider tells about somebody, if it is one that can be stored and shown."""
    if not isinstance(text, str):
        return None
    return "".join(filter(str.isprintable, text)).strip() or None


def lasting(subject: str) -> str:
    """What a provider calls a person for ever: anything odd is refused and not mended."""
    if not (0 < len(subject) <= SUBJECT_CHARACTERS and subject.isprintable()):
        raise ValueError("the subject is empty, too long or not printable")
    return subject


def callback_url(settings: Settings, name: str) -> str:
    """Where a provider sends the browser back to: BACKEND_URL may or may not end in /api."""
    return f"{_api_url(settings)}/login/auth/{name}"


def start_url(settings: Settings, name: str) -> str:
    return f"{_api_url(settings)}/login/authorize/{name}"


def _api_url(settings: Settings) -> str:
    base = settings.backend_url.rstrip("/")
    return base if urlsplit(base).path.endswith("/api") else f"{base}/api"
