"""Who asks what is being answered gets the same answer; nothing is worked on twice at once."""

import threading
from concurrent.futures import ThreadPoolExecutor, wait
from typing import ClassVar

import pytest

from ibutsu_server.controllers import single_flight
from ibutsu_server.controllers.single_flight import SingleFlight
from ibutsu_server.widgets import WIDGETS
from ibutsu_server.widgets.widget import Answer, Widget

SOON = 10
"""Seconds after which a test has failed."""


@pytest.fixture
def waiting(monkeypatch) -> threading.Semaphore:
    """One is released for everybody who begins to wait for the answer to somebody else's question."""
    noticed = threading.Semaphore(0)

    def notice(flights, timeout):
        noticed.release()
        return wait(flights, timeout)

    monkeypatch.setattr(single_flight, "wait", notice)
    return noticed


class Slow:
    """Work that takes until it is told to end; `begun` counts how often it was begun."""

    def __init__(self) -> None:
        self.begun = 0
        self.has_begun = threading.Event()
        self.may_end = threading.Event()

    def __call__(self):
        self.begun += 1
        self.has_begun.set()
        assert self.may_end.wait(SOON)
        return [f"answer {self.begun}"]


@pytest.fixture
def slow():
    return Slow()


@pytest.fixture
def pool():
    with ThreadPoolExecutor(8) as pool:
        yield pool


@pytest.mark.unit
def test_question_that_is_being_answered_is_answered_once(slow, pool, waiting):
    flights = SingleFlight()
    asked = [pool.submit(flights.answer, "q", slow) for _ in range(8)]
    for _ in range(7):
        assert waiting.acquire(timeout=SOON)
    slow.may_end.set()
    answers = [one.result(SOON) for one in asked]
    assert slow.begun == 1
    assert all(answer is answers[0] for answer in answers)


@pytest.mark.unit
def test_answer_is_not_kept(slow):
    flights = SingleFlight()
    slow.may_end.set()
    assert [flights.answer("q", slow) for _ in range(2)] == [["answer 1"], ["answer 2"]]


@pytest.mark.unit
def test_different_questions_do_not_wait_for_each_other(pool):
    flights, together = SingleFlight(), threading.Barrier(2, timeout=SOON)
    asked = [pool.submit(flights.answer, question, together.wait) for question in ("a", "b")]
    assert sorted(one.result(SOON) for one in asked) == [0, 1]


@pytest.mark.unit
def test_everybody_is_told_what_went_wrong_and_the_next_one_begins_anew(slow, pool, waiting):
    flights = SingleFlight()

    def fail():
        slow()
        raise ValueError("no luck")

    asked = [pool.submit(flights.answer, "q", fail) for _ in range(2)]
    assert waiting.acquire(timeout=SOON)
    slow.may_end.set()
    for one in asked:
        with pytest.raises(ValueError, match="no luck"):
            one.result(SOON)
    assert slow.begun == 1
    assert flights.answer("q", lambda: "better") == "better"


@pytest.mark.unit
def test_who_has_waited_too_long_looks_for_themselves(slow, pool):
    flights = SingleFlight(wait_seconds=0.01)
    first = pool.submit(flights.answer, "q", slow)
    assert slow.has_begun.wait(SOON)
    assert flights.answer("q", lambda: "own") == "own"
    slow.may_end.set()
    assert first.result(SOON) == ["answer 1"]


@pytest.fixture
def slow_widget(monkeypatch, slow):
    """The URL of a widget that takes its time."""

    class SlowWidget(Widget):
        id: ClassVar[str] = "slow"
        title: ClassVar[str] = "Slow"

        def data(self, _scope):
            return Answer(slow())

    monkeypatch.setitem(WIDGETS, "slow", SlowWidget)
    return "/api/widget/slow"


@pytest.mark.integration
def test_widget_that_one_caller_asks_for_twice_at_once_runs_once(api, pool, slow_widget, slow, waiting):
    asked = [pool.submit(api.get, slow_widget) for _ in range(2)]
    assert waiting.acquire(timeout=SOON)
    slow.may_end.set()
    assert [one.result(SOON).json() for one in asked] == [["answer 1"]] * 2
    assert slow.begun == 1


@pytest.mark.integration
def test_widget_that_two_callers_ask_for_runs_for_each(api_of, make_user, pool, monkeypatch):
    together = threading.Barrier(2, timeout=SOON)

    class Meeting(Widget):
        id: ClassVar[str] = "meeting"
        title: ClassVar[str] = "Meeting"

        def data(self, scope):
            together.wait()
            return Answer([str(scope.user.id)])

    monkeypatch.setitem(WIDGETS, "meeting", Meeting)
    people = [make_user() for _ in range(2)]
    requests = [api_of(person) for person in people]
    asked = [pool.submit(send, "GET", "/api/widget/meeting") for send in requests]
    assert [one.result(SOON).json() for one in asked] == [[str(person.id)] for person in people]
