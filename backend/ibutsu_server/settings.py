"""What can be configured, by environment variable; every wrong value is refused by name."""

import os
import re
import secrets
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Self

import orjson
from pydantic import AliasChoices, Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, EnvSettingsSource, NoDecode, SettingsConfigDict
from sqlalchemy import URL, create_engine, make_url
from sqlalchemy.exc import ArgumentError

from ibutsu_server.errors import SettingsError
from ibutsu_server.mail_settings import MailSettings
from ibutsu_server.network_settings import NetworkSettings
from ibutsu_server.observing_settings import ObservingSettings
from ibutsu_server.provider_settings import WEB, ProviderSettings

MEBIBYTE = 1024 * 1024
SECRET_BYTES = 32
EMBEDDED_GRACE_SECONDS = 5
DEPLOYED_GRACE_SECONDS = 30
ANY_URL = r"^[a-z][a-z0-9+.-]*://"


def _postgresql(*names: str, **limits: Any) -> Any:
    """The first of POSTGRESQL_<NAME> and POSTGRES_<NAME> that is set."""
    choices = [f"{prefix}_{name}" for prefix in ("POSTGRESQL", "POSTGRES") for name in names]
    return Field(default=None, validation_alias=AliasChoices(*choices), **limits)


def _own(name: str, default: Any, **limits: Any) -> Any:
    return Field(default=default, validation_alias=f"IBUTSU_{name}", **limits)


