"""Who may talk to the server over which ways, and how it ends: part of `settings`."""

import re
from ipaddress import ip_network
from typing import Annotated, Any

import orjson
from pydantic import BaseModel, Field, field_validator
from pydantic_settings import NoDecode

ORIGIN = re.compile(r"https?://(\[[0-9a-f:.]+\]|[^\s/?#@:\[\]*]+)(:\d{1,5})?", re.IGNORECASE)
ANY = "*"
NOBODY = "none"
DAYS_365 = 365 * 24 * 3600
Names = Annotated[tuple[str, ...], NoDecode]


def _own(name: str, default: Any, **limits: Any) -> Any:
    return Field(default=default, validation_alias=f"IBUTSU_{name}", **limits)


class NetworkSettings(BaseModel):
    """As they are, other origins may not read answers, and only a proxy on this machine is believed."""

    cors_origins: Names = _own("CORS_ORIGINS", ())
    trusted_proxies: Names = _own("TRUSTED_PROXIES", ("127.0.0.1", "::1"))
    hsts_seconds: int = _own("HSTS_SECONDS", DAYS_365, ge=0)
    max_connections: int = _own("MAX_CONNECTIONS", 2000, ge=1)
    drain_seconds: float = _own("DRAIN_SECONDS", 0, ge=0, le=600)
    shutdown_seconds: int | None = _own("SHUTDOWN_SECONDS", None, ge=0, le=3600)

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _are_origins(cls, value: Any) -> tuple[str, ...]:
        origins = tuple(origin.rstrip("/").lower() for origin in _listed(value))
        if origins == (ANY,):
            return origins
        for origin in origins:
            if not ORIGIN.fullmatch(origin):
                raise ValueError(f"{origin!r} is no origin like https://host or https://host:port")
        return origins

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _are_networks(cls, value: Any) -> tuple[str, ...]:
        names = _listed(value)
        if names == (NOBODY,):
            return ()
        try:
            return tuple(_network(name) for name in names)
        except ValueError as error:
            raise ValueError(f"{error}: addresses and networks are listed, or {NOBODY}") from None


def _listed(value: Any) -> tuple[str, ...]:
    """What stands between commas, or in a JSON list."""
    if isinstance(value, str):
        value = _read(value) if value.lstrip().startswith("[") else value.split(",")
    return tuple(str(one).strip() for one in value if str(one).strip())


def _read(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise ValueError(f"must be a JSON list, {error}") from error


def _network(text: str) -> str:
    network = ip_network(text, strict=False)
    return str(network.network_address) if network.num_addresses == 1 else str(network)
