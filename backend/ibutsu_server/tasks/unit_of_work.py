"""How a task runs: in the application's context, with one commit, again when something was away."""

from typing import Any

from celery import Task
from celery.exceptions import Reject
from celery.utils.time import get_exponential_backoff_interval
from kombu.exceptions import OperationalError

from ibutsu_server.db import db
from ibutsu_server.domain import audit, schedule
from ibutsu_server.errors import Error, Unavailable

RETRIES = 8
FIRST_WAIT_SECONDS = 2
LONGEST_WAIT_SECONDS = 300


class UnitOfWork(Task):  # type: ignore[misc]
    """Commits once, at the end; a task that fails leaves nothing.

    What cannot be done for lack of something else is tried again after a while, longer each time, and
    then given up like what fails for good: Celery logs it, and of scheduled tasks the outcome is kept.
    """

    max_retries = RETRIES

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with self.app.app_context():
            audit.act(user_email=f"task {self.name}", is_program=True)
            try:
                return self._done(*args, **kwargs)
            except Unavailable as error:
                self._note_failure(error)
                raise self._later(error) from error
            except Exception as error:
                self._note_failure(error)
                raise

    def _done(self, *args: Any, **kwargs: Any) -> Any:
        if not self._is_scheduled:
            outcome = super().__call__(*args, **kwargs)
        elif self._may_begin():
            db.session.commit()
            outcome = super().__call__(*args, **kwargs)
            schedule.succeed(self.name)
        else:
            outcome = None
        db.session.commit()
        return outcome

    @property
    def _is_scheduled(self) -> bool:
        due: list[Any] = list(self.app.conf.beat_schedule.values())
        return any(entry["task"] == self.name for entry in due)

    def _may_begin(self) -> bool:
        """Whoever asks gets what they ask for; of what schedulers ask for at the same time, one is enough."""
        request = self.request.id
        is_from_scheduler = (self.request.headers or {}).get("celery_beat_task")
        if is_from_scheduler and not self.request.retries:
            return schedule.begin_alone(self.name, request)
        schedule.begin(self.name, request)
        return True

    def _note_failure(self, error: Exception) -> None:
        """The failure is the news, not that it could not be written down."""
        db.session.rollback()
        if not self._is_scheduled:
            return
        try:
            schedule.fail(self.name, str(error) or type(error).__name__)
            db.session.commit()
        except Error:
            db.session.rollback()

    def _later(self, error: Unavailable) -> Any:
        wait = get_exponential_backoff_interval(
            FIRST_WAIT_SECONDS, self.request.retries, LONGEST_WAIT_SECONDS, full_jitter=True
        )
        try:
            again = self.retry(exc=error, countdown=max(wait, 1), throw=False)
        except Reject as refused:
            if not isinstance(refused.reason, OperationalError):
                raise
            return Reject(refused.reason, requeue=True)  # the broker is away, and has the message still
        return again
