"""Traces and reports of failures, as they arrive where they are sent to."""

import gzip
import logging
import sys
import threading
from http.server import BaseHTTPRequestHandler
from importlib import import_module
from uuid import uuid4

import orjson
import pytest
import sentry_sdk
from helpers.processes import Server
from helpers.web_server import Listening
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from ibutsu_server import observing
from ibutsu_server.domain import health
from ibutsu_server.errors import SettingsError, Unavailable
from ibutsu_server.observing import context, crashes

pytestmark = [pytest.mark.integration, pytest.mark.slow]
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Inbox(Listening):
    """Takes what is sent; `wait` gives all of it once enough has come."""

    def __init__(self):
        self.came = []
        self._changed = threading.Condition()
        super().__init__(self._handler())

    def wait(self, enough):
        with self._changed:
            assert self._changed.wait_for(lambda: enough(self.came), 60), self.came
            return list(self.came)

    def _handler(self):
        inbox = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers["Content-Encoding"] == "gzip":
                    body = gzip.decompress(body)
                elif self.headers["Content-Encoding"] == "br":  # where something else brings brotli along
                    body = import_module("brotli").decompress(body)
                with inbox._changed:
                    inbox.came.append((self.path, body))
                    inbox._changed.notify_all()
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        return Handler


@pytest.fixture
def inbox():
    with Inbox() as inbox:
        yield inbox


def _spans(came):
    found = []
    for path, body in came:
        assert path == "/v1/traces"
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            for scope in resource.scope_spans:
                found += [(span, resource.resource) for span in scope.spans]
    return found


def _named(spans, name):
    return [span for span, _ in spans if span.name == name]


@pytest.mark.slow
def test_trace_goes_from_the_client_over_request_and_statements_to_the_task(inbox, tmp_path):
    variables = {"OTEL_EXPORTER_OTLP_ENDPOINT": inbox.url, "OTEL_SERVICE_NAME": "mine"}
    with Server("--data-dir", str(tmp_path), OTEL_BSP_SCHEDULE_DELAY="200", **variables) as server:
        with server.client() as client:
            (project,) = client.get("/project").json()["projects"]
            query = {"filter": f"project_id={project['id']}", "pageSize": 501}
            client.get("/run", params=query, headers={"traceparent": PARENT})
        came = inbox.wait(lambda came: _named(_spans(came), "run/read_page"))
    spans = [one for one in _spans(came) if one[0].trace_id.hex() == PARENT.split("-")[1]]
    (request,) = _named(spans, "GET /api/run")
    (sent,), (task,) = _named(spans, "apply_async/read_page"), _named(spans, "run/read_page")
    assert request.parent_span_id.hex() == PARENT.split("-")[2]
    assert (sent.parent_span_id, task.parent_span_id) == (request.span_id, sent.span_id)
    statements = [span for span, _ in spans if "db.s" in str(span.attributes)]
    assert {span.parent_span_id for span in statements} >= {request.span_id, task.span_id}
    assert project["id"] not in str(spans)
    assert {one.value.string_value for one in spans[0][1].attributes if one.key == "service.name"} == {"mine"}


@pytest.fixture
def reports(inbox, settings):
    """Failures are reported from now on; what it returns are those that came."""
    crashes.start(settings.model_copy(update={"sentry_dsn": f"{inbox.url.replace('//', '//public@')}/7"}))

    def come():
        sentry_sdk.flush(20)
        assert {path for path, _ in inbox.came} <= {"/api/7/envelope/"}
        sent = [list(map(orjson.loads, body.splitlines())) for _, body in inbox.came]
        return [content for _, head, content in sent if head["type"] == "event"]

    yield come
    sentry_sdk.init()


def test_unforeseen_failure_is_reported_without_anything_of_the_request(api, reports, monkeypatch):
    monkeypatch.setattr(health, "check_database", lambda: 1 / 0)
    secret = uuid4().hex
    headers = {"X-Request-ID": "asked-for", "Cookie": f"a={secret}"}
    api.get(f"/api/health/database?token={secret}", headers=headers)
    (report,) = reports()
    assert report["exception"]["values"][-1]["type"] == "ZeroDivisionError"
    assert (report["tags"]["request_id"], report["environment"]) == ("asked-for", "production")
    assert not {"request", "user", "breadcrumbs"} & set(report)
    assert secret not in str(report)
    assert api.headers["Authorization"] not in str(report)
    frames = report["exception"]["values"][-1]["stacktrace"]["frames"]
    assert [frame for frame in frames if "vars" in frame] == []


def test_what_clients_did_and_what_is_away_is_not_reported(api, reports, monkeypatch):
    def fail():
        raise Unavailable("away")

    monkeypatch.setattr(health, "check_database", fail)
    assert api.get("/api/health/database").status_code == 503
    assert api.get("/api/nothing").status_code == 404
    logging.getLogger("ibutsu_server.task").error("given up", exc_info=Unavailable("away"))
    logging.getLogger("ibutsu_server.task").error("no exception")
    logging.getLogger("celery.worker").error("of others", exc_info=OSError("away"))
    assert reports() == []


def test_failed_task_is_reported(reports):
    token = context.current.set(context.Work("asked-for", task="run_import"))
    logging.getLogger("ibutsu_server.task").error("Task run_import failed", exc_info=KeyError("x"))
    context.current.reset(token)
    (report,) = reports()
    assert (report["tags"]["task"], report["tags"]["request_id"]) == ("run_import", "asked-for")


@pytest.mark.parametrize(
    ("field", "value", "module", "sentence"),
    [
        (
            "otel_exporter_otlp_endpoint",
            "http://127.0.0.1:4318",
            "tracing",
            r"OTEL_EXPORTER_OTLP_ENDPOINT is set, .* pip install 'ibutsu-server\[otel\]'",
        ),
        (
            "sentry_dsn",
            "http://public@127.0.0.1/1",
            "crashes",
            r"SENTRY_DSN is set, .* pip install 'ibutsu-server\[sentry\]'",
        ),
    ],
)
def test_missing_extra_stops_the_start(settings, loggers, monkeypatch, field, value, module, sentence):
    monkeypatch.delitem(sys.modules, f"ibutsu_server.observing.{module}", raising=False)
    for name in [name for name in sys.modules if name.startswith(("opentelemetry", "sentry_sdk"))]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(SettingsError, match=sentence):
        observing.start(settings.model_copy(update={field: value}))