class Settings(MailSettings, NetworkSettings, ProviderSettings, ObservingSettings, BaseSettings):
    """Without any variable set this is the embedded server: one process, SQLite and files in `data_dir`."""

    model_config = SettingsConfigDict(
        frozen=True, populate_by_name=True, extra="ignore", env_ignore_empty=True
    )

    data_dir: Path = _own("DATA_DIR", Path("ibutsu-data"))

    sqlalchemy_database_uri: str | None = None
    sqlalchemy_engine_options: Annotated[dict[str, Any], NoDecode] = {}
    postgresql_host: str | None = _postgresql("HOST", "HOSTNAME")
    postgresql_db: str | None = _postgresql("DB", "DATABASE")
    postgresql_port: int | None = _postgresql("PORT", ge=1, le=65535)
    postgresql_user: str | None = _postgresql("USER")
    postgresql_password: str | None = _postgresql("PASSWORD")
    postgresql_sslmode: str | None = _postgresql("SSLMODE")
    statement_timeout_seconds: float = _own("STATEMENT_TIMEOUT_SECONDS", 25, gt=0)

    celery_broker_url: str | None = Field(default=None, pattern=ANY_URL)
    storage_url: str | None = _own("STORAGE_URL", None, pattern=ANY_URL)
    artifact_max_bytes: int = _own("ARTIFACT_MAX_BYTES", 5 * MEBIBYTE, gt=0)
    import_max_bytes: int = _own("IMPORT_MAX_BYTES", 1024 * MEBIBYTE, gt=0)
    import_bucket_url: str | None = _own("IMPORT_BUCKET_URL", None, pattern=ANY_URL)
    import_bucket_user: str | None = _own("IMPORT_BUCKET_USER", None, pattern=r"^\S+@\S+$")
    batch_max_bytes: int = _own("BATCH_MAX_BYTES", 256 * MEBIBYTE, gt=0)
    request_max_bytes: int = _own("REQUEST_MAX_BYTES", 20 * MEBIBYTE, gt=0)
    retention_imports_days: int = _own("RETENTION_IMPORTS_DAYS", 7, ge=0, le=36_500)
    retention_artifacts_days: int | None = _own("RETENTION_ARTIFACTS_DAYS", None, ge=0, le=36_500)
    retention_results_days: int | None = _own("RETENTION_RESULTS_DAYS", None, ge=0, le=36_500)
    retention_runs_days: int | None = _own("RETENTION_RUNS_DAYS", None, ge=0, le=36_500)
    quota_bytes: int | None = _own("QUOTA_BYTES", None, ge=0)
    quota_results: int | None = _own("QUOTA_RESULTS", None, ge=0)

    jwt_secret: str | None = Field(default=None, min_length=SECRET_BYTES)
    jwt_issuer: str = Field(default="org.ibutsu-project.server", min_length=1)
    jwt_lifetime_seconds: int = Field(default=30 * 24 * 3600, gt=0)
    jwt_access_lifetime_seconds: int = Field(default=3600, gt=0)
    bcrypt_log_rounds: int = Field(default=12, ge=4, le=20)
    user_login_enabled: bool = True
    rate_limits_enabled: bool = _own("RATE_LIMITS_ENABLED", True)
    registration_enabled: bool = _own("REGISTRATION_ENABLED", True)

    frontend_url: str = Field(default="http://127.0.0.1:8080", pattern=WEB)
    backend_url: str = Field(default="http://127.0.0.1:8080", pattern=WEB)
    web_dir: Path | None = _own("WEB_DIR", None)

    superadmin_email: str | None = _own("SUPERADMIN_EMAIL", None, pattern=r"^\S+@\S+$")
    superadmin_password: str | None = _own("SUPERADMIN_PASSWORD", None, min_length=1)
    superadmin_name: str = _own("SUPERADMIN_NAME", "Ibutsu Admin")
    superadmin_own_project: str | None = _own("SUPERADMIN_OWN_PROJECT", None)

    @classmethod
    def settings_customise_sources(cls, *_: Any, **sources: Any) -> tuple[Any, ...]:
        """The environment knows our own settings by their IBUTSU_ name: DATA_DIR may be someone else's."""
        env: EnvSettingsSource = sources["env_settings"]
        own = {name for name, field in cls.model_fields.items() if isinstance(field.validation_alias, str)}
        env.env_vars = {name: value for name, value in env.env_vars.items() if name.lower() not in own}
        return sources["init_settings"], env

    @field_validator("sqlalchemy_engine_options", mode="before")
    @classmethod
    def _read_json(cls, value: Any) -> Any:
        try:
            return orjson.loads(value) if isinstance(value, str) else value
        except orjson.JSONDecodeError as error:
            raise ValueError(f"must be a JSON object, {error}") from error

    @field_validator("web_dir")
    @classmethod
    def _has_pages(cls, value: Path | None) -> Path | None:
        if value and not (value / "index.html").is_file():
            raise ValueError(f"there is no index.html in {value}")
        return value

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.postgresql_host is None) != (self.postgresql_db is None):
            raise ValueError("POSTGRESQL_HOST and POSTGRESQL_DB must be set together")
        if self.superadmin_password is not None and self.superadmin_email is None:
            raise ValueError("IBUTSU_SUPERADMIN_EMAIL must be set when IBUTSU_SUPERADMIN_PASSWORD is")
        if (self.import_bucket_url is None) != (self.import_bucket_user is None):
            raise ValueError("IBUTSU_IMPORT_BUCKET_URL and IBUTSU_IMPORT_BUCKET_USER must be set together")
        self._try_database()
        if not self.is_embedded:
            for name in ("jwt_secret", "celery_broker_url"):
                if getattr(self, name) is None:
                    raise ValueError(
                        f"{name.upper()} must be set when the server uses PostgreSQL or a broker"
                    )
        return self

    def _try_database(self) -> None:
        try:
            backend = make_url(self.database_url).get_backend_name()
        except ArgumentError as error:
            raise ValueError("SQLALCHEMY_DATABASE_URI is no database URL") from error
        if backend not in {"sqlite", "postgresql"}:
            raise ValueError("SQLALCHEMY_DATABASE_URI must begin with sqlite:// or postgresql://")
        try:
            create_engine(self.database_url, **self.sqlalchemy_engine_options)
        except (TypeError, ArgumentError) as error:
            raise ValueError(f"SQLALCHEMY_ENGINE_OPTIONS: {error}") from error

    @cached_property
    def database_url(self) -> str:
        """SQLAlchemy URL; PostgreSQL always through psycopg 3."""
        if self.sqlalchemy_database_uri:
            url = make_url(self.sqlalchemy_database_uri)
        elif self.postgresql_host:
            url = self._postgresql_url()
        else:
            url = URL.create("sqlite", database=str(self.data_dir.absolute() / "ibutsu.db"))
        if url.get_backend_name() in {"postgresql", "postgres"}:
            url = url.set(drivername="postgresql+psycopg")
        return url.render_as_string(hide_password=False)

    def _postgresql_url(self) -> URL:
        return URL.create(
            "postgresql+psycopg",
            username=self.postgresql_user,
            password=self.postgresql_password,
            host=self.postgresql_host,
            port=self.postgresql_port,
            database=self.postgresql_db,
            query={"sslmode": self.postgresql_sslmode} if self.postgresql_sslmode else {},
        )

    @property
    def is_embedded(self) -> bool:
        return self.database_url.startswith("sqlite") and self.celery_broker_url is None

    @property
    def grace_seconds(self) -> int:
        """How long requests may take that are under way when the server shall end; a statement takes 25."""
        if self.shutdown_seconds is not None:
            return self.shutdown_seconds
        return EMBEDDED_GRACE_SECONDS if self.is_embedded else DEPLOYED_GRACE_SECONDS

    @property
    def registration_is_open(self) -> bool:
        return self.registration_enabled and self.user_login_enabled

    @property
    def artifacts_url(self) -> str:
        """Where artifact bytes live: `file:///…`, `s3://…`, `gs://…` or `az://…`."""
        return self.storage_url or (self.data_dir.absolute() / "artifacts").as_uri()


