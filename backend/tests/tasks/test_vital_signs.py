"""Nobody waits long for numbers about the background work."""

import threading
import time

import pytest

from ibutsu_server.tasks.vital_signs import Question

pytestmark = pytest.mark.unit


def _answer(question):
    question.ask()
    return question.answer()


def test_answer_is_kept_for_some_seconds():
    numbers = iter(range(9))
    question = Question(lambda: next(numbers))
    assert [_answer(question) for _ in range(3)] == [0, 0, 0]


def test_old_answer_is_asked_for_again(monkeypatch):
    monkeypatch.setattr("ibutsu_server.tasks.vital_signs.FRESH_SECONDS", 0)
    numbers = iter(range(9))
    question = Question(lambda: next(numbers))
    assert [_answer(question) for _ in range(3)] == [0, 1, 2]


def test_failure_is_no_answer():
    assert _answer(Question(lambda: 1 / 0)) is None


def test_nobody_waits_for_who_does_not_answer(monkeypatch):
    monkeypatch.setattr("ibutsu_server.tasks.vital_signs.WAIT_SECONDS", 0.2)
    released = threading.Event()
    question = Question(lambda: released.wait(20))
    started = time.monotonic()
    assert [_answer(question) for _ in range(50)] == [None] * 50
    assert time.monotonic() - started < 5
    released.set()
    assert question._is_answered.wait(20)
    assert _answer(question) is True
