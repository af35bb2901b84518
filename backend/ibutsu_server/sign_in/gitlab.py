"""GitLab, gitlab.com or one's own: an OpenID Connect provider."""

from ibutsu_server.settings import Settings
from ibutsu_server.sign_in.openid_connect import OpenIDConnect
from ibutsu_server.sign_in.provider import Provider, callback_url


def described(settings: Settings) -> Provider:
    return OpenIDConnect(
        title="GitLab",
        discovery_url=settings.gitlab_base_url,
        client_id=str(settings.gitlab_client_id),
        client_secret=settings.gitlab_client_secret,
        redirect_uri=callback_url(settings, "gitlab"),
        scope="openid email profile",
    )
