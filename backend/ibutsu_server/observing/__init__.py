"""What a process tells about itself while it runs: log lines, numbers, traces, and failures."""

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from ibutsu_server.errors import SettingsError
from ibutsu_server.observing import lines, sharing
from ibutsu_server.observing.counting import counting
from ibutsu_server.observing.readings import Reading
from ibutsu_server.observing_settings import ObservingSettings


class _Optional:
    """Parts that are loaded where a setting wants them only."""

    tracing: Any = None


def start(settings: ObservingSettings, *, processes: bool = False) -> None:
    """Before the application is made; `processes` when this one will have others that belong to it.

    Raises SettingsError where something is wanted that is not installed.
    """
    lines.configure(settings)
    if settings.metrics_port is not None:
        if processes and settings.prometheus_multiproc_dir is None:
            sharing.share()
        counting.book = import_module("ibutsu_server.observing.meters").Meters()
    if settings.otel_exporter_otlp_endpoint and _Optional.tracing is None:
        _Optional.tracing = _extra("tracing", "otel", "OTEL_EXPORTER_OTLP_ENDPOINT")
        _Optional.tracing.start()
    if settings.sentry_dsn:
        _extra("crashes", "sentry", "SENTRY_DSN").start(settings)


def _extra(module: str, extra: str, setting: str) -> Any:
    try:
        return import_module(f"ibutsu_server.observing.{module}")
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"{setting} is set, and {error.name} is not installed: pip install 'ibutsu-server[{extra}]'"
        ) from None


def listen(settings: ObservingSettings, read: Callable[[], Iterable[Reading]]) -> None:
    """Show the numbers, and what `read` finds, unless nobody wants them or another process shows them."""
    if settings.metrics_port is None or settings.prometheus_multiproc_dir is not None:
        return
    exposition = import_module("ibutsu_server.observing.exposition")
    book: Any = counting.book
    exposition.listen(exposition.Address(settings.metrics_host, settings.metrics_port), book.registry, read)


def trace(engine: Any) -> None:
    """Tell of every statement of this engine, if traces are wanted."""
    if _Optional.tracing is not None:
        _Optional.tracing.trace_engine(engine)


def traced(app: Any, route_of: Callable[[Any], tuple[str, str]]) -> Any:
    """The ASGI application, which tells of every request if traces are wanted."""
    return app if _Optional.tracing is None else _Optional.tracing.Traced(app, route_of)


def flush() -> None:
    """Send what is still to be sent; this process ends without saying goodbye."""
    if _Optional.tracing is not None:
        _Optional.tracing.flush()
