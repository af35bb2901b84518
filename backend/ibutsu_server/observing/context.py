"""What is being done in this thread or coroutine, a request or a task: every log line tells it."""

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Work:
    """A request, or a task and the request that caused it; more becomes known while it goes on."""

    request_id: str | None = None
    user_id: Any = None
    project_id: Any = None
    task: str | None = None
    task_id: str | None = None
    trace_id: str | None = None


FIELDS = tuple(Work.__slots__)

current: ContextVar[Work | None] = ContextVar("ibutsu_server.observing.work", default=None)


def note(**known: Any) -> None:
    """What is known stays known: None says nothing."""
    work = current.get()
    if work is not None:
        for name, value in known.items():
            if value is not None:
                setattr(work, name, value)


def request_id() -> str | None:
    work = current.get()
    return work.request_id if work else None
