"""GitHub, github.com or an Enterprise Server: OAuth 2, and its own way to say who somebody is."""

from dataclasses import dataclass
from typing import Any

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

PUBLIC_API = {"https://github.com": "https://api.github.com"}


def described(settings: Settings) -> Provider:
    return GitHub(
        title="GitHub",
        base_url=settings.github_base_url.rstrip("/"),
        client_id=str(settings.github_client_id),
        client_secret=settings.github_client_secret,
        redirect_uri=callback_url(settings, "github"),
        scope="user:email",
    )


@dataclass(frozen=True, kw_only=True)
class GitHub(Provider):
    base_url: str

    def endpoints(self) -> Endpoints:
        oauth = f"{self.base_url}/login/oauth"
        return Endpoints(f"{oauth}/authorize", f"{oauth}/access_token")

    def introduce(self, session: httpx.Client, token: dict[str, Any], attempt: Attempt) -> Person:  # noqa: ARG002 - no nonce here
        """The address is the one that GitHub calls primary, and only once it is verified."""
        api = PUBLIC_API.get(self.base_url, f"{self.base_url}/api/v3")
        user = answer(session.get(f"{api}/user", headers=bearer(token)))
        emails = answer(session.get(f"{api}/user/emails?per_page=100", headers=bearer(token)))
        verified = [one["email"] for one in emails if one["primary"] is True and one["verified"] is True]
        return Person(
            issuer=self.base_url,
            subject=lasting(str(int(user["id"]))),
            email=plain(next(iter(verified), None)),
            is_verified=bool(verified),
            name=plain(user.get("name")) or plain(user["login"]),
        )
