"""Providers as the environment describes them: a whole one is on, half of one stops the start."""

import os

import pytest

from ibutsu_server import sign_in
from ibutsu_server.errors import NotFound, SettingsError
from ibutsu_server.settings import check_settings, shown

pytestmark = pytest.mark.unit

WHOLE = {
    "keycloak": {
        "KEYCLOAK_BASE_URL": "https://kc.example.com/",
        "KEYCLOAK_REALM": "the team",
        "KEYCLOAK_CLIENT_ID": "i",
    },
    "oidc": {"OIDC_DISCOVERY_URL": "https://id.example.com", "OIDC_CLIENT_ID": "i"},
    "google": {"GOOGLE_CLIENT_ID": "i", "GOOGLE_CLIENT_SECRET": "hush"},
    "github": {"GITHUB_CLIENT_ID": "i", "GITHUB_CLIENT_SECRET": "hush"},
    "gitlab": {"GITLAB_CLIENT_ID": "i", "GITLAB_CLIENT_SECRET": "hush"},
    "facebook": {"FACEBOOK_APP_ID": "i", "FACEBOOK_APP_SECRET": "hush"},
}


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch, tmp_path):
    for name in list(os.environ):
        if name.lower().startswith(tuple(f"{provider}_" for provider in WHOLE)):
            monkeypatch.delenv(name)
    monkeypatch.setenv("IBUTSU_DATA_DIR", str(tmp_path))


def _settings(monkeypatch, variables):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return check_settings()


def test_without_variables_there_is_no_provider():
    assert sign_in.offered(check_settings()) == dict.fromkeys(WHOLE, False)


@pytest.mark.parametrize("name", WHOLE)
def test_provider_is_offered_when_all_is_set(monkeypatch, name):
    offered = sign_in.offered(_settings(monkeypatch, WHOLE[name]))
    assert offered == {other: other == name for other in WHOLE}


@pytest.mark.parametrize(("name", "missing"), [(name, one) for name in WHOLE for one in WHOLE[name]])
def test_half_a_provider_is_refused_by_name(monkeypatch, name, missing):
    variables = {one: value for one, value in WHOLE[name].items() if one != missing}
    with pytest.raises(SettingsError, match=r"must be set when \w+ is") as refused:
        _settings(monkeypatch, variables)
    assert missing.replace("APP_SECRET", "CLIENT_SECRET") in str(refused.value)
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("KEYCLOAK_ICON", "x"),
        ("KEYCLOAK_BASE_URL", "kc.example.com"),
        ("KEYCLOAK_VERIFY_SSL", "perhaps"),
        ("OIDC_DISCOVERY_URL", "id.example.com"),
        ("OIDC_SCOPE", "email"),
        ("GITLAB_BASE_URL", "ftp://gitlab.example.com"),
        ("FACEBOOK_TRUST_EMAIL", "sometimes"),
    ],
)
def test_wrong_value_is_refused_by_name(monkeypatch, variable, value):
    with pytest.raises(SettingsError, match=variable):
        _settings(monkeypatch, {variable: value})


def test_secrets_are_masked(monkeypatch):
    lines = shown(_settings(monkeypatch, WHOLE["github"] | WHOLE["facebook"]))
    assert "hush" not in str(lines)
    assert lines["GITHUB_CLIENT_SECRET"] == lines["FACEBOOK_CLIENT_SECRET"] == "***"


def test_issuer_is_another_name_of_the_discovery_url(monkeypatch):
    settings = _settings(monkeypatch, {"OIDC_ISSUER": "https://id.example.com", "OIDC_CLIENT_ID": "i"})
    assert settings.oidc_discovery_url == "https://id.example.com"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (None, "https://kc.example.com/realms/the%20team"),
        ("/auth/", "https://kc.example.com/auth/realms/the%20team"),
    ],
)
def test_keycloak_is_found_by_server_path_and_realm(monkeypatch, path, expected):
    variables = WHOLE["keycloak"] | ({"KEYCLOAK_AUTH_PATH": path} if path else {})
    provider = sign_in.named("keycloak", _settings(monkeypatch, variables))
    assert provider.discovery_url == expected


@pytest.mark.parametrize(
    ("backend", "expected"),
    [
        ("https://results.example.com", "https://results.example.com/api/login/auth/github"),
        ("https://results.example.com/api/", "https://results.example.com/api/login/auth/github"),
        ("https://example.com/results", "https://example.com/results/api/login/auth/github"),
    ],
)
def test_way_back_is_below_api(monkeypatch, backend, expected):
    settings = _settings(monkeypatch, WHOLE["github"] | {"BACKEND_URL": backend})
    assert sign_in.named("github", settings).redirect_uri == expected


def test_unknown_provider_is_not_found():
    with pytest.raises(NotFound, match="known are facebook, github"):
        sign_in.known("sql", check_settings())


def test_provider_that_is_not_configured_is_not_found():
    assert sign_in.known("github", check_settings()) is None
    with pytest.raises(NotFound, match="not configured"):
        sign_in.named("github", check_settings())
