"""Keycloak: an OpenID Connect provider that is named by its server and realm."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from ibutsu_server.settings import Settings
from ibutsu_server.sign_in.openid_connect import OpenIDConnect
from ibutsu_server.sign_in.provider import Provider, callback_url


def described(settings: Settings) -> Provider:
    server = "/".join(
        part.strip("/") for part in (str(settings.keycloak_base_url), settings.keycloak_auth_path) if part
    )
    return Keycloak(
        title=settings.keycloak_name,
        server_url=server,
        realm=str(settings.keycloak_realm),
        icon=settings.keycloak_icon,
        discovery_url=f"{server}/realms/{quote(str(settings.keycloak_realm), '')}",
        client_id=str(settings.keycloak_client_id),
        client_secret=settings.keycloak_client_secret,
        redirect_uri=callback_url(settings, "keycloak"),
        scope="openid email profile",
        trusts_email=settings.keycloak_trust_email,
        verifies_tls=settings.keycloak_verify_ssl,
    )


@dataclass(frozen=True, kw_only=True)
class Keycloak(OpenIDConnect):
    """`icon` is the name of an icon for the button, if one was chosen."""

    server_url: str
    realm: str
    icon: str | None

    def public(self) -> dict[str, Any]:
        shown = {
            **super().public(),
            "server_url": self.server_url,
            "realm": self.realm,
            "verify_ssl": self.verifies_tls,
        }
        return shown if self.icon is None else {**shown, "icon": self.icon}
