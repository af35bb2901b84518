"""The sign-in providers: one file for each, and here the table of contents."""

from collections.abc import Callable

from ibutsu_server.errors import NotFound
from ibutsu_server.settings import Settings
from ibutsu_server.sign_in import facebook, github, gitlab, google, keycloak, openid_connect
from ibutsu_server.sign_in.provider import Provider

PROVIDERS: dict[str, Callable[[Settings], Provider]] = {
    "keycloak": keycloak.described,
    "oidc": openid_connect.described,
    "google": google.described,
    "github": github.described,
    "gitlab": gitlab.described,
    "facebook": facebook.described,
}


def offered(settings: Settings) -> dict[str, bool]:
    """Every provider by name, and whether this server is configured for it."""
    return {name: settings.offers(name) for name in PROVIDERS}


def known(name: str, settings: Settings) -> Provider | None:
    """The provider, or nothing where it is not configured; raises NotFound for a name that means none."""
    if name not in PROVIDERS:
        raise NotFound(f"There is no sign-in provider {name}: known are {', '.join(sorted(PROVIDERS))}")
    return PROVIDERS[name](settings) if settings.offers(name) else None


def named(name: str, settings: Settings) -> Provider:
    provider = known(name, settings)
    if provider is None:
        raise NotFound(f"Signing in with {name} is not configured on this server")
    return provider
