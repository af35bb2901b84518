"""What processes tell about themselves, and to whom: part of `settings`."""

from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, Field, model_validator

WEB = r"^https?://[^/\s]"


def _own(name: str, default: Any, **limits: Any) -> Any:
    return Field(default=default, validation_alias=f"IBUTSU_{name}", **limits)


class ObservingSettings(BaseModel):
    """Without any of them: log lines for people, warnings and errors only, where the server is embedded."""

    log_format: Literal["text", "json"] | None = _own("LOG_FORMAT", None)
    log_level: Literal["debug", "info", "warning", "error"] | None = _own("LOG_LEVEL", None)
    access_log: bool | None = _own("ACCESS_LOG", None)
    slow_statement_seconds: float = _own("SLOW_STATEMENT_SECONDS", 1, ge=0)

    metrics_port: int | None = _own("METRICS_PORT", None, ge=1, le=65535)
    metrics_host: str = _own("METRICS_HOST", "127.0.0.1", min_length=1)
    prometheus_multiproc_dir: Path | None = None

    otel_exporter_otlp_endpoint: str | None = Field(default=None, pattern=WEB)

    sentry_dsn: str | None = Field(default=None, pattern=r"^https?://[^/@\s]+@[^/\s]+/.*[0-9]+$")
    sentry_environment: str = Field(default="production", min_length=1)
    sentry_sample_rate: float = Field(default=1, ge=0, le=1)

    @property
    def is_embedded(self) -> bool:
        raise NotImplementedError

    @property
    def logs_json(self) -> bool:
        return self.log_format == "json" or (self.log_format is None and not self.is_embedded)

    @property
    def logs_requests(self) -> bool:
        return self.logs_json if self.access_log is None else self.access_log

    @property
    def least_level(self) -> str:
        """People who look at a terminal want to see what is wrong, and little else."""
        return (self.log_level or ("info" if self.logs_json else "warning")).upper()

    @model_validator(mode="after")
    def _has_a_folder_for_numbers(self) -> Self:
        folder = self.prometheus_multiproc_dir
        if folder is not None and not folder.is_dir():
            raise ValueError(f"PROMETHEUS_MULTIPROC_DIR: there is no folder {folder}")
        return self
