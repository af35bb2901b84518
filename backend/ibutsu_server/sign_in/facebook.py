"""Facebook: OAuth 2, and its Graph API to say who somebody is."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import httpx

from ibutsu_server.settings import Settings
from ibutsu_server.sign_in.attempt import Attempt
from ibutsu_server.sign_in.provider import (
    Endpoints,
    Person,
    Provider,
    answer,
    bearer,
    callback_url,
    lasting,
    plain,
)


def described(settings: Settings) -> Provider:
    return Facebook(
        title="Facebook",
        authorization_endpoint=settings.facebook_auth_url,
        token_endpoint=settings.facebook_token_url,
        client_id=str(settings.facebook_app_id),
        client_secret=settings.facebook_client_secret,
        redirect_uri=callback_url(settings, "facebook"),
        scope="email public_profile",
        trusts_email=settings.facebook_trust_email,
    )


@dataclass(frozen=True, kw_only=True)
class Facebook(Provider):
    """Facebook does not say whether an address is verified: without `trusts_email` none is."""

    authorization_endpoint: str
    token_endpoint: str

    def endpoints(self) -> Endpoints:
        return Endpoints(self.authorization_endpoint, self.token_endpoint)

    def introduce(self, session: httpx.Client, token: dict[str, Any], attempt: Attempt) -> Person:  # noqa: ARG002 - no nonce here
        me = urljoin(self.token_endpoint, "../me?fields=id,name,email")
        user = answer(session.get(me, headers=bearer(token)))
        return Person(
            issuer=f"https://www.facebook.com/{self.client_id}",
            subject=lasting(str(user["id"])),
            email=plain(user.get("email")),
            is_verified=self.trusts_email,
            name=plain(user.get("name")),
        )

    def public(self) -> dict[str, Any]:
        return {**super().public(), "app_id": self.client_id}
