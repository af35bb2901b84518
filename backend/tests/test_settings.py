"""Settings: what the environment says, and every wrong value refused by name."""

import os
import stat

import pytest

from ibutsu_server.errors import SettingsError
from ibutsu_server.settings import Settings, check_settings, read_settings, shown

pytestmark = pytest.mark.unit
SECRET = "s" * 32


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch, tmp_path):
    for prefix in ("POSTGRES", "IBUTSU", "CELERY", "JWT", "MAIL", "SQLALCHEMY", "OTEL", "SENTRY", "PROM"):
        for name in [name for name in os.environ if name.startswith(prefix)]:
            monkeypatch.delenv(name)
    monkeypatch.setenv("IBUTSU_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def deployed(monkeypatch):
    monkeypatch.setenv("JWT_SECRET", SECRET)
    monkeypatch.setenv("CELERY_BROKER_URL", "redis://127.0.0.1:6379/0")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("IBUTSU_ARTIFACT_MAX_BYTES", "many"),
        ("IBUTSU_REQUEST_MAX_BYTES", "0"),
        ("IBUTSU_IMPORT_BUCKET_URL", "somewhere"),
        ("IBUTSU_IMPORT_BUCKET_URL", "s3://alone"),
        ("IBUTSU_IMPORT_BUCKET_USER", "nobody"),
        ("IBUTSU_IMPORT_BUCKET_USER", "alone@example.com"),
        ("IBUTSU_STATEMENT_TIMEOUT_SECONDS", "-1"),
        ("IBUTSU_STORAGE_URL", "somewhere"),
        ("IBUTSU_SUPERADMIN_EMAIL", "nobody"),
        ("IBUTSU_SUPERADMIN_PASSWORD", "without-email"),
        ("IBUTSU_SUPERADMIN_PASSWRD", "typo"),
        ("BCRYPT_LOG_ROUNDS", "40"),
        ("CELERY_BROKER_URL", "redis"),
        ("JWT_SECRET", "short"),
        ("JWT_LIFETIME_SECONDS", "0"),
        ("USER_LOGIN_ENABLED", "perhaps"),
        ("FRONTEND_URL", "example.com"),
        ("BACKEND_URL", "ftp://example.com"),
        ("SQLALCHEMY_DATABASE_URI", "rubbish"),
        ("SQLALCHEMY_DATABASE_URI", "mysql://host/name"),
        ("SQLALCHEMY_ENGINE_OPTIONS", "{broken"),
        ("SQLALCHEMY_ENGINE_OPTIONS", "[1]"),
        ("SQLALCHEMY_ENGINE_OPTIONS", '{"no_such_option": 1}'),
        ("POSTGRESQL_PORT", "99999"),
        ("POSTGRES_PORT", "abc"),
        ("POSTGRESQL_HOST", "alone"),
        ("IBUTSU_REGISTRATION_ENABLED", "perhaps"),
        ("IBUTSU_CORS_ORIGINS", "pages.example.com"),
        ("IBUTSU_CORS_ORIGINS", "https://pages.example.com/path"),
        ("IBUTSU_CORS_ORIGINS", "https://*.example.com"),
        ("IBUTSU_CORS_ORIGINS", "https://pages.example.com,*"),
        ("IBUTSU_CORS_ORIGINS", "[1"),
        ("IBUTSU_TRUSTED_PROXIES", "proxy.example.com"),
        ("IBUTSU_TRUSTED_PROXIES", "10.0.0.0/33"),
        ("IBUTSU_TRUSTED_PROXIES", "*"),
        ("IBUTSU_HSTS_SECONDS", "-1"),
        ("IBUTSU_MAX_CONNECTIONS", "0"),
        ("IBUTSU_DRAIN_SECONDS", "-1"),
        ("IBUTSU_SHUTDOWN_SECONDS", "4000"),
        ("IBUTSU_LOG_FORMAT", "xml"),
        ("IBUTSU_LOG_LEVEL", "loud"),
        ("IBUTSU_ACCESS_LOG", "perhaps"),
        ("IBUTSU_SLOW_STATEMENT_SECONDS", "-1"),
        ("IBUTSU_METRICS_PORT", "0"),
        ("PROMETHEUS_MULTIPROC_DIR", "/nowhere/at/all"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317"),
        ("SENTRY_DSN", "https://sentry.example.com/1"),
        ("SENTRY_SAMPLE_RATE", "2"),
        ("MAIL_SERVER", "alone"),
        ("MAIL_PORT", "0"),
        ("MAIL_USE_TLS", "true"),
        ("MAIL_USE_SSL", "true"),
        ("MAIL_USERNAME", "alone"),
        ("MAIL_PASSWORD", "alone"),
        ("MAIL_DEFAULT_SENDER", "nobody"),
        ("MAIL_DEFAULT_SENDER", "alone@example.com"),
    ],
)
def test_wrong_value_is_refused_by_name(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        check_settings()
    assert name in str(refused.value)
    assert "\n" not in str(refused.value)


def test_without_variables_the_server_is_embedded(tmp_path):
    settings = check_settings()
    assert settings.is_embedded
    assert settings.database_url == f"sqlite:///{tmp_path / 'data' / 'ibutsu.db'}"
    assert settings.artifacts_url == (tmp_path / "data" / "artifacts").as_uri()


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"MAIL_USE_TLS": "1", "MAIL_USE_SSL": "1"}, "MAIL_USE_TLS .* MAIL_USE_SSL exclude each other"),
        ({"MAIL_USERNAME": "me"}, "MAIL_PASSWORD must be set when MAIL_USERNAME is"),
        ({"MAIL_PASSWORD": "hush"}, "MAIL_USERNAME must be set when MAIL_PASSWORD is"),
    ],
)
def test_mail_settings_that_do_not_go_together_are_refused(monkeypatch, values, text):
    whole = {"MAIL_SERVER": "mail.example.com", "MAIL_DEFAULT_SENDER": "Ibutsu <ibutsu@example.com>"}
    for name, value in whole.items():
        monkeypatch.setenv(name, value)
    assert check_settings().mail_port == 25
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=text) as refused:
        check_settings()
    assert "hush" not in str(refused.value)