def read_settings(**overrides: Any) -> Settings:
    """Read the environment; `overrides` win.

    Raises SettingsError with one sentence that names the variable.
    """
    settings = check_settings(**overrides)
    if settings.jwt_secret is None:
        return settings.model_copy(update={"jwt_secret": _kept_secret(settings.data_dir)})
    return settings


def check_settings(**overrides: Any) -> Settings:
    """The same without making a signing key, so that nothing is written."""
    unknown = sorted(set(_superadmin_variables()))
    if unknown:
        raise SettingsError(f"{unknown[0]} is no setting: known are {', '.join(sorted(_SUPERADMIN))}")
    try:
        return Settings(**{_environment_name(name): value for name, value in overrides.items()})
    except ValidationError as error:
        raise SettingsError("; ".join(map(_sentence, error.errors()))) from None


def shown(settings: Settings) -> dict[str, str]:
    """Every setting under the name of its variable, secrets masked."""
    return {
        _environment_name(name).upper(): _masked(name, value) for name, value in settings.model_dump().items()
    }


def _environment_name(field: str) -> str:
    alias = Settings.model_fields[field].validation_alias
    return alias if isinstance(alias, str) else field


def _masked(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ",".join(value)
    if isinstance(value, dict):
        plain = {key: "***" if key == "connect_args" else inner for key, inner in value.items()}
        return orjson.dumps(plain).decode()
    if name.endswith(("_secret", "_password")):
        return "***"
    return re.sub(r"(?<=://)[^/@]*@", "***@", str(value))


_SUPERADMIN = {f"IBUTSU_SUPERADMIN_{name}" for name in ("EMAIL", "PASSWORD", "NAME", "OWN_PROJECT")}


def _superadmin_variables() -> Iterator[str]:
    return (name for name in os.environ if name.startswith("IBUTSU_SUPERADMIN_") and name not in _SUPERADMIN)


def _sentence(error: Any) -> str:
    location = [str(part) for part in error["loc"]]
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"{_variable(location[0])}: {message}" if location else message


def _variable(location: str) -> str:
    """Of several names for one setting, the one that is set."""
    names = [location.upper(), location.upper().replace("POSTGRESQL_", "POSTGRES_")]
    return next((name for name in names if name in os.environ), names[0])


def unusable(data_dir: Path, error: OSError) -> SettingsError:
    return SettingsError(
        f"The data folder {data_dir} cannot be used ({error.strerror or error}): "
        "choose another with --data-dir or IBUTSU_DATA_DIR"
    )


def _kept_secret(data_dir: Path) -> str:
    """The signing key of the embedded server: made once, readable by its owner only."""
    path = data_dir / "jwt-secret"
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(48))
        secret = path.read_text()
    except OSError as error:
        raise unusable(data_dir, error) from None
    if len(secret) < SECRET_BYTES:
        raise SettingsError(f"The file {path} holds no signing key: delete it, and a new one is made")
    return secret
