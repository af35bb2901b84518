"""How log lines look, and what never stands in one."""

import logging
import warnings

import orjson
import pytest

from ibutsu_server.observing import context, lines

pytestmark = pytest.mark.unit


@pytest.fixture
def work():
    token = context.current.set(context.Work("asked-for", task="run_import"))
    yield
    context.current.reset(token)


def test_every_line_is_an_object_that_begins_with_its_time(configure_lines):
    written = configure_lines(log_format="json")
    logging.getLogger("alembic").info("Running %s", "0007", extra={"pages": 3})
    (line,) = written().splitlines()
    assert line.startswith('{"time":"20')
    assert orjson.loads(line) | {"time": ""} == {
        "time": "",
        "level": "INFO",
        "logger": "alembic",
        "message": "Running 0007",
        "pages": 3,
    }


def test_exception_is_a_field(told):
    try:
        1 / 0  # noqa: B018
    except ZeroDivisionError:
        logging.getLogger("mine").exception("It failed")
    (line,) = told("mine")
    told_of = line["exception"]
    assert (told_of["type"], told_of["message"]) == ("ZeroDivisionError", "division by zero")
    assert "test_lines.py" in told_of["traceback"]


def test_line_tells_what_it_belongs_to(told, work):
    logging.getLogger("mine").info("Something")
    (line,) = told("mine")
    assert (line["request_id"], line["task"]) == ("asked-for", "run_import")
    assert "user_id" not in line


def test_arguments_of_tasks_are_left_out(told):
    logging.getLogger("celery.redirected").warning("Task", extra={"data": {"args": "secret"}})
    (line,) = told("celery.redirected")
    assert "secret" not in str(line)


def test_text_is_for_people(configure_lines, work):
    written = configure_lines(log_format="text", log_level="info")
    logging.getLogger("mine").info("Something", extra={"operation": "add_run", "bytes_in": 3})
    assert written().partition(" INFO ")[2] == "Something operation=add_run request_id=asked-for\n"


def test_embedded_server_is_quiet_and_a_deployed_one_tells(configure_lines):
    written = configure_lines(log_format="text")
    logging.getLogger("mine").info("Something")
    assert written() == ""
    written = configure_lines(log_format="json")
    logging.getLogger("mine").info("Something")
    assert written().count("\n") == 1


def test_access_log_makes_requests_told_and_nothing_else(configure_lines):
    written = configure_lines(log_format="text", access_log=True)
    logging.getLogger(lines.REQUESTS).info("GET /")
    logging.getLogger("mine").info("Something")
    assert written().partition(" INFO ")[2] == "GET /\n"


@pytest.mark.parametrize("name", ["httpx", "uvicorn.access", "alembic.runtime.migration"])
def test_who_talks_too_much_is_not_heard(told, name):
    logging.getLogger(name).info("Context impl GET /?code=secret")
    assert told(name) == []


def test_uvicorn_has_no_lines_of_its_own(configure_lines):
    logging.getLogger("uvicorn").addHandler(logging.StreamHandler())
    written = configure_lines(log_format="json")
    logging.getLogger("uvicorn.error").info("Started")
    assert len(written().splitlines()) == 1


def test_warnings_are_lines_too(told):
    warnings.warn("soon gone", FutureWarning, stacklevel=1)
    assert "soon gone" in told("py.warnings")[0]["message"]


def test_line_is_written_though_something_in_it_is_no_json(told):
    logging.getLogger("mine").info("Something", extra={"thing": object(), "all": {1, 2}})
    assert told("mine")[0]["message"] == "Something"
