"""Tasks as they are seen from outside: a line and a number for each, under the id of the request."""

import pytest

from ibutsu_server import tasks
from ibutsu_server.errors import Unavailable
from ibutsu_server.observing import context, lines
from ibutsu_server.tasks import watch

pytestmark = pytest.mark.integration
failures: list[Exception] = []
seen: list[str | None] = []


@tasks.celery_task
def watched(*_secret: str) -> None:
    seen.append(context.request_id())
    if failures:
        raise failures.pop(0)


@pytest.fixture(autouse=True)
def begin(db_session):
    failures.clear()
    seen.clear()


def test_each_has_a_line(told):
    watched.apply(("secret",))
    (line,) = told(lines.TASKS)
    expected = {"level": "INFO", "outcome": "succeeded", "retries": 0, "task": "watched"}
    assert expected.items() <= line.items()
    assert (line["duration_ms"] > 0, len(line["task_id"])) == (True, 36)
    assert "secret" not in str(line)


def test_failure_is_told_once_and_with_its_reason(told):
    failures.append(ZeroDivisionError("a number was zero"))
    watched.apply(("secret",))
    (line,) = told(lines.TASKS)
    assert (line["level"], line["outcome"]) == ("ERROR", "failed")
    assert line["exception"]["message"] == "a number was zero"
    assert "secret" not in str(line)


def test_what_was_away_is_put_off_and_told_with_its_number(told, number):
    failures.append(Unavailable("away"))
    watched.apply()
    told_of = [(line["outcome"], line["retries"], "exception" in line) for line in told(lines.TASKS)]
    assert told_of == [("put off", 0, False), ("succeeded", 1, False)]
    name = "ibutsu_task_duration_seconds_count"
    outcomes = ("succeeded", "put_off", "failed")
    assert [number(name, task="watched", outcome=one) for one in outcomes] == [1, 1, 0]


def test_nothing_is_left_of_a_task_when_it_is_over():
    watched.apply()
    assert context.current.get() is None


def test_message_of_a_task_says_which_request_asked_for_it():
    token = context.current.set(context.Work("asked-for"))
    headers = {"id": "1"}
    watch._name_request(headers=headers)
    context.current.reset(token)
    assert headers == {"id": "1", watch.HEADER: "asked-for"}


def test_what_nobody_asked_for_has_no_request():
    headers = {"id": "1"}
    watch._name_request(headers=headers)
    watch._name_request(headers=None)
    assert headers == {"id": "1"}
