"""Any OpenID Connect provider: its addresses and keys by discovery, the person from the signed ID token."""

from dataclasses import dataclass
from functools import lru_cache
from time import time
from typing import Any

import httpx
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError
from joserfc.jwk import KeySet

from ibutsu_server.settings import Settings
from ibutsu_server.sign_in.attempt import Attempt
from ibutsu_server.sign_in.provider import (
    TIMEOUT_SECONDS,
    Endpoints,
    Person,
    Provider,
    answer,
    bearer,
    callback_url,
    lasting,
    plain,
)

WELL_KNOWN = "/.well-known/openid-configuration"
CACHE_SECONDS = 600
CLOCK_SKEW_SECONDS = 60

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Public keys only: `none` proves nothing, and HS256 would make a key of what everybody can fetch."""


def described(settings: Settings) -> Provider:
    return OpenIDConnect(
        title=settings.oidc_name,
        discovery_url=str(settings.oidc_discovery_url),
        client_id=str(settings.oidc_client_id),
        client_secret=settings.oidc_client_secret,
        redirect_uri=callback_url(settings, "oidc"),
        scope=settings.oidc_scope,
        trusts_email=settings.oidc_trust_email,
    )


@dataclass(frozen=True, kw_only=True)
class OpenIDConnect(Provider):
    """`discovery_url` is the issuer's address or that of its discovery document."""

    discovery_url: str

    def endpoints(self) -> Endpoints:
        document = self._document()
        return Endpoints(document["authorization_endpoint"], document["token_endpoint"])

    def takes_secret_in_body(self) -> bool:
        """The header is what OpenID Connect assumes where a provider says nothing."""
        return "client_secret_post" in self._document().get("token_endpoint_auth_methods_supported", ())

    def introduce(self, session: httpx.Client, token: dict[str, Any], attempt: Attempt) -> Person:
        claims = self._claims(token, attempt)
        profile = claims if "email" in claims else self._profile(session, token, claims)
        return Person(
            issuer=claims["iss"],
            subject=lasting(claims["sub"]),
            email=plain(profile.get("email")),
            is_verified=self.trusts_email or _is_true(profile.get("email_verified")),
            name=plain(profile.get("name")) or plain(profile.get("preferred_username")),
        )

    def _claims(self, token: dict[str, Any], attempt: Attempt) -> dict[str, Any]:
        """What the ID token says, once it is certain who wrote it, for whom, and in this attempt."""
        read = self._read(token["id_token"])
        claims = CodeIDToken(
            read.claims,
            read.header,
            options={
                "iss": {"essential": True, "value": self._document()["issuer"]},
                "aud": {"essential": True, "value": self.client_id},
                "sub": {"essential": True},
            },
            params={
                "nonce": attempt.nonce,
                "client_id": self.client_id,
                "access_token": token.get("access_token"),
            },
        )
        claims.validate(leeway=CLOCK_SKEW_SECONDS)
        return dict(claims)

    def _read(self, id_token: str) -> jwt.Token:
        """Providers change their keys: one that is not known yet is worth a second look."""
        try:
            return jwt.decode(id_token, self._keys(_this_while()), ALGORITHMS)
        except InvalidKeyIdError:
            return jwt.decode(id_token, self._keys(time()), ALGORITHMS)

    def _keys(self, when: float) -> KeySet:
        return KeySet.import_key_set(_fetched(self._document()["jwks_uri"], self.verifies_tls, when))

    def _document(self) -> dict[str, Any]:
        url = self.discovery_url.rstrip("/")
        url = url if url.endswith(WELL_KNOWN) else url + WELL_KNOWN
        document: dict[str, Any] = _fetched(url, self.verifies_tls, _this_while())
        return document

    def _profile(
        self, session: httpx.Client, token: dict[str, Any], claims: dict[str, Any]
    ) -> dict[str, Any]:
        """What the ID token leaves out, if it is about the same person (OpenID Connect Core, 5.3.4)."""
        url = self._document().get("userinfo_endpoint")
        if url is None:
            return claims
        profile: dict[str, Any] = answer(session.get(url, headers=bearer(token)))
        if profile["sub"] != claims["sub"]:
            raise ValueError("the user info is about somebody else")
        return profile


def _is_true(claim: Any) -> bool:
    """Some providers write it as a text."""
    return claim is True or claim == "true"


def _this_while() -> float:
    return time() // CACHE_SECONDS


@lru_cache(maxsize=64)
def _fetched(url: str, verifies_tls: bool, _when: float) -> Any:
    """A document of the provider, remembered while `_when` is the same; failures are not."""
    return answer(httpx.get(url, timeout=TIMEOUT_SECONDS, verify=verifies_tls))