@pytest.mark.usefixtures("deployed")
@pytest.mark.parametrize("prefix", ["POSTGRESQL", "POSTGRES"])
@pytest.mark.parametrize(("host", "database"), [("HOST", "DB"), ("HOSTNAME", "DATABASE")])
def test_postgresql_variables_make_a_url(monkeypatch, prefix, host, database):
    values = {host: "db.example.com", database: "results", "PORT": "5433", "USER": "me", "PASSWORD": "p@ss"}
    for name, value in (values | {"SSLMODE": "require"}).items():
        monkeypatch.setenv(f"{prefix}_{name}", value)
    url = "postgresql+psycopg://me:p%40ss@db.example.com:5433/results?sslmode=require"
    assert check_settings().database_url == url


@pytest.mark.usefixtures("deployed")
def test_database_uri_wins_and_uses_our_driver(monkeypatch):
    monkeypatch.setenv("POSTGRESQL_HOST", "other")
    monkeypatch.setenv("POSTGRESQL_DB", "other")
    monkeypatch.setenv("SQLALCHEMY_DATABASE_URI", "postgresql://host/name")
    assert check_settings().database_url == "postgresql+psycopg://host/name"


@pytest.mark.parametrize("missing", ["JWT_SECRET", "CELERY_BROKER_URL"])
@pytest.mark.usefixtures("deployed")
def test_deployed_server_needs_a_secret_and_a_broker(monkeypatch, missing):
    monkeypatch.setenv("SQLALCHEMY_DATABASE_URI", "postgresql://host/name")
    monkeypatch.delenv(missing)
    with pytest.raises(SettingsError, match=f"{missing} must be set"):
        read_settings()


def test_secret_is_made_once_and_only_the_owner_reads_it(tmp_path):
    first = read_settings().jwt_secret
    assert len(first) >= 32
    assert read_settings().jwt_secret == first
    assert stat.S_IMODE((tmp_path / "data" / "jwt-secret").stat().st_mode) == 0o600


