"""Traces by OpenTelemetry: requests, their statements and the tasks that they cause, sent by OTLP.

The SDK reads its own environment variables.  Loaded only where they are set, since the packages are an extra.
"""

from collections.abc import Callable
from typing import Any

from opentelemetry import propagate, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.celery import CeleryInstrumentor
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, StatusCode
from sqlalchemy import event

from ibutsu_server import __version__
from ibutsu_server.observing import context

FLUSH_MILLISECONDS = 2000
FAILED = 500
_SPAN = "ibutsu_server.observing.tracing"

_provider = TracerProvider(
    resource=Resource.create({"service.name": "ibutsu-server", "service.version": __version__}).merge(
        OTELResourceDetector().detect()
    )
)


def start() -> None:
    """Once a process."""
    _provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(_provider)
    CeleryInstrumentor().instrument()


def trace_engine(engine: Any) -> None:
    """Statements have marks where their values go: those are told to nobody."""
    tracer = trace.get_tracer("ibutsu_server", __version__)
    system = engine.dialect.name

    @event.listens_for(engine, "before_cursor_execute")
    def begin(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        told = {"db.system.name": system, "db.query.text": statement}
        name = statement.lstrip()[:6].upper()
        connection.info[_SPAN] = tracer.start_span(name, kind=SpanKind.CLIENT, attributes=told)

    @event.listens_for(engine, "after_cursor_execute")
    def end(connection: Any, *_: Any) -> None:
        connection.info.pop(_SPAN).end()

    @event.listens_for(engine, "handle_error")
    def fail(context: Any) -> None:
        span = context.connection.info.pop(_SPAN, None) if context.connection is not None else None
        if span is not None:
            span.set_status(StatusCode.ERROR)
            span.end()


def flush() -> None:
    _provider.force_flush(FLUSH_MILLISECONDS)


class Traced:
    """A span for each request.

    Not OpenTelemetry's own: that one tells the address with its query string, where codes of sign-ins are.
    """

    def __init__(self, app: Any, route_of: Callable[[Any], tuple[str, str]]) -> None:
        self._app = app
        self._route_of = route_of
        self._tracer = trace.get_tracer("ibutsu_server", __version__)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        carrier = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        caused = propagate.extract(carrier)
        with self._tracer.start_as_current_span(scope["method"], caused, SpanKind.SERVER) as span:
            context.note(trace_id=f"{span.get_span_context().trace_id:032x}")

            async def noting(message: Any) -> None:
                if message["type"] == "http.response.start":
                    self._tell(span, scope, message["status"])
                await send(message)

            await self._app(scope, receive, noting)

    def _tell(self, span: trace.Span, scope: Any, status: int) -> None:
        operation, route = self._route_of(scope)
        span.update_name(f"{scope['method']} {route}")
        span.set_attributes(
            {
                "http.request.method": scope["method"],
                "http.route": route,
                "http.response.status_code": status,
                "url.scheme": scope["scheme"],
                "ibutsu.operation": operation,
                "ibutsu.request_id": context.request_id() or "",
            }
        )
        if status >= FAILED:
            span.set_status(StatusCode.ERROR)
