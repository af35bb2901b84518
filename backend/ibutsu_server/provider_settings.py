"""Which sign-in providers there are, and what each needs to be told: part of `settings`."""

from typing import Self

from pydantic import AliasChoices, BaseModel, Field, model_validator

WEB = r"^https?://[^/\s]"

REQUIRED = {
    "keycloak": ("keycloak_base_url", "keycloak_realm", "keycloak_client_id"),
    "oidc": ("oidc_discovery_url", "oidc_client_id"),
    "google": ("google_client_id", "google_client_secret"),
    "github": ("github_client_id", "github_client_secret"),
    "gitlab": ("gitlab_client_id", "gitlab_client_secret"),
    "facebook": ("facebook_app_id", "facebook_client_secret"),
}


class ProviderSettings(BaseModel):
    """A provider is on when all that it requires is set; half of that stops the start."""

    keycloak_base_url: str | None = Field(default=None, pattern=WEB)
    keycloak_auth_path: str | None = None
    keycloak_realm: str | None = None
    keycloak_client_id: str | None = None
    keycloak_client_secret: str | None = None
    keycloak_name: str = "Keycloak"
    keycloak_icon: str | None = None
    keycloak_verify_ssl: bool = True
    keycloak_trust_email: bool = False

    oidc_discovery_url: str | None = Field(
        default=None, pattern=WEB, validation_alias=AliasChoices("OIDC_DISCOVERY_URL", "OIDC_ISSUER")
    )
    oidc_client_id: str | None = None
    oidc_client_secret: str | None = None
    oidc_name: str = "OpenID Connect"
    oidc_scope: str = Field(default="openid email profile", pattern=r"(^| )openid( |$)")
    oidc_trust_email: bool = False

    google_client_id: str | None = None
    google_client_secret: str | None = None
    google_base_url: str = Field(default="https://accounts.google.com", pattern=WEB)

    github_client_id: str | None = None
    github_client_secret: str | None = None
    github_base_url: str = Field(default="https://github.com", pattern=WEB)

    gitlab_client_id: str | None = None
    gitlab_client_secret: str | None = None
    gitlab_base_url: str = Field(default="https://gitlab.com", pattern=WEB)

    facebook_app_id: str | None = None
    facebook_client_secret: str | None = Field(
        default=None, validation_alias=AliasChoices("FACEBOOK_CLIENT_SECRET", "FACEBOOK_APP_SECRET")
    )
    facebook_auth_url: str = Field(default="https://www.facebook.com/v23.0/dialog/oauth", pattern=WEB)
    facebook_token_url: str = Field(
        default="https://graph.facebook.com/v23.0/oauth/access_token", pattern=WEB
    )
    facebook_trust_email: bool = False

    @model_validator(mode="after")
    def _is_no_half_of_a_provider(self) -> Self:
        for provider, required in REQUIRED.items():
            given = sorted(name for name in self.model_fields_set if name.startswith(f"{provider}_"))
            missing = [name for name in required if getattr(self, name) is None]
            if given and missing:
                raise ValueError(f"{missing[0].upper()} must be set when {given[0].upper()} is")
        return self

    def offers(self, provider: str) -> bool:
        return all(getattr(self, name) is not None for name in REQUIRED[provider])