def test_empty_secret_file_is_refused(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "jwt-secret").touch()
    with pytest.raises(SettingsError, match="delete it"):
        read_settings()


def test_checking_writes_nothing(tmp_path):
    check_settings()
    assert not (tmp_path / "data").exists()


def test_folder_that_cannot_be_made_is_refused(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("IBUTSU_DATA_DIR", str(tmp_path / "file" / "data"))
    with pytest.raises(SettingsError, match=r"data folder .* cannot be used"):
        read_settings()


def test_our_settings_are_not_read_from_bare_names(monkeypatch, tmp_path):
    monkeypatch.setenv("DATA_DIR", "/somewhere/else")
    monkeypatch.setenv("STORAGE_URL", "s3://of/someone/else")
    settings = check_settings()
    assert settings.data_dir == tmp_path / "data"
    assert settings.storage_url is None


def test_argument_wins_over_the_environment(tmp_path):
    assert check_settings(data_dir=tmp_path / "given").data_dir == tmp_path / "given"


def test_shown_settings_hide_every_secret(monkeypatch):
    for name, value in {
        "IBUTSU_SUPERADMIN_EMAIL": "a@b.c",
        "IBUTSU_SUPERADMIN_PASSWORD": "hush",
        "JWT_SECRET": "hush" * 8,
        "POSTGRESQL_PASSWORD": "hush",
        "SQLALCHEMY_DATABASE_URI": "postgresql://me:hush@host/name",
        "SQLALCHEMY_ENGINE_OPTIONS": '{"connect_args": {"password": "hush"}}',
        "CELERY_BROKER_URL": "redis://:hush@host/0",
        "MAIL_SERVER": "mail.example.com",
        "MAIL_DEFAULT_SENDER": "ibutsu@example.com",
        "MAIL_USERNAME": "me",
        "MAIL_PASSWORD": "hush",
    }.items():
        monkeypatch.setenv(name, value)
    lines = shown(check_settings())
    assert "hush" not in str(lines)
    assert lines["SQLALCHEMY_DATABASE_URI"] == "postgresql://***@host/name"
    assert set(lines) >= {"IBUTSU_DATA_DIR", "POSTGRESQL_HOST", "BCRYPT_LOG_ROUNDS"}


def test_settings_do_not_change():
    with pytest.raises(ValueError, match="frozen"):
        Settings(jwt_secret=SECRET).jwt_secret = "other"


@pytest.mark.parametrize(
    ("value", "origins"),
    [
        ("https://a.example, http://B.example:8080/", ("https://a.example", "http://b.example:8080")),
        ('["https://a.example"]', ("https://a.example",)),
        ("http://[::1]:3000", ("http://[::1]:3000",)),
        ("*", ("*",)),
    ],
)
def test_origins_are_read_as_a_list(monkeypatch, value, origins):
    monkeypatch.setenv("IBUTSU_CORS_ORIGINS", value)
    assert check_settings().cors_origins == origins


@pytest.mark.parametrize(
    ("value", "proxies"),
    [
        ("10.1.2.3/8, 2001:DB8::1", ("10.0.0.0/8", "2001:db8::1")),
        ('["192.0.2.1/32"]', ("192.0.2.1",)),
        ("none", ()),
        ("", ("127.0.0.1", "::1")),
    ],
)
def test_proxies_are_addresses_and_networks(monkeypatch, value, proxies):
    monkeypatch.setenv("IBUTSU_TRUSTED_PROXIES", value)
    assert check_settings().trusted_proxies == proxies


def test_requests_under_way_get_longer_where_others_take_over(deployed, monkeypatch):
    assert check_settings().grace_seconds == 30
    monkeypatch.delenv("CELERY_BROKER_URL")
    assert check_settings().grace_seconds == 5
    monkeypatch.setenv("IBUTSU_SHUTDOWN_SECONDS", "0")
    assert check_settings().grace_seconds == 0
