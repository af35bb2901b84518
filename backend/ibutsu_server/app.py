"""The application: puts the pieces together, nothing else."""

import logging
from functools import partial
from http import HTTPStatus
from typing import Any

import orjson
from connexion import FlaskApp
from connexion.options import SwaggerUIOptions
from flask import Flask, Response
from flask.json.provider import JSONProvider
from flask_jwt_extended import JWTManager

from ibutsu_server import filters, observing, openapi
from ibutsu_server.controllers import (
    bodies,
    cookies,
    current,
    limits,
    outside,
    problems,
    requests,
    rows,
    run_task,
    trace_viewer,
    web,
)
from ibutsu_server.controllers.bridge import Bridge
from ibutsu_server.controllers.framework import (
    BearerCheck,
    CookieCheck,
    JSONResolver,
    Parameters,
    RepeatedParameters,
    require_operation,
    serve_specification,
)
from ibutsu_server.db import db, pool, slow_statements
from ibutsu_server.db.engine import configure, engine_options
from ibutsu_server.domain import bucket, policies
from ibutsu_server.mail import Post
from ibutsu_server.settings import Settings
from ibutsu_server.storage import Storage
from ibutsu_server.tasks import create_celery
from ibutsu_server.tasks.readiness import Readiness
from ibutsu_server.tasks.vital_signs import VitalSigns


class FastJSON(JSONProvider):
    """JSON by orjson: strict, UTF-8, several times as fast as the standard library."""

    def dumps(self, obj: Any, **_kwargs: Any) -> str:
        return orjson.dumps(obj).decode() + "\n"

    def loads(self, s: str | bytes, **_kwargs: Any) -> Any:
        return orjson.loads(s)


def create_app(settings: Settings, *, validate_responses: bool = False) -> FlaskApp:
    """Build the ASGI application; its Flask half is `.app`."""
    app = FlaskApp("ibutsu_server", server_args={"static_folder": None})
    _configure(app.app, settings)
    read_token = current.token_reader(app.app)
    app.add_api(
        openapi.document(),
        base_path="/api",
        pythonic_params=True,
        resolver=JSONResolver(),
        swagger_ui_options=SwaggerUIOptions(serve_spec=False),
        uri_parser_class=RepeatedParameters,
        validate_responses=validate_responses,
        security_map={
            "bearer": partial(BearerCheck, read_token),
            "apiKey": partial(CookieCheck, read_token),
        },
        validator_map={"parameter": Parameters, "body": _body_validators(settings)},
    )
    logging.getLogger("connexion").setLevel(
        logging.CRITICAL
    )  # it warns of every request that a client got wrong
    serve_specification(app.app)
    run_task.serve(app.app, read_token)
    trace_viewer.serve(app)
    web.serve(app, settings.web_dir)
    requests.watch(app)
    app._middleware_app.asgi_app = Bridge(app.app.wsgi_app)  # noqa: SLF001 - Connexion has no option for it
    problems.register(app)
    outside.surround(app, settings)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.json = FastJSON(app)
    app.config.update(
        SETTINGS=settings,
        STORAGE=Storage.open(settings.artifacts_url),
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(
            settings.database_url,
            statement_timeout_seconds=settings.statement_timeout_seconds,
            extra=settings.sqlalchemy_engine_options,
            is_counted=settings.metrics_port is not None,
        ),
        JWT_SECRET_KEY=settings.jwt_secret,
        JWT_ENCODE_ISSUER=settings.jwt_issuer,
        JWT_DECODE_ISSUER=settings.jwt_issuer,
        **cookies.configuration(settings),
        **limits.configuration(settings),
    )
    JWTManager(app)
    limits.limiter.init_app(app)
    db.init_app(app)
    with app.app_context():
        configure(
            db.engine,
            statement_timeout_seconds=settings.statement_timeout_seconds,
            on_connect=filters.teach_sqlite,
        )
        slow_statements.watch(db.engine, slow_seconds=settings.slow_statement_seconds)
        pool.watch(db.engine)
        observing.trace(db.engine)
    app.extensions["celery"] = create_celery(
        app.app_context, broker_url=settings.celery_broker_url, artifacts_url=settings.artifacts_url
    )
    app.extensions["celery"].conf.post = Post.of(settings)
    app.extensions["celery"].conf.policy = policies.defaults(settings)
    app.config["VITAL_SIGNS"] = VitalSigns(app.extensions["celery"])
    app.config["READINESS"] = Readiness(app.extensions["celery"])
    app.extensions["celery"].conf.import_bucket = bucket.Source.of(settings)
    app.before_request(current.note_address)
    app.before_request(require_operation)
    app.before_request(bodies.read_to_the_end)
    app.after_request(_commit)
    app.teardown_request(rows.close)


def _commit(response: Response) -> Response:
    """The one commit of a request, before its answer leaves: what was answered 2xx is stored."""
    if response.status_code < HTTPStatus.BAD_REQUEST:
        db.session.commit()
    return response


def _body_validators(settings: Settings) -> dict[str, Any]:
    largest = {
        "artifact": settings.artifact_max_bytes,
        "batch": settings.batch_max_bytes,
        "import": settings.import_max_bytes,
    }
    uploaded = partial(bodies.UploadedBody, limits=largest)
    return {
        "application/json": partial(bodies.json_body, max_bytes=settings.request_max_bytes, limits=largest),
        "application/x-ndjson": uploaded,
        "multipart/form-data": uploaded,
        "application/x-www-form-urlencoded": uploaded,
    }
