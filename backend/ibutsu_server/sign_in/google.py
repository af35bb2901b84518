"""Google: an OpenID Connect provider."""

from ibutsu_server.settings import Settings
from ibutsu_server.sign_in.openid_connect import OpenIDConnect
from ibutsu_server.sign_in.provider import Provider, callback_url


def described(settings: Settings) -> Provider:
    return OpenIDConnect(
        title="Google",
        discovery_url=settings.google_base_url,
        client_id=str(settings.google_client_id),
        client_secret=settings.google_client_secret,
        redirect_uri=callback_url(settings, "google"),
        scope="openid email profile",
    )
